// Second factors at the people door: an app that makes codes, recovery codes, a passkey besides the password (docs/decisions/0044).
import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';
import { onEachEngine } from './support/engines.mjs';
import { ok } from './support/expect.mjs';
import { BEHIND_PROXY, Person, invalid, newcomer, refused, someAddress, superAdmin } from './support/people.mjs';
import { App } from './support/totp.mjs';

const STEP = '/auth/sign-in/second-factor';
const OWN = '/auth/second-factors';

/** Somebody new with an app; `codes` are their recovery codes. */
async function careful(server, fields) {
  const person = await newcomer(server, fields);
  person.app = new App(ok(await person.mine('POST', `${OWN}/totp`, { body: {} })).uri);
  person.codes = ok(await person.mine('POST', `${OWN}/totp/confirm`, { body: { code: await person.app.code() } })).recoveryCodes;
  return person;
}

/** The first step: what the second is shown with. */
async function begin(person, factors = ['TOTP', 'RECOVERY_CODE']) {
  const answer = await person.signIn({ clientId: 'shop' });
  assert.equal(answer.status, 403, answer.text);
  const { message, statusCode, requestId, messageCode, secondFactor, ...rest } = answer.json;
  assert.deepEqual(rest, {});
  assert.deepEqual([message, statusCode, requestId, messageCode], ['A second factor is asked for', 403, answer.headers['x-request-id'], 'auth.second_factor_required']);
  const { sessionToken, expiresAt, ...ways } = secondFactor;
  assert.deepEqual(ways, { factors });
  assert.match(sessionToken, /^sip_[A-Za-z0-9_-]{43}$/);
  const left = Date.parse(expiresAt) - Date.now();
  assert.ok(left > 240_000 && left <= 300_000, `${left} ms are left`);
  return sessionToken;
}

const finish = (person, sessionToken, code) => person.post(STEP, { sessionToken, code });

