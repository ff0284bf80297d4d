// Other people's client programs at the agents door: openid-client asks, jose verifies (issue: each client authentication; agent-idp AE-13).
import assert from 'node:assert/strict';
import { randomUUID, webcrypto } from 'node:crypto';
import { createLocalJWKSet, exportJWK, generateKeyPair, jwtVerify, SignJWT } from 'jose';
import * as client from 'openid-client';
import { API, BEGUN, oauthRefused, operator, tenant } from './support/agents-door.mjs';
import { onEachEngine } from './support/engines.mjs';
import { ok, tally } from './support/expect.mjs';

const ASSERTION = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

/** The server as a client program is configured by hand. */
function configured(server, id, authentication) {
  const metadata = { issuer: server.base, token_endpoint: `${server.base}${API}/token` };
  const configuration = new client.Configuration(metadata, id, undefined, authentication);
  client.allowInsecureRequests(configuration); // loopback
  return configuration;
}

/** Verifies an access token as a resource would, with nothing but the published keys. */
async function verified(server, token, algorithm) {
  const keys = createLocalJWKSet(ok(await server.api('GET', '/.well-known/jwks.json')));
  return jwtVerify(token, keys, { issuer: server.base, audience: `${server.base}${API}`, typ: 'at+jwt', algorithms: [algorithm] });
}

/** An agent that brought its own key. */
async function withKey(server) {
  const { privateKey, publicKey } = await webcrypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const agent = await tenant(server, { publicKey: await exportJWK(publicKey) });
  return { agent, privateKey };
}

const assertion = (server, agent, key, claims = {}, header = {}) => new SignJWT({ jti: randomUUID(), ...claims })
  .setProtectedHeader({ alg: 'ES256', ...header }).setIssuer(claims.iss ?? agent.id).setSubject(claims.sub ?? agent.id)
  .setAudience(claims.aud ?? server.base).setIssuedAt().setExpirationTime(claims.exp ?? '1m').sign(key);

const prove = (agent, text, fields = {}) => agent.ask({ client_secret: undefined, client_assertion_type: ASSERTION, client_assertion: text, ...fields });

onEachEngine('client programs get tokens of the agents door', (test) => {
  test('openid-client gets one by each client authentication, and jose verifies it', async (server) => {
    const { agent, privateKey } = await withKey(server);
    for (const authentication of [client.ClientSecretPost(agent.secret), client.ClientSecretBasic(agent.secret), client.PrivateKeyJwt(privateKey)]) {
      const answer = await client.clientCredentialsGrant(configured(server, agent.id, authentication), { scope: 'agents:read' });
      assert.equal(answer.token_type, 'bearer');
      assert.equal(answer.scope, 'agents:read');
      const { payload } = await verified(server, answer.access_token, 'RS256');
      assert.equal(payload.sub, agent.id);
      ok(await server.api('GET', `${API}/agents/${agent.id}`, { key: answer.access_token }));
    }
  });

  test('a credential says how its tokens are signed', async (server) => {
    const agent = await (await tenant(server)).agent();
    const elliptic = await agent.equip(agent.id, { signingAlg: 'ES256' });
    const token = await elliptic.token();
    assert.equal(JSON.parse(Buffer.from(token.split('.')[0], 'base64url')).alg, 'ES256');
    ok(await server.api('GET', `${API}/agents/${agent.id}`, { key: token }));
  });

  test('an assertion counts once, whoever sends it and however many at once', async (server) => {
    const { agent, privateKey } = await withKey(server);
    const text = await assertion(server, agent, privateKey);
    const answers = await Promise.all(Array.from({ length: 20 }, () => prove(agent, text)));
    assert.deepEqual(tally(answers), { 200: 1, 401: 19 });
    ok(await prove(agent, await assertion(server, agent, privateKey, { aud: `${server.base}${API}/token` }, { typ: 'client-authentication+jwt', kid: 'theirs' })));
    ok(await prove(agent, await assertion(server, agent, privateKey), { client_id: undefined }));
  });

  test('an assertion that is not this agent\'s, for this server and short-lived proves nothing', async (server) => {
    const { agent, privateKey } = await withKey(server);
    const stranger = await generateKeyPair('ES256');
    const other = await tenant(server);
    const wrong = {
      'another key': assertion(server, agent, stranger.privateKey),
      'another audience': assertion(server, agent, privateKey, { aud: 'https://elsewhere.example.test' }),
      'two audiences': assertion(server, agent, privateKey, { aud: [server.base, 'https://elsewhere.example.test'] }),
      'another issuer': assertion(server, agent, privateKey, { iss: other.id }),
      'another subject': assertion(server, agent, privateKey, { sub: other.id }),
      'too long a life': assertion(server, agent, privateKey, { exp: '1h' }),
      'too old': assertion(server, agent, privateKey, { exp: Math.floor(Date.now() / 1000) - 1 }),
      'no jti': new SignJWT({}).setProtectedHeader({ alg: 'ES256' }).setIssuer(agent.id).setSubject(agent.id).setAudience(server.base).setExpirationTime('1m').sign(privateKey),
      'another typ': assertion(server, agent, privateKey, {}, { typ: 'at+jwt' }),
      symmetric: new SignJWT({ jti: 'x' }).setProtectedHeader({ alg: 'HS256' }).setIssuer(agent.id).setSubject(agent.id).setAudience(server.base).setExpirationTime('1m').sign(Buffer.from(agent.secret)),
      garbage: Promise.resolve('a.b.c'),
    };
    for (const [what, text] of Object.entries(wrong)) {
      const answer = await prove(agent, await text);
      assert.equal(answer.status, 401, `${what}: ${answer.text}`);
      oauthRefused(answer, 401, 'invalid_client');
    }
    oauthRefused(await prove(other, await assertion(server, other, privateKey)), 401, 'invalid_client'); // it brought no key
    oauthRefused(await prove(agent, await assertion(server, agent, privateKey), { client_secret: agent.secret }), 400, 'invalid_request');
    oauthRefused(await prove(agent, await assertion(server, agent, privateKey), { client_assertion_type: 'other' }), 400, 'invalid_request');
    ok(await agent.patch(`/agents/${agent.id}`, { publicKey: null }));
    oauthRefused(await prove(agent, await assertion(server, agent, privateKey)), 401, 'invalid_client');
  });
}, BEGUN);

