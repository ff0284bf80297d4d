// What somebody signs in with and says of themselves, on the pages of their account (contract identity ID-29 to ID-32, ID-36; standards 18).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after } from 'node:test';
import { cookieOf, form, hidden, signedIn, somebody, still, tokenOf } from './support/account.mjs';
import { withPage } from './support/browser.mjs';
import { codeIn, mailed, otherThan, proven, somePhone, texted } from './support/codes.mjs';
import { onEachEngine } from './support/engines.mjs';
import { ok, tally } from './support/expect.mjs';
import { BEHIND_PROXY, newcomer } from './support/people.mjs';
import { MailSink } from './support/smtp.mjs';

const [NAMES, PROFILE] = ['/account/identifiers', '/account/profile'];
const sink = await MailSink.start();
after(() => sink.close());
const someEmail = () => `${randomUUID()}@example.test`;

/** Somebody at a browser: posts with their cookie and the token of the page. */
async function visiting(server, person, at = NAMES) {
  const cookie = await cookieOf(server, person);
  const token = await tokenOf(server, cookie, at);
  return { cookie, post: (fields, page = at) => form(server, page, { token, ...fields }, { cookie }), get: (page = at) => server.api('GET', page, { headers: { cookie } }) };
}

/** The id behind the Remove button of a name. */
const removable = ({ text }, value) => text.match(new RegExp(`name="what" value="(pid_[^"]+)"[^<]*<button[^>]*>Remove <span class="unseen"><bdi>${value.replace('+', '(?:\\+|&#x2B;)')}`))?.[1];

