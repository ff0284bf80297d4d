// Registering, logging in, and what a proxy asks, at the forward-auth door (contract forward-auth FA-1 to FA-6).
import assert from 'node:assert/strict';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { onEachEngine } from './support/engines.mjs';
import { ok, tally } from './support/expect.mjs';
import { Visitor, refused, verify, visitor } from './support/forward-auth.mjs';
import { BEHIND_PROXY, Person, newcomer, someName } from './support/people.mjs';
import { Server, eventually } from './support/server.mjs';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SETTINGS = { ...BEHIND_PROXY, AUTH_PUBLIC_VERIFY: 'true', FORWARD_AUTH_ISSUER: undefined };

onEachEngine('the forward-auth door', (test) => {
  test('somebody registers, logs in, and passes; anybody verifies the token with the published keys', async (server) => {
    const ada = new Visitor(server);
    const answer = await ada.register({ email: `  ${ada.email.toUpperCase()} `, role: 'admin' });
    const { id, ...rest } = ok(answer, 201);
    assert.match(id, UUID);
    assert.deepEqual(rest, { email: ada.email, role: 'user' });
    assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
    assert.equal(answer.headers['cache-control'], 'no-store');

    const login = await ada.login();
    assert.deepEqual(Object.keys(ok(login)), ['token']);
    assert.equal(login.headers['cache-control'], 'no-store');
    const { token } = login.json;
    const { kid, ...header } = decodeProtectedHeader(token);
    assert.deepEqual(header, { alg: 'RS256', typ: 'JWT' });
    const { jti, iat, exp, ...claims } = (await jwtVerify(token, createRemoteJWKSet(new URL('/.well-known/jwks.json', server.base)), { issuer: 'auth-service', algorithms: ['RS256'] })).payload;
    assert.deepEqual(claims, { iss: 'auth-service', sub: id, role: 'user' });
    assert.equal(exp - iat, 86_400);
    assert.match(jti, UUID);
    const { keys } = ok(await server.api('GET', '/.well-known/jwks.json'));
    assert.equal(keys[0].kid, kid);
    for (const key of keys) assert.deepEqual(Object.keys(key).sort(), ['alg', 'e', 'kid', 'kty', 'n', 'use']);

    for (const path of ['/verify', '/auth/verify']) {
      const passed = await server.api('GET', path, { key: token, headers: { 'x-request-id': 'of-the-proxy' } });
      assert.deepEqual(ok(passed), { ok: true, userId: id });
      assert.equal(passed.headers['x-user-id'], id);
      assert.equal(passed.headers['x-user-role'], 'user');
      assert.equal(passed.headers['cache-control'], 'no-store');
      assert.equal(passed.headers['x-content-type-options'], 'nosniff');
      assert.equal(passed.headers['x-request-id'], 'of-the-proxy');
    }
    ok(await server.api('GET', '/verify', { headers: { authorization: `bEARER   ${token}` } }));
    const head = await server.api('HEAD', '/verify', { key: token });
    assert.deepEqual([head.status, head.text, head.headers['x-user-id']], [200, '', id]);
  });

  test('what is missing or cannot be taken is said in the documented words', async (server) => {
    const ada = new Visitor(server);
    const required = 'email and password are required';
    for (const path of ['/auth/register', '/auth/login']) {
      for (const body of [undefined, {}, { email: ada.email }, { password: 'x' }, { email: '', password: '' }, { email: 7, password: ['x'] }, [], 'null']) {
        refused(await ada.post(path, body), 400, required);
      }
      refused(await ada.post(path, '{'), 400, 'invalid json');
      refused(await ada.post(path, '{"email":"a","email":"b","password":"x"}'), 400, 'invalid json');
      refused(await ada.post(path, 'email=a', { headers: { 'content-type': 'text/csv' } }), 415, 'send the body as application/json');
      refused(await ada.post(path, JSON.stringify({ email: ada.email, password: 'x'.repeat(102_400) })), 413, 'request body too large');
      const refusal = refused(await server.api('GET', path), 405, 'method not allowed');
      assert.equal(refusal.headers.allow, 'POST');
      ada.address = new Visitor(server).address; // another address has calls of its own left
    }
    for (const email of ['nobody', 'a@', '@b', 'a b@c.test', 'a@b@c.test', `${'x'.repeat(260)}@b.test`]) refused(await ada.register({ email }), 400, 'invalid email');
    refused(await ada.register({ password: '1234567' }), 400, 'password too short');
    refused(await ada.register({ password: 'ä'.repeat(37) }), 400, 'password too long');
    ok(await ada.register({ password: 'ä'.repeat(36) }), 201);
    refused(await server.api('GET', '/auth/nothing'), 404, 'not found');
  });

  test('an address is one person\'s: of many at once one registers, in whatever spelling', async (server) => {
    const ada = new Visitor(server);
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => new Visitor(server, { email: at % 2 ? ada.email : ada.email.toUpperCase() }).register()));
    assert.deepEqual(tally(answers), { 201: 1, 409: 19 });
    refused(answers.find(({ status }) => status === 409), 409, 'email already exists');
  });

  test('an unknown address and a wrong password are told alike, and guessing is slowed', async (server) => {
    const ada = await visitor(server);
    const words = 'invalid email or password';
    refused(await new Visitor(server).login(), 401, words);
    refused(await new Visitor(server).login({ email: 'no address' }), 401, words);
    for (let wrong = 1; wrong <= 5; wrong += 1) refused(await ada.login({ password: 'wrong' }), 401, words);
    const early = refused(await new Visitor(server, { email: ada.email }).login({ password: ada.password }), 429, 'too many requests');
    assert.match(early.headers['retry-after'], /^[12]$/);
  });

  test('what a proxy asks about and does not count is 401 in the two documented texts', async (server) => {
    const ada = await visitor(server);
    for (const headers of [{}, { authorization: 'Basic YTpi' }, { authorization: 'Bearer' }, { authorization: 'Bearer ' }, { authorization: ada.token }]) {
      const missing = refused(await server.api('GET', '/verify', { headers }), 401, 'missing bearer token');
      assert.equal(missing.headers['www-authenticate'], 'Bearer realm="auth-service"');
    }
    const [head, body, tail] = ada.token.split('.');
    const other = (part) => Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(part.of, 'base64url')), ...part.with })).toString('base64url');
    const person = await newcomer(server);
    const forged = [
      'x', 'a.b.c', `${head}.${body}`, `${head}.${body}.`, `${head}.${body}.${tail}x`, `${head}.${other({ of: body, with: { role: 'admin' } })}.${tail}`,
      `${other({ of: head, with: { alg: 'none' } })}.${body}.`, `${other({ of: head, with: { alg: 'HS256' } })}.${body}.${tail}`,
      `${other({ of: head, with: { kid: 'legacy-x' } })}.${body}.${tail}`, person.token,
    ];
    for (const token of forged) {
      const invalid = refused(await verify(server, token), 401, 'invalid token');
      assert.equal(invalid.headers['www-authenticate'], 'Bearer realm="auth-service", error="invalid_token"');
      assert.equal(invalid.headers['x-user-id'], undefined);
    }
    assert.equal((await person.mine('GET', '/auth/who-am-i', { key: ada.token })).status, 401); // nor is this door's token good at another
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const refusal = refused(await server.api(method, '/verify', { key: ada.token }), 405, 'method not allowed');
      assert.equal(refusal.headers.allow, 'GET, HEAD');
    }
  });

  test('one person, one account: who registered here signs in at the people door, and a password set there is good here', async (server) => {
    const ada = await visitor(server);
    const person = new Person(server, { password: ada.password });
    const entered = await person.enter({ identifier: { scheme: 'EMAIL', value: ada.email } });
    assert.deepEqual(entered.roles.map(({ identifier }) => identifier), ['CUSTOMER']);

    ok(await verify(server, ada.token));
    const changed = await person.mine('POST', '/auth/change-password', { body: { oldCredential: ada.password, newCredential: `next ${ada.password}` } });
    assert.equal(changed.status, 204, changed.text);
    refused(await verify(server, ada.token), 401, 'invalid token'); // whoever else was in as them is so no more
    refused(await ada.login(), 401, 'invalid email or password');
    ok(await ada.login({ password: `next ${ada.password}` })); // an Argon2id hash by now
    refused(await new Visitor(server, { email: `${someName()}@example.test` }).login(), 401, 'invalid email or password');
  });

  test('an operator ends one token, and the others go on', async (server) => {
    const ada = await visitor(server);
    const [stolen, kept] = [ada.token, await ada.enter()];
    const { jti } = decodeJwt(stolen);
    assert.equal((await Server.command(['token', 'deny', jti], server.settings)).trim(), `${jti} is denied`);
    await eventually(async () => (await verify(server, stolen)).status === 401, 'the token is refused');
    refused(await verify(server, stolen), 401, 'invalid token');
    ok(await verify(server, kept));
    await assert.rejects(Server.command(['token', 'deny', 'nothing'], server.settings), (error) => error.code === 1);
  });

  test('/healthz is plain text, and the series are there from the first scrape', async (server) => {
    const health = await server.api('GET', '/healthz');
    assert.deepEqual([health.status, health.text, health.headers['content-type']], [200, 'ok\n', 'text/plain; charset=utf-8']);
    const { text } = await server.api('GET', '/metrics');
    for (const result of ['created', 'conflict', 'invalid', 'error']) assert.match(text, new RegExp(`^auth_register_total\\{result="${result}"\\} \\d`, 'm'));
    for (const result of ['ok', 'bad_credentials', 'invalid', 'legacy', 'error']) assert.match(text, new RegExp(`^auth_login_total\\{result="${result}"\\} \\d`, 'm'));
    for (const result of ['ok', 'missing', 'invalid', 'expired']) assert.match(text, new RegExp(`^auth_verify_total\\{result="${result}"\\} \\d`, 'm'));
    assert.match(text, /^auth_verify_duration_seconds_count \d/m);
    assert.equal(decodeJwt((await visitor(server)).token).legacy, undefined);
  });
}, SETTINGS);
