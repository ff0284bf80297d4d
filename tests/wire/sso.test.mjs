// Single sign-on (grantex-enterprise.md 4): connections, sign-on with a real OpenID provider and with one that misbehaves, what groups allow, enforcement.
import assert from 'node:assert/strict';
import { SignJWT, UnsecuredJWT } from 'jose';
import { onEachEngine } from './support/engines.mjs';
import { TIME, badRequest, isId, none, notFound, nothing, ok, refused, tally, unauthorized } from './support/expect.mjs';
import { BACK, CLIENT, Idp, Rogue, json } from './support/oidc.mjs';

const SAML = { name: 'Works', protocol: 'saml', idpEntityId: 'urn:works', idpSsoUrl: 'https://idp.example.com/sso', idpCertificate: 'x', spEntityId: 'urn:us', spAcsUrl: 'https://app.example.test/acs' };
const LDAP = { name: 'Tree', protocol: 'ldap', ldapUrl: 'ldaps://ldap.example.com', ldapBindDn: 'cn=reader', ldapBindPassword: 'a password', ldapSearchBase: 'dc=example' };
const oidc = (issuer, fields = {}) => ({ name: 'Company', protocol: 'oidc', issuerUrl: issuer.issuer ?? issuer, clientId: CLIENT.client_id, clientSecret: CLIENT.client_secret, ...fields });

async function connect(org, issuer, fields) {
  return ok(await org.post('/v1/sso/connections', oidc(issuer, fields)), 201);
}

async function login(org, query = { redirect_uri: BACK }) {
  return ok(await org.server.api('GET', `/sso/login?${new URLSearchParams({ org: org.id, ...query })}`));
}

/** The callback as the organization's application sends it. */
function callback(server, body, expected = [502]) {
  return server.api('POST', '/sso/callback/oidc', { body, expected });
}

/** The whole way with a real provider. */
async function signOn(org, idp, person, query) {
  const { code, state, iss } = await idp.signIn((await login(org, query)).authorizeUrl, person);
  return ok(await callback(org.server, { code, state, iss, redirect_uri: BACK }));
}

/** A login at a misbehaving provider: the state to come back with. */
async function stray(org, rogue) {
  const { authorizeUrl } = await login(org);
  const query = new URL(authorizeUrl).searchParams;
  rogue.nonce = query.get('nonce');
  return { code: 'a code', state: query.get('state') };
}

const ssoError = (answer) => refused(answer, 502, 'SSO_ERROR');

async function using(starting, body) {
  const idp = await starting;
  try {
    return await body(idp);
  } finally {
    await idp.close();
  }
}

onEachEngine('SSO', (test) => {
  test('somebody signs on with a real provider, is provisioned, and their groups allow exactly what is mapped', (server) =>
    using(Idp.start({ 'u-1': { email: 'Ada@example.test', email_verified: true, name: 'Ada', groups: ['pilots', 'crew', 'unmapped'] } }), async (idp) => {
      const org = await server.signUp();
      const groupMappings = { pilots: ['plane:fly', 'plane:read'], crew: ['plane:read'], bosses: ['plane:sell'] };
      const connection = await connect(org, idp, { jitProvisioning: true, groupMappings, defaultScopes: ['lobby:enter'], domains: ['Example.test'] });

      const begun = await login(org, { redirect_uri: BACK, domain: 'example.test' });
      assert.deepEqual({ ...begun, authorizeUrl: undefined }, { authorizeUrl: undefined, protocol: 'oidc', connectionId: connection.id });
      const query = Object.fromEntries(new URL(begun.authorizeUrl).searchParams);
      assert.equal(query.client_id, CLIENT.client_id);
      assert.equal(query.redirect_uri, BACK);
      assert.equal(query.response_type, 'code');
      assert.equal(query.scope, 'openid email profile');
      assert.equal(query.code_challenge_method, 'S256');
      const claims = JSON.parse(Buffer.from(query.state.split('.')[0], 'base64url'));
      assert.deepEqual([claims.org, claims.connectionId, claims.redirectUri], [org.id, connection.id, BACK]);
      assert.ok(claims.oidcRequestId && claims.nonce && Number.isInteger(claims.iat));

      const { code, state, iss } = await idp.signIn(begun.authorizeUrl, 'u-1');
      const answer = ok(await callback(server, { code, state, iss, redirect_uri: BACK }));
      isId('ssosess', answer.sessionId);
      isId('scimuser', answer.principalId);
      assert.equal(answer.developerId, org.id);
      assert.deepEqual([answer.email, answer.name, answer.sub], ['Ada@example.test', 'Ada', 'u-1']);
      assert.deepEqual(answer.groups, ['pilots', 'crew', 'unmapped']);
      assert.deepEqual(answer.mappedScopes, ['plane:fly', 'plane:read']);
      const hours = (new Date(answer.expiresAt) - Date.now()) / 3_600_000;
      assert.ok(hours > 7.9 && hours <= 8, `${hours} h`);

      const { sessions } = ok(await org.get('/v1/sso/sessions'));
      assert.equal(sessions.length, 1);
      const { id, createdAt, ...session } = sessions[0];
      assert.match(createdAt, TIME);
      assert.deepEqual({ id, ...session }, {
        id: answer.sessionId, connectionId: connection.id, principalId: answer.principalId, email: answer.email, name: 'Ada', idpSubject: 'u-1',
        groups: answer.groups, mappedScopes: answer.mappedScopes, expiresAt: answer.expiresAt,
      });
      const again = await signOn(org, idp, 'u-1');
      assert.equal(again.principalId, answer.principalId); // the same user, found by the provider's subject
    }));
});
