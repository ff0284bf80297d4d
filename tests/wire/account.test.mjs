// Signing up, the own account, proving an e-mail address (grantex-core.md 12).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, isId, notFound, ok, refused, SECRET, tally, TIME, unauthorized } from './support/expect.mjs';

const address = () => `dev-${randomUUID()}@example.test`;

onEachEngine('account', (test) => {
  test('a live organization has a key that works at once', async (server) => {
    const email = address();

    const account = ok(await server.api('POST', '/v1/signup', { body: { name: ' Example Co ', email: ` ${email.toUpperCase()} ` } }), 201);

    isId('dev', account.developerId);
    assert.match(account.apiKey, new RegExp(`^gx_live_${SECRET}$`));
    assert.equal(account.name, 'Example Co');
    assert.equal(account.email, email);
    assert.equal(account.mode, 'live');
    assert.match(account.createdAt, TIME);
    const me = ok(await server.api('GET', '/v1/me', { key: account.apiKey }));
    assert.equal(me.developerId, account.developerId);
    assert.equal(me.name, 'Example Co');
    assert.equal(me.email, email);
    assert.equal(me.mode, 'live');
    assert.equal(me.plan, 'free');
    assert.equal(me.fidoRequired, false);
    assert.equal(me.createdAt, account.createdAt);
  });

  test('a sandbox key says so', async (server) => {
    const account = ok(await server.api('POST', '/v1/signup', { body: { name: 'a', mode: 'sandbox' } }), 201);

    assert.match(account.apiKey, new RegExp(`^gx_test_${SECRET}$`));
    assert.equal(account.mode, 'sandbox');
  });

  test('an e-mail address is taken once, however it is spelled, and of 10 at once one gets it', async (server) => {
    const email = address();

    const answers = await Promise.all(Array.from({ length: 10 }, (_, i) =>
      server.api('POST', '/v1/signup', { body: { name: 'a', email: i % 2 ? email : email.toUpperCase() } })));

    assert.deepEqual(tally(answers), { 201: 1, 409: 9 });
    refused(answers.find(({ status }) => status === 409), 409, 'CONFLICT');
  });

  for (const [what, fields] of Object.entries({
    'no name': { name: undefined },
    'a blank name': { name: '  ' },
    'a name of 201 characters': { name: 'x'.repeat(201) },
    'a name that is a number': { name: 5 },
    'an address without a host': { email: 'nobody' },
    'an address that is a list': { email: ['a@example.test'] },
    'an address of 255 characters': { email: `${'x'.repeat(255 - 13)}@example.test` },
    'a mode that is not one': { mode: 'prod' },
    'a mode that is a number': { mode: 1 },
  })) {
    test(`signing up refuses ${what}`, async (server) => {
      badRequest(await server.api('POST', '/v1/signup', { body: { name: 'Example Co', ...fields } }));
    });
  }

  test('a name may have 200 characters', async (server) => {
    ok(await server.api('POST', '/v1/signup', { body: { name: 'x'.repeat(200) } }), 201);
  });

  test('the settings change what they name', async (server) => {
    const org = await server.signUp();

    assert.deepEqual(ok(await org.patch('/v1/me', { fidoRequired: true, fidoRpName: 'Example' })), { updated: true });
    let me = ok(await org.get('/v1/me'));
    assert.equal(me.fidoRequired, true);
    assert.equal(me.fidoRpName, 'Example');

    ok(await org.patch('/v1/me', { fidoRequired: false }));
    me = ok(await org.get('/v1/me'));
    assert.equal(me.fidoRequired, false);
    assert.equal(me.fidoRpName, 'Example');
  });

  for (const body of [{}, { fidoRequired: 'yes' }, { fidoRequired: null }, { fidoRpName: '' }, { fidoRpName: 'x'.repeat(101) }, { fidoRpName: 1 }, []]) {
    test(`the settings refuse ${JSON.stringify(body).slice(0, 40)}`, async (server) => {
      const org = await server.signUp();

      badRequest(await org.patch('/v1/me', body));

      assert.equal(ok(await org.get('/v1/me')).fidoRequired, false);
    });
  }

  test('where a passkey is required, holding the link is not enough', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    ok(await org.patch('/v1/me', { fidoRequired: true }));
    const { authRequestId } = await org.authorize(agentId);

    assert.equal(ok(await server.api('GET', `/v1/consent/${authRequestId}`)).fidoRequired, true);
    refused(await server.api('POST', `/v1/consent/${authRequestId}/approve`), 403, 'FIDO_REQUIRED');
    refused(await server.api('POST', `/v1/consent/${authRequestId}/deny`), 403, 'FIDO_REQUIRED');
  });

  test('proving an address can be asked for', async (server) => {
    const org = await server.signUp();

    const asked = ok(await org.post('/v1/signup/verify', { email: address() }), 201);

    assert.equal(typeof asked.message, 'string');
    assert.match(asked.expiresAt, TIME);
    assert.ok(Math.abs(Date.parse(asked.expiresAt) - Date.now() - 24 * 3600_000) < 60_000, asked.expiresAt);
  });

  test('proving an address needs an address, and a key', async (server) => {
    const org = await server.signUp();

    for (const body of [{}, { email: '' }, { email: 'nobody' }, { email: 1 }, []]) badRequest(await org.post('/v1/signup/verify', body));
    unauthorized(await server.api('POST', '/v1/signup/verify', { body: { email: address() } }));
  });

  for (const token of [randomUUID(), 'nonsense', 'x'.repeat(3000)]) {
    test(`there is no e-mail proof ${token.slice(0, 20)}`, async (server) => {
      notFound(await server.api('GET', `/v1/signup/verify/${token}`));
    });
  }
});

