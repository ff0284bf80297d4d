// The consent page, opened in Chromium (contracts grantex-core 3, grantex 12; design D9, D20 and 7).
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { contrasts, developerSite, focused, withPage } from './support/browser.mjs';
import { onEachEngine } from './support/engines.mjs';

const PICTURES = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../artifacts/consent-page');
const AGENT = {
  name: 'Travel Assistant',
  description: 'Finds free days in your calendar and mails you proposals.',
  scopes: ['calendar:read', 'email:send', 'payments:initiate:max_500', 'trips:book'],
};

/** A pending request of a fresh organization, and the address of its page. */
async function ask(server, fields = {}, agentFields = {}) {
  const organization = await server.signUp({ name: 'Blue Harbour Travel' });
  const agent = await organization.agent({ ...AGENT, ...agentFields });
  const request = await organization.authorize(agent.agentId, { principalId: 'user_4711', scopes: agent.scopes, expiresIn: '8h', ...fields });
  return { organization, agent, id: request.authRequestId, url: request.consentUrl };
}

const post = (server, body, headers = {}) =>
  server.api('POST', '/consent', { body, headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } });

const status = async (server, id) => (await server.api('GET', `/v1/consent/${id}`)).status;

onEachEngine('the consent page', (test) => {
  test('says who asks, for what, for whom, for how long, and how to take it back', async (server) => {
    const { agent, url } = await ask(server, { redirectUri: 'https://app.example.com/callback' });
    await withPage({}, [server.base], async (page) => {
      const answer = await page.goto(url);
      assert.equal(answer.status(), 200);
      assert.equal(answer.headers()['content-type'], 'text/html; charset=utf-8');
      const source = await answer.text();
      for (const words of ['Authorization Request', '/v1/consent/', '<html lang="en">']) assert.ok(source.includes(words), words);

      const text = await page.innerText('main');
      for (const words of [
        AGENT.name, AGENT.description, agent.did, 'Blue Harbour Travel', 'user_4711', '8 hours', 'app.example.com',
        'See your calendar', 'Send e-mail in your name', 'at most 500 per payment', 'trips:book',
        'Anyone who holds this link can decide', 'take it back later',
      ]) assert.ok(text.includes(words), `${words} is not in: ${text}`);

      assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'An agent asks to act for you, for 8 hours');
      const until = Date.parse(await page.locator('time').first().getAttribute('datetime'));
      assert.ok(Math.abs(until - Date.now() - 8 * 3600e3) < 60e3);
    });
  });

  test('allows itself nothing but its own style and script', async (server) => {
    const { id } = await ask(server);
    const [first, second] = [await server.api('GET', `/consent?req=${id}`), await server.api('GET', `/consent?req=${id}`)];
    const policy = first.headers['content-security-policy'];
    assert.match(policy, /^default-src 'none'; style-src 'nonce-[0-9a-f]{32}'; script-src 'nonce-[0-9a-f]{32}'; img-src data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/);
    assert.notEqual(policy, second.headers['content-security-policy'], 'a nonce is used once');
    assert.equal(first.headers['cache-control'], 'no-store');
    assert.equal(first.headers['x-frame-options'], 'DENY');
    assert.equal(first.headers['set-cookie'], undefined);
  });

  for (const javaScriptEnabled of [false, true]) {
    for (const button of ['Approve', 'Deny']) {
      test(`${button} brings the browser back ${javaScriptEnabled ? 'with' : 'without'} JavaScript, across the developer's own redirects`, async (server) => {
        const site = await developerSite();
        try {
          const { organization, agent, id, url } = await ask(server, { redirectUri: site.callback, state: 'a b&c=ü' });
          await withPage({ javaScriptEnabled }, [server.base, ...site.origins], async (page) => {
            await page.goto(url);
            await page.getByRole('button', { name: button, exact: true }).click();
            await page.waitForURL(`${site.home}*`);
          });

          const { searchParams } = await site.arrived;
          assert.equal(site.headers().referer, undefined, 'the request id must not leak to the developer');
          assert.deepEqual(searchParams.getAll('state'), ['a b&c=ü'], 'state is set, not added');
          assert.equal(searchParams.get('tenant'), '7');
          assert.equal(searchParams.get('error'), button === 'Deny' ? 'access_denied' : null);
          assert.equal(await status(server, id), 410);
          if (button === 'Approve') assert.equal((await organization.exchange(searchParams.get('code'), agent.agentId)).status, 201);
        } finally {
          site.close();
        }
      });
    }
  }

  test('shows the code to carry over when there is nowhere to go back to', async (server) => {
    const { organization, agent, url } = await ask(server);
    await withPage({ javaScriptEnabled: false }, [server.base], async (page) => {
      await page.goto(url);
      await page.getByRole('button', { name: 'Approve' }).click();
      await page.getByRole('heading', { name: 'You approved' }).waitFor();
      assert.equal((await organization.exchange(await page.locator('.code').innerText(), agent.agentId)).status, 201);
      await page.goto(url);
      assert.equal(await page.getByRole('heading', { level: 1 }).innerText(), 'This request was approved already');
      assert.equal(await page.getByRole('button').count(), 0);
    });
  });

  for (const [button, tabs] of [['Deny', 1], ['Approve', 2]]) {
    test(`${button} is reached and pressed with the keyboard alone`, async (server) => {
      const { id, url } = await ask(server);
      await withPage({}, [server.base], async (page) => {
        await page.goto(url);
        await page.keyboard.press('Enter');
        assert.equal(await status(server, id), 200, 'Enter decides nothing while nothing is focused');
        for (let i = 0; i < tabs; i++) await page.keyboard.press('Tab');
        assert.deepEqual(await focused(page), { text: button, outlined: true });
        await page.keyboard.press('Enter');
        await page.getByRole('heading', { name: button === 'Deny' ? 'You denied' : 'You approved' }).waitFor();
      });
    });
  }

  for (const colorScheme of ['light', 'dark']) {
    for (const width of [320, 1024]) {
      test(`can be read in ${colorScheme} at ${width} px, and Deny is as prominent as Approve`, async (server) => {
        const { url } = await ask(server);
        await withPage({ colorScheme, viewport: { width, height: width === 320 ? 568 : 900 } }, [server.base], async (page) => {
          await page.goto(url);
          const faint = (await contrasts(page)).filter(({ ratio }) => ratio < 4.5);
          assert.deepEqual(faint, []);
          assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'scrolls sideways');

          const [deny, approve] = await Promise.all(['Deny', 'Approve'].map((name) => page.getByRole('button', { name }).evaluate((button) => {
            const { width: w, height, top, bottom } = button.getBoundingClientRect();
            const { fontSize, fontWeight } = getComputedStyle(button);
            return { w: Math.round(w), height, top, fontSize, fontWeight, seen: top >= 0 && bottom <= innerHeight };
          })));
          assert.deepEqual(deny, approve);
          assert.ok(deny.seen, 'Deny is on the first screen');

          await mkdir(PICTURES, { recursive: true });
          await page.screenshot({ path: path.join(PICTURES, `${colorScheme}-${width}.png`) });
        });
      });
    }
  }

  test("shows a developer's words as words: encoded, kept in their box, unable to turn the text around", async (server) => {
    const name = `</p><script>document.title="owned"</script>\u202eevorppA ${'W'.repeat(120)}`;
    const { url } = await ask(server, { principalId: '<b>you</b>', scopes: [`<img src=x onerror=alert(1)>${'s'.repeat(200)}`] }, { name, scopes: [] });
    await withPage({ viewport: { width: 320, height: 568 } }, [server.base], async (page) => {
      await page.goto(url);
      assert.equal(await page.title(), 'Authorization Request');
      assert.equal(await page.locator('main :is(img, script, b)').count(), 0);
      assert.ok((await page.locator('.agent bdi').innerText()).startsWith('</p><script>'));
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'long names wrap');
    });
  });

  test('notices, when it is looked at again, that somebody decided elsewhere', async (server) => {
    const { organization, id, url } = await ask(server);
    await withPage({}, [server.base], async (page) => {
      await page.goto(url);
      await organization.approve(id);
      await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
      await page.getByRole('heading', { name: 'This request was approved already' }).waitFor();
    });
  });

  test('keeps Approve out of reach of a click that began on another page', async (server) => {
    const { url } = await ask(server);
    await withPage({}, [server.base], async (page) => {
      await page.goto(url);
      const hit = (name) => page.evaluate((text) => {
        dispatchEvent(new Event('focus'));
        const { x, y, width, height } = [...document.querySelectorAll('button')].find((button) => button.textContent === text).getBoundingClientRect();
        return document.elementFromPoint(x + width / 2, y + height / 2).textContent === text;
      }, name);
      assert.equal(await hit('Approve'), false);
      assert.equal(await hit('Deny'), true);
      await page.getByRole('button', { name: 'Approve' }).click(); // waits until it takes clicks again
      await page.getByRole('heading', { name: 'You approved' }).waitFor();
    });
  });

  test('sends one decision, however often the button is pressed', async (server) => {
    const { url } = await ask(server);
    await withPage({}, [server.base], async (page) => {
      await page.goto(url);
      let sent = 0;
      let go;
      const pressed = new Promise((resolve) => { go = resolve; });
      await page.route('**/consent', async (route) => {
        sent += 1;
        await pressed;
        await route.continue();
      });
      await page.getByRole('button', { name: 'Approve' }).focus();
      for (let i = 0; i < 3; i++) await page.keyboard.press('Enter');
      go();
      await page.getByRole('heading', { name: 'You approved' }).waitFor();
      assert.equal(sent, 1);
    });
  });

  test('names what is wrong, always with 200', async (server) => {
    for (const query of ['', '?req=', '?req=nonsense', '?req=areq_01M7XM3QJ2JMM4M9863SXR3ET4', '?req=a&req=b', '?req=%00', '?req=%ff']) {
      const answer = await server.api('GET', `/consent${query}`);
      assert.equal(answer.status, 200, query);
      assert.match(answer.text, /Authorization Request/);
      assert.match(answer.text, /There is no such request/);
    }
    const { id } = await ask(server, { expiresIn: '1s' });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    assert.match((await server.api('GET', `/consent?req=${id}`)).text, /This request has expired/);
    assert.equal((await post(server, `req=${id}&decision=approve`)).status, 410);
  });

  test('takes a decision from its own form only', async (server) => {
    const { id } = await ask(server);
    const good = `req=${id}&decision=approve`;
    const refused = [
      [403, good, { origin: 'https://evil.example' }],
      [403, good, { origin: 'null' }],
      [403, good, { 'sec-fetch-site': 'cross-site' }],
      [403, good, { 'sec-fetch-site': 'same-site' }],
      [415, good, { 'content-type': 'text/plain' }],
      [415, JSON.stringify({ req: id, decision: 'approve' }), { 'content-type': 'application/json' }],
      [415, good, { 'content-type': 'multipart/form-data; boundary=x' }],
      [400, `${good}&decision=deny`],
      [400, `${good}&req=${id}`],
      [400, `req=${id}`],
      [400, `req=${id}&decision=APPROVE`],
      [400, ''],
      [400, `${good}&${Array.from({ length: 40 }, (_, i) => `f${i}=1`).join('&')}`],
      [413, `${good}&x=${'y'.repeat(70_000)}`],
      [404, 'req=nonsense&decision=approve'],
    ];
    for (const [expected, body, headers] of refused) {
      const answer = await post(server, body, headers);
      assert.equal(answer.status, expected, `${body.slice(0, 60)} ${JSON.stringify(headers)}`);
      assert.match(answer.headers['content-type'], /^text\/html/);
    }
    assert.equal(await status(server, id), 200, 'nobody has decided');
    assert.equal((await post(server, good, { origin: server.base, 'sec-fetch-site': 'same-origin' })).status, 200);
    assert.equal((await post(server, good)).status, 410, 'and only once');
  });

  test('says in plain words that a passkey is needed', async (server) => {
    const { organization, id } = await ask(server);
    assert.equal((await organization.patch('/v1/me', { fidoRequired: true })).status, 200);
    assert.match((await server.api('GET', `/consent?req=${id}`)).text, /only when you confirm it with a passkey/);
    const answer = await post(server, `req=${id}&decision=approve`);
    assert.equal(answer.status, 403);
    assert.match(answer.text, /only when you confirm it with a passkey/);
  });
});
