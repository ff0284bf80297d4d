// A browser that a proxy stops: it signs in, comes back to where it wanted to go, and the service hears who it is (contract standards 11; decision 0045).
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { enter, signedIn } from './support/account.mjs';
import { withPage } from './support/browser.mjs';
import { onEachEngine } from './support/engines.mjs';
import { none } from './support/expect.mjs';
import { HOST, PROXIES, behind } from './support/gateways.mjs';
import { BEHIND_PROXY, Person, newcomer } from './support/people.mjs';
import { eventually, freePort } from './support/server.mjs';

const ROUTES = path.join(mkdtempSync(path.join(os.tmpdir(), 'credence-routes-')), 'routes.json');
const PORT = String(await freePort());
const PAGES = `http://accounts.example.com:${PORT}`; // a host of their own, as in life: the browser resolves it to this machine
const SETTINGS = { ...BEHIND_PROXY, PORT, PUBLIC_BASE_URL: PAGES, FORWARD_AUTH_ROUTES_FILE: ROUTES, LOG_LEVEL: 'error' };
const HTML = { accept: 'text/html' };

const rules = (routes) => writeFileSync(ROUTES, JSON.stringify({ routes }));
rules([]);

/** Runs `body` behind a proxy that shuts /files/ to all but people. */
const shut = (proxy, server, body) => behind(proxy, server, async ({ get, reached, port }) => {
  const host = `${HOST}:${port}`;
  rules([{ host, path: '/files', admit: ['people'] }, { host, path: '/files/staff', admit: ['people'], roles: ['ADMIN'] }]);
  await eventually(async () => (await get('/files/x')).status === 401, 'the rules are in force');
  reached.length = 0;
  await body({ get, reached, host, base: `http://${host}` });
});

const visitOf = async (page) => (await page.context().cookies()).find(({ name }) => name === 'credence-visit');

