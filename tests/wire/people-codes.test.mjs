// What people do with one-time codes (identity ID-19 to ID-32, B.6).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after } from 'node:test';
import { CODE, codeIn, mailed, otherThan, proven, sent, somePhone, texted, verification } from './support/codes.mjs';
import { onEachEngine } from './support/engines.mjs';
import { nothing, ok, tally } from './support/expect.mjs';
import { BEHIND_PROXY, Person, invalid, newcomer, refused, someName } from './support/people.mjs';
import { MailSink } from './support/smtp.mjs';
import { eventually } from './support/server.mjs';

const sink = await MailSink.start();
after(() => sink.close());

const SETTINGS = { ...BEHIND_PROXY, SMTP_URL: sink.url };
const someEmail = () => `${randomUUID()}@example.test`;
const email = (value) => ({ identifier: { scheme: 'EMAIL', value } });

onEachEngine('a forgotten password', (test) => {
  test('is set anew with the code from the mail; every session ends, and a mail says so', async (server) => {
    const ada = await proven(server, sink);
    const before = await ada.enter();
    const sessionToken = sent(await ada.post('/auth/forgot-password/request', { identifier: { scheme: 'email', value: ` ${ada.email.toUpperCase()} ` } }));
    const code = await mailed(sink, ada.email, 3);
    const proof = ok(await ada.post('/auth/forgot-password/verify', { sessionToken, code }));
    assert.deepEqual(Object.keys(proof), ['resetToken', 'expiresAt']);
    invalid(await ada.post('/auth/forgot-password/reset', { resetToken: proof.resetToken, newCredential: 'password1' }), 'newCredential');
    const newCredential = `another ${randomUUID()}`;
    nothing(await ada.post('/auth/forgot-password/reset', { resetToken: proof.resetToken, newCredential }));
    refused(await ada.post('/auth/forgot-password/reset', { resetToken: proof.resetToken, newCredential: `third ${randomUUID()}` }), 400, 'otp.invalid');

    refused(await ada.mine('GET', '/auth/who-am-i'), 401, 'auth.invalid_token');
    refused(await ada.post('/auth/refresh', { refreshToken: before.refreshToken.value }), 401, 'auth.refresh_invalid');
    refused(await ada.signIn(), 401, 'auth.invalid_credentials');
    ada.password = newCredential;
    await ada.enter();
    ok(await ada.mine('GET', '/auth/who-am-i'));
    assert.match((await sink.mailTo(ada.email, 4)).headers.subject, /password was changed/);
    assert.ok(!server.logText.includes(ada.email) && !server.logText.includes(code));
  });

  test('of twenty who use one reset token at once, one sets the password', async (server) => {
    const ada = await proven(server, sink);
    const sessionToken = sent(await ada.post('/auth/forgot-password/request', email(ada.email)));
    const { resetToken } = ok(await ada.post('/auth/forgot-password/verify', { sessionToken, code: await mailed(sink, ada.email, 3) }));
    const answers = await Promise.all(Array.from({ length: 20 }, () => ada.post('/auth/forgot-password/reset', { resetToken, newCredential: `pw ${randomUUID()}` })));
    assert.deepEqual(tally(answers), { 204: 1, 400: 19 });
  });

  test('who knows only the user name gets the code where they were proven to be, in their language', async (server) => {
    const ada = await proven(server, sink, { profile: { firstName: 'Ada', locale: 'vi-VN' } });
    sent(await ada.post('/auth/forgot-password/request', { identifier: { scheme: 'USERNAME', value: ada.name } }));
    const mail = await sink.mailTo(ada.email, 3);
    assert.match(mail.text, /Xin chào Ada/);
    codeIn(mail.text);
  });

  test('an address that is nobody’s is answered like one that is somebody’s, and no code for it is ever right', async (server) => {
    const ada = await newcomer(server);
    const [known, unknown] = [await proven(server, sink), someEmail()];
    const [first, second] = [await ada.post('/auth/forgot-password/request', email(known.email)), await ada.post('/auth/forgot-password/request', email(unknown))];
    const sessions = [sent(first), sent(second)];
    assert.equal(sessions[0].split('.')[0], sessions[1].split('.')[0]);
    for (const name of ['x-request-id', 'date', 'content-length']) [first, second].forEach(({ headers }) => delete headers[name]);
    assert.deepEqual(first.headers, second.headers);
    for (const answer of [await ada.post('/auth/forgot-password/request', email(known.email)), await ada.post('/auth/forgot-password/request', email(unknown))]) {
      const { requestId: _, message, ...rest } = refused(answer, 429, 'otp.cooldown');
      assert.deepEqual(rest, { statusCode: 429, messageCode: 'otp.cooldown' });
      const wait = Number(answer.headers['retry-after']);
      assert.ok(wait > 0 && wait <= 60, String(wait));
    }
    for (let guess = 0; guess < 5; guess += 1) refused(await ada.post('/auth/forgot-password/verify', { sessionToken: sessions[1], code: String(guess).repeat(6) }), 400, 'otp.invalid');
    refused(await ada.post('/auth/forgot-password/verify', { sessionToken: sessions[1], code: '123456' }), 423, 'otp.locked');
  });

  test('five wrong codes shut it, the right one then too', async (server) => {
    const ada = await proven(server, sink);
    const sessionToken = sent(await ada.post('/auth/forgot-password/request', email(ada.email)));
    const code = await mailed(sink, ada.email, 3);
    const guesses = await Promise.all(Array.from({ length: 12 }, () => ada.post('/auth/forgot-password/verify', { sessionToken, code: otherThan(code) })));
    for (const guess of guesses) refused(guess, guess.status, guess.status === 423 ? 'otp.locked' : 'otp.invalid');
    assert.ok(tally(guesses)[400] >= 5);
    const shut = await ada.post('/auth/forgot-password/verify', { sessionToken, code });
    refused(shut, 423, 'otp.locked');
    assert.ok(Number(shut.headers['retry-after']) > 800 && Number(shut.headers['retry-after']) <= 900);
    refused(await ada.post('/auth/forgot-password/request', email(ada.email)), 423, 'otp.locked');
    ok(await ada.signIn());
  });

  test('what is no code, no session and no identifier is refused', async (server) => {
    const ada = new Person(server);
    invalid(await ada.post('/auth/forgot-password/request', {}), 'identifier');
    invalid(await ada.post('/auth/forgot-password/request', email('nobody')), 'identifier.value');
    invalid(await ada.post('/auth/forgot-password/verify', {}), 'sessionToken', 'code');
    refused(await ada.post('/auth/forgot-password/verify', { sessionToken: 'x', code: '123456' }), 400, 'otp.invalid');
    invalid(await ada.post('/auth/forgot-password/reset', {}), 'resetToken', 'newCredential');
    refused(await ada.post('/auth/forgot-password/reset', { resetToken: 'x', newCredential: `pw ${randomUUID()}` }), 400, 'otp.invalid');
  });
}, SETTINGS);

