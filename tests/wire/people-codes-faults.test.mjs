// One-time codes when something goes away: a process, Redis, PostgreSQL, a provider; and what two nodes share (identity A 39 to 43, B.10).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { codeIn, mailed, otherThan, proven, sent, somePhone } from './support/codes.mjs';
import { ok } from './support/expect.mjs';
import { API, BEHIND_PROXY, Person, refused, someName } from './support/people.mjs';
import { Postgres } from './support/postgres.mjs';
import { Receiver } from './support/receiver.mjs';
import { Redis } from './support/redis.mjs';
import { eventually, Server } from './support/server.mjs';
import { MailSink } from './support/smtp.mjs';

const LIMIT = { timeout: 180_000 };
const SECRET = 'what-all-nodes-and-lives-share';
const email = (value) => ({ identifier: { scheme: 'EMAIL', value } });

describe('codes, and what goes away', { concurrency: 1 }, () => {
  let [postgres, redis, sink, provider, server] = [];
  const settings = () => ({
    ...BEHIND_PROXY, DATABASE_URL: postgres.url, REDIS_URL: redis.url, SMTP_URL: sink.url, APP_ENV_APPLICATION_SECRET: SECRET, SMS_ALLOW_INSECURE_URLS: 'true',
    SMS_ALLOW_PRIVATE_HOSTS: 'true', PUBLIC_BASE_URL: 'https://credence.example.test',
  });

  before(async () => {
    [postgres, redis, sink, provider] = await Promise.all([Postgres.start(), Redis.start(), MailSink.start(), Receiver.start()]);
    server = await Server.start(settings());
    const value = { url: provider.url, body: '{"to":"{{to}}","text":"{{text}}"}' };
    await postgres.query(`insert into credence.configurations (id, group_name, code, value, created_ms, created_by, modified_ms, modified_by)
      values ('conf_01JGFJJZ00E008000000000001', 'SMS', 'provider', '${JSON.stringify(value)}', 0, 'an operator', 0, 'an operator')`);
  }, LIMIT);
  after(async () => {
    await server?.kill();
    await Promise.all([sink?.close(), provider?.close(), redis?.remove(), postgres?.remove()]);
  });

  const forgot = async (person, to = server) => sent(await new Person(to).post('/auth/forgot-password/request', email(person.email)));
  const guess = (sessionToken, code, at = server) => new Person(at).post('/auth/forgot-password/verify', { sessionToken, code });
  const textOf = async (number, count = 1) => {
    const found = () => provider.received.map(({ body }) => JSON.parse(body)).filter(({ to }) => to === number);
    await eventually(() => found().length >= count, `${count} short messages to a number`);
    return found().at(-1).text;
  };

  test('a number is proven by the message that a provider brings', LIMIT, async () => {
    const ada = new Person(server, { phone: somePhone() });
    const { verification: { sessionToken } } = ok(await ada.signUp({ phone: ada.phone }), 201);
    ok(await ada.post('/auth/verify-phone/confirm', { sessionToken, code: codeIn(await textOf(ada.phone)) }));
  });

  test('a code that was asked for before a crash is good after it', LIMIT, async () => {
    const ada = await proven(server, sink);
    const sessionToken = await forgot(ada);
    const code = await mailed(sink, ada.email, 3);
    await server.kill();
    server = await Server.start(settings());
    assert.match(ok(await guess(sessionToken, code)).resetToken, /^[A-Za-z0-9_-]{43}$/);
  });

  test('of fifty guesses at two nodes at once five count, and an operator opens the lock by deleting one key', LIMIT, async () => {
    const ada = await proven(server, sink);
    const other = await Server.start(settings());
    try {
      const sessionToken = await forgot(ada);
      const code = await mailed(sink, ada.email, 3);
      const answers = await Promise.all(Array.from({ length: 50 }, (_, index) => guess(sessionToken, otherThan(code), index % 2 === 0 ? server : other)));
      for (const answer of answers) refused(answer, answer.status, answer.status === 423 ? 'otp.locked' : 'otp.invalid');
      refused(await guess(sessionToken, code, other), 423, 'otp.locked');
      assert.equal(await redis.cli('exists', `forgot-password:otp:${ada.email}`), '0');
      assert.equal(await redis.cli('del', `forgot-password:lock:${ada.email}`), '1');
      refused(await guess(sessionToken, code), 400, 'otp.invalid'); // the record is gone, so there is no sixth guess at that code
      await redis.cli('del', `forgot-password:cooldown:${ada.email}`);
      const next = await forgot(ada, other);
      ok(await guess(next, await mailed(sink, ada.email, 4)));
      await other.stop();
    } finally {
      await other.kill();
    }
  });

  test('the tenth request of a day is the last; one whose message could not be delivered does not count', LIMIT, async () => {
    const ada = await proven(server, sink);
    sink.answer = (line) => (line === `RCPT TO:<${ada.email}>` ? '550 nobody here' : undefined);
    await forgot(ada);
    const [line] = await server.logged(({ msg, 'otp.namespace': ns }) => msg === 'message.given_up' && ns === 'forgot-password', 1);
    assert.equal(line.error, 'smtp.refused');
    assert.ok(!JSON.stringify(line).includes(ada.email));
    await eventually(async () => Number(await redis.cli('get', `forgot-password:daily:${ada.email}`)) === 0, 'the request is given back');
    sink.answer = () => undefined;
    server.takeComplaints();
    for (let request = 0; request < 10; request += 1) {
      await redis.cli('del', `forgot-password:cooldown:${ada.email}`);
      await forgot(ada);
    }
    await redis.cli('del', `forgot-password:cooldown:${ada.email}`);
    const last = await new Person(server).post('/auth/forgot-password/request', email(ada.email));
    refused(last, 429, 'otp.daily_limit');
    assert.ok(Number(last.headers['retry-after']) > 86_000 && Number(last.headers['retry-after']) <= 86_400);
    for (const key of await redis.cli('keys', '*').then((keys) => keys.split('\n'))) assert.ok(!key.includes(SECRET));
  });

  test('while Redis is away codes wait for it, and passwords, tokens and sign-ups do not', LIMIT, async () => {
    const ada = await proven(server, sink);
    await ada.enter();
    await redis.stop();
    const expected = [503];
    const calls = [
      ['/auth/verify-email/request', { email: ada.email }], ['/auth/verify-email/confirm', { sessionToken: 'x', code: '123456' }],
      ['/auth/verify-phone/request', { phone: somePhone() }], ['/auth/verify-phone/confirm', { sessionToken: 'x', code: '123456' }],
      ['/auth/phone-auth/request', { phone: somePhone() }], ['/auth/phone-auth/verify', { sessionToken: 'x', code: '123456' }],
      ['/auth/forgot-password/request', email(ada.email)], ['/auth/forgot-password/verify', { sessionToken: 'x', code: '123456' }],
      ['/auth/forgot-password/reset', { resetToken: 'x', newCredential: `pw ${randomUUID()}` }],
      ['/auth/link/email/request', { email: ada.email }], ['/auth/link/email/confirm', { sessionToken: 'x', code: '123456' }],
      ['/auth/link/phone/request', { phone: somePhone() }], ['/auth/link/phone/confirm', { sessionToken: 'x', code: '123456' }],
    ];
    for (const [path, body] of calls) {
      const answer = await ada.mine('POST', path, { body, expected });
      refused(answer, 503, 'otp.unavailable');
      assert.deepEqual([answer.json.message, answer.headers['retry-after']], ['OTP service unavailable', '30'], path);
    }
    refused(await ada.call('GET', '/auth/verify-email?token=x', { expected }), 503, 'otp.unavailable');
    ok(await ada.signIn());
    ok(await ada.mine('GET', '/auth/who-am-i'));
    ok(await server.api('GET', '/jw-certs'));
    const bob = new Person(server);
    assert.equal(ok(await bob.signUp({ email: `${bob.name}@example.test` }), 201).verification, null);
    ok(await bob.signIn());
    assert.equal(ok(await server.api('GET', `${API}/readyz`)).checks.redis, 'degraded');
    await redis.resume();
    await eventually(async () => (await new Person(server).post('/auth/verify-email/request', { email: `${bob.name}@example.test` }, { expected })).status === 200, 'codes again');
    server.takeComplaints();
  });

  test('while PostgreSQL is away keys are given out and the process lives', LIMIT, async () => {
    const ada = await proven(server, sink);
    await ada.enter();
    await postgres.stop();
    const expected = [503];
    try {
      ok(await server.api('GET', '/jw-certs'));
      ok(await server.api('GET', `${API}/healthz`));
      await eventually(async () => (await server.api('GET', `${API}/readyz`, { expected })).status === 503, 'not ready');
      for (const [path, body] of [
        ['/auth/sign-in', { identifier: { scheme: 'USERNAME', value: ada.name }, credential: { scheme: 'BASIC', value: ada.password } }],
        ['/auth/forgot-password/request', email(ada.email)], ['/auth/sign-up', { username: someName(), credential: ada.password }],
      ]) {
        const answer = await ada.post(path, body, { expected });
        refused(answer, 503, undefined);
        assert.ok(Number(answer.headers['retry-after']) > 0, path);
      }
    } finally {
      await postgres.resume();
    }
    await eventually(async () => (await server.api('GET', '/readyz', { expected })).status === 200, 'ready again', 60);
    server.takeComplaints();
    ok(await ada.signIn());
  });
});
