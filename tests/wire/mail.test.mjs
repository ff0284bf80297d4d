// Mail over SMTP, and what development shows instead (identity.md A 12, B.2; decision 0038).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after } from 'node:test';
import { onEachEngine } from './support/engines.mjs';
import { ok } from './support/expect.mjs';
import { MailSink } from './support/smtp.mjs';

const address = () => `${randomUUID()}@example.test`;

const encrypted = await MailSink.start('tls');
after(() => encrypted.close());

onEachEngine('mail, TLS from the first byte', (test) => {
  test('goes to the mail server that the settings name, signed on', async (server) => {
    const org = await server.signUp();
    const email = address();
    ok(await org.post('/v1/signup/verify', { email }), 201);
    const mail = await encrypted.mailTo(email);
    assert.equal(mail.from, 'no-reply@example.test');
    assert.equal(mail.headers.from, '"Example" <no-reply@example.test>');
    assert.match(mail.text, /http:\S+\/v1\/signup\/verify\/\S+/);
    assert.ok(encrypted.commands.includes(`AUTH PLAIN ${Buffer.from('\0ada\0p w').toString('base64')}`));
  });

  test('a mail server that refuses is told of in the log, and not in the answer', async (server) => {
    const org = await server.signUp();
    encrypted.answer = (line) => (line.startsWith('RCPT') ? '550 nobody here' : undefined);
    try {
      ok(await org.post('/v1/signup/verify', { email: address() }), 201);
    } finally {
      encrypted.answer = () => undefined;
    }
    const [line] = await server.logged(({ msg }) => msg === 'mail.failed', 1);
    assert.equal(line.error, 'smtp.refused');
    assert.ok(!JSON.stringify(line).includes('@example.test'));
    await server.forgive(1);
  });
}, { SMTP_URL: `smtps://ada:p%20w@127.0.0.1:${encrypted.port}`, SSL_CERT_FILE: encrypted.certFile, EMAIL_FROM: 'Example <no-reply@example.test>' });

onEachEngine('the outbox of development', (test) => {
  test('shows what no provider was there to send, the newest first, under the policy of every page', async (server) => {
    const org = await server.signUp();
    const [first, second] = [address(), address()];
    for (const email of [first, second]) ok(await org.post('/v1/signup/verify', { email }), 201);
    const page = await server.api('GET', '/dev/outbox');
    assert.equal(page.status, 200);
    assert.match(page.headers['content-security-policy'], /^default-src 'none'; style-src 'nonce-/);
    assert.ok(page.text.indexOf(second) > 0 && page.text.indexOf(second) < page.text.indexOf(first), page.text);
    assert.match(page.text, /\/v1\/signup\/verify\//);
    assert.ok(server.log(({ msg, to }) => msg === 'message.shown' && to === first).length === 1);
  });
}, { ASPNETCORE_ENVIRONMENT: 'Development' });

onEachEngine('production', (test) => {
  test('has no outbox, and its log has no mail', async (server) => {
    const org = await server.signUp();
    const email = address();
    ok(await org.post('/v1/signup/verify', { email }), 201);
    for (const method of ['GET', 'HEAD', 'POST']) assert.ok([401, 404].includes((await server.api(method, '/dev/outbox')).status), method);
    assert.ok(!server.logText.includes(email));
  });
}, { ASPNETCORE_ENVIRONMENT: 'Staging' });