onEachEngine('identifiers that are proven', (test) => {
  test('an address by the code that the sign-up sent, with a welcome beside it, or by one that was asked for', async (server) => {
    const ada = new Person(server, { email: someEmail() });
    const begun = ok(await ada.signUp({ email: ada.email, profile: { firstName: 'Ada' } }), 201);
    const session = begun.verification.sessionToken;
    assert.deepEqual(Object.keys(begun.verification), ['sessionToken', 'expiresAt']);
    const mail = await verification(sink, ada.email);
    assert.match(mail.text, /Hello Ada,/);
    assert.equal(sink.mails.filter(({ to, headers }) => to.includes(ada.email) && headers.subject === 'Welcome').length, 1);

    const early = await ada.signIn({ ...email(ada.email) });
    refused(early, 403, 'auth.identifier_unverified');
    assert.equal(early.json.verification, undefined); // one was sent a moment ago
    refused(await ada.post('/auth/verify-phone/confirm', { sessionToken: session, code: codeIn(mail.text) }), 400, 'otp.invalid');
    assert.deepEqual(ok(await ada.post('/auth/verify-email/confirm', { sessionToken: session, code: codeIn(mail.text) })), { verified: true });
    refused(await ada.post('/auth/verify-email/confirm', { sessionToken: session, code: codeIn(mail.text) }), 400, 'otp.invalid');
    ok(await ada.signIn(email(ada.email)));
    refused(await ada.post('/auth/verify-email/request', { email: ada.email }), 429, 'otp.cooldown');
  });

  test('an address by the link in the mail, which looking at does not spend, and opening does once', async (server) => {
    const ada = new Person(server, { email: someEmail() });
    ok(await ada.signUp({ email: ada.email }), 201);
    const link = new URL((await verification(sink, ada.email)).text.match(/http:\S+verify-email\?token=[A-Za-z0-9_-]{43}/)[0]);
    const open = (method = 'GET', headers = {}) => server.api(method, link.pathname + link.search, { headers: { 'x-forwarded-for': ada.address, ...headers } });
    const page = `${server.base}/account`;
    assert.deepEqual([await open('HEAD')].map(({ status, headers }) => [status, headers.location]), [[303, page]]);
    refused(await open('GET', { 'sec-purpose': 'prefetch;prerender' }), 425, 'auth.prefetch');
    refused(await ada.signIn(email(ada.email)), 403, 'auth.identifier_unverified');
    const answers = await Promise.all(Array.from({ length: 20 }, () => open()));
    assert.deepEqual(tally(answers), { 303: 20 });
    const places = answers.map(({ headers }) => headers.location).sort();
    assert.deepEqual(places, [...Array.from({ length: 19 }, () => `${page}?email=expired`), `${page}?email=verified`]);
    for (const { headers } of answers) assert.deepEqual([headers['cache-control'], headers['referrer-policy']], ['no-store', 'no-referrer']);
    ok(await ada.signIn(email(ada.email)));
  });

  test('a number by a short message; who asks in Vietnamese is answered so', async (server) => {
    const ada = new Person(server, { phone: somePhone() });
    const { verification: { sessionToken } } = ok(await ada.signUp({ phone: ada.phone }), 201);
    const code = codeIn(await texted(server, ada.phone));
    refused(await ada.post('/auth/verify-phone/confirm', { sessionToken, code: otherThan(code) }), 400, 'otp.invalid');
    assert.deepEqual(ok(await ada.post('/auth/verify-phone/confirm', { sessionToken, code })), { verified: true });
    const phone = { identifier: { scheme: 'phone', value: ada.phone } };
    ok(await ada.signIn(phone));
    sent(await ada.post('/auth/forgot-password/request', { ...phone, locale: 'vi' }));
    assert.match(await texted(server, ada.phone, 2), /la ma dat lai mat khau/);
  });

  test('a password that was right asks for the proof that is missing', async (server) => {
    const ada = new Person(server, { email: someEmail(), phone: somePhone() });
    ok(await ada.signUp({ email: ada.email, phone: ada.phone }), 201);
    const answer = await ada.signIn({ identifier: { scheme: 'PHONE_NUMBER', value: ada.phone } });
    refused(answer, 403, 'auth.identifier_unverified');
    assert.deepEqual(Object.keys(answer.json.verification), ['sessionToken', 'expiresAt']);
    const { sessionToken } = answer.json.verification;
    ok(await ada.post('/auth/verify-phone/confirm', { sessionToken, code: codeIn(await texted(server, ada.phone)) }));
    ok(await ada.signIn({ identifier: { scheme: 'PHONE_NUMBER', value: ada.phone } }));
  });

  test('a taken address or number at sign-up is answered like a free one, makes nobody, and its owner hears of it, once an hour', async (server) => {
    const ada = await proven(server, sink);
    const phone = somePhone();
    ok(await new Person(server).signUp({ phone }), 201);
    const [first, again] = [new Person(server), new Person(server)];
    for (const twin of [first, again]) {
      const hidden = ok(await twin.signUp({ email: ada.email, phone }), 201);
      assert.deepEqual(hidden.identifiers.map(({ verified }) => verified), [true, false, false]);
      refused(await twin.signIn(), 401, 'auth.invalid_credentials');
    }
    assert.match((await sink.mailTo(ada.email, 3)).headers.subject, /tried to sign up/);
    await eventually(() => server.log(({ msg, to }) => msg === 'message.shown' && to === phone).length === 2, 'a notice to the number');
    const free = new Person(server, { email: someEmail() });
    ok(await free.signUp({ email: free.email }), 201);
    await verification(sink, free.email); // what was queued before it is sent by now
    assert.equal(sink.mails.filter(({ to }) => to.includes(ada.email)).length, 3);
  });

  test('another password tells its owner', async (server) => {
    const ada = await proven(server, sink);
    await ada.enter();
    nothing(await ada.mine('POST', '/auth/change-password', { body: { scheme: 'BASIC', oldCredential: ada.password, newCredential: `pw ${randomUUID()}` } }));
    assert.match((await sink.mailTo(ada.email, 3)).headers.subject, /password was changed/);
  });

  test('members that are missing or wrong are named', async (server) => {
    const ada = new Person(server);
    for (const [path, member, bad] of [['verify-email', 'email', 'x'], ['verify-phone', 'phone', '0912'], ['phone-auth', 'phone', 'ada']]) {
      invalid(await ada.post(`/auth/${path}/request`, {}), member);
      invalid(await ada.post(`/auth/${path}/request`, { [member]: bad }), member);
      invalid(await ada.post(`/auth/${path}/${path === 'phone-auth' ? 'verify' : 'confirm'}`, {}), 'sessionToken', 'code');
    }
  });
}, SETTINGS);

