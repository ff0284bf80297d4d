// A forgotten password, set anew on the pages (contract identity ID-26 to ID-28; design D20).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after } from 'node:test';
import { cookieOf, enter, form, hidden, still } from './support/account.mjs';
import { withPage } from './support/browser.mjs';
import { withinOneMinute } from './support/clock.mjs';
import { mailed, otherThan, proven } from './support/codes.mjs';
import { onEachEngine } from './support/engines.mjs';
import { ok } from './support/expect.mjs';
import { BEHIND_PROXY, newcomer, someAddress, someName } from './support/people.mjs';
import { MailSink } from './support/smtp.mjs';

const PAGE = '/account/recover';
const sink = await MailSink.start();
after(() => sink.close());

const post = (server, fields, headers = { 'x-forwarded-for': someAddress() }) => form(server, PAGE, fields, headers);

/** The page after a code was asked for. */
async function asked(server, who) {
  const answer = await post(server, { do: 'request', who });
  assert.equal(answer.status, 200, answer.text);
  return hidden(answer, 'session');
}

/** The page with the form for the new password. */
async function shown(server, person, count = 3) {
  const session = await asked(server, person.email);
  return post(server, { do: 'prove', session, who: person.email, code: await mailed(sink, person.email, count) });
}

onEachEngine('a forgotten password, on the pages', (test) => {
  for (const javaScriptEnabled of [true, false]) {
    test(`is set anew with the code from the mail, and every session ends, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async (server) => {
      const ada = await proven(server, sink);
      await ada.enter();
      const cookie = await cookieOf(server, ada);
      await withPage({ javaScriptEnabled }, [server.base], async (page) => {
        await page.goto(`${server.base}/account/sign-in?next=${encodeURIComponent('/account/agents')}`);
        await page.getByRole('link', { name: 'Forgot your password?' }).click();
        await page.getByLabel('User name, e-mail address or phone number').fill(` ${ada.email.toUpperCase()}`);
        await page.getByRole('button', { name: 'Send me a code' }).click();
        await page.getByRole('heading', { name: 'Type the code' }).waitFor();
        const code = await mailed(sink, ada.email, 3);
        await page.getByLabel('The code of 6 digits').fill(otherThan(code));
        await page.getByRole('button', { name: 'Go on' }).click();
        await page.getByText('That code is not right').waitFor();
        await page.getByLabel('The code of 6 digits').fill(`${code.slice(0, 3)} ${code.slice(3)}`);
        await page.getByRole('button', { name: 'Go on' }).click();
        ada.password = `twelve ${randomUUID()}`;
        await page.getByLabel('The new password').fill(ada.password);
        await page.getByRole('button', { name: 'Set it' }).click();
        await page.getByText('You have another password now').waitFor();
        await enter(page, ada);
        await page.waitForURL(`${server.base}/account/agents`);
      });
      assert.equal((await ada.mine('GET', '/auth/who-am-i')).status, 401);
      assert.equal((await server.api('GET', '/account', { headers: { cookie } })).status, 303, 'the other browser is signed out');
      await sink.mailTo(ada.email, 4);
      assert.ok(!server.logText.includes(ada.email));
    });
  }

  test('looks the same for an account that is there and for none, and asks as seldom', async (server) => {
    const ada = await proven(server, sink);
    const nameless = await newcomer(server); // nothing of theirs was proven: there is nowhere to write to
    const known = [ada.email, ada.name, nameless.name];
    const unknown = [`${randomUUID()}@example.test`, someName(), someName()];
    for (const [index, who] of known.entries()) {
      const twin = unknown[index];
      for (const status of [200, 429]) {
        const [first, second] = [await post(server, { do: 'request', who }), await post(server, { do: 'request', who: twin })];
        assert.deepEqual([first.status, second.status], [status, status]);
        const same = (answer, name) => still(answer).replaceAll(name, 'WHO').replace(/Wait \d+ seconds?/, 'Wait');
        assert.equal(same(first, who), same(second, twin));
        assert.equal(first.headers['retry-after'] === undefined, status === 200);
      }
    }
  });

  test('a code is guessed five times, then the right one is refused too', async (server) => {
    const ada = await proven(server, sink);
    const session = await asked(server, ada.email);
    const code = await mailed(sink, ada.email, 3);
    for (let guess = 0; guess < 5; guess++) assert.equal((await post(server, { do: 'prove', session, who: ada.email, code: otherThan(code) })).status, 400);
    const locked = await post(server, { do: 'prove', session, who: ada.email, code });
    assert.equal(locked.status, 423);
    assert.match(locked.text, /too many wrong codes/);
    assert.ok(Number(locked.headers['retry-after']) > 0);
    assert.equal((await post(server, { do: 'request', who: ada.email })).status, 423);
  });

  test('a weak password is asked for again, and what was proven is good once', async (server) => {
    const ada = await proven(server, sink);
    const reset = hidden(await shown(server, ada), 'reset');
    for (const [password, words] of [['short', /8 to 256/], ['password1', /many use/]]) {
      const answer = await post(server, { do: 'reset', reset, new: password });
      assert.equal(answer.status, 422);
      assert.match(answer.text, words);
      assert.equal(hidden(answer, 'reset'), reset);
    }
    const set = await post(server, { do: 'reset', reset, new: `pw ${randomUUID()}`, next: '/account/agents' });
    assert.deepEqual([set.status, set.headers.location], [303, '/account/sign-in?next=%2Faccount%2Fagents&said=recovered']);
    const again = await post(server, { do: 'reset', reset, new: `pw ${randomUUID()}` });
    assert.equal(again.status, 400);
    assert.match(again.text, /Begin again/);
    assert.equal((await ada.signIn()).status, 401);
  });

  test('what is no step of it, no identifier, or comes from another site, is refused', async (server) => {
    for (const fields of [{}, { do: 'x' }, { do: 'request' }, { do: 'request', who: 'x'.repeat(321) }, { do: 'prove', code: '1' }, { do: 'prove', session: 'x'.repeat(1025), code: '1' }, { do: 'reset', new: 'x' }, { do: 'reset', reset: 'x'.repeat(129), new: 'twelve drummers' }]) {
      assert.equal((await post(server, fields)).status, 400, JSON.stringify(fields));
    }
    for (const who of ['a b', '+12', 'x@', '@']) assert.equal((await post(server, { do: 'request', who })).status, 422, who);
    assert.equal((await post(server, { do: 'prove', session: 'x', who: 'x', code: '123456' })).status, 400);
    assert.equal((await post(server, { do: 'reset', reset: 'x', new: 'twelve drummers drumming' })).status, 400);
    for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) assert.equal((await post(server, { do: 'request', who: someName() }, headers)).status, 403);
    assert.equal((await server.api('POST', PAGE, { body: { do: 'request' } })).status, 415);
    const next = await server.api('GET', `${PAGE}?next=//evil.example`);
    assert.ok(!next.text.includes('evil.example'));
    assert.match(next.headers['content-security-policy'], /^default-src 'none'; style-src 'nonce-/);
  });
}, { ...BEHIND_PROXY, SMTP_URL: sink.url });

onEachEngine('a forgotten password, with limits', (test) => {
  test('one network may ask only so often', async (server) => {
    await withinOneMinute();
    const from = { 'x-forwarded-for': someAddress() };
    const answers = [];
    for (let call = 0; call < 4; call++) answers.push((await post(server, { do: 'request', who: someName() }, from)).status);
    assert.deepEqual(answers, [200, 200, 200, 429]);
    ok({ ...(await post(server, { do: 'request', who: someName() })), json: {} });
  });
}, { ...BEHIND_PROXY, RATE_LIMITS_ENABLED: 'true', RATE_LIMIT_SIGN_IN_PER_MINUTE: '3', RATE_LIMIT_ADDRESS_PER_MINUTE: '1000' });
