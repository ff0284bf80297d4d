// What identity providers do to a sign-on at each of their addresses (grantex-enterprise.md 4.2; standards.md 12; OpenID Connect Core 3.1.3, 5.3): slow, away,
// rotating, of another opinion. And what the callbacks refuse.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test as once } from 'node:test';
import { SignJWT } from 'jose';
import { withinOneMinute } from './support/clock.mjs';
import { ENGINES, onEachEngine } from './support/engines.mjs';
import { badRequest, none, notFound, ok, refused, tally } from './support/expect.mjs';
import { BACK, CLIENT, Rogue, json } from './support/oidc.mjs';
import { Redis } from './support/redis.mjs';
import { Server, eventually } from './support/server.mjs';

async function connect(org, rogue, fields = {}) {
  return ok(await org.post('/v1/sso/connections', { name: 'Company', protocol: 'oidc', issuerUrl: rogue.issuer, clientId: CLIENT.client_id, clientSecret: CLIENT.client_secret, ...fields }), 201);
}

/** A login: what the browser comes back with. */
async function come(org, rogue) {
  const { authorizeUrl } = ok(await org.server.api('GET', `/sso/login?${new URLSearchParams({ org: org.id, redirect_uri: BACK })}`));
  const query = new URL(authorizeUrl).searchParams;
  const code = randomUUID();
  rogue.nonces.set(code, query.get('nonce'));
  return { code, state: query.get('state') };
}

const callback = (server, body) => server.api('POST', '/sso/callback/oidc', { body, expected: [502] });

/** A provider for one test, with an organization of its own. */
function rogue(body) {
  return async (server) => {
    const provider = await Rogue.start();
    try {
      await body(server, provider, await server.signUp());
    } finally {
      await provider.close();
    }
  };
}

/** What an address of a provider does in place of answering. */
const TROUBLES = {
  'answers an error': (response) => json(response, 503, { error: 'temporarily_unavailable' }),
  'answers nonsense': (response) => response.end('<html>'),
  'cuts the connection': (response) => response.destroy(),
  'never answers': () => {},
};

