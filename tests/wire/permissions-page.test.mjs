// The permissions page, opened in Chromium: who may act for a person, and how they stop it (grantex-core.md 11; design D9, D20 and 7; decision 0019).
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { contrasts, focused, withPage } from './support/browser.mjs';
import { onEachEngine } from './support/engines.mjs';
import { nothing, ok, unauthorized } from './support/expect.mjs';

const PICTURES = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../artifacts/permissions-page');
const TRAVEL = {
  name: 'Travel Assistant',
  description: 'Finds free days in your calendar and mails you proposals.',
  scopes: ['calendar:read', 'email:send', 'payments:initiate:max_500', 'trips:book'],
};
const PERSON = 'user_4711';
const form = { 'content-type': 'application/x-www-form-urlencoded' };

/** A person with two agents, of which one passed something on to a third, and a link to their page. */
async function granted(server, link = {}) {
  const org = await server.signUp({ name: 'Blue Harbour Travel' });
  const [travel, mail, books] = [await org.agent(TRAVEL), await org.agent({ name: 'Mail Sorter' }), await org.agent({ name: 'Bookkeeper', scopes: ['payments:read'] })];
  const give = (agent, fields = {}) => org.grant(agent.agentId, { principalId: PERSON, scopes: agent.scopes, ...fields });
  const old = await give(mail);
  nothing(await org.delete(`/v1/grants/${old.grantId}`));
  const [booking, trip] = [await give(books, { expiresIn: '30d' }), await give(travel, { expiresIn: '8h' })];
  const passed = await org.delegated(trip.grantToken, mail.agentId, { scopes: ['email:send'] });
  ok(await org.post('/v1/audit/log', { agentId: mail.agentId, agentDid: mail.did, grantId: passed.grantId, principalId: PERSON, action: 'mail.sorted' }), 201);
  for (const [action, status] of [['calendar.read', 'success'], ['email.sent', 'failure'], ['<b>trip.booked</b>', 'blocked']]) {
    ok(await org.post('/v1/audit/log', { agentId: travel.agentId, agentDid: travel.did, grantId: trip.grantId, principalId: PERSON, action, status }), 201);
  }
  const session = ok(await org.post('/v1/principal-sessions', { principalId: PERSON, ...link }), 201);
  return { org, travel, mail, books, trip, booking, passed, session, url: session.dashboardUrl };
}

const headline = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor();
const three = (page) => headline(page, '3 agents may act for you');
const post = (server, body, headers = {}) => server.api('POST', '/permissions', { body, headers: { ...form, ...headers } });
const cookie = (answer) => answer.headers['set-cookie']?.[0].split(';')[0];

/** Signs in without a browser: the cookie to send. */
const signedIn = async (server, { session }) => cookie(await post(server, `do=open&what=${session.sessionToken}`));

