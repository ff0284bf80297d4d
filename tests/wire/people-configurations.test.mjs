// What an administrator sets while the server runs (identity ID-49 to ID-51).
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { somePhone } from './support/codes.mjs';
import { onEachEngine } from './support/engines.mjs';
import { ok } from './support/expect.mjs';
import { BEHIND_PROXY, Person, invalid, newcomer, refused, superAdmin } from './support/people.mjs';
import { Receiver } from './support/receiver.mjs';
import { eventually } from './support/server.mjs';
import { MailSink } from './support/smtp.mjs';

const sink = await MailSink.start();
const provider = await Receiver.start();
after(() => Promise.all([sink.close(), provider.close()]));

const smtp = () => ({ host: '127.0.0.1', port: sink.port, secure: 'none', from: 'Shop <shop@example.test>' });

onEachEngine('configurations', (test) => {
  const put = (person, name, body) => person.mine('PUT', `/configurations/${name}`, { body });
  const attempt = (person, name, to, options = {}) => person.mine('POST', `/configurations/${name}/test`, { body: { to }, ...options });

  test('are listed with what holds where nothing was set, a part at a time', async (server) => {
    const ada = await superAdmin(server);
    const { data, total } = ok(await ada.mine('GET', '/configurations?group=OTP'));
    assert.equal(total, 6);
    assert.deepEqual(data.find(({ code }) => code === 'lockSeconds'), { group: 'OTP', code: 'lockSeconds', ownerId: null, value: 900, credentialSet: false });
    const all = ok(await ada.mine('GET', '/configurations?limit=100'));
    assert.equal(all.data.length, all.total);
    assert.deepEqual(ok(await ada.mine('GET', '/configurations?limit=2&offset=3')).data, all.data.slice(3, 5));
    invalid(await ada.mine('GET', '/configurations?limit=101'), 'limit');
    refused(await ada.call('GET', '/configurations'), 401, 'auth.unauthenticated');
    const bob = await newcomer(server);
    for (const answer of [await bob.mine('GET', '/configurations'), await put(bob, 'OTP/lockSeconds', { value: 900 }), await attempt(bob, 'MAIL/smtp', 'ada@example.test')]) {
      refused(answer, 403, 'auth.forbidden');
    }
  });

  test('a mail server is set, tried and used; its password is never shown', async (server) => {
    const ada = await superAdmin(server);
    const to = `${ada.name}@example.test`;
    refused(await attempt(ada, 'MAIL/nothing', to), 404, 'configuration.not_found');
    const value = { ...smtp(), secure: 'starttls', username: 'ada' };
    assert.deepEqual(ok(await put(ada, 'MAIL/smtp', { value, credential: 'a password' })), { group: 'MAIL', code: 'smtp', ownerId: null, value, credentialSet: true });
    assert.ok(!(await ada.mine('GET', '/configurations?group=MAIL&limit=100')).text.includes('a password'));
    refused(await attempt(ada, 'MAIL/smtp', to, { expected: [502] }), 502, 'smtp.tls');
    ok(await put(ada, 'MAIL/smtp', { value: smtp() }));
    assert.equal(ok(await ada.mine('GET', '/configurations?group=MAIL&limit=100')).data.find(({ code }) => code === 'smtp').credentialSet, false);
    const { sent: isSent, providerMessageId, ...rest } = ok(await attempt(ada, 'MAIL/smtp', to));
    assert.deepEqual([isSent, rest, typeof providerMessageId], [true, {}, 'string']);
    assert.equal((await sink.mailTo(to)).headers.from, '"Shop" <shop@example.test>');
    sink.answer = (line) => (line.startsWith('RCPT') ? '550 nobody here' : undefined);
    refused(await attempt(ada, 'MAIL/verify-email-vi', to, { expected: [502] }), 502, 'smtp.refused');
    sink.answer = () => undefined;
    await server.forgive(2);
  });

  test('a template and a provider of short messages are set, and codes go by them within five seconds', async (server) => {
    const ada = await superAdmin(server);
    ok(await put(ada, 'SMS/provider', { value: { url: provider.url, headers: { authorization: 'Bearer {{credential}}' }, body: '{"to":"{{to}}","text":"{{text}}"}' }, credential: 'key' }));
    ok(await put(ada, 'SMS/verify-phone-en', { value: { text: '{{code}}\nfrom the shop' } }));
    const bob = new Person(server, { phone: somePhone() });
    ok(await bob.signUp({ phone: bob.phone }), 201);
    const found = () => provider.received.find(({ body }) => JSON.parse(body).to === bob.phone);
    await eventually(found, 'the short message');
    assert.equal(found().headers.authorization, 'Bearer key');
    assert.match(JSON.parse(found().body).text, /from the shop/);
  });

  test('rules of codes count from the next code on', async (server) => {
    const ada = await superAdmin(server);
    assert.equal(ok(await put(ada, 'OTP/maxAttempts', { value: 1 })).value, 1);
    const bob = new Person(server, { phone: somePhone() });
    const { verification: { sessionToken } } = ok(await bob.signUp({ phone: bob.phone }), 201);
    refused(await bob.post('/auth/verify-phone/confirm', { sessionToken, code: 'wrong' }), 400, 'otp.invalid');
    refused(await bob.post('/auth/verify-phone/confirm', { sessionToken, code: 'wrong' }), 423, 'otp.locked');
    ok(await put(ada, 'OTP/maxAttempts', { value: 5 }));
  });

  test('what a group does not take is named', async (server) => {
    const ada = await superAdmin(server);
    invalid(await put(ada, 'OTP/lockSeconds', {}), 'value');
    invalid(await put(ada, 'OTP/lockSeconds', { value: 5 }), 'value');
    invalid(await put(ada, 'OTP/lockSeconds', { value: 900, credential: 'x' }), 'credential');
    invalid(await put(ada, 'MAIL/smtp', { value: { ...smtp(), port: 0 } }), 'value.port');
    invalid(await put(ada, 'MAIL/welcome-en', { value: { subject: 'Hello', text: '{{password}}' } }), 'value.text');
    invalid(await attempt(ada, 'MAIL/smtp', 'nobody'), 'to');
    invalid(await attempt(ada, 'SMS/provider', '0912'), 'to');
    for (const name of ['OTP/nothing', 'FAX/provider', 'otp/lockSeconds']) refused(await put(ada, name, { value: 900 }), 404, 'configuration.not_found');
  });
}, { ...BEHIND_PROXY, SMS_ALLOW_INSECURE_URLS: 'true', SMS_ALLOW_PRIVATE_HOSTS: 'true' });
