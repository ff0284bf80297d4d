// Single sign-on as an organization's application uses it (grantex-enterprise.md 4).
import { ok } from './expect.mjs';
import { BACK, CLIENT } from './oidc.mjs';

/** A connection to a provider. */
export const oidc = (issuer, fields = {}) => ({ name: 'Company', protocol: 'oidc', issuerUrl: issuer.issuer ?? issuer, clientId: CLIENT.client_id, clientSecret: CLIENT.client_secret, ...fields });

export async function connect(org, issuer, fields) {
  return ok(await org.post('/v1/sso/connections', oidc(issuer, fields)), 201);
}

export async function login(org, query = { redirect_uri: BACK }) {
  return ok(await org.server.api('GET', `/sso/login?${new URLSearchParams({ org: org.id, ...query })}`));
}

/** The callback as the organization's application sends it. */
export function callback(server, body, expected = [502]) {
  return server.api('POST', '/sso/callback/oidc', { body, expected });
}

/** The whole way with a real provider. */
export async function signOn(org, idp, person, query) {
  const { code, state, iss } = await idp.signIn((await login(org, query)).authorizeUrl, person);
  return ok(await callback(org.server, { code, state, iss, redirect_uri: BACK }));
}
