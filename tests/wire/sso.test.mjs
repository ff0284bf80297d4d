// Single sign-on (grantex-enterprise.md 4): connections, sign-on with a real OpenID provider and with one that misbehaves, what groups allow, enforcement.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { SignJWT, UnsecuredJWT } from 'jose';
import { onEachEngine } from './support/engines.mjs';
import { Sse } from './support/events.mjs';
import { TIME, badRequest, isId, none, notFound, nothing, ok, refused, tally, unauthorized } from './support/expect.mjs';
import { BACK, CLIENT, Idp, Rogue, json } from './support/oidc.mjs';
import { callback, connect, login, oidc, signOn } from './support/sso.mjs';

/** An X.509 certificate of nobody, as SAML metadata writes one. */
const CERTIFICATE = 'MIIBijCCATGgAwIBAgIUYa/RgQo7P3Wvbr6C79fr8sbXhw0wCgYIKoZIzj0EAwIwGjEYMBYGA1UEAwwPaWRwLmV4YW1wbGUuY29tMCAXDTI2MTEyMTEyNTI1M1oYDzIxMjYxMDI4MTI1MjUzWjAaMRgwFgYDVQQDDA9pZHAuZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAT4ymWNDJ/s4aOmfPWt+V4OEdtLWGoqmWMrumT7WUzJqy2glrBDiz3oVx5T4ZRc6F5KuVfbkp68Vv7EvpyJ2ZKUo1MwUTAdBgNVHQ4EFgQUVru5BySfRa/LZteUZ8B1Ovw/5DowHwYDVR0jBBgwFoAUVru5BySfRa/LZteUZ8B1Ovw/5DowDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiBLDQdLxDA+muReGvnWteuANUIUk6eJpYeHDXPyuCdehAIgfIdXKo3lENQqe8gAIcDfTITUj+17jmZg8d/s42fvk7A=';
const SAML = { name: 'Works', protocol: 'saml', idpEntityId: 'urn:works', idpSsoUrl: 'https://idp.example.com/sso', idpCertificate: 'x', spEntityId: 'urn:us', spAcsUrl: 'https://app.example.test/acs' };
const LDAP = { name: 'Tree', protocol: 'ldap', ldapUrl: 'ldaps://ldap.example.com', ldapBindDn: 'cn=reader', ldapBindPassword: 'a password', ldapSearchBase: 'dc=example' };