onEachEngine('a browser that a proxy stops', (test) => {
  for (const proxy of Object.keys(PROXIES)) {
    test(`behind ${proxy}: signs in, lands on the page it wanted, and is named to the service`, async (server) => {
      const ada = await newcomer(server);
      await shut(proxy, server, async ({ reached, base, get }) => {
        await withPage({}, [PAGES, base], async (page) => {
          const wanted = `${base}/files/report?q=a%20b&n=1`;
          await page.goto(wanted);
          assert.match(page.url(), new RegExp(`^${PAGES}/account/sign-in\\?return=`));
          await enter(page, ada, 'not the password');
          await page.getByRole('alert').waitFor();
          await enter(page, ada);
          await page.waitForURL(wanted);
          assert.equal(await page.innerText('body'), 'the service');
          assert.equal(reached.find((headers) => headers['auth-subject'])?.['auth-subject'], `person:${ada.id}`);

          const { value: visit, domain, httpOnly, sameSite } = await visitOf(page);
          assert.deepEqual({ domain, httpOnly, sameSite }, { domain: '.example.com', httpOnly: true, sameSite: 'Lax' });
          assert.ok(reached.every(({ cookie }) => !cookie?.includes('credence-account')), 'the session of the account is the pages’ alone');
          for (const at of ['/verify', '/v1/api/identity/auth/who-am-i', '/v1/grants', '/v1/principal/grants']) {
            assert.equal((await server.api('GET', at, { key: visit })).status, 401, `${at} takes what is for proxies alone`);
          }
          assert.equal((await page.goto(`${base}/files/staff`)).status(), 403, 'who may not is told so, and not asked to sign in for ever');

          await page.goto(`${PAGES}/account`);
          await page.getByRole('button', { name: 'Sign out' }).click();
          await page.getByText('You signed out').waitFor();
          assert.equal(await visitOf(page), undefined);
          const cookie = `credence-visit=${visit}`;
          assert.equal((await get('/files/x', { cookie })).status, 401, 'the token ended with the session');
          const asked = await get('/files/x', { cookie, ...HTML });
          assert.equal(asked.status, 302);
          assert.match(asked.headers.location, new RegExp(`^${PAGES}/account/sign-in\\?return=`));
        });
      });
    });
  }

  test('who is signed in already goes on with one click, also without JavaScript, and by way of making an account', async (server) => {
    const ada = await newcomer(server);
    const eve = new Person(server);
    await shut('nginx', server, async ({ reached, base }) => {
      await withPage({ javaScriptEnabled: false }, [PAGES, base], async (page) => {
        await signedIn(page, { base: PAGES }, ada);
        await page.goto(`${base}/files/a`);
        await page.getByRole('link', { name: `Go on as ${ada.name}` }).click();
        await page.waitForURL(`${base}/files/a`);
        assert.ok(reached.some((headers) => headers['auth-subject'] === `person:${ada.id}`));
        reached.length = 0;

        await page.context().clearCookies();
        await page.goto(`${base}/files/b`);
        await page.getByRole('link', { name: 'Make one' }).click();
        await page.getByLabel('User name').fill(eve.name);
        await page.getByLabel('Password').fill(eve.password);
        await page.getByRole('button', { name: 'Make my account' }).click();
        await enter(page, eve);
        await page.waitForURL(`${base}/files/b`);
        assert.ok(reached.some((headers) => headers['auth-subject']?.startsWith('person:')));
        assert.ok(!reached.some((headers) => headers['auth-subject'] === `person:${ada.id}`));
      });
    });
  });

  test('a ticket that is none of this server’s, or was changed, leads nowhere, and the page says so', async (server) => {
    const ada = await newcomer(server);
    await shut('nginx', server, async ({ get, base }) => {
      const { headers: { location } } = await get('/files/x', HTML);
      const good = new URL(location).searchParams.get('return');
      const [head, body, tail] = good.split('.');
      const claims = JSON.parse(Buffer.from(body, 'base64url'));
      const elsewhere = Buffer.from(JSON.stringify({ ...claims, host: 'evil.example' })).toString('base64url');
      const other = new URL((await get('/files/other', HTML)).headers.location).searchParams.get('return').split('.');
      for (const bad of ['x', 'https://evil.example/', '//evil.example', `${head}.${elsewhere}.${tail}`, `${other[0]}.${other[1]}.${tail}`, `${head}.${body}.`, ada.token, `${good}x`]) {
        const asked = await server.api('GET', `/account/sign-in?return=${encodeURIComponent(bad)}`);
        assert.equal(asked.status, 200);
        assert.match(asked.text, /The way back to the page that you wanted is closed/);
        assert.match(asked.text, /name="next"(?! value="[^"])/, 'goes nowhere afterwards');
        const onward = await server.api('GET', `/account/onward?return=${encodeURIComponent(bad)}`);
        assert.match(onward.text, /The way back is closed/);
        for (const answer of [asked, onward]) {
          assert.ok(!answer.text.includes('evil.example') && !answer.text.includes('http-equiv'));
          assert.equal(answer.headers['set-cookie'], undefined);
        }
      }
      rules([]);
      await eventually(async () => (await server.api('GET', `/account/onward?return=${good}`)).text.includes('The way back is closed'), 'no rule protects it any more');
      assert.equal((await get('/files/x', HTML)).status, 403);
      assert.ok(base);
    });
  });

  test('a cookie that is no token is nobody’s, two are refused, and a form from elsewhere brings none', async (server) => {
    await shut('nginx', server, async ({ get, reached }) => {
      for (const cookie of ['credence-visit=', 'credence-visit=x', 'credence-visit=a.b.c']) {
        assert.equal((await get('/files/x', { cookie })).status, 401);
        assert.match((await get('/files/x', { cookie, ...HTML })).headers.location, /\/account\/sign-in\?return=/);
        assert.equal((await get('/files/x', { cookie, ...HTML }, 'POST')).status, 401);
      }
      assert.equal((await get('/files/x', { cookie: 'credence-visit=x; credence-visit=y', ...HTML })).status, 403);
      assert.equal((await get('/files/x', { cookie: 'credence-visit=x', authorization: 'Bearer x' })).status, 403);
      none(reached, 'reached the service');
    });
  });
}, { ...SETTINGS, FORWARD_AUTH_COOKIE_DOMAIN: 'example.com' });

onEachEngine('a browser on a host that the cookie does not reach', (test) => {
  test('is told so, and not sent round for ever', async (server) => {
    const ada = await newcomer(server);
    await shut('nginx', server, async ({ base }) => {
      await withPage({}, [PAGES, base], async (page) => {
        await page.goto(`${base}/files/x`);
        await enter(page, ada);
        await page.getByRole('heading', { name: 'You are signed in here alone' }).waitFor();
        assert.match(await page.innerText('main'), /FORWARD_AUTH_COOKIE_DOMAIN/);
        assert.equal(await visitOf(page), undefined);
      });
    });
  });
}, SETTINGS);