onEachEngine('second factors', (test) => {
  test('codes of an app are turned on by the first, and asked for from then on', async (server) => {
    const ada = await newcomer(server);
    assert.deepEqual(ok(await ada.mine('GET', OWN)), { totp: null, passkey: null, passkeys: 0, recoveryCodes: 0 });
    const begun = ok(await ada.mine('POST', `${OWN}/totp`, { body: {} }));
    const app = new App(begun.uri);
    assert.match(begun.secret, /^[A-Z2-7]{32}$/);
    assert.deepEqual(Object.fromEntries(app.url.searchParams), { secret: begun.secret, issuer: '127.0.0.1', algorithm: 'SHA1', digits: '6', period: '30' });
    assert.equal(decodeURIComponent(app.url.pathname.split('/').at(-1)), `127.0.0.1:${ada.name}`);
    ok(await ada.signIn()); // nothing is asked for yet

    refused(await ada.mine('POST', `${OWN}/totp/confirm`, { body: { code: app.wrong() } }), 400, 'second_factor.code_invalid');
    const { recoveryCodes } = ok(await ada.mine('POST', `${OWN}/totp/confirm`, { body: { code: await app.code() } }));
    assert.equal(new Set(recoveryCodes).size, 10);
    for (const code of recoveryCodes) assert.match(code, /^([0-9a-hj-km-np-tv-z]{4}-){3}[0-9a-hj-km-np-tv-z]{4}$/);
    refused(await ada.mine('POST', `${OWN}/totp/confirm`, { body: { code: await app.code() } }), 409, 'second_factor.not_begun');
    refused(await ada.mine('POST', `${OWN}/totp`, { body: {} }), 409, 'second_factor.already_on');
    const { totp, ...rest } = ok(await ada.mine('GET', OWN));
    assert.deepEqual(rest, { passkey: null, passkeys: 0, recoveryCodes: 10 });
    assert.ok(Math.abs(Date.parse(totp) - Date.now()) < 60_000);

    const token = await begin(ada);
    const signed = ok(await finish(ada, token, await app.code()));
    const claims = decodeJwt(signed.token.value);
    assert.deepEqual([claims.amr, claims.acr, claims.clientId, claims.sub], [['pwd', 'otp', 'mfa'], 'urn:credence:acr:mfa', 'shop', ada.id]);
    assert.equal(claims.auth_time, claims.iat);
    assert.equal(ok(await ada.mine('GET', '/auth/who-am-i', { key: signed.token.value })).userId, ada.id);
    const next = ok(await ada.post('/auth/refresh', { refreshToken: signed.refreshToken.value }));
    assert.deepEqual(decodeJwt(next.token.value).amr, ['pwd', 'otp', 'mfa']);
    refused(await finish(ada, token, app.last), 401, 'auth.second_factor_expired');
  });

  test('a password that is wrong is answered as ever, and a code counts once', async (server) => {
    const ada = await careful(server);
    const bob = await newcomer(server);
    const [hers, his] = [await ada.signIn({ credential: { scheme: 'BASIC', value: 'wrong' } }), await bob.signIn({ credential: { scheme: 'BASIC', value: 'wrong' } })];
    for (const answer of [hers, his]) refused(answer, 401, 'auth.invalid_credentials');
    assert.deepEqual(Object.keys(hers.json), Object.keys(his.json));
    const [first, second] = [await begin(ada), await begin(ada)];
    ok(await finish(ada, first, await ada.app.code()));
    refused(await finish(ada, second, ada.app.last), 401, 'auth.second_factor_invalid');
    refused(await finish(ada, second, ada.app.wrong()), 401, 'auth.second_factor_invalid');
    ok(await finish(ada, second, await ada.app.code()));
    const { text } = await server.api('GET', '/metrics');
    for (const line of ['scheme="username",result="second_factor"', 'scheme="totp",result="auth.second_factor_invalid"', 'scheme="totp",result="success"']) {
      assert.match(text, new RegExp(`^identity_sign_in_total\\{${line}\\} [1-9]`, 'm'));
    }
  });

  test('five wrong codes end a sign-in', async (server) => {
    const ada = await careful(server);
    const token = await begin(ada);
    for (let wrong = 0; wrong < 5; wrong++) refused(await finish(ada, token, ada.app.wrong()), 401, 'auth.second_factor_invalid');
    refused(await finish(ada, token, await ada.app.code()), 401, 'auth.second_factor_expired');
  });

  test('a recovery code signs in once, however it is typed; new ones end the old', async (server) => {
    const ada = await careful(server);
    ada.token = ok(await finish(ada, await begin(ada), ` ${ada.codes[0].toUpperCase().replaceAll('-', ' ')} `)).token.value;
    refused(await finish(ada, await begin(ada), ada.codes[0]), 401, 'auth.second_factor_invalid');
    assert.equal(ok(await ada.mine('GET', OWN)).recoveryCodes, 9);
    refused(await ada.mine('POST', `${OWN}/recovery-codes`, { body: { password: 'wrong' } }), 401, 'auth.invalid_credentials');
    const { recoveryCodes } = ok(await ada.mine('POST', `${OWN}/recovery-codes`, { body: { password: ada.password } }));
    assert.equal(recoveryCodes.length, 10);
    refused(await finish(ada, await begin(ada), ada.codes[1]), 401, 'auth.second_factor_invalid');
    ok(await finish(ada, await begin(ada), recoveryCodes[1]));
  });

  test('it is turned off with a password or a code, and by nothing less', async (server) => {
    const ada = await careful(server);
    const off = (body) => ada.mine('POST', `${OWN}/totp/remove`, { body });
    invalid(await off({}), 'password');
    invalid(await off({ password: ada.password, code: ada.codes[0] }), 'password');
    refused(await off({ password: 'wrong' }), 401, 'auth.invalid_credentials');
    refused(await off({ code: ada.app.wrong() }), 401, 'auth.second_factor_invalid');
    assert.equal((await off({ code: await ada.app.code() })).status, 204);
    assert.deepEqual(ok(await ada.mine('GET', OWN)), { totp: null, passkey: null, passkeys: 0, recoveryCodes: 0 });
    ok(await ada.signIn());
    refused(await off({ password: ada.password }), 404, 'second_factor.not_found');
  });

  test('what cannot be taken is named, and what is unknown is over', async (server) => {
    const ada = new Person(server);
    invalid(await ada.post(STEP, {}), 'sessionToken', 'code');
    invalid(await ada.post(STEP, { sessionToken: 'x', challengeId: 'x' }), 'response');
    invalid(await ada.post(`${STEP}/passkey`, {}), 'sessionToken');
    refused(await finish(ada, 'sip_nothing', '123456'), 401, 'auth.second_factor_expired');
    refused(await ada.post(`${STEP}/passkey`, { sessionToken: 'sip_nothing' }), 401, 'auth.second_factor_expired');
    for (const path of ['', '/totp', '/totp/confirm', '/totp/remove', '/passkey', '/passkey/remove', '/recovery-codes']) {
      refused(await ada.call(path === '' ? 'GET' : 'POST', OWN + path, path === '' ? {} : { body: {} }), 401, 'auth.unauthenticated');
    }
  });

  test('the forward-auth door refuses whoever has a second factor, as a wrong password', async (server) => {
    const email = `ada-${Date.now()}-${Math.random()}@example.test`;
    const ada = new Person(server);
    const login = (password) => server.api('POST', '/auth/login', { body: { email, password }, headers: { 'x-forwarded-for': someAddress() } });
    assert.equal((await server.api('POST', '/auth/register', { body: { email, password: ada.password }, headers: { 'x-forwarded-for': ada.address } })).status, 201);
    ok(await login(ada.password));
    const identifier = { scheme: 'EMAIL', value: email };
    ada.token = ok(await ada.signIn({ identifier })).token.value;
    const app = new App(ok(await ada.mine('POST', `${OWN}/totp`, { body: {} })).uri);
    ok(await ada.mine('POST', `${OWN}/totp/confirm`, { body: { code: await app.code() } }));
    const [right, wrong] = [await login(ada.password), await login('wrong')];
    for (const { status, json } of [right, wrong]) assert.deepEqual([status, json], [401, { error: 'invalid email or password' }]);
  });

  test('an administrator helps who lost everything', async (server) => {
    const ada = await careful(server);
    const admin = await superAdmin(server);
    refused(await ada.mine('DELETE', `/users/${ada.id}/second-factors`), 403, 'auth.forbidden');
    assert.equal((await admin.mine('DELETE', `/users/${ada.id}/second-factors`)).status, 204);
    ok(await ada.signIn());
  });
}, BEHIND_PROXY);
