// What anybody may ask: health, public keys, DID documents (grantex-core.md 13, operations.md O1–O6, O14).
import assert from 'node:assert/strict';
import { calculateJwkThumbprint } from 'jose';
import { onEachEngine } from './support/engines.mjs';
import { notFound, ok } from './support/expect.mjs';

onEachEngine('public routes', (test) => {
  test('health is ok without a key', async (server) => {
    const health = await server.api('GET', '/health');

    assert.deepEqual(ok(health), { status: 'ok' });
  });

  test('the process is alive and ready', async (server) => {
    ok(await server.api('GET', '/livez'));
    ok(await server.api('GET', '/readyz'));
  });

  test('the key set holds RSA keys only, under their thumbprints, and no private part', async (server) => {
    const answer = await server.api('GET', '/.well-known/jwks.json');

    const { keys } = ok(answer);
    assert.notEqual(keys.length, 0);
    for (const key of keys) {
      assert.deepEqual(Object.keys(key).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use']);
      assert.deepEqual({ kty: key.kty, alg: key.alg, use: key.use }, { kty: 'RSA', alg: 'RS256', use: 'sig' });
      assert.equal(key.kid, await calculateJwkThumbprint(key));
    }
    assert.equal(answer.headers['x-ratelimit-limit'], undefined);
  });

  test('the DID document names the RSA and the Ed25519 key, and where the key set is', async (server) => {
    const document = ok(await server.api('GET', '/.well-known/did.json'));

    assert.match(document.id, /^did:web:/);
    assert.ok(document['@context'].includes('https://www.w3.org/ns/did/v1'));
    const kinds = document.verificationMethod.map(({ publicKeyJwk }) => publicKeyJwk.kty);
    assert.ok(kinds.includes('RSA'), `RSA among ${kinds}`);
    for (const method of document.verificationMethod) {
      assert.equal(method.id, `${document.id}#${method.publicKeyJwk.kid}`);
      assert.equal(method.controller, document.id);
      assert.equal(method.publicKeyJwk.d, undefined);
    }
    const ids = document.verificationMethod.map(({ id }) => id);
    assert.deepEqual(document.assertionMethod, ids);
    assert.deepEqual(document.authentication, ids);
    assert.ok(document.service.some(({ serviceEndpoint }) => serviceEndpoint.endsWith('/.well-known/jwks.json')));
  });

  test('an agent has a DID document that anybody may read', async (server) => {
    const org = await server.signUp();
    const agent = await org.agent();

    const document = ok(await server.api('GET', `/v1/agents/${agent.agentId}/did.json`));

    assert.equal(document.id, agent.did);
  });

  test('there is no DID document of an agent that never was', async (server) => {
    notFound(await server.api('GET', '/v1/agents/ag_01J00000000000000000000000/did.json'));
  });

  test('a deleted agent has no DID document any more', async (server) => {
    const org = await server.signUp();
    const agent = await org.agent();
    await org.delete(`/v1/agents/${agent.agentId}`);

    notFound(await server.api('GET', `/v1/agents/${agent.agentId}/did.json`));
  });

  test('HEAD works where GET does, without a body', async (server) => {
    const answer = await server.api('HEAD', '/.well-known/jwks.json');

    assert.equal(answer.status, 200);
    assert.equal(answer.text, '');
  });

  test('every answer carries the security headers', async (server) => {
    for (const path of ['/health', '/.well-known/jwks.json', '/v1/agents', '/nope']) {
      const { headers } = await server.api('GET', path);

      assert.match(headers['strict-transport-security'] ?? '', /max-age=31536000; ?includeSubDomains/i, path);
      assert.equal(headers['x-content-type-options'], 'nosniff', path);
      assert.equal(headers['x-frame-options'], 'DENY', path);
      assert.equal(headers['x-xss-protection'], '0', path);
      assert.equal(headers['referrer-policy'], 'strict-origin-when-cross-origin', path);
      assert.equal(headers['permissions-policy'], 'camera=(), microphone=(), geolocation=()', path);
      assert.equal(headers['cache-control'], 'no-store', path);
      assert.match(headers['content-security-policy'] ?? '', /default-src 'none'.*frame-ancestors 'none'.*base-uri 'none'/, path);
    }
  });
});

const FRIEND = 'https://app.example.test';

onEachEngine('other origins', (test) => {
  test('a preflight from an admitted origin is answered, before any key', async (server) => {
    const answer = await server.api('OPTIONS', '/v1/agents', {
      headers: { origin: FRIEND, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' },
    });

    assert.equal(answer.status, 204);
    assert.equal(answer.headers['access-control-allow-origin'], FRIEND);
    assert.equal(answer.headers['access-control-allow-credentials'], 'true');
    assert.equal(answer.headers['access-control-max-age'], '600');
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) assert.ok(list(answer, 'access-control-allow-methods').includes(method.toLowerCase()));
    for (const name of ['content-type', 'authorization', 'idempotency-key']) assert.ok(list(answer, 'access-control-allow-headers').includes(name));
  });

  test('an answer to an admitted origin lets its script read the limits', async (server) => {
    const answer = await server.api('GET', '/health', { headers: { origin: FRIEND } });

    assert.equal(answer.headers['access-control-allow-origin'], FRIEND);
    const exposed = list(answer, 'access-control-expose-headers');
    for (const name of ['x-ratelimit-limit', 'x-ratelimit-remaining', 'x-ratelimit-reset', 'retry-after']) assert.ok(exposed.includes(name), name);
  });

  test('an origin that was not admitted is allowed nothing', async (server) => {
    const answer = await server.api('OPTIONS', '/v1/agents', {
      headers: { origin: 'https://elsewhere.example.test', 'access-control-request-method': 'POST' },
    });

    assert.equal(answer.status, 401);
    assert.equal(answer.headers['access-control-allow-origin'], undefined);
  });
}, { CORS_ORIGIN: FRIEND });

const list = (answer, header) => (answer.headers[header] ?? '').toLowerCase().split(/, */);
