// How people come in at the people door, and what their tokens are worth (identity ID-10 to ID-12, ID-15).
import assert from 'node:assert/strict';
import { createRemoteJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import { withinOneMinute } from './support/clock.mjs';
import { onEachEngine } from './support/engines.mjs';
import { ok, tally } from './support/expect.mjs';
import { API, BEHIND_PROXY, Person, invalid, newcomer, refused, someName } from './support/people.mjs';

onEachEngine('people sign up and in', (test) => {
  test('a person signs up, signs in, and anybody verifies the token with the published keys', async (server) => {
    const ada = new Person(server);
    const begun = ok(await ada.signUp({ email: `${ada.name}@Example.test`, phone: '+84 912 345 678', profile: { firstName: 'Ada', lastName: 'L', locale: 'en' } }), 201);
    assert.match(begun.userId, /^[1-9]\d{15,18}$/);
    assert.deepEqual(begun.identifiers, [
      { scheme: 'USERNAME', value: ada.name, verified: true },
      { scheme: 'EMAIL', value: `${ada.name}@example.test`, verified: false },
      { scheme: 'PHONE_NUMBER', value: '+84912345678', verified: false },
    ]);

    const answer = await ada.signIn({ clientId: 'shop' });
    const { token, refreshToken, ...rest } = ok(answer);
    const [{ id: roleId }] = rest.roles;
    const roles = [{ id: roleId, identifier: 'CUSTOMER', priority: 10 }];
    assert.deepEqual(rest, { userId: begun.userId, roles });
    assert.deepEqual({ ...token, value: '' }, { value: '', type: 'Bearer', expiresIn: 86_400 });
    assert.equal(refreshToken.expiresIn, 30 * 86_400);
    assert.equal(answer.headers['cache-control'], 'no-store');

    const header = decodeProtectedHeader(token.value);
    assert.deepEqual({ alg: header.alg, typ: header.typ }, { alg: 'ES256', typ: 'at+jwt' });
    const keys = createRemoteJWKSet(new URL('/jw-certs', server.base));
    const { payload } = await jwtVerify(token.value, keys, { issuer: server.base, audience: `${server.base}${API}`, typ: 'at+jwt', algorithms: ['ES256'] });
    const { iat, nbf, exp, jti, sid, ...claims } = payload;
    assert.deepEqual(claims, {
      iss: server.base, aud: `${server.base}${API}`, sub: begun.userId, userId: begun.userId, roles, clientId: 'shop', organizerIds: '', merchantIds: '',
      auth_time: iat, acr: 'urn:credence:acr:pwd', amr: ['pwd'],
    });
    assert.equal(exp - iat, 86_400);
    assert.equal(nbf, iat);
    assert.match(sid, /^ses_/);
    assert.equal(typeof jti, 'string');
    assert.deepEqual(ok(await ada.mine('GET', '/auth/who-am-i', { key: token.value })), { userId: begun.userId, roles, clientId: 'shop', iat, exp, sid });
  });

  test('the key set has P-256 keys alone, the one that signs first, and is kept for five minutes', async (server) => {
    const ada = await newcomer(server);
    const answer = await server.api('GET', '/jw-certs');
    const { keys } = ok(answer);
    for (const { x, y, kid, ...rest } of keys) {
      assert.deepEqual(rest, { kty: 'EC', crv: 'P-256', use: 'sig', alg: 'ES256' });
      for (const text of [x, y, kid]) assert.match(text, /^[A-Za-z0-9_-]{43}$/);
    }
    assert.equal(keys[0].kid, decodeProtectedHeader(ada.token).kid);
    assert.equal(answer.headers['cache-control'], 'public, max-age=300');
    const again = await server.api('GET', '/jw-certs', { headers: { 'if-none-match': answer.headers.etag } });
    assert.equal(again.status, 304);
    assert.equal(again.text, '');
    const { text } = await server.api('GET', '/metrics');
    assert.match(text, /^identity_jwks_requests_total\S* [1-9]/m);
  });

  test('what cannot be taken is named, member by member', async (server) => {
    const ada = new Person(server);
    invalid(await ada.post('/auth/sign-up', {}), 'username', 'credential');
    invalid(await ada.signUp({ username: 'a b c d', email: 'nobody', phone: '0912', credential: 'short' }), 'username', 'email', 'phone', 'credential');
    invalid(await ada.signUp({ profile: { firstName: 7 } }), 'profile.firstName');
    for (const credential of ['password1', 'Qwertyuiop12', '11111111', ada.name, 'x'.repeat(257)]) invalid(await ada.signUp({ credential }), 'credential');
    invalid(await ada.signIn({ identifier: { scheme: 'FAX', value: 'x' }, credential: 7 }), 'credential', 'identifier.scheme');
    invalid(await ada.post('/auth/refresh', {}), 'refreshToken');
    refused(await ada.call('POST', '/auth/sign-in', { body: '{' }), 400, undefined);
    refused(await ada.call('POST', '/auth/sign-in', { body: 'a=b', headers: { 'content-type': 'text/csv' } }), 415, undefined);
    refused(await ada.call('POST', '/auth/sign-up', { body: JSON.stringify({ username: 'x'.repeat(1_048_577) }) }), 413, undefined);
    const unsupported = refused(await ada.signIn({ credential: { scheme: 'OAUTH2', value: 'x' } }), 400, undefined);
    assert.equal(unsupported.message, 'Unsupported credential scheme');
  });

  test('a taken user name is told, in any spelling; a taken address is not', async (server) => {
    const ada = new Person(server);
    const email = `${someName()}@example.test`;
    ok(await ada.signUp({ email }), 201);
    refused(await ada.signUp({ username: ada.name.toUpperCase() }), 409, 'auth.identifier_taken');
    const twin = new Person(server);
    const hidden = ok(await twin.signUp({ email: email.toUpperCase() }), 201);
    assert.match(hidden.userId, /^[1-9]\d{15,18}$/);
    assert.deepEqual(hidden.identifiers.map(({ value, verified }) => [value, verified]), [[twin.name, true], [email, false]]);
    refused(await twin.signIn(), 401, 'auth.invalid_credentials');
  });

  test('of thirty who sign up with one user name at once, one gets it', async (server) => {
    const name = someName();
    const answers = await Promise.all(Array.from({ length: 30 }, () => new Person(server, { name }).signUp()));
    assert.deepEqual(tally(answers), { 201: 1, 409: 29 });
  });

  test('whatever is wrong, the answer is the same, until the password was right', async (server) => {
    const ada = new Person(server);
    const email = `${ada.name}@example.test`;
    ok(await ada.signUp({ email }), 201);
    const wrong = { scheme: 'basic', value: 'not the password' };
    const answers = [
      await ada.signIn({ credential: wrong }),
      await ada.signIn({ identifier: { scheme: 'username', value: someName() } }),
      await ada.signIn({ identifier: { scheme: 'email', value: email }, credential: wrong }),
      await ada.signIn({ identifier: { scheme: 'phone', value: 'no number' } }),
    ];
    const shapes = answers.map((answer) => {
      const { requestId: _, ...body } = refused(answer, 401, 'auth.invalid_credentials');
      return { body, challenge: answer.headers['www-authenticate'] };
    });
    for (const shape of shapes) assert.deepEqual(shape, shapes[0]);
    const lines = await server.logged((line) => line.msg === 'sign_in.refused' && line.reason === 'auth.invalid_credentials', 4);
    for (const line of lines) assert.match(line['identifier.scheme'], /^(username|email|phone)$/);
    const told = server.log((line) => line.msg !== 'message.shown' && JSON.stringify(line).includes(email)); // which development shows instead of sending it
    assert.equal(told.length, 0);
    refused(await ada.signIn({ identifier: { scheme: 'EMAIL', value: email.toUpperCase() } }), 403, 'auth.identifier_unverified');
  });

  test('ten wrong passwords in a quarter of an hour are enough, from any address', async (server) => {
    const ada = await newcomer(server);
    const attempts = await Promise.all(Array.from({ length: 15 }, () => new Person(server, { name: ada.name, password: 'wrong password' }).signIn()));
    assert.deepEqual(tally(attempts), { 401: 10, 429: 5 });
    const answer = await ada.signIn();
    refused(answer, 429, 'auth.too_many_failures');
    assert.ok(Number(answer.headers['retry-after']) > 0 && Number(answer.headers['retry-after']) <= 900);
    ok(await ada.mine('GET', '/auth/who-am-i')); // who is in stays in
  });

  test('a session goes on by its refresh token, and ends when one is used again', async (server) => {
    const ada = new Person(server);
    ok(await ada.signUp(), 201);
    const first = await ada.enter();
    const second = ok(await ada.post('/auth/refresh', { refreshToken: first.refreshToken.value }));
    assert.deepEqual(Object.keys(second), ['userId', 'roles', 'token', 'refreshToken']);
    assert.equal(decodeJwt(second.token.value).sid, decodeJwt(first.token.value).sid);
    ok(await ada.mine('GET', '/auth/who-am-i', { key: second.token.value }));

    refused(await ada.post('/auth/refresh', { refreshToken: first.refreshToken.value }), 401, 'auth.refresh_reused');
    for (const { token } of [first, second]) refused(await ada.mine('GET', '/auth/who-am-i', { key: token.value }), 401, 'auth.invalid_token');
    refused(await ada.post('/auth/refresh', { refreshToken: second.refreshToken.value }), 401, 'auth.refresh_invalid');
    refused(await ada.post('/auth/refresh', { refreshToken: 'crt_made_up' }), 401, 'auth.refresh_invalid');
  });

  test('of thirty who refresh with one token at once, one gets the next', async (server) => {
    const ada = new Person(server);
    ok(await ada.signUp(), 201);
    const { refreshToken } = await ada.enter();
    const answers = await Promise.all(Array.from({ length: 30 }, () => ada.post('/auth/refresh', { refreshToken: refreshToken.value })));
    assert.deepEqual(tally(answers), { 200: 1, 401: 29 });
    for (const answer of answers.filter(({ status }) => status === 401)) refused(answer, 401, 'auth.refresh_reused');
  });
}, BEHIND_PROXY);

onEachEngine('each address tries only so often', (test) => {
  test('twenty sign-ins a minute, each route by itself, and the keys as often as anybody likes', async (server) => {
    await withinOneMinute();
    const ada = new Person(server);
    const unsupported = { identifier: { scheme: 'email', value: 'x' }, credential: { scheme: 'otp', value: 'x' } };
    const answers = [];
    for (let count = 0; count < 21; count += 1) answers.push(await ada.signIn(unsupported));
    assert.deepEqual(tally(answers), { 400: 20, 429: 1 });
    refused(answers.at(-1), 429, 'rate_limit.exceeded');
    assert.ok(Number(answers.at(-1).headers['retry-after']) > 0);
    ok(await ada.signUp(), 201);
    ok(await new Person(server).signIn(unsupported), 400);
    const keys = [];
    for (let count = 0; count < 100; count += 1) keys.push(await server.api('GET', '/jw-certs'));
    assert.deepEqual(tally(keys), { 200: 100 });
  });
}, { ...BEHIND_PROXY, RATE_LIMITS_ENABLED: 'true' });