onEachEngine('signing in by telephone', (test) => {
  test('works for a number that was proven, once for each code', async (server) => {
    const ada = new Person(server, { phone: somePhone() });
    const begun = ok(await ada.signUp({ phone: ada.phone }), 201);
    ok(await ada.post('/auth/verify-phone/confirm', { sessionToken: begun.verification.sessionToken, code: codeIn(await texted(server, ada.phone)) }));
    const sessionToken = sent(await ada.post('/auth/phone-auth/request', { phone: `00${ada.phone.slice(1)}` }));
    const code = codeIn(await texted(server, ada.phone, 2));
    const answers = await Promise.all(Array.from({ length: 20 }, () => ada.post('/auth/phone-auth/verify', { sessionToken, code, clientId: 'shop' })));
    assert.deepEqual(tally(answers), { 200: 1, 400: 19 });
    const signed = answers.find(({ status }) => status === 200).json;
    assert.deepEqual(Object.keys(signed), ['userId', 'roles', 'token', 'refreshToken']);
    assert.equal(signed.userId, begun.userId);
    assert.equal(ok(await ada.mine('GET', '/auth/who-am-i', { key: signed.token.value })).clientId, 'shop');
    const { text } = await server.api('GET', '/metrics');
    assert.match(text, /^identity_sign_in_total\{[^}]*scheme="phone_number"[^}]*result="success"[^}]*\} [1-9]|^identity_sign_in_total\{[^}]*result="success"[^}]*scheme="phone_number"[^}]*\} [1-9]/m);
  });

  test('never for a number that somebody merely wrote down: the request looks the same, and no message goes out', async (server) => {
    const phone = somePhone();
    const mallory = new Person(server);
    ok(await mallory.signUp({ phone }), 201);
    await texted(server, phone);
    const sessionToken = sent(await new Person(server).post('/auth/phone-auth/request', { phone }));
    refused(await mallory.post('/auth/phone-auth/verify', { sessionToken, code: '123456' }), 400, 'otp.invalid');
    const last = new Person(server, { phone: somePhone() });
    ok(await last.signUp({ phone: last.phone }), 201);
    await texted(server, last.phone); // what was queued before it is out by now
    assert.equal(server.log(({ msg, to }) => msg === 'message.shown' && to === phone).length, 1);
  });
}, SETTINGS);