onEachEngine('SSO with providers', (test) => {
  for (const [what, trouble] of Object.entries(TROUBLES)) {
    test(`a provider whose key set ${what} is a 502, and nobody is signed on`, rogue(async (server, provider, org) => {
      await connect(org, provider);
      provider.at['/keys'] = trouble;
      refused(await callback(server, await come(org, provider)), 502, 'SSO_ERROR');
      none(ok(await org.get('/v1/sso/sessions')).sessions, 'sessions');
      delete provider.at['/keys'];
      assert.equal(ok(await callback(server, await come(org, provider))).sub, 'ada'); // a failure is not kept
      await server.forgive(1);
    }));

    test(`a provider whose discovery ${what} is led to at /authorize, and the callback is a 502`, rogue(async (server, provider, org) => {
      await connect(org, provider);
      provider.at['/.well-known/openid-configuration'] = trouble;
      const back = await come(org, provider);
      refused(await callback(server, back), 502, 'SSO_ERROR');
      badRequest(await callback(server, back)); // a login counts once, whatever came of it
      const { id } = ok(await org.get('/v1/sso/connections')).connections[0];
      const tested = await org.post(`/v1/sso/connections/${id}/test`);
      assert.deepEqual([tested.status, tested.json.success], [422, false]);
      await server.forgive(1);
    }));

    test(`a provider whose userinfo ${what} is a 502, and never a person without groups`, rogue(async (server, provider, org) => {
      await connect(org, provider, { groupMappings: { staff: ['email:read'] }, defaultScopes: ['lobby:enter'] });
      provider.discovery = { userinfo_endpoint: `${provider.issuer}/userinfo` };
      provider.answer = (response, token) => json(response, 200, { token_type: 'Bearer', id_token: token, access_token: 'opaque' });
      provider.at['/userinfo'] = trouble;
      refused(await callback(server, await come(org, provider)), 502, 'SSO_ERROR');
      none(ok(await org.get('/v1/sso/sessions')).sessions, 'sessions');
      await server.forgive(1);
    }));
  }

  test('groups that only userinfo knows are mapped; what it says of somebody else is not taken', rogue(async (server, provider, org) => {
    await connect(org, provider, { groupMappings: { staff: ['email:read'], boss: ['email:send'] }, defaultScopes: ['lobby:enter'] });
    provider.discovery = { userinfo_endpoint: `${provider.issuer}/userinfo` };
    provider.answer = (response, token) => json(response, 200, { token_type: 'Bearer', id_token: token, access_token: 'opaque' });
    const said = [];
    provider.at['/userinfo'] = (response, request) => {
      said.push(request.headers.authorization);
      json(response, 200, { sub: 'ada', groups: ['staff'] });
    };
    const ada = ok(await callback(server, await come(org, provider)));
    assert.deepEqual([ada.groups, ada.mappedScopes, said], [['staff'], ['email:read'], ['Bearer opaque']]);

    provider.at['/userinfo'] = (response) => json(response, 200, { sub: 'eve', groups: ['boss'] });
    refused(await callback(server, await come(org, provider)), 502, 'SSO_ERROR');
    provider.claims = (token) => ({ ...token, groups: ['boss', 'BOSS'] }); // the signed word counts; userinfo is not asked
    assert.deepEqual(ok(await callback(server, await come(org, provider))).mappedScopes, ['email:send']);
    provider.claims = (token) => ({ ...token, groups: [] });
    assert.deepEqual(ok(await callback(server, await come(org, provider))).mappedScopes, ['lobby:enter']);
    await server.forgive(1);
  }));

  test('of twenty who come back after a key was rotated all sign on, and the keys are fetched once more', rogue(async (server, provider, org) => {
    await connect(org, provider);
    ok(await callback(server, await come(org, provider)));
    const back = await Promise.all(Array.from({ length: 20 }, () => come(org, provider)));
    await provider.rotate();
    assert.deepEqual(tally(await Promise.all(back.map((each) => callback(server, each)))), { 200: 20 });
    assert.equal(provider.fetched.keys, 2);
  }));

  test('a token that names no key is taken when there is one, and refused when it could be of several', rogue(async (server, provider, org) => {
    await connect(org, provider);
    provider.sign = (claims) => new SignJWT(claims).setProtectedHeader({ alg: 'ES256' }).sign(provider.privateKey);
    ok(await callback(server, await come(org, provider)));
  }));

  test('the secret goes where the provider wants it, with the verifier of the login', rogue(async (server, provider, org) => {
    await connect(org, provider);
    ok(await callback(server, await come(org, provider)));
    const [basic] = provider.asked;
    const pair = [CLIENT.client_id, CLIENT.client_secret].map(encodeURIComponent).join(':');
    assert.equal(basic.authorization, `Basic ${Buffer.from(pair).toString('base64')}`);
    assert.deepEqual([basic.form.get('grant_type'), basic.form.get('redirect_uri'), basic.form.get('client_secret'), basic.form.get('code_verifier')], ['authorization_code', BACK, null, null]);
  }));

  test('a provider that takes the secret in the body only, and a challenge, gets both', rogue(async (server, provider, org) => {
    provider.discovery = { token_endpoint_auth_methods_supported: ['client_secret_post'], code_challenge_methods_supported: ['plain', 'S256'] };
    await connect(org, provider);
    ok(await callback(server, await come(org, provider)));
    const [posted] = provider.asked;
    assert.equal(posted.authorization, undefined);
    assert.deepEqual([posted.form.get('client_id'), posted.form.get('client_secret')], [CLIENT.client_id, CLIENT.client_secret]);
    assert.match(posted.form.get('code_verifier'), /^[A-Za-z0-9_-]{43}$/);
  }));

  test('a callback is of its connection, its protocol and its organization', rogue(async (server, provider, org) => {
    const other = await server.signUp();
    const connection = await connect(org, provider);
    const ldap = ok(await org.post('/v1/sso/connections', { name: 'Tree', protocol: 'ldap', ldapUrl: 'ldaps://ldap.example.com', ldapBindDn: 'cn=reader', ldapBindPassword: 'p', ldapSearchBase: 'dc=example' }), 201);
    const back = await come(org, provider);
    notFound(await server.api('POST', '/sso/callback/saml', { body: { SAMLResponse: 'x', RelayState: back.state } })); // begun with another protocol
    notFound(await server.api('POST', '/sso/callback/ldap', { body: { username: 'ada', password: 'x', connectionId: ldap.id, org: other.id } }));
    notFound(await server.api('GET', `/sso/callback?${new URLSearchParams(back)}`)); // there is no older configuration
    ok(await org.patch(`/v1/sso/connections/${connection.id}`, { status: 'testing' }));
    notFound(await callback(server, back));
    ok(await org.patch(`/v1/sso/connections/${connection.id}`, { status: 'active' }));
    assert.equal(ok(await callback(server, back)).sub, 'ada'); // none of them had spent it
  }));

  test('the older callback takes as little on trust', rogue(async (server, provider, org) => {
    await connect(org, provider);
    ok(await org.post('/v1/sso/config', { issuerUrl: provider.issuer, clientId: CLIENT.client_id, clientSecret: CLIENT.client_secret, redirectUri: BACK }), 201);
    const older = (query) => server.api('GET', `/sso/callback?${new URLSearchParams(query)}`, { expected: [502] });
    const now = Math.floor(Date.now() / 1000);
    const wrongs = [{ iss: 'https://elsewhere.example.test' }, { aud: 'somebody else' }, { nonce: 'another' }, { exp: now - 61 }, { nbf: now + 120 }];
    for (const wrong of wrongs) {
      provider.claims = (token) => ({ ...token, ...wrong });
      refused(await older(await come(org, provider)), 502, 'SSO_ERROR');
    }
    provider.claims = (token) => token;
    provider.answer = TROUBLES['cuts the connection'];
    refused(await older(await come(org, provider)), 502, 'SSO_ERROR');
    badRequest(await older({ code: 'x', state: `${(await come(org, provider)).state}A` }));
    await server.forgive(wrongs.length + 1);
  }));
}, { SSO_PROVIDER_TIMEOUT: '1s' });

