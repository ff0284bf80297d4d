// What a signed-in person may do about being signed in, and the door's own manners (identity ID-1, ID-2, ID-13 to ID-18, B.3).
import assert from 'node:assert/strict';
import { onEachEngine } from './support/engines.mjs';
import { TIME, nothing, ok } from './support/expect.mjs';
import { API, BEHIND_PROXY, Person, invalid, newcomer, refused } from './support/people.mjs';

onEachEngine('people and their sessions', (test) => {
  test('signing out ends the session of the token, at once', async (server) => {
    const ada = await newcomer(server);
    const other = (await ada.signIn()).json;
    nothing(await ada.mine('POST', '/auth/sign-out'));
    refused(await ada.mine('GET', '/auth/who-am-i'), 401, 'auth.invalid_token');
    refused(await ada.mine('POST', '/auth/sign-out'), 401, 'auth.invalid_token');
    ok(await ada.mine('GET', '/auth/who-am-i', { key: other.token.value }));
  });

  test('a person sees their sessions and ends one, and sees nobody else’s', async (server) => {
    const [ada, bob] = [await newcomer(server), await newcomer(server)];
    const older = ada.token;
    await ada.call('POST', '/auth/sign-in', {
      body: { identifier: { scheme: 'username', value: ada.name }, credential: { scheme: 'basic', value: ada.password } }, headers: { 'user-agent': 'a phone' },
    }).then(({ json }) => { ada.token = json.token.value; });
    const sessions = ok(await ada.mine('GET', '/auth/sessions'));
    assert.equal(sessions.length, 2);
    assert.deepEqual(sessions.map(({ current, userAgent, ip }) => ({ current, userAgent, ip })), [
      { current: true, userAgent: 'a phone', ip: ada.address }, { current: false, userAgent: null, ip: ada.address },
    ]);
    for (const session of sessions) {
      assert.deepEqual(Object.keys(session), ['id', 'createdAt', 'lastSeenAt', 'userAgent', 'ip', 'current']);
      for (const time of [session.createdAt, session.lastSeenAt]) assert.match(time, TIME);
    }

    const [foreign] = ok(await bob.mine('GET', '/auth/sessions'));
    refused(await ada.mine('DELETE', `/auth/sessions/${foreign.id}`), 404, 'session.not_found');
    refused(await ada.mine('DELETE', '/auth/sessions/nonsense'), 404, 'session.not_found');
    nothing(await ada.mine('DELETE', `/auth/sessions/${sessions[1].id}`));
    refused(await ada.mine('GET', '/auth/who-am-i', { key: older }), 401, 'auth.invalid_token');
    refused(await ada.mine('DELETE', `/auth/sessions/${sessions[1].id}`), 404, 'session.not_found');
    ok(await bob.mine('GET', '/auth/who-am-i'));
    nothing(await ada.mine('DELETE', '/auth/sessions'));
    refused(await ada.mine('GET', '/auth/who-am-i'), 401, 'auth.invalid_token');
  });

  test('another password ends the other sessions and keeps this one', async (server) => {
    const ada = await newcomer(server);
    const other = (await ada.signIn()).json;
    const change = (fields) => ada.mine('POST', '/auth/change-password', { body: { scheme: 'BASIC', oldCredential: ada.password, newCredential: 'twelve drummers drumming', ...fields } });
    refused(await change({ oldCredential: 'not the password' }), 401, 'auth.invalid_credentials');
    invalid(await change({ newCredential: 'password123' }), 'newCredential');
    invalid(await change({ newCredential: 'short' }), 'newCredential');
    invalid(await change({ newCredential: ada.password }), 'newCredential');
    invalid(await change({ userId: '1' }), 'userId');
    nothing(await change({ userId: ada.id }));
    ok(await ada.mine('GET', '/auth/who-am-i'));
    refused(await ada.mine('GET', '/auth/who-am-i', { key: other.token.value }), 401, 'auth.invalid_token');
    refused(await ada.post('/auth/refresh', { refreshToken: other.refreshToken.value }), 401, 'auth.refresh_invalid');
    refused(await ada.signIn(), 401, 'auth.invalid_credentials');
    ada.password = 'twelve drummers drumming';
    ok(await ada.signIn());
  });

  test('without a good token there is nothing behind the door, and another door’s token is none', async (server) => {
    const ada = new Person(server);
    const missing = await ada.call('GET', '/auth/who-am-i');
    refused(missing, 401, 'auth.unauthenticated');
    assert.equal(missing.headers['www-authenticate'], 'Bearer');
    const { key } = await server.signUp();
    for (const token of ['nonsense', key, 'a.b.c']) refused(await ada.mine('GET', '/auth/sessions', { key: token }), 401, 'auth.invalid_token');
    refused(await ada.call('GET', '/nothing/of/the/kind'), 404, undefined);
    refused(await ada.call('DELETE', '/auth/sign-in'), 404, undefined);
  });

  test('a request id that can be written anywhere is taken over, any other is replaced', async (server) => {
    const ada = new Person(server);
    const taken = await ada.call('GET', '/auth/who-am-i', { headers: { 'x-request-id': 'order-7.Ab_c' } });
    assert.equal(taken.headers['x-request-id'], 'order-7.Ab_c');
    refused(taken, 401, 'auth.unauthenticated');
    const [line] = await server.logged((each) => each.reqId === 'order-7.Ab_c' && each.statusCode === 401, 1);
    assert.equal(line.route, `${API}/auth/who-am-i`);
    for (const bad of ['a b', 'x'.repeat(129), 'a"b']) {
      const answer = await ada.call('GET', '/auth/who-am-i', { headers: { 'x-request-id': bad } });
      assert.match(answer.headers['x-request-id'], /^[0-9a-f-]{36}$/);
    }
  });

  test('the request line says whose token it was, which key signed it, and how somebody signs in', async (server) => {
    const ada = await newcomer(server);
    const { kid } = JSON.parse(Buffer.from(ada.token.split('.')[0], 'base64url'));
    ok(await ada.mine('GET', '/auth/who-am-i', { headers: { 'x-request-id': `who-${ada.name}` } }));
    const [line] = await server.logged((each) => each.requestId === `who-${ada.name}`, 1);
    assert.deepEqual([line.reqId, line.userId, line.kid, line.statusCode], [`who-${ada.name}`, ada.id, kid, 200]);
    for (const [scheme, value, userId] of [['username', ada.name, ada.id], ['email', 'nobody@example.test', undefined], ['phone', '+84912345678', undefined]]) {
      await ada.signIn({ identifier: { scheme, value } });
      const [signIn] = await server.logged((each) => each.route === `${API}/auth/sign-in` && each['identifier.scheme'] === scheme && each.userId === userId, 1);
      assert.ok(signIn.requestId);
      assert.ok(!JSON.stringify(signIn).includes(value), 'the line does not say who they said they were');
    }
  });

  test('the probes tell what is there', async (server) => {
    assert.deepEqual(ok(await server.api('GET', `${API}/healthz`)), { status: 'ok' });
    assert.deepEqual(ok(await server.api('GET', `${API}/readyz`)), { status: 'ok', checks: { db: 'ok', redis: 'ok', keys: 'ok', migrations: 'ok' } });
  });
}, BEHIND_PROXY);
