// Bad input, on every route that takes a body, and paths that are none (grantex.md 1.4 to 2.3, design D11): always a 4xx in the
// door's shape, and nothing half done. A 5xx fails any of these tests by itself.
import assert from 'node:assert/strict';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, noRoute, nothing, notFound, ok, refused, unauthorized } from './support/expect.mjs';

const MIB = 1_048_576;

/** Every route with a body, and a body that passes its field checks. `key: false` marks what anybody may call. */
const ROUTES = [
  { method: 'POST', path: '/v1/signup', key: false, body: { name: 'a', email: 'bad-input@example.test', mode: 'live' } },
  { method: 'POST', path: '/v1/signup/verify', body: { email: 'bad-input@example.test' } },
  { method: 'PATCH', path: '/v1/me', body: { fidoRpName: 'a' } },
  { method: 'POST', path: '/v1/keys', body: { label: 'a', expiresIn: '1h' } },
  { method: 'POST', path: '/v1/keys/rotate', body: { overlap: '1h' } },
  { method: 'POST', path: '/v1/agents', body: { name: 'a', description: 'b', scopes: ['c'], redirectUris: ['https://app.example.test/'] } },
  { method: 'PATCH', path: '/v1/agents/{agent}', body: { name: 'a', description: 'b', scopes: ['c'], status: 'active' } },
  {
    method: 'POST',
    path: '/v1/authorize',
    body: { agentId: 'a', principalId: 'b', scopes: ['c'], redirectUri: 'https://app.example.test/', state: 'd', expiresIn: '1h', audience: 'e' },
  },
  { method: 'POST', path: '/v1/token', body: { code: 'a', agentId: 'b', codeVerifier: 'c'.repeat(43), credentialFormat: 'jwt' } },
  { method: 'POST', path: '/v1/token/refresh', body: { refreshToken: 'a', agentId: 'b' } },
  { method: 'POST', path: '/v1/tokens/verify', body: { token: 'a' } },
  { method: 'POST', path: '/v1/tokens/revoke', body: { jti: 'a' } },
  { method: 'POST', path: '/v1/grants/verify', body: { token: 'a' } },
  { method: 'POST', path: '/v1/grants/delegate', body: { parentGrantToken: 'a', subAgentId: 'b', scopes: ['c'], expiresIn: '1h' } },
];

const NOT_JSON = ['{"a":', '{a:1}', '{"a":1,}', "{'a':1}", 'nul', '{"a":NaN}', '{"a":01}', '{"a":"\\x"}', '{"a":"\n"}', '{} {}', '/**/{}', '{"a":1}}', ' ', ''];
const NOT_UTF8 = Buffer.from([...Buffer.from('{"a":"'), 0xc3, 0x28, 0xff, ...Buffer.from('"}')]);
const NOT_AN_OBJECT = ['[]', '[1]', '"text"', '1', 'true', 'null'];