onEachEngine('the permissions page', (test) => {
  test('shows each agent, what it may do, since and until when, how it was agreed, and what it passed on', async (server) => {
    const { trip, url } = await granted(server);
    await withPage({}, [server.base], async (page) => {
      await page.goto(url);
      await three(page);
      assert.equal(page.url(), `${server.base}/permissions`, 'the token has left the address');
      const card = page.getByRole('article', { name: 'Travel Assistant' });
      const text = await card.innerText();
      for (const words of [
        TRAVEL.description, 'See your calendar', 'Send e-mail in your name', 'at most 500 per payment', 'trips:book', 'With a link, without signing in',
        'It passed some of this on to', 'Mail Sorter',
      ]) assert.ok(text.includes(words), `${words} is not in: ${text}`);
      const [since, until] = await card.locator('.facts time').evaluateAll((times) => times.slice(0, 2).map((time) => time.dateTime));
      assert.equal(until, trip.expiresAt);
      assert.equal(Date.parse(until) - Date.parse(since), 8 * 3600e3);

      const whole = await page.innerText('main');
      for (const words of ['Blue Harbour Travel', PERSON, 'Bookkeeper', 'See your payments and balances', 'Stopped in the last 30 days']) assert.ok(whole.includes(words), words);
      await page.reload();
      await three(page);
    });
  });

  test('allows itself nothing but its own style and script, and keeps its token from scripts and other pages', async (server) => {
    const { url } = await granted(server);
    const [first, second] = [await server.api('GET', '/permissions'), await server.api('GET', '/permissions')];
    const policy = first.headers['content-security-policy'];
    assert.match(policy, /^default-src 'none'; style-src 'nonce-[0-9a-f]{32}'; script-src 'nonce-[0-9a-f]{32}'; img-src data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/);
    assert.notEqual(policy, second.headers['content-security-policy'], 'a nonce is used once');
    assert.equal(first.headers['cache-control'], 'no-store');
    assert.equal(first.headers['x-frame-options'], 'DENY');
    assert.equal(first.headers['set-cookie'], undefined);
    await withPage({}, [server.base], async (page) => {
      await page.goto(url);
      await three(page);
      const [kept, ...more] = await page.context().cookies();
      assert.deepEqual(more, []);
      const { name, path: where, httpOnly, secure, sameSite, expires } = kept;
      assert.deepEqual({ name, where, httpOnly, secure, sameSite }, { name: 'credence-permissions', where: '/permissions', httpOnly: true, secure: false, sameSite: 'Lax' });
      assert.ok(Math.abs(expires * 1000 - Date.now() - 3600e3) < 60e3, 'it ends with the session');
      assert.equal(await page.evaluate(() => document.cookie), '');
      assert.ok(!(await page.content()).includes('eyJ'), 'the token is not in the page');
    });
  });

  for (const javaScriptEnabled of [true, false]) {
    test(`one agent is stopped ${javaScriptEnabled ? 'with' : 'without'} JavaScript, with what it passed on, at once`, async (server) => {
      const { org, trip, passed, booking, url, session } = await granted(server);
      await withPage({ javaScriptEnabled }, [server.base], async (page) => {
        await page.goto(url);
        if (!javaScriptEnabled) {
          await headline(page, 'Open your link'); // no server is told what stands behind the #
          await page.getByLabel('Paste your link here').fill(url);
          await page.getByRole('button', { name: 'Open' }).click();
        }
        await three(page);
        await page.getByRole('button', { name: 'Stop Travel Assistant' }).click();
        await headline(page, '1 agent may act for you');
        assert.equal(await page.getByRole('status').innerText(), 'You stopped Travel Assistant. It can no longer act for you.');
        assert.equal(await page.getByRole('article').count(), 1);
        assert.match(await page.title(), /You stopped Travel Assistant/);
      });
      for (const { grantToken } of [trip, passed]) assert.equal(await org.accepts(grantToken), false);
      assert.equal(await org.accepts(booking.grantToken), true);
      assert.ok(!server.logText.includes(session.sessionToken.split('.')[2]), 'no token in the log');
    });

    test(`all are stopped ${javaScriptEnabled ? 'with' : 'without'} JavaScript, after being asked once more`, async (server) => {
      const given = await granted(server);
      const { org, trip, passed, booking } = given;
      const token = given.session.sessionToken;
      await withPage({ javaScriptEnabled }, [server.base], async (page) => {
        await page.goto(`${server.base}/permissions?session=${token}`);
        await three(page);
        assert.equal(page.url(), `${server.base}/permissions`, 'the token has left the address');
        await page.getByRole('link', { name: 'Stop all agents' }).click();
        await headline(page, 'Stop all 3 agents?');
        await page.getByRole('link', { name: 'Keep them' }).click();
        await three(page);
        assert.equal(await org.accepts(trip.grantToken), true);
        await page.getByRole('link', { name: 'Stop all agents' }).click();
        await page.getByRole('button', { name: 'Stop all' }).click();
        await headline(page, 'No agent may act for you');
        assert.equal(await page.getByRole('status').innerText(), 'You stopped every agent. None of them can act for you any more.');
        await page.reload();
        await headline(page, 'No agent may act for you');
      });
      for (const { grantToken } of [trip, passed, booking]) assert.equal(await org.accepts(grantToken), false);
    });
  }

  test('what was passed on is stopped alone, and one of several permissions too', async (server) => {
    const { org, books, trip, passed, booking, url } = await granted(server);
    const second = await org.grant(books.agentId, { principalId: PERSON, scopes: books.scopes });
    await withPage({}, [server.base], async (page) => {
      await page.goto(url);
      await page.getByRole('button', { name: 'Stop what Mail Sorter got from Travel Assistant' }).click();
      await headline(page, '2 agents may act for you');
      await page.getByRole('button', { name: /^Stop only this of Bookkeeper/ }).first().click();
      await page.getByRole('button', { name: /^Stop only this/ }).first().waitFor({ state: 'detached' });
      await headline(page, '2 agents may act for you');
    });
    assert.deepEqual(await Promise.all([trip, passed, booking, second].map(({ grantToken }) => org.accepts(grantToken))), [true, false, true, false]);
  });

  for (const javaScriptEnabled of [true, false]) {
    test(`what an agent did unfolds ${javaScriptEnabled ? 'with' : 'without'} JavaScript, the last first, also once it is stopped`, async (server) => {
      const { session } = await granted(server);
      await withPage({ javaScriptEnabled }, [server.base], async (page) => {
        await page.goto(`${server.base}/permissions?session=${session.sessionToken}`);
        const did = async (who) => {
          const part = page.locator('details').filter({ has: page.locator('summary', { hasText: who }) });
          assert.equal(await part.count(), 1);
          assert.equal(await part.getByRole('listitem').count(), 0, 'it is folded up');
          await part.locator('summary').click();
          return part.locator('li span').allInnerTexts();
        };
        assert.deepEqual(await did('Mail Sorter'), ['mail.sorted']);
        assert.deepEqual(await did('Travel Assistant'), ['<b>trip.booked</b> (was not allowed)', 'email.sent (did not work)', 'calendar.read']);
        await page.getByRole('button', { name: 'Stop Travel Assistant' }).click();
        await headline(page, '1 agent may act for you');
        assert.equal((await did('Travel Assistant')).length, 3);
      });
    });
  }

  test('it is used with the keyboard alone', async (server) => {
    const { org, trip, url } = await granted(server);
    await withPage({}, [server.base], async (page) => {
      await page.goto(url);
      await three(page);
      const seen = [];
      for (let i = 0; i < 7; i += 1) {
        await page.keyboard.press('Tab');
        const at = await focused(page);
        assert.ok(at.outlined, `${at.text} shows that it is focused`);
        seen.push(at.text.replace(/\s+/g, ' '));
      }
      assert.deepEqual(seen, ['Stop all agents', 'Stop Travel Assistant', 'Stop what Mail Sorter got from Travel Assistant', 'What it did lately (Mail Sorter)', 'What it did lately (Travel Assistant)', 'Stop Bookkeeper', 'Sign out, and end the link']);

      await page.goto(`${server.base}/permissions`);
      for (let i = 0; i < 2; i += 1) await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await headline(page, '1 agent may act for you');
      assert.equal(await org.accepts(trip.grantToken), false);
    });
  });

  test('signing out ends the link for everybody', async (server) => {
    const { url, session } = await granted(server);
    await withPage({}, [server.base], async (page) => {
      await page.goto(url);
      await page.getByRole('button', { name: 'Sign out' }).click();
      await headline(page, 'You signed out');
      assert.deepEqual(await page.context().cookies(), []);
      await page.goto(`${server.base}/permissions`);
      await headline(page, 'Open your link');
      await page.goto(`${server.base}/permissions?other`); // so that the next is more than another fragment
      await page.goto(url);
      await headline(page, 'Your link has ended');
      assert.ok(!page.url().includes('eyJ'));
    });
    unauthorized(await server.api('GET', '/v1/principal/grants', { key: session.sessionToken }));
  });

  test('another link opened in the same window replaces the person', async (server) => {
    const [one, other] = [await granted(server), await granted(server)];
    nothing(await other.org.delete(`/v1/grants/${other.booking.grantId}`));
    await withPage({}, [server.base], async (page) => {
      await page.goto(one.url);
      await three(page);
      await page.evaluate((link) => { location.href = link; }, other.url); // only the fragment differs: nothing is loaded
      await headline(page, '2 agents may act for you');
    });
  });

  test('each state is a page that says what to do', async (server) => {
    const short = await granted(server, { expiresIn: '3s' });
    const ended = await granted(server);
    const late = await signedIn(server, short);
    nothing(await ended.org.delete(`/v1/principal-sessions/${ended.session.sessionId}`));
    await new Promise((resolve) => setTimeout(resolve, Date.parse(short.session.expiresAt) - Date.now() + 50));

    const shown = async (address, headers) => {
      const answer = await server.api('GET', address, { headers });
      assert.match(answer.headers['content-type'], /^text\/html/);
      return [answer.status, answer.headers.location ?? /<h1>([^<]*)/.exec(answer.text)[1]];
    };
    assert.deepEqual(await shown('/permissions'), [200, 'Open your link']);
    assert.deepEqual(await shown('/permissions', { cookie: late }), [200, 'Your link has ended']);
    assert.deepEqual(await shown('/permissions', { cookie: 'credence-permissions=nonsense' }), [200, 'Your link has ended']);
    assert.deepEqual(await shown('/permissions?link=invalid'), [200, 'This link does not work']);
    for (const [link, where] of [[short.session.sessionToken, 'over'], [ended.session.sessionToken, 'over'], [ended.org.key, 'invalid'], ['%00', 'invalid'], [ended.trip.grantToken, 'invalid']]) {
      const answer = await server.api('GET', `/permissions?session=${link}`);
      assert.deepEqual([answer.status, answer.headers.location, answer.headers['set-cookie']], [303, `/permissions?link=${where}`, undefined]);
    }
    const refused = await post(server, `do=stop-agent&what=${short.travel.agentId}`, { cookie: late });
    assert.equal(refused.status, 401);
    assert.match(refused.text, /Your link has ended.*Nothing was changed/s);
    assert.equal(await short.org.accepts(short.trip.grantToken), true);
  });

  test('takes what its own forms send, from itself only', async (server) => {
    const here = await granted(server);
    const there = await granted(server);
    const mine = { cookie: await signedIn(server, here) };
    const good = `do=stop-agent&what=${here.travel.agentId}`;
    const refused = [
      [403, good, { origin: 'https://evil.example' }],
      [403, good, { origin: 'null' }],
      [403, good, { 'sec-fetch-site': 'cross-site' }],
      [403, good, { 'sec-fetch-site': 'same-site' }],
      [403, `do=open&what=${there.session.sessionToken}`, { 'sec-fetch-site': 'cross-site' }],
      [401, good, { cookie: '' }],
      [415, good, { 'content-type': 'text/plain' }],
      [415, JSON.stringify({ do: 'stop-all' }), { 'content-type': 'application/json' }],
      [400, `${good}&do=stop-all`],
      [400, `${good}&what=${here.books.agentId}`],
      [400, 'do=stop-agent'],
      [400, 'do=stop-agent&what=nonsense'],
      [400, `do=stop-all&what=${here.travel.agentId}`],
      [400, 'do=STOP-ALL'],
      [400, ''],
      [413, `${good}&x=${'y'.repeat(70_000)}`],
    ];
    for (const [expected, body, headers] of refused) {
      const answer = await post(server, body, { ...mine, ...headers });
      assert.equal(answer.status, expected, `${body.slice(0, 60)} ${JSON.stringify(headers)}`);
      assert.match(answer.headers['content-type'], /^text\/html/);
      assert.equal(answer.headers['set-cookie'], undefined);
    }

    // What is another's does not stop, and the page does not say that it did.
    for (const what of [`do=stop-agent&what=${there.travel.agentId}`, `do=stop-grant&what=${there.trip.grantId}`]) {
      const answer = await post(server, what, mine);
      assert.equal(answer.status, 303);
      assert.doesNotMatch((await server.api('GET', answer.headers.location, { headers: mine })).text, /You stopped/);
    }
    assert.equal(await there.org.accepts(there.trip.grantToken), true);
    assert.equal(await here.org.accepts(here.trip.grantToken), true);
    assert.equal((await post(server, good, { ...mine, origin: server.base, 'sec-fetch-site': 'same-origin' })).status, 303);
    assert.equal(await here.org.accepts(here.trip.grantToken), false);
  });

  test("shows a developer's words as words, and an agent on hold as what it is", async (server) => {
    const name = `</p><script>document.title="owned"</script>\u202eevorppA ${'W'.repeat(120)}`;
    const org = await server.signUp();
    const agent = await org.agent({ name, scopes: [], description: '<img src=x onerror=alert(1)>' });
    await org.grant(agent.agentId, { principalId: '<b>you</b>', scopes: [`<i>${'s'.repeat(200)}`], audience: `https://${'a'.repeat(200)}.example` });
    const { dashboardUrl } = ok(await org.post('/v1/principal-sessions', { principalId: '<b>you</b>' }), 201);
    ok(await org.patch(`/v1/agents/${agent.agentId}`, { status: 'suspended' }));
    await withPage({ viewport: { width: 320, height: 568 } }, [server.base], async (page) => {
      await page.goto(dashboardUrl);
      await headline(page, '1 agent may act for you');
      assert.equal(await page.title(), 'Your agents: 1 agent may act for you');
      assert.equal(await page.locator('main :is(img, script, b, i)').count(), 0);
      assert.ok((await page.getByRole('note').innerText()).includes('On hold'));
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'long names wrap');
    });
  });

  for (const colorScheme of ['light', 'dark']) {
    for (const width of [320, 1024]) {
      test(`can be read in ${colorScheme} at ${width} px, and does not move while it loads`, async (server) => {
        const { url } = await granted(server);
        await withPage({ colorScheme, viewport: { width, height: width === 320 ? 568 : 900 } }, [server.base], async (page) => {
          await page.addInitScript(() => {
            window.moved = 0;
            new PerformanceObserver((list) => { for (const { value } of list.getEntries()) window.moved += value; }).observe({ type: 'layout-shift', buffered: true });
          });
          const look = async (name) => {
            assert.deepEqual((await contrasts(page)).filter(({ ratio }) => ratio < 4.5), []);
            assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'scrolls sideways');
            assert.equal(await page.evaluate(() => window.moved), 0, 'nothing moved');
            await page.screenshot({ path: path.join(PICTURES, `${name}-${colorScheme}-${width}.png`), fullPage: true });
          };
          await mkdir(PICTURES, { recursive: true });
          await page.goto(`${server.base}/permissions`);
          await look('no-session');
          await page.goto(`${url}`);
          await three(page);
          await look('agents');
          for (const summary of await page.locator('summary').all()) await summary.click();
          await page.screenshot({ path: path.join(PICTURES, `deeds-${colorScheme}-${width}.png`), fullPage: true });
          await page.goto(`${server.base}/permissions?ask=stop-all`);
          await look('stop-all');
          await page.getByRole('button', { name: 'Stop all' }).click();
          await headline(page, 'No agent may act for you');
          await look('stopped');
        });
      });
    }
  }
});

onEachEngine('the permissions page behind https', (test) => {
  test('its cookie is for https alone', async (server) => {
    const { session } = await granted(server);
    assert.equal(new URL(session.dashboardUrl).origin, 'https://credence.example');
    const answer = await server.api('GET', `/permissions?session=${session.sessionToken}`);
    assert.match(answer.headers['set-cookie'][0], /^__Secure-credence-permissions=[^;]+; expires=[^;]+; path=\/permissions; secure; samesite=lax; httponly$/);
  });
}, { PUBLIC_BASE_URL: 'https://credence.example' });