onEachEngine('what ended is seen at once', (test) => {
  const introspect = (agent, token, options) => agent.post('/token/introspect', new URLSearchParams({ token }).toString(), { headers: { 'content-type': 'application/x-www-form-urlencoded' }, ...options });
  const revoke = (agent, token, options) => agent.post('/token/revoke', new URLSearchParams({ token }).toString(), { headers: { 'content-type': 'application/x-www-form-urlencoded' }, ...options });

  test('introspection says what a token is worth, and nothing of one that is worth nothing', async (server) => {
    const agent = await tenant(server);
    const token = await agent.token('agents:read');
    const { iat, exp, jti, ...rest } = ok(await introspect(agent, token));
    assert.equal(exp - iat, 3600);
    assert.deepEqual(rest, {
      active: true, sub: agent.id, client_id: agent.id, scope: 'agents:read', token_type: 'Bearer', iss: server.base, aud: `${server.base}${API}`,
      organization_id: agent.organizationId,
    });
    const stranger = await tenant(server);
    for (const nothing of [introspect(stranger, token), introspect(operator(server), token), introspect(agent, 'garbage'), introspect(agent, `${token}x`)]) {
      const answer = await nothing;
      assert.equal(answer.status, 200);
      assert.equal(answer.text, '{"active":false}');
    }
    oauthRefused(await introspect(agent, token, { key: await agent.token('agents:read') }), 403, 'insufficient_scope');
    oauthRefused(await introspect(agent, token, { key: 'garbage' }), 401, 'invalid_token');
    oauthRefused(await agent.post('/token/introspect', '', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }), 400, 'invalid_request');
  });

  test('a revoked token is refused everywhere; whatever is sent, the answer is 200 and empty', async (server) => {
    const agent = await tenant(server);
    const token = await agent.token('agents:read');
    const stranger = await tenant(server);
    for (const left of [revoke(stranger, token), revoke(agent, 'garbage')]) assert.deepEqual([(await left).status, (await left).text], [200, '']);
    ok(await server.api('GET', `${API}/agents/${agent.id}`, { key: token }));
    const answers = await Promise.all(Array.from({ length: 20 }, () => revoke(agent, token)));
    assert.deepEqual(tally(answers), { 200: 20 });
    const refusal = await server.api('GET', `${API}/agents/${agent.id}`, { key: token });
    assert.equal(refusal.json.message, 'Token has been revoked.');
    assert.equal((await introspect(agent, token)).text, '{"active":false}');
    oauthRefused(await agent.post('/token/revoke', 'x=1', { headers: { 'content-type': 'application/x-www-form-urlencoded' } }), 400, 'invalid_request');
    oauthRefused(await agent.post('/token/revoke', 'token=x', { key: 'garbage', headers: { 'content-type': 'application/x-www-form-urlencoded' } }), 401, 'invalid_token');
  });

  test('an agent revokes its own by its secret; only an admin those of others', async (server) => {
    const admin = await tenant(server);
    const [one, other] = [await admin.agent(), await admin.agent()];
    const own = await one.token();
    const byClient = await server.api('POST', `${API}/token/revoke`, {
      body: new URLSearchParams({ client_id: one.id, client_secret: one.secret, token: own }).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    assert.equal(byClient.status, 200);
    assert.equal((await server.api('GET', `${API}/agents/${one.id}`, { key: own })).status, 401);
    const theirs = await other.token();
    await revoke(one, theirs);
    ok(await server.api('GET', `${API}/agents/${one.id}`, { key: theirs }));
    await revoke(admin, theirs);
    assert.equal((await server.api('GET', `${API}/agents/${one.id}`, { key: theirs })).status, 401);
    const unproven = await server.api('POST', `${API}/token/revoke`, { body: 'token=x', headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    oauthRefused(unproven, 401, 'invalid_client');
  });
}, BEGUN);