const MAIL = mkdtempSync(path.join(os.tmpdir(), 'credence-mail-'));
after(() => rmSync(MAIL, { recursive: true }));

/** Has an address proven: asks for the link and reads it in the mail, as its owner would. */
async function mailedLink(org, email) {
  const before = new Set(await readdir(MAIL));
  ok(await org.post('/v1/signup/verify', { email }), 201);
  const [name, ...others] = (await readdir(MAIL)).filter((file) => !before.has(file));
  assert.deepEqual(others, [], 'one mail');
  const mail = await readFile(path.join(MAIL, name), 'utf8');
  assert.match(mail, new RegExp(`^To: ${email}\\r$`, 'm'));
  assert.match(mail, /^Content-Transfer-Encoding: quoted-printable\r$/m);
  const text = mail.replaceAll('=\r\n', '').replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  const [link] = text.match(/http:\S+\/v1\/signup\/verify\/\S+/) ?? assert.fail(mail);
  return new URL(link);
}

onEachEngine('proving an e-mail address', (test) => {
  const open = (server, link) => server.api('GET', link.pathname);

  test('the link in the mail makes the address the organization\'s; opened again it is no error', async (server) => {
    const org = await server.signUp({ email: address() });
    const email = address();
    const link = await mailedLink(org, email);
    assert.equal(link.origin, server.base);
    assert.notEqual(ok(await org.get('/v1/me')).email, email);

    const first = ok(await open(server, link));
    assert.equal(first.email, email);
    assert.equal(typeof first.message, 'string');
    assert.equal(ok(await org.get('/v1/me')).email, email);

    const second = ok(await open(server, link));
    assert.equal(typeof second.message, 'string');
    assert.ok(!('email' in second));
  });

  test('of two that ask for one address, the first to open its link has it', async (server) => {
    const [org, other] = [await server.signUp(), await server.signUp()];
    const email = address();
    const [mine, theirs] = [await mailedLink(org, email), await mailedLink(other, email)];

    assert.equal(ok(await open(server, theirs)).email, email);
    refused(await open(server, mine), 409, 'EMAIL_TAKEN');

    assert.equal(ok(await other.get('/v1/me')).email, email);
    assert.notEqual(ok(await org.get('/v1/me')).email, email);
  });

  test('of 10 links for one address opened at once, one wins', async (server) => {
    const email = address();
    const links = [];
    for (let i = 0; i < 10; i += 1) links.push(await mailedLink(await server.signUp(), email));

    const answers = await Promise.all(links.map((link) => open(server, link)));

    assert.deepEqual(tally(answers), { 200: 1, 409: 9 });
  });

  test('the link is no secret of the log', async (server) => {
    const link = await mailedLink(await server.signUp(), address());
    ok(await open(server, link));

    assert.ok(!server.logText.includes(link.pathname.split('/').at(-1)));
  });
}, { MAIL_PICKUP_DIR: MAIL });