/** A login at a misbehaving provider: what the browser comes back with. */
async function stray(org, rogue, domain = '') {
  const { authorizeUrl } = await login(org, { redirect_uri: BACK, domain });
  const query = new URL(authorizeUrl).searchParams;
  const code = randomUUID();
  rogue.nonces.set(code, query.get('nonce'));
  return { code, state: query.get('state') };
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

  test('claims in other places and keys of another kind work; who is in no mapped group has the default scopes', (server) =>
    using(Idp.start({ 'u-1': { email: 'eve@example.test', teams: 'night' }, 'u-2': { teams: ['day'] } }, { alg: 'ES256' }), async (idp) => {
      const org = await server.signUp();
      await connect(org, idp, { groupAttribute: 'teams', groupMappings: { night: ['dark:see'] }, defaultScopes: ['lobby:enter'] });
      const night = await signOn(org, idp, 'u-1');
      assert.deepEqual([night.groups, night.mappedScopes], [['night'], ['dark:see']]);
      const day = await signOn(org, idp, 'u-2');
      assert.deepEqual([day.groups, day.mappedScopes], [['day'], ['lobby:enter']]);
      assert.deepEqual([day.email, day.name, day.principalId, day.principalSession], [null, null, null, undefined]); // nobody provisions, nobody knows them
    }));

  test('a key that was rotated between login and callback is found', (server) =>
    using(Idp.start({ 'u-1': {} }), async (idp) => {
      const org = await server.signUp();
      await connect(org, idp);
      await signOn(org, idp, 'u-1'); // the first keys are known now
      const { authorizeUrl } = await login(org);
      const back = await idp.signIn(authorizeUrl, 'u-1');
      await idp.rotate();
      ok(await callback(server, { code: back.code, state: back.state }));
    }));

  test('a state counts once, for its own login, unchanged; a code the provider has taken counts no more', (server) =>
    using(Idp.start({ 'u-1': {} }), async (idp) => {
      const org = await server.signUp();
      await connect(org, idp);
      const { code, state } = await idp.signIn((await login(org)).authorizeUrl, 'u-1');

      badRequest(await callback(server, { code }));
      badRequest(await callback(server, { state }));
      badRequest(await callback(server, { code, state: 'nonsense' }));
      const [first, second] = state.split('.');
      const forged = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(first, 'base64url')), org: 'dev_other' })).toString('base64url');
      for (const wrong of [`${forged}.${second}`, `${first}.${second.slice(1)}A`, first, `${state}.`]) badRequest(await callback(server, { code, state: wrong }));
      badRequest(await callback(server, { code, state, redirect_uri: 'https://elsewhere.example.test/' }));
      badRequest(await callback(server, { code, state, iss: 'https://elsewhere.example.test' }));

      const answers = await Promise.all(Array.from({ length: 30 }, () => callback(server, { code, state })));
      assert.deepEqual(tally(answers), { 200: 1, 400: 29 });
      assert.equal(ok(await org.get('/v1/sso/sessions')).sessions.length, 1);

      const long = `${BACK}?${'é'.repeat(1_000)}`;
      const wide = new URL((await login(org, { redirect_uri: long })).authorizeUrl).searchParams;
      assert.equal(wide.get('redirect_uri'), long);
      ssoError(await callback(server, { code, state: wide.get('state') })); // read, and the provider has taken the code before

      const another = new URL((await login(org)).authorizeUrl).searchParams.get('state');
      ssoError(await callback(server, { code, state: another }));
      await server.forgive(2);
    }));

  test('an ID token with anything wrong is not accepted', (server) =>
    using(Rogue.start(), async (rogue) => {
      const org = await server.signUp();
      await connect(org, rogue, { jitProvisioning: true });
      const good = await stray(org, rogue);
      assert.equal(ok(await callback(server, good)).sub, 'ada');

      const now = Math.floor(Date.now() / 1000);
      const sign = rogue.sign;
      const other = new Rogue();
      other.alg = 'ES256';
      await other.rotate();
      const secret = new TextEncoder().encode(JSON.stringify(rogue.key)); // what a confused verifier would take for an HMAC key
      const wrongs = {
        'wrong issuer': { claims: (token) => ({ ...token, iss: 'https://elsewhere.example.test' }) },
        'no issuer': { claims: ({ iss, ...token }) => token },
        'wrong audience': { claims: (token) => ({ ...token, aud: 'somebody else' }) },
        'several audiences and no azp': { claims: (token) => ({ ...token, aud: [CLIENT.client_id, 'somebody else'] }) },
        'another party': { claims: (token) => ({ ...token, aud: [CLIENT.client_id], azp: 'somebody else' }) },
        'wrong nonce': { claims: (token) => ({ ...token, nonce: 'of another login' }) },
        'no nonce': { claims: ({ nonce, ...token }) => token },
        'expired': { claims: (token) => ({ ...token, exp: now - 61 }) },
        'no expiry': { claims: ({ exp, ...token }) => token },
        'issued in the future': { claims: (token) => ({ ...token, iat: now + 120 }) },
        'not valid yet': { claims: (token) => ({ ...token, nbf: now + 120 }) },
        'no subject': { claims: ({ sub, ...token }) => token },
        'an endless subject': { claims: (token) => ({ ...token, sub: 'x'.repeat(256) }) },
        'alg none': { sign: (claims) => new UnsecuredJWT(claims).encode() },
        'HS256 with the public key': { sign: (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: rogue.key.kid }).sign(secret) },
        'the key of somebody else under this name': { sign: (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: rogue.key.kid }).sign(other.privateKey) },
        'an unknown key': { sign: (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'unknown' }).sign(other.privateKey) },
        'the type of another token': { sign: (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: rogue.key.kid, typ: 'at+jwt' }).sign(rogue.privateKey) },
        'no token': { sign: () => undefined },
        'garbage': { sign: () => 'a.b.c' },
      };
      for (const [what, { claims = (token) => token, sign: how = sign }] of Object.entries(wrongs)) {
        Object.assign(rogue, { claims, sign: how });
        const answer = await callback(server, await stray(org, rogue));
        assert.equal(answer.status, 502, `${what}: ${answer.status} ${answer.text}`);
        ssoError(answer);
      }
      Object.assign(rogue, { claims: (token) => ({ ...token, exp: now - 30, iat: now + 30, nbf: now + 30, aud: [CLIENT.client_id, 'another'], azp: CLIENT.client_id }), sign });
      ok(await callback(server, await stray(org, rogue))); // clocks differ
      assert.equal(ok(await org.get('/v1/sso/sessions')).sessions.length, 2);
      await server.forgive(Object.keys(wrongs).length);
    }));

  test('an unknown key makes the keys be fetched once more, and not for each of many', (server) =>
    using(Rogue.start(), async (rogue) => {
      const org = await server.signUp();
      await connect(org, rogue);
      const right = rogue.sign;
      rogue.sign = (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'ES256', kid: 'unknown' }).sign(rogue.privateKey);
      for (let at = 0; at < 5; at++) ssoError(await callback(server, await stray(org, rogue)));
      assert.equal(rogue.fetched.keys, 2);
      assert.equal(rogue.fetched.discovery, 1);
      rogue.sign = right;
      ok(await callback(server, await stray(org, rogue)));
      await server.forgive(5);
    }));

  test('a provider that is down, slow, or answers nonsense is a 502, and soon', (server) =>
    using(Rogue.start(), async (rogue) => {
      const org = await server.signUp();
      await connect(org, rogue, { jitProvisioning: true });
      const answers = {
        'an error': (response) => json(response, 500, { error: 'server_error' }),
        'a redirect': (response) => { response.writeHead(302, { location: `${rogue.issuer}/keys` }); response.end(); },
        'no JSON': (response) => response.end('<html>'),
        'another JSON': (response) => json(response, 200, [1]),
        'a member twice': (response, token) => { response.writeHead(200); response.end(`{"id_token":"x","id_token":"${token}"}`); },
        'far too much': (response) => response.end(Buffer.alloc(1_000_000, 'x')),
        'a cut connection': (response) => response.destroy(),
        'a drip': (response) => { response.writeHead(200); const drip = setInterval(() => response.write(' '), 100); response.on('close', () => clearInterval(drip)); },
      };
      for (const [what, answer] of Object.entries(answers)) {
        rogue.answer = answer;
        const came = await stray(org, rogue);
        const began = Date.now();
        const answered = await callback(server, came);
        assert.equal(answered.status, 502, `${what}: ${answered.text}`);
        ssoError(answered);
        assert.ok(Date.now() - began < 20_000, `${what} took ${Date.now() - began} ms`);
      }
      const last = await stray(org, rogue);
      await rogue.close();
      ssoError(await callback(server, last));
      const { authorizeUrl } = await login(org); // what is known of the provider still leads there
      assert.ok(authorizeUrl.startsWith(`${rogue.issuer}/authorize?`));
      await server.forgive(Object.keys(answers).length + 1);
      rogue.server.listen(rogue.port, '127.0.0.1');
      await new Promise((resolve) => rogue.server.once('listening', resolve));
    }));

  test('without a discovery document the login falls back to /authorize, without a challenge', (server) =>
    using(Rogue.start(), async (rogue) => {
      rogue.discovery = { issuer: 'https://elsewhere.example.test', code_challenge_methods_supported: ['S256'] };
      const org = await server.signUp();
      const { id } = await connect(org, rogue);
      const { authorizeUrl } = await login(org, {});
      const { origin, pathname, searchParams } = new URL(authorizeUrl);
      assert.equal(origin + pathname, `${rogue.issuer}/authorize`);
      assert.equal(searchParams.get('code_challenge'), null);
      assert.equal(searchParams.get('redirect_uri'), '');
      ssoError(await callback(server, await stray(org, rogue)));
      const tested = await org.post(`/v1/sso/connections/${id}/test`);
      assert.equal(tested.status, 422);
      assert.deepEqual({ ...tested.json, error: undefined }, { success: false, protocol: 'oidc', error: undefined });
      await server.forgive(1);
    }));

  test('connections of the three protocols are made, listed, changed and deleted, and never show a secret', async (server) => {
    const org = await server.signUp();
    const made = await connect(org, 'https://idp.example.com', { domains: ['A.example.test'], groupMappings: { g: ['a', 'b'] }, defaultScopes: ['c'], groupAttribute: 'roles' });
    isId('sso', made.id);
    assert.deepEqual(made, {
      id: made.id, developerId: org.id, name: 'Company', protocol: 'oidc', status: 'active', issuerUrl: 'https://idp.example.com', clientId: CLIENT.client_id,
      domains: ['a.example.test'], jitProvisioning: false, enforce: false, groupAttribute: 'roles', groupMappings: { g: ['a', 'b'] }, defaultScopes: ['c'],
      createdAt: made.createdAt, updatedAt: made.createdAt,
    });
    const saml = ok(await org.post('/v1/sso/connections', SAML), 201);
    assert.deepEqual(Object.keys(saml), ['id', 'developerId', 'name', 'protocol', 'status', 'idpEntityId', 'idpSsoUrl', 'spEntityId', 'spAcsUrl', 'domains', 'jitProvisioning', 'enforce', 'groupAttribute', 'groupMappings', 'defaultScopes', 'createdAt', 'updatedAt']);
    const ldap = ok(await org.post('/v1/sso/connections', LDAP), 201);
    assert.deepEqual([ldap.ldapSearchFilter, ldap.ldapGroupSearchFilter, ldap.ldapTlsEnabled, ldap.groupAttribute], ['(uid={{username}})', '(member={{dn}})', false, null]);
    const { connections } = ok(await org.get('/v1/sso/connections'));
    assert.deepEqual(connections, [made, saml, ldap]);
    assert.deepEqual(ok(await org.get(`/v1/sso/connections/${ldap.id}`)), ldap);
    none(['a secret of the client', 'a password', 'idpCertificate', 'clientSecret', 'ldapBindPassword'].filter((word) => JSON.stringify(connections).includes(word)), 'shown');

    const changed = ok(await org.patch(`/v1/sso/connections/${made.id}`, { name: 'Firm', status: 'testing', groupAttribute: null, groupMappings: {}, defaultScopes: ['d'] }));
    assert.deepEqual({ ...changed, updatedAt: made.updatedAt }, { ...made, name: 'Firm', status: 'testing', groupAttribute: null, groupMappings: {}, defaultScopes: ['d'] });
    badRequest(await org.patch(`/v1/sso/connections/${made.id}`, {}));
    badRequest(await org.patch(`/v1/sso/connections/${made.id}`, { status: 'asleep' }));
    badRequest(await org.patch(`/v1/sso/connections/${made.id}`, { issuerUrl: 'ftp://idp.example.com' }));
    badRequest(await org.patch(`/v1/sso/connections/${made.id}`, { issuerUrl: 'https://thief.example.com' })); // the secret would go there
    ok(await org.patch(`/v1/sso/connections/${made.id}`, { issuerUrl: 'https://idp2.example.com', clientSecret: 'new' }));
    notFound(await org.patch('/v1/sso/connections/sso_unknown', { name: 'x' }));
    notFound(await org.get('/v1/sso/connections/sso_unknown'));
    notFound(await org.post('/v1/sso/connections/sso_unknown/test'));

    for (const whole of [oidc('https://idp.example.com'), SAML, LDAP]) {
      for (const field of Object.keys(whole)) {
        const { [field]: left, ...rest } = whole;
        badRequest(await org.post('/v1/sso/connections', rest));
      }
    }
    for (const wrong of [{ issuerUrl: 'nonsense' }, { issuerUrl: 'https://idp.example.com/?a=b' }, { domains: ['no domain!'] }, { groupMappings: { g: 'a' } }, { groupMappings: [] }, { enforce: 'yes' }]) {
      badRequest(await org.post('/v1/sso/connections', oidc('https://idp.example.com', wrong)));
    }
    badRequest(await org.post('/v1/sso/connections', { ...LDAP, ldapUrl: 'https://ldap.example.com' }));

    nothing(await org.delete(`/v1/sso/connections/${saml.id}`));
    notFound(await org.delete(`/v1/sso/connections/${saml.id}`));
  });

  test('a connection is tested: discovery for oidc, the certificate for saml; ldap is not there yet', (server) =>
    using(Rogue.start(), async (rogue) => {
      const org = await server.signUp();
      const { id } = await connect(org, rogue);
      assert.deepEqual(ok(await org.post(`/v1/sso/connections/${id}/test`)), {
        success: true, protocol: 'oidc', issuer: rogue.issuer, authorizationEndpoint: `${rogue.issuer}/authorize`, tokenEndpoint: `${rogue.issuer}/token`, jwksUri: `${rogue.issuer}/keys`,
      });
      const saml = ok(await org.post('/v1/sso/connections', SAML), 201);
      assert.equal((await org.post(`/v1/sso/connections/${saml.id}/test`)).status, 422);
      ok(await org.patch(`/v1/sso/connections/${saml.id}`, { idpCertificate: CERTIFICATE }));
      assert.deepEqual(ok(await org.post(`/v1/sso/connections/${saml.id}/test`)), { success: true, protocol: 'saml', idpEntityId: 'urn:works', idpSsoUrl: 'https://idp.example.com/sso' });
      const ldap = ok(await org.post('/v1/sso/connections', LDAP), 201);
      const tested = await org.post(`/v1/sso/connections/${ldap.id}/test`);
      assert.deepEqual([tested.status, tested.json.success, tested.json.protocol, typeof tested.json.error], [422, false, 'ldap', 'string']);
    }));

  test('SAML and LDAP can be configured, and signing on says that it is not', async (server) => {
    const org = await server.signUp();
    const saml = ok(await org.post('/v1/sso/connections', { ...SAML, domains: ['saml.example.test'] }), 201);
    const ldap = ok(await org.post('/v1/sso/connections', { ...LDAP, domains: ['ldap.example.test'] }), 201);
    for (const domain of ['saml.example.test', 'ldap.example.test']) {
      ssoError(await server.api('GET', `/sso/login?org=${org.id}&domain=${domain}`, { expected: [502] }));
    }
    badRequest(await server.api('POST', '/sso/callback/saml', { body: { SAMLResponse: 'x', RelayState: 'x' } }));
    badRequest(await server.api('POST', '/sso/callback/saml', { body: {} }));
    const sent = { username: 'ada', password: 'x', connectionId: ldap.id, org: org.id };
    refused(await server.api('POST', '/sso/callback/ldap', { body: sent }), 401, 'SSO_AUTH_FAILED');
    notFound(await server.api('POST', '/sso/callback/ldap', { body: { ...sent, connectionId: saml.id } }));
    badRequest(await server.api('POST', '/sso/callback/ldap', { body: { ...sent, password: undefined } }));
    await server.forgive(2);
  });

  test('the domain chooses the connection, else the oldest active one does', async (server) => {
    const org = await server.signUp();
    notFound(await server.api('GET', `/sso/login?org=${org.id}`));
    badRequest(await server.api('GET', '/sso/login'));
    notFound(await server.api('GET', '/sso/login?org=dev_unknown'));
    const [first, second, third] = await Promise.all([{}, { domains: ['b.example.test'] }, { domains: ['b.example.test', 'c.example.test'] }].map(async (fields, at) => {
      await new Promise((resolve) => setTimeout(resolve, at * 50));
      return using(Rogue.start(), (rogue) => connect(org, rogue, fields));
    }));
    const chosen = async (query) => (await login(org, query)).connectionId;
    assert.equal(await chosen({}), first.id);
    assert.equal(await chosen({ domain: 'B.example.test' }), second.id);
    assert.equal(await chosen({ domain: 'c.example.test' }), third.id);
    assert.equal(await chosen({ domain: 'example.test' }), first.id);
    badRequest(await server.api('GET', `/sso/login?org=${org.id}&redirect_uri=javascript:alert(1)`));
    for (const status of ['inactive', 'testing']) {
      ok(await org.patch(`/v1/sso/connections/${first.id}`, { status }));
      assert.equal(await chosen({}), second.id);
    }
  });

  test('the directory and the provider speak of one person by the subject; who has left cannot sign on', (server) =>
    using(Rogue.start(), async (rogue) => {
      const org = await server.signUp();
      const directory = ok(await org.post('/v1/scim/tokens', { label: 'directory' }), 201).token;
      const scim = (method, path, body) => server.api(method, `/scim/v2${path}`, { key: directory, body });
      const grace = ok(await scim('POST', '/Users', { userName: 'grace@example.test', externalId: 'g-1' }), 201);
      await connect(org, rogue);

      const come = async (claims) => {
        rogue.claims = (token) => ({ ...token, ...claims });
        return callback(server, await stray(org, rogue));
      };
      const signedOn = ok(await come({ sub: 'g-1', email: 'grace@example.test', name: 'Grace' }));
      assert.equal(signedOn.principalId, grace.id);
      assert.equal(ok(await scim('GET', `/Users/${grace.id}`)).displayName, undefined); // the connection does not provision
      assert.equal(ok(await come({ sub: 'g-2', email: 'grace@example.test' })).principalId, null); // an address proves nothing

      const [connection] = ok(await org.get('/v1/sso/connections')).connections;
      ok(await org.patch(`/v1/sso/connections/${connection.id}`, { jitProvisioning: true }));
      assert.equal(ok(await come({ sub: 'g-1', name: 'Grace' })).principalId, grace.id);
      assert.equal(ok(await scim('GET', `/Users/${grace.id}`)).displayName, 'Grace');
      refused(await come({ sub: 'g-2', email: 'grace@example.test' }), 409, 'CONFLICT');
      const unproven = ok(await come({ sub: 'g-3', email: 'heidi@example.test', email_verified: false }));
      assert.equal(ok(await scim('GET', `/Users/${unproven.principalId}`)).userName, 'g-3');

      ok(await scim('PATCH', `/Users/${grace.id}`, { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: [{ op: 'replace', value: { active: false } }] }));
      refused(await come({ sub: 'g-1' }), 403, 'FORBIDDEN');
      none(ok(await org.get('/v1/sso/sessions')).sessions.filter(({ idpSubject }) => idpSubject === 'g-1'), 'sessions of who has left');
      unauthorized(await server.api('GET', '/v1/principal/grants', { key: signedOn.principalSession.sessionToken }));
    }));

  test('twenty who sign on for the first time at once are one user; the same subject of another provider is somebody else', (server) =>
    using(Rogue.start(), (rogue) => using(Rogue.start(), async (other) => {
      const org = await server.signUp();
      await connect(org, rogue, { jitProvisioning: true, domains: ['example.test'] });
      await connect(org, other, { jitProvisioning: true, domains: ['other.test'] });
      const states = await Promise.all(Array.from({ length: 20 }, () => stray(org, rogue, 'example.test')));
      const answers = await Promise.all(states.map((came) => callback(server, came)));
      assert.deepEqual(tally(answers), { 200: 20 });
      assert.equal(new Set(answers.map((answer) => answer.json.principalId)).size, 1);

      refused(await callback(server, await stray(org, other, 'other.test')), 403, 'FORBIDDEN');
    })));

  test('where a sign-on is enforced, consent is given only by who signed on, and no more than their groups allow', (server) =>
    using(Rogue.start(), async (rogue) => {
      const org = await server.signUp();
      const connection = await connect(org, rogue, { jitProvisioning: true, groupMappings: { staff: ['email:read'] } });
      const { agentId } = await org.agent();
      rogue.claims = (token) => ({ ...token, groups: ['staff'] });
      const ada = ok(await callback(server, await stray(org, rogue)));
      const decide = (request, verb, key) => server.api('POST', `/v1/consent/${request.authRequestId}/${verb}`, { key });
      const ask = (fields) => org.authorize(agentId, { principalId: ada.principalId, scopes: ['email:read'], ...fields });
      ok(await decide(await ask(), 'approve')); // nothing is enforced yet

      assert.deepEqual(ok(await org.post('/v1/sso/enforce', { enforce: true })), { enforce: true, developerId: org.id });
      badRequest(await org.post('/v1/sso/enforce', {}));
      badRequest(await org.post('/v1/sso/enforce', { enforce: 'yes' }));
      assert.equal(ok(await org.get(`/v1/sso/connections/${connection.id}`)).enforce, true);

      const request = await ask();
      const token = ada.principalSession.sessionToken;
      for (const verb of ['approve', 'deny']) refused(await decide(request, verb), 403, 'PRINCIPAL_VERIFICATION_REQUIRED');
      const vouched = ok(await org.exchange(ok(await decide(request, 'approve', token)).code, agentId), 201);
      assert.equal(ok(await org.get(`/v1/grants/${vouched.grantId}`)).consentProof, 'person');
      const named = ok(await org.post('/v1/principal-sessions', { principalId: ada.principalId }), 201).sessionToken; // the organization's word is no sign-on
      refused(await decide(await ask(), 'approve', named), 403, 'PRINCIPAL_VERIFICATION_REQUIRED');
      unauthorized(await decide(await ask(), 'approve', 'a.b.c'));

      refused(await decide(await ask({ scopes: ['email:read', 'email:send'] }), 'approve', token), 403, 'FORBIDDEN');
      ok(await decide(await ask({ scopes: ['email:read', 'email:send'] }), 'deny', token));
      refused(await decide(await ask({ principalId: 'somebody else' }), 'approve', token), 403, 'FORBIDDEN');
      ok(await decide(await ask({ principalId: 'ada@example.test' }), 'approve', token)); // a name of theirs too
      ok(await org.post('/v1/policies', { name: 'All', effect: 'allow' }), 201);
      assert.equal((await ask()).code, undefined); // a rule has not signed on
      assert.equal((await server.api('GET', `/consent?req=${(await ask()).authRequestId}`)).status, 200);

      assert.equal(ok(await server.api('GET', '/v1/principal/grants', { key: token })).principalId, ada.principalId);
      nothing(await org.delete(`/v1/sso/sessions/${ada.sessionId}`));
      notFound(await org.delete(`/v1/sso/sessions/${ada.sessionId}`));
      unauthorized(await decide(await ask(), 'approve', token));
      unauthorized(await server.api('GET', '/v1/principal/grants', { key: token }));
      none(ok(await org.get('/v1/sso/sessions')).sessions, 'sessions');

      ok(await org.post('/v1/sso/enforce', { enforce: false }));
      assert.ok((await ask()).code); // the rule counts again
    }));

  test('who signed on with a connection is signed off when it is switched off or deleted', (server) =>
    using(Rogue.start(), async (rogue) => {
      for (const end of [(org, id) => org.patch(`/v1/sso/connections/${id}`, { status: 'inactive' }), (org, id) => org.delete(`/v1/sso/connections/${id}`)]) {
        const org = await server.signUp();
        const { id } = await connect(org, rogue, { jitProvisioning: true });
        const [one, two] = [ok(await callback(server, await stray(org, rogue))), ok(await callback(server, await stray(org, rogue)))];
        const begun = await stray(org, rogue);
        await end(org, id);
        for (const { principalSession } of [one, two]) unauthorized(await server.api('GET', '/v1/principal/grants', { key: principalSession.sessionToken }));
        none(ok(await org.get('/v1/sso/sessions')).sessions, 'sessions');
        notFound(await callback(server, begun));
      }
    }));

  test('two organizations with the same provider, domains and subjects never meet', (server) =>
    using(Idp.start({ 'u-1': { email: 'ada@example.test' } }), async (idp) => {
      const [one, other] = [await server.signUp(), await server.signUp()];
      const fields = { jitProvisioning: true, domains: ['example.test'] };
      const [mine, theirs] = [await connect(one, idp, fields), await connect(other, idp, fields)];
      const [ada, twin] = [await signOn(one, idp, 'u-1', { domain: 'example.test', redirect_uri: BACK }), await signOn(other, idp, 'u-1', { domain: 'example.test', redirect_uri: BACK })];
      assert.notEqual(ada.principalId, twin.principalId);
      assert.deepEqual(ok(await one.get('/v1/sso/connections')).connections.map(({ id }) => id), [mine.id]);
      assert.deepEqual(ok(await one.get('/v1/sso/sessions')).sessions.map(({ id }) => id), [ada.sessionId]);
      for (const path of [`/v1/sso/connections/${theirs.id}`, `/v1/sso/sessions/${twin.sessionId}`]) notFound(await one.delete(path));
      notFound(await one.get(`/v1/sso/connections/${theirs.id}`));
      notFound(await one.patch(`/v1/sso/connections/${theirs.id}`, { name: 'Mine' }));
      notFound(await one.post(`/v1/sso/connections/${theirs.id}/test`));
      ok(await one.post('/v1/sso/enforce', { enforce: true }));
      assert.equal(ok(await other.get(`/v1/sso/connections/${theirs.id}`)).enforce, false);
      const { agentId } = await other.agent();
      const request = await other.authorize(agentId, { principalId: twin.principalId });
      refused(await server.api('POST', `/v1/consent/${request.authRequestId}/approve`, { key: ada.principalSession.sessionToken }), 403, 'FORBIDDEN');
    }));

  test('the older configuration is written over, read without its secret, and used at the older callback', (server) =>
    using(Idp.start({ 'u-1': { email: 'ada@example.test', name: 'Ada' } }), async (idp) => {
      const org = await server.signUp();
      const fields = { issuerUrl: idp.issuer, clientId: CLIENT.client_id, clientSecret: CLIENT.client_secret, redirectUri: BACK };
      notFound(await org.get('/v1/sso/config'));
      for (const field of Object.keys(fields)) badRequest(await org.post('/v1/sso/config', { ...fields, [field]: undefined }));
      const first = ok(await org.post('/v1/sso/config', { ...fields, clientId: 'before' }), 201);
      const config = ok(await org.post('/v1/sso/config', fields), 201);
      assert.deepEqual(config, { issuerUrl: idp.issuer, clientId: CLIENT.client_id, redirectUri: BACK, createdAt: first.createdAt, updatedAt: config.updatedAt });
      assert.deepEqual(ok(await org.get('/v1/sso/config')), config);
      notFound(await server.api('GET', `/sso/login?org=${org.id}`)); // a login ignores it

      await connect(org, idp);
      const { code, state } = await idp.signIn((await login(org)).authorizeUrl, 'u-1');
      const query = new URLSearchParams({ code, state });
      badRequest(await server.api('GET', `/sso/callback?${new URLSearchParams({ code })}`));
      badRequest(await server.api('GET', `/sso/callback?${new URLSearchParams({ code, state: 'x' })}`));
      assert.deepEqual(ok(await server.api('GET', `/sso/callback?${query}`)), { email: 'ada@example.test', name: 'Ada', sub: 'u-1', developerId: org.id });
      badRequest(await server.api('GET', `/sso/callback?${query}`));
      nothing(await org.delete('/v1/sso/config'));
      notFound(await org.delete('/v1/sso/config'));
    }));

  test('every change is audited and told of, without a secret', (server) =>
    using(Rogue.start(), async (rogue) => {
      const org = await server.signUp();
      const stream = await Sse.open(server, org.key);
      const { id } = await connect(org, rogue, { jitProvisioning: true });
      ok(await org.patch(`/v1/sso/connections/${id}`, { name: 'Firm' }));
      const ada = ok(await callback(server, await stray(org, rogue)));
      nothing(await org.delete(`/v1/sso/connections/${id}`));
      const told = await stream.have(4);
      stream.close();
      assert.deepEqual(told.map(({ type }) => type), ['sso.connection.created', 'sso.connection.updated', 'sso.login', 'sso.connection.deleted']);
      assert.deepEqual(told[2].data, { sessionId: ada.sessionId, connectionId: id, principalId: ada.principalId, mappedScopes: [], expiresAt: ada.expiresAt });
      none([CLIENT.client_secret, ada.principalSession.sessionToken].filter((secret) => server.logText.includes(secret)), 'secrets in the log');
    }));
}, { SSO_PROVIDER_TIMEOUT: '1s' });

onEachEngine('SSO as in production', (test) => {
  test('a provider must be at a public https address', async (server) => {
    const org = await server.signUp();
    for (const url of ['http://idp.example.com', 'https://localhost', 'https://127.0.0.1:8443', 'https://10.0.0.7', 'https://[::1]', 'https://idp.internal', 'https://169.254.169.254', 'https://u:p@idp.example.com']) {
      badRequest(await org.post('/v1/sso/connections', oidc(url)));
      badRequest(await org.post('/v1/sso/connections', { ...SAML, idpSsoUrl: url }));
      badRequest(await org.post('/v1/sso/config', { issuerUrl: url, clientId: 'a', clientSecret: 'b', redirectUri: BACK }));
    }
    badRequest(await org.post('/v1/sso/connections', { ...LDAP, ldapUrl: 'ldap://10.0.0.7' }));
    none(ok(await org.get('/v1/sso/connections')).connections, 'connections');
  });
}, { SSO_ALLOW_INSECURE_URLS: 'false', SSO_ALLOW_PRIVATE_HOSTS: 'false' });
