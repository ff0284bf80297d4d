// API keys: who may call, several per organization, rotation (grantex.md 1.2, grantex-core.md 12).
import assert from 'node:assert/strict';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, notFound, nothing, ok, refused, SECRET, tally, TIME, unauthorized } from './support/expect.mjs';

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

onEachEngine('API keys', (test) => {
  test('the scheme is any case, with any space or tab before the key', async (server) => {
    const { key } = await server.signUp();

    for (const authorization of [`Bearer ${key}`, `bearer ${key}`, `BEARER   ${key}`, `Bearer\t${key}`]) {
      ok(await server.api('GET', '/v1/me', { headers: { authorization } }));
    }
  });

  for (const authorization of [undefined, '', 'Bearer', 'Bearer ', 'Basic Zm9vOmJhcg==', 'Bearer short', 'Bearer invalid-api-key-12345', 'Bearer a b', `Bearer ${'x'.repeat(513)}`, `Bearer gx_live_${'A'.repeat(43)}`]) {
    test(`nobody calls with ${JSON.stringify(authorization)?.slice(0, 40)}`, async (server) => {
      unauthorized(await server.api('GET', '/v1/agents', { headers: authorization === undefined ? {} : { authorization } }));
    });
  }

  test('a key with anything more or less is no key', async (server) => {
    const { key } = await server.signUp();

    for (const other of [key.slice(0, -1), `${key}x`, key.toUpperCase(), `"${key}"`]) unauthorized(await server.api('GET', '/v1/me', { key: other }));
  });

  test('a grant token is no API key', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { grantToken } = await org.grant((await org.agent()).agentId);

    unauthorized(await server.api('GET', '/v1/agents', { key: grantToken }));
  });

  test('rotation gives a new key and the old one dies at once', async (server) => {
    const org = await server.signUp();

    const rotated = ok(await org.post('/v1/keys/rotate'));

    assert.match(rotated.apiKey, new RegExp(`^gx_live_${SECRET}$`));
    assert.match(rotated.rotatedAt, TIME);
    unauthorized(await org.get('/v1/me'));
    ok(await server.api('GET', '/v1/me', { key: rotated.apiKey }));
  });

  test('rotation with an overlap lets both keys work until it is over', async (server) => {
    const org = await server.signUp();

    const { apiKey } = ok(await org.post('/v1/keys/rotate', { overlap: '2s' }));

    ok(await org.get('/v1/me'));
    ok(await server.api('GET', '/v1/me', { key: apiKey }));
    await wait(2_500);
    unauthorized(await org.get('/v1/me'));
    ok(await server.api('GET', '/v1/me', { key: apiKey }));
  });

  for (const body of [{ overlap: 'soon' }, { overlap: '0s' }, { overlap: 5 }, { overlap: '99999999999999999999d' }, []]) {
    test(`rotation refuses ${JSON.stringify(body)} and keeps the key`, async (server) => {
      const org = await server.signUp();

      badRequest(await org.post('/v1/keys/rotate', body));

      ok(await org.get('/v1/me'));
    });
  }

  test('of 10 rotations at once with one key, one succeeds', async (server) => {
    const org = await server.signUp();

    const answers = await Promise.all(Array.from({ length: 10 }, () => org.post('/v1/keys/rotate')));

    assert.deepEqual(tally(answers), { 200: 1, 401: 9 });
    ok(await server.api('GET', '/v1/me', { key: answers.find(({ status }) => status === 200).json.apiKey }));
  });

  test('an organization has several keys and sees them without their secrets', async (server) => {
    const org = await server.signUp();

    const made = ok(await org.post('/v1/keys', { label: 'ci' }), 201);

    assert.match(made.apiKey, new RegExp(`^gx_live_${SECRET}$`));
    assert.deepEqual({ label: made.label, readOnly: made.readOnly }, { label: 'ci', readOnly: false });
    const answer = await org.get('/v1/keys');
    const { keys } = ok(answer);
    assert.equal(keys.length, 2);
    for (const key of keys) assert.deepEqual(Object.keys(key).sort(), ['createdAt', 'current', 'expiresAt', 'keyId', 'label', 'lastUsedAt', 'readOnly']);
    assert.deepEqual(keys.filter(({ current }) => current).length, 1);
    assert.equal(keys.find(({ keyId }) => keyId === made.keyId).current, false);
    assert.ok(!answer.text.includes(made.apiKey) && !answer.text.includes(org.key));
  });

  test('a key needs nothing to be made', async (server) => {
    const org = await server.signUp();

    const made = ok(await org.post('/v1/keys'), 201);

    ok(await server.api('GET', '/v1/me', { key: made.apiKey }));
  });

  test('a read-only key reads and verifies, and changes nothing', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const { grantToken, grantId } = await org.grant(agentId);
    const { apiKey: key } = ok(await org.post('/v1/keys', { label: 'reader', readOnly: true }), 201);

    ok(await server.api('GET', `/v1/agents/${agentId}`, { key }));
    assert.equal((await server.api('HEAD', '/v1/grants', { key })).status, 200);
    assert.equal(ok(await server.api('POST', '/v1/tokens/verify', { key, body: { token: grantToken } })).valid, true);
    assert.equal(ok(await server.api('POST', '/v1/grants/verify', { key, body: { token: grantToken } })).active, true);
    for (const [method, path, body] of [
      ['POST', '/v1/agents', { name: 'x' }],
      ['PATCH', `/v1/agents/${agentId}`, { name: 'x' }],
      ['DELETE', `/v1/agents/${agentId}`],
      ['POST', '/v1/authorize', { agentId, principalId: 'ada', scopes: ['email:read'] }],
      ['POST', '/v1/token', { code: 'x', agentId }],
      ['POST', '/v1/token/refresh', { refreshToken: 'x', agentId }],
      ['POST', '/v1/tokens/revoke', { jti: 'x' }],
      ['DELETE', `/v1/grants/${grantId}`],
      ['POST', '/v1/grants/delegate', { parentGrantToken: grantToken, subAgentId: agentId, scopes: ['email:read'] }],
      ['POST', '/v1/keys', {}],
      ['POST', '/v1/keys/rotate'],
      ['PATCH', '/v1/me', { fidoRequired: true }],
    ]) {
      refused(await server.api(method, path, { key, body }), 403, 'FORBIDDEN');
    }
    assert.equal(await org.accepts(grantToken), true);
  });

  test('a key expires', async (server) => {
    const org = await server.signUp();
    const made = ok(await org.post('/v1/keys', { expiresIn: '2s' }), 201);
    assert.match(made.expiresAt, TIME);
    ok(await server.api('GET', '/v1/me', { key: made.apiKey }));
    await wait(2_500);

    unauthorized(await server.api('GET', '/v1/me', { key: made.apiKey }));
  });

  test('a deleted key dies at once', async (server) => {
    const org = await server.signUp();
    const made = ok(await org.post('/v1/keys'), 201);
    ok(await server.api('GET', '/v1/me', { key: made.apiKey }));

    nothing(await org.delete(`/v1/keys/${made.keyId}`));

    unauthorized(await server.api('GET', '/v1/me', { key: made.apiKey }));
    notFound(await org.delete(`/v1/keys/${made.keyId}`));
  });

  test('the last full key cannot be deleted, not even by two at once', async (server) => {
    const org = await server.signUp();
    ok(await org.post('/v1/keys', { readOnly: true }), 201);
    const second = ok(await org.post('/v1/keys'), 201);
    const first = ok(await org.get('/v1/keys')).keys.find(({ current }) => current);

    const answers = await Promise.all([
      org.delete(`/v1/keys/${second.keyId}`),
      server.api('DELETE', `/v1/keys/${first.keyId}`, { key: second.apiKey }),
    ]);

    const survivors = answers.filter(({ status }) => status === 409 || status === 401);
    assert.equal(survivors.length, 1, JSON.stringify(tally(answers)));
    const key = answers[0].status === 204 ? org.key : second.apiKey;
    const keyId = answers[0].status === 204 ? first.keyId : second.keyId;
    refused(await server.api('DELETE', `/v1/keys/${keyId}`, { key }), 409, 'CONFLICT');
    ok(await server.api('GET', '/v1/me', { key }));
  });

  test('nobody deletes another organization\'s key', async (server) => {
    const [org, other] = [await server.signUp(), await server.signUp()];
    const made = ok(await org.post('/v1/keys'), 201);

    notFound(await other.delete(`/v1/keys/${made.keyId}`));

    ok(await server.api('GET', '/v1/me', { key: made.apiKey }));
  });

  for (const body of [{ label: 1 }, { label: 'x'.repeat(5000) }, { readOnly: 'yes' }, { expiresIn: 'soon' }, { expiresIn: '0s' }, []]) {
    test(`making a key refuses ${JSON.stringify(body).slice(0, 40)}`, async (server) => {
      const org = await server.signUp();

      badRequest(await org.post('/v1/keys', body));

      assert.equal(ok(await org.get('/v1/keys')).keys.length, 1);
    });
  }

  test('no key is ever logged', async (server) => {
    const org = await server.signUp();
    await org.get('/v1/me');
    ok(await org.post('/v1/keys'), 201);

    assert.ok(!server.logText.includes(org.key));
    assert.doesNotMatch(server.logText, new RegExp(`gx_(live|test)_${SECRET}`));
  });
});