onEachEngine('SSO limits', (test) => {
  test('callbacks are limited for each address: 20 a minute, and 10 with a password', async (server) => {
    await withinOneMinute();
    for (const [path, most] of [['oidc', 20], ['saml', 20], ['ldap', 10]]) {
      const headers = { 'x-forwarded-for': '192.0.2.7' };
      const answers = await Promise.all(Array.from({ length: most + 5 }, () => server.api('POST', `/sso/callback/${path}`, { body: {}, headers })));
      assert.deepEqual(tally(answers), { 400: most, 429: 5 }, path);
      badRequest(await server.api('POST', `/sso/callback/${path}`, { body: {}, headers: { 'x-forwarded-for': '192.0.2.8' } }));
    }
  });
}, { RATE_LIMITS_ENABLED: 'true', TRUST_PROXY: '1' });

once('SSO while the shared state is away: a login is 503, and goes on afterwards', { timeout: 120_000 }, async () => {
  const [database, redis, provider] = [await ENGINES.sqlite(), await Redis.start(), await Rogue.start()];
  let server;
  try {
    server = await Server.start({ ...database.settings, REDIS_URL: redis.url });
    await eventually(async () => (await server.api('GET', '/health', { expected: [503] })).status === 200, 'both stores answer');
    const org = await server.signUp();
    await connect(org, provider);
    ok(await callback(server, await come(org, provider)));
    await redis.stop();
    const address = `/sso/login?${new URLSearchParams({ org: org.id, redirect_uri: BACK })}`;
    refused(await server.api('GET', address, { expected: [503] }), 503, 'SSO_ERROR');
    await redis.resume();
    await eventually(async () => (await server.api('GET', address, { expected: [503] })).status === 200, 'logins go on');
    ok(await callback(server, await come(org, provider)));
  } finally {
    await server?.kill();
    await Promise.all([provider.close(), redis.remove(), database.remove()]);
  }
});