onEachEngine('what somebody signs in with', (test) => {
  for (const javaScriptEnabled of [true, false]) {
    test(`grows by an address and a number with their codes, and shrinks, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async (server) => {
      const ada = await newcomer(server);
      const [address, phone] = [someEmail(), somePhone()];
      await withPage({ javaScriptEnabled }, [server.base], async (page) => {
        await signedIn(page, server, ada);
        await page.getByRole('link', { name: 'Add or remove' }).click();
        assert.equal(await page.getByRole('button', { name: 'Remove' }).count(), 0, 'a user name stays');
        const add = async (value, code) => {
          await page.getByLabel('E-mail address or phone number').fill(value);
          await page.getByRole('button', { name: 'Send the code' }).click();
          await page.getByLabel('The code of 6 digits').fill(await code());
          await page.getByRole('button', { name: 'Go on' }).click();
          await page.getByText('It is proven to be yours').waitFor();
        };
        await add(address.toUpperCase(), () => mailed(sink, address));
        await add(phone, async () => codeIn(await texted(server, phone)));
        assert.match((await sink.mailTo(address, 2)).headers.subject, /another way to sign in/); // the number came after the address was proven
        for (const [scheme, value] of [['EMAIL', address], ['PHONE_NUMBER', phone]]) ok(await ada.signIn({ identifier: { scheme, value } }));

        await page.getByRole('button', { name: `Remove ${address}` }).click();
        await page.getByText('It is no longer yours here').waitFor();
        assert.equal((await ada.signIn({ identifier: { scheme: 'EMAIL', value: address } })).status, 401);
        assert.match((await sink.mailTo(address, 3)).headers.subject, /was removed/);
        assert.ok(!(await page.innerText('main')).includes(address));
      });
    });
  }

  test('an address of before is verified there', async (server) => {
    const ada = await newcomer(server, { email: someEmail() });
    const { get, post } = await visiting(server, ada);
    const address = (await get()).text.match(/<bdi>([^<]+@example\.test)/)[1];
    assert.match((await get()).text, /not verified yet/);
    const session = hidden(await post({ do: 'add', what: address }), 'session');
    assert.ok(session);
    const wrong = await post({ do: 'confirm', what: address, session, code: 'x' });
    assert.equal(wrong.status, 400);
    assert.match(wrong.text, /That code is not right/);
    const code = await mailed(sink, address, 3);
    assert.equal((await post({ do: 'confirm', what: address, session, code: otherThan(code) })).status, 400);
    assert.equal((await post({ do: 'confirm', what: address, session, code })).status, 303);
    assert.doesNotMatch((await get()).text, /not verified yet/);
  });

  test('whose an address is, the page does not tell, and nobody takes it', async (server) => {
    const [ada, eve] = [await proven(server, sink), await visiting(server, await somebody(server))];
    const free = someEmail();
    const [taken, other] = [await eve.post({ do: 'add', what: ada.email }), await eve.post({ do: 'add', what: free })];
    assert.deepEqual([taken.status, other.status], [200, 200]);
    assert.equal(still(taken).replaceAll(ada.email, 'WHO'), still(other).replaceAll(free, 'WHO'));
    await mailed(sink, free);
    assert.equal(sink.mails.filter(({ to }) => to.includes(ada.email)).length, 2, 'its owner is not written to');
    assert.equal((await eve.post({ do: 'confirm', what: ada.email, session: hidden(taken, 'session'), code: '123456' })).status, 400);
    const again = await eve.post({ do: 'add', what: free });
    assert.equal(again.status, 429);
    assert.match(again.text, /A code was asked for just now/);
  });

  test('a code counts for who asked for it, and another’s name is not there to be taken away', async (server) => {
    const [ada, eve] = [await proven(server, sink), await visiting(server, await somebody(server))];
    const mine = await visiting(server, ada);
    const id = removable(await mine.get(), ada.email);
    assert.ok(id);
    assert.equal((await eve.post({ do: 'remove', what: id })).headers.location, `${NAMES}?done=removed`); // as for any id that there is not
    assert.ok((await mine.get()).text.includes(ada.email), 'it is still there');
    ok(await ada.signIn({ identifier: { scheme: 'EMAIL', value: ada.email } }));
    assert.ok(!(await eve.get()).text.includes(ada.email));

    const address = someEmail();
    const session = hidden(await mine.post({ do: 'add', what: address }), 'session');
    assert.equal((await eve.post({ do: 'confirm', what: address, session, code: await mailed(sink, address) })).status, 400);
    assert.ok(!(await eve.get()).text.includes(address));
  });

  test('of twenty who take one name away at once, one does, and it is told once', async (server) => {
    const ada = await proven(server, sink);
    const { get, post } = await visiting(server, ada);
    const id = removable(await get(), ada.email);
    assert.deepEqual(tally(await Promise.all(Array.from({ length: 20 }, () => post({ do: 'remove', what: id })))), { 303: 20 });
    await sink.mailTo(ada.email, 3);
    const last = someEmail();
    await post({ do: 'add', what: last });
    await mailed(sink, last); // what was queued before it is out by now
    assert.equal(sink.mails.filter(({ to }) => to.includes(ada.email)).length, 3);
  });

  test('what is no form of the page, no address and no number, is refused', async (server) => {
    const { get, post, cookie } = await visiting(server, await somebody(server));
    for (const fields of [{}, { do: 'x' }, { do: 'remove' }, { do: 'remove', what: 'x' }, { do: 'confirm', what: someEmail(), code: '1' }, { do: 'confirm', what: someEmail(), session: 'x'.repeat(1025) }]) {
      assert.equal((await post(fields)).status, 400, JSON.stringify(fields));
    }
    for (const what of ['', 'ada', '0912', 'x@', 'x'.repeat(321)]) assert.equal((await post({ do: 'add', what })).status, 422, what);
    assert.equal((await post({ do: 'add', what: someEmail(), token: 'x' })).status, 403);
    assert.equal((await form(server, NAMES, { do: 'add', what: someEmail() })).headers.location, `/account/sign-in?next=${encodeURIComponent(NAMES)}`);
    assert.equal((await form(server, NAMES, { do: 'add' }, { cookie, origin: 'https://evil.example' })).status, 403);
    const unproven = await get();
    assert.match(unproven.headers['content-security-policy'], /^default-src 'none'; style-src 'nonce-/);
  });
}, { ...BEHIND_PROXY, SMTP_URL: sink.url });

onEachEngine('what somebody says of themselves', (test) => {
  test('is shown, changed and left empty, and stands at the people door', async (server) => {
    const ada = await newcomer(server, { profile: { firstName: 'Ada', locale: 'fr' } });
    await withPage({}, [server.base], async (page) => {
      await signedIn(page, server, ada);
      await page.getByRole('link', { name: 'Edit' }).click();
      assert.equal(await page.getByLabel('First name').inputValue(), 'Ada');
      assert.equal(await page.getByLabel('Language of our messages').inputValue(), 'fr');
      await page.getByLabel('Last name').fill('Lovelace');
      await page.getByLabel('Birthday').fill('1815-12-10');
      await page.getByLabel('Language of our messages').selectOption('vi');
      await page.getByRole('button', { name: 'Save' }).click();
      await page.getByText('was saved').waitFor();
      assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'Ada Lovelace');
      const { profile } = ok(await ada.mine('GET', `/users/${ada.id}`));
      assert.deepEqual(profile, { firstName: 'Ada', lastName: 'Lovelace', birthday: '1815-12-10', locale: 'vi' });
      await page.getByRole('link', { name: 'Edit' }).click();
      for (const label of ['First name', 'Last name', 'Birthday']) await page.getByLabel(label).fill('');
      await page.getByLabel('Language of our messages').selectOption('');
      await page.getByRole('button', { name: 'Save' }).click();
      assert.deepEqual(ok(await ada.mine('GET', `/users/${ada.id}`)).profile, { firstName: null, lastName: null, birthday: null, locale: null });
    });
  });

  test('is changed by themselves alone, and to nothing that is none', async (server) => {
    const [ada, eve] = [await newcomer(server), await newcomer(server)];
    const { post, cookie } = await visiting(server, ada, PROFILE);
    const other = await tokenOf(server, await cookieOf(server, eve), PROFILE);
    for (const fields of [{ birthday: 'yesterday' }, { birthday: '2026-02-30' }, { first: 'x'.repeat(101) }, { locale: 'x'.repeat(17) }]) {
      assert.equal((await post(fields)).status, 422, JSON.stringify(fields));
    }
    assert.equal((await form(server, PROFILE, { first: 'Eve', token: other }, { cookie })).status, 403);
    assert.equal((await form(server, PROFILE, { first: 'Eve' })).status, 303);
    assert.equal((await form(server, PROFILE, { first: 'Eve' }, { cookie, origin: 'https://evil.example' })).status, 403);
    assert.equal(ok(await ada.mine('GET', `/users/${ada.id}`)).profile.firstName, null);
    assert.equal((await post({ first: '<b>Ada</b>' })).status, 303);
    assert.ok((await server.api('GET', '/account', { headers: { cookie } })).text.includes('&lt;b&gt;Ada&lt;/b&gt;'));
    assert.equal(ok(await eve.mine('GET', `/users/${eve.id}`)).profile.firstName, null);
  });
}, { ...BEHIND_PROXY });