onEachEngine('further identifiers of a signed-in person', (test) => {
  const link = async (person, what, value) => sent(await person.mine('POST', `/auth/link/${what}/request`, { body: { [what]: value } }));
  const confirm = (person, what, body) => person.mine('POST', `/auth/link/${what}/confirm`, { body });

  test('are added with their proof, and are good for signing in', async (server) => {
    const ada = await newcomer(server);
    const [address, phone] = [someEmail(), somePhone()];
    const session = await link(ada, 'email', address);
    const added = ok(await confirm(ada, 'email', { sessionToken: session, code: await mailed(sink, address) }));
    assert.match(added.id, /^pid_/);
    assert.deepEqual({ ...added, id: '' }, { id: '', scheme: 'EMAIL', value: address, verified: true });
    const sessionToken = await link(ada, 'phone', phone);
    const number = ok(await confirm(ada, 'phone', { sessionToken, code: codeIn(await texted(server, phone)) }));
    assert.deepEqual({ ...number, id: '' }, { id: '', scheme: 'PHONE_NUMBER', value: phone, verified: true });
    ok(await ada.signIn(email(address)));
    ok(await ada.signIn({ identifier: { scheme: 'phone', value: phone } }));
  });

  test('are taken from one who never proved them', async (server) => {
    const mallory = new Person(server, { email: someEmail() });
    ok(await mallory.signUp({ email: mallory.email }), 201);
    await verification(sink, mallory.email);
    const ada = await newcomer(server);
    const sessionToken = await link(ada, 'email', mallory.email);
    ok(await confirm(ada, 'email', { sessionToken, code: await mailed(sink, mallory.email, 3) }));
    ok(await ada.signIn(email(mallory.email)));
    refused(await mallory.signIn(email(mallory.email)), 401, 'auth.invalid_credentials');
    ok(await mallory.signIn());
  });

  test('are never taken from one who did; nobody is written to, and the answer is the same', async (server) => {
    const [ada, bob] = [await proven(server, sink), await newcomer(server)];
    const sessionToken = await link(bob, 'email', ada.email);
    refused(await confirm(bob, 'email', { sessionToken, code: '123456' }), 400, 'otp.invalid');
    const other = someEmail();
    await link(bob, 'email', other);
    await mailed(sink, other);
    assert.equal(sink.mails.filter(({ to }) => to.includes(ada.email)).length, 2);
    ok(await ada.signIn(email(ada.email)));
  });

  test('are added by who asked, with a token, and with a code', async (server) => {
    const [ada, bob] = [await newcomer(server), await newcomer(server)];
    const address = someEmail();
    refused(await ada.post('/auth/link/email/request', { email: address }), 401, 'auth.unauthenticated');
    refused(await ada.post('/auth/link/phone/confirm', { sessionToken: 'x', code: '123456' }), 401, 'auth.unauthenticated');
    invalid(await ada.mine('POST', '/auth/link/phone/request', { body: { phone: 'x' } }), 'phone');
    invalid(await confirm(ada, 'email', {}), 'sessionToken', 'code');
    const sessionToken = await link(ada, 'email', address);
    refused(await ada.mine('POST', '/auth/link/email/request', { body: { email: address } }), 429, 'otp.cooldown');
    refused(await confirm(bob, 'email', { sessionToken, code: await mailed(sink, address) }), 400, 'otp.invalid');
    refused(await bob.signIn(email(address)), 401, 'auth.invalid_credentials');
  });
}, SETTINGS);