onEachEngine('bad bodies', (test) => {
  for (const { method, path, key, body } of ROUTES) {
    const route = `${method} ${path}`;
    const anywhere = path.replace('{agent}', 'ag_01J00000000000000000000000');
    const sender = async (server) => {
      const org = await server.signUp();
      const own = path.includes('{agent}') ? path.replace('{agent}', (await org.agent()).agentId) : path;
      return (raw, headers = {}) => server.api(method, own, { key: key === false ? undefined : org.key, body: raw, headers });
    };

    test(`${route} refuses what is not JSON, before it asks for a key`, async (server) => {
      const send = await sender(server);
      for (const raw of [...NOT_JSON, NOT_UTF8]) {
        badRequest(await send(raw));
        badRequest(await server.api(method, anywhere, { body: raw }));
      }
    });

    test(`${route} refuses JSON that is no object`, async (server) => {
      const send = await sender(server);
      for (const raw of NOT_AN_OBJECT) badRequest(await send(raw));
    });

    test(`${route} refuses a member that comes twice`, async (server) => {
      const send = await sender(server);
      const [name, value] = Object.entries(body)[0];
      badRequest(await send(`{${JSON.stringify(name)}:${JSON.stringify(value)},${JSON.stringify(body).slice(1)}`));
    });

    test(`${route} refuses NUL and lone surrogates in every text`, async (server) => {
      const send = await sender(server);
      for (const [name, value] of Object.entries(body)) {
        for (const poison of ['\\u0000', '\\ud800', '\\udc00', '\\udc00\\ud800']) {
          const poisoned = Array.isArray(value) ? `["${value[0]}${poison}"]` : `"${value}${poison}"`;
          badRequest(await send(JSON.stringify({ ...body, [name]: '@' }).replace('"@"', poisoned)));
        }
      }
    });

    test(`${route} refuses every field in the wrong type`, async (server) => {
      const send = await sender(server);
      for (const [name, value] of Object.entries(body)) {
        const wrong = Array.isArray(value) ? ['text', 1, {}, [{}], [[]], [null], true] : [1, {}, [], ['text'], true];
        for (const other of wrong) badRequest(await send({ ...body, [name]: other }));
      }
    });

    test(`${route} refuses deep nesting, in fields that it does not know too`, async (server) => {
      const send = await sender(server);
      for (const depth of [1_000, 150_000]) { // the deepest that 1 MiB holds, about
        badRequest(await send(`{"unknown":${'['.repeat(depth)}${']'.repeat(depth)}}`));
        badRequest(await send(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`));
      }
    });

    test(`${route} refuses more than 1 MiB, told beforehand or found out`, async (server) => {
      const send = await sender(server);
      const large = JSON.stringify({ ...body, padding: 'x'.repeat(MIB) });
      refused(await send(large), 413, 'BAD_REQUEST');
      refused(await send(large, { 'transfer-encoding': 'chunked' }), 413, 'BAD_REQUEST');
      refused(await server.api(method, anywhere, { body: large }), 413, 'BAD_REQUEST');
    });

    test(`${route} refuses other media types`, async (server) => {
      const send = await sender(server);
      for (const type of ['application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'application/xml', 'text/html', 'application/jsonx', 'nonsense']) {
        refused(await send(JSON.stringify(body), { 'content-type': type }), 415, 'BAD_REQUEST');
      }
      badRequest(await send(JSON.stringify(body), { 'content-type': 'text/plain' }));
    });

    if (key === false) continue;
    test(`${route} asks for a key`, async (server) => {
      unauthorized(await server.api(method, anywhere, { body }));
      unauthorized(await server.api(method, anywhere, { body, key: 'invalid-api-key-12345' }));
    });
  }

  test('after all that nothing was written', async (server) => {
    const org = await server.signUp();

    badRequest(await org.post('/v1/agents', '{"name":"half","name":"done"}'));
    badRequest(await org.post('/v1/agents', { name: 'half', scopes: ['good', ''] }));
    badRequest(await org.post('/v1/agents', '{"name":"half\\u0000"}'));

    assert.deepEqual(ok(await org.get('/v1/agents')).agents, []);
    assert.equal(ok(await org.get('/v1/keys')).keys.length, 1);
  });

  test('a body of exactly 1 MiB is read', async (server) => {
    const org = await server.signUp();
    const frame = JSON.stringify({ name: 'a', padding: '' });

    ok(await org.post('/v1/agents', JSON.stringify({ name: 'a', padding: 'x'.repeat(MIB - frame.length) })), 201);
  });

  test('the media type may have parameters and any case', async (server) => {
    const org = await server.signUp();

    for (const type of ['application/json; charset=utf-8', 'Application/JSON', 'application/json;charset=UTF-8']) {
      ok(await org.post('/v1/agents', '{"name":"a"}', { headers: { 'content-type': type } }), 201);
    }
  });

  test('what is optional may be left out whole: no body and no media type', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const { authRequestId } = await org.authorize(agentId);

    ok(await server.api('POST', `/v1/consent/${authRequestId}/approve`));
    ok(await org.post('/v1/keys/rotate'));
  });

  test('a DELETE may say that its empty body is JSON', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();

    nothing(await server.api('DELETE', `/v1/agents/${agentId}`, { key: org.key, headers: { 'content-type': 'application/json' } }));
  });
});

onEachEngine('paths', (test) => {
  for (const [method, path] of [
    ['GET', '/v1/nope'],
    ['GET', '/nope'],
    ['GET', '/'],
    ['GET', '/v1/agents/'],
    ['GET', '/V1/agents'],
    ['GET', '/v1/Agents'],
    ['GET', '//v1/agents'],
    ['PUT', '/v1/agents'],
    ['DELETE', '/v1/agents'],
    ['GET', '/v1/token'],
    ['GET', '/v1/authorize'],
    ['POST', '/v1/grants'],
    ['PATCH', '/v1/agents'],
    ['GET', '/v1/agents/a/b/c'],
  ]) {
    test(`${method} ${path} is no route: 401 without a key, 404 with one`, async (server) => {
      const org = await server.signUp();

      unauthorized(await server.api(method, path));
      unauthorized(await server.api(method, path, { key: 'invalid-api-key-12345' }));
      noRoute(await server.api(method, path, { key: org.key }));
    });
  }

  test('what nobody serves under /.well-known/ is not there, key or none', async (server) => {
    const org = await server.signUp();

    noRoute(await server.api('GET', '/.well-known/nope'));
    noRoute(await server.api('GET', '/.well-known/nope', { key: org.key }));
  });

  test('a malformed escape in a path is the caller\'s mistake', async (server) => {
    const org = await server.signUp();

    for (const path of ['/v1/agents/%zz', '/v1/agents/%', '/v1/agents/%ff%fe', '/v1/agents/%c0%80', '/v1/agents/%ed%a0%80', '/v1/agents/a%2fb']) {
      const { status, text } = await org.get(path);
      assert.ok(status === 400 || status === 404, `${path}: ${status} ${text}`);
    }
  });

  test('a NUL in a path is refused by the listener, before anybody sees it', async (server) => {
    const org = await server.signUp();

    for (const path of ['/v1/agents/%00', '/v1/grants/%00', '/v1/consent/%00', '/v1/signup/verify/%00', '/%00', '/v1/agents%00']) {
      assert.equal((await org.get(path)).status, 400, path);
    }
  });

  test('an absurd query is no reason to fail', async (server) => {
    const org = await server.signUp();

    for (const query of ['?', '?&&&=', '?%00=%00', '?a=%zz', '?limit', `?${'a=1&'.repeat(1000)}`]) {
      const { status, text } = await org.get(`/v1/agents${query}`);
      assert.ok(status === 200 || status === 400, `${query.slice(0, 20)}: ${status} ${text}`);
    }
  });

  test('HEAD is GET without the body', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();

    for (const path of ['/v1/agents', `/v1/agents/${agentId}`, '/v1/grants', '/v1/me']) {
      const head = await server.api('HEAD', path, { key: org.key });
      assert.equal(head.status, 200, path);
      assert.equal(head.text, '');
    }
    assert.equal((await server.api('HEAD', '/v1/agents')).status, 401);
  });

  test('each answer has a request id of its own, and a sent one is not taken over', async (server) => {
    const sent = '11111111-1111-4111-8111-111111111111';
    const seen = new Set();
    for (let i = 0; i < 5; i += 1) {
      seen.add(unauthorized(await server.api('GET', '/v1/agents', { headers: { 'x-request-id': sent } })).requestId);
    }

    assert.equal(seen.size, 5);
    assert.ok(!seen.has(sent));
  });

  test('a good answer carries its request id too', async (server) => {
    const org = await server.signUp();

    assert.match((await org.get('/v1/me')).headers['x-request-id'] ?? '', /^[0-9a-f-]{36}$/);
  });

  test('ids of another kind are no ids', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const { grantId } = await org.grant(agentId);

    notFound(await org.get(`/v1/agents/${grantId}`));
    notFound(await org.get(`/v1/grants/${agentId}`));
    notFound(await org.get(`/v1/agents/${org.id}`));
    notFound(await org.get(`/v1/agents/${agentId.replace('ag_', 'grnt_')}`));
  });
});
