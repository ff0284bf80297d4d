// A walk through what a company does with its people: its directory provisions them, its provider signs them on (contract grantex-enterprise 3 and 4).
import { randomUUID } from 'node:crypto';
import { badRequest, notFound, nothing, ok, refused, unauthorized } from './expect.mjs';
import { BACK, CLIENT } from './oidc.mjs';
import { Directory, refused as refusedByScim } from './scim.mjs';
import { callback, connect, login } from './sso.mjs';

/** Somebody who works there, as nobody else is called. */
function employee(walk) {
  const name = `grace-${randomUUID()}`;
  const person = { sub: `of-the-provider-${name}`, email: `${name}@example.test`, name: `Grace ${name.slice(6)}` };
  for (const personal of Object.values(person)) walk.personal.add(personal);
  return person;
}

export async function directory(walk) {
  const org = await walk.signUp();
  const [scim, { agentId }, grace] = [await Directory.of(org), await org.agent(), employee(walk)];
  const user = await scim.user({ userName: grace.email, displayName: grace.name, externalId: grace.sub });
  refusedByScim(await scim.call('POST', '/Users', { userName: grace.email }), 409, 'uniqueness');
  refusedByScim(await scim.call('POST', '/Users', '{'), 400, 'invalidSyntax');
  await scim.find('/Users', `userName eq "${grace.email}"`);
  refusedByScim(await scim.call('GET', '/Users?filter=nonsense'), 400, 'invalidFilter');
  refusedByScim(await walk.api('GET', '/scim/v2/Users', { key: org.key }), 401, 'unauthorized');
  const group = await scim.group('Crew', [user.id]);
  ok(await scim.patch(`/Groups/${group.id}`, [{ op: 'replace', path: 'displayName', value: 'Pilots' }]));

  const { grantId } = await org.grant(agentId, { principalId: user.id });
  ok(await scim.patch(`/Users/${user.id}`, [{ op: 'replace', value: { active: false } }]));
  walk.did('grantex_grants_revoked_total');
  walk.told('grant.created', { grantId, agentId, principalId: user.id });
  walk.told('grant.revoked', { grantId, revokedBy: scim.id, cascadeCount: 0 });
  walk.told('token.exchanged', { grantId, agentId });

  nothing(await scim.call('DELETE', `/Users/${user.id}`));
  refusedByScim(await scim.call('DELETE', `/Users/${user.id}`), 404, 'noTarget');
  nothing(await org.delete(`/v1/scim/tokens/${scim.id}`));
  refusedByScim(await scim.call('GET', '/Users'), 401, 'unauthorized');
}

export async function singleSignOn(walk) {
  const org = await walk.signUp();
  const [{ agentId }, { sub, ...claims }] = [await org.agent(), employee(walk)];
  walk.idp.accounts[sub] = { ...claims, email_verified: true, groups: ['staff'] };
  badRequest(await org.post('/v1/sso/connections', { protocol: 'oidc' }));
  const connection = await connect(org, walk.idp, { jitProvisioning: true, groupMappings: { staff: ['email:read'] } });
  ok(await org.post('/v1/sso/enforce', { enforce: true }));

  /** Somebody goes to the provider and comes back: what their application sends on. */
  const goAndReturn = async () => {
    const { authorizeUrl } = await login(org);
    const asked = Object.fromEntries(new URL(authorizeUrl).searchParams);
    const { code, state, iss } = await walk.idp.signIn(authorizeUrl, sub);
    walk.keep({ ...asked, code, state });
    return { code, state, iss, redirect_uri: BACK };
  };

  notFound(await walk.api('GET', '/sso/login?org=dev_unknown'));
  const back = await goAndReturn();
  badRequest(await callback(walk, { ...back, state: `${back.state.slice(0, -6)}AAAAAA` }));
  const signedOn = ok(await callback(walk, back));
  badRequest(await callback(walk, back)); // its state is spent
  const { state } = await goAndReturn();
  refused(await callback(walk, { ...back, state }), 502, 'SSO_ERROR'); // the provider has taken the code before

  const { sessionToken } = signedOn.principalSession;
  const request = (scopes) => org.authorize(agentId, { principalId: signedOn.principalId, scopes });
  const decide = ({ authRequestId }, verb, key) => walk.api('POST', `/v1/consent/${authRequestId}/${verb}`, { key });
  refused(await decide(await request(['email:read']), 'approve'), 403, 'PRINCIPAL_VERIFICATION_REQUIRED');
  const more = await request(['email:read', 'email:send']);
  refused(await decide(more, 'approve', sessionToken), 403, 'FORBIDDEN'); // the company does not let her
  ok(await decide(more, 'deny', sessionToken));
  walk.told('authorize.denied', { agentId, principalId: signedOn.principalId, reason: 'denied by the person' });
  const { code } = ok(await decide(await request(['email:read']), 'approve', sessionToken));
  const { grantId } = ok(await org.exchange(code, agentId), 201);
  walk.told('grant.created', { grantId, agentId, principalId: signedOn.principalId });
  nothing(await org.delete(`/v1/grants/${grantId}`));
  walk.did('grantex_grants_revoked_total');
  nothing(await org.delete(`/v1/sso/sessions/${signedOn.sessionId}`));
  notFound(await org.delete(`/v1/sso/sessions/${signedOn.sessionId}`));
  unauthorized(await walk.api('GET', '/v1/principal/grants', { key: sessionToken }));

  const config = { issuerUrl: walk.idp.issuer, clientId: CLIENT.client_id, clientSecret: CLIENT.client_secret, redirectUri: BACK };
  badRequest(await org.post('/v1/sso/config', { ...config, clientSecret: undefined }));
  ok(await org.post('/v1/sso/config', config), 201);
  const again = await goAndReturn();
  const query = new URLSearchParams({ code: again.code, state: again.state });
  ok(await walk.api('GET', `/sso/callback?${query}`)); // the older callback has both in its address
  badRequest(await walk.api('GET', `/sso/callback?${query}`));
  nothing(await org.delete(`/v1/sso/connections/${connection.id}`));
}
