// Passkeys in Chromium, with its virtual authenticator: enrolled on the permissions page, used on the consent page (design D9, D20 and 7).
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { authenticatorOf, contrasts, withPage } from './support/browser.mjs';
import { onEachEngine } from './support/engines.mjs';
import { none } from './support/expect.mjs';
import { freePort } from './support/server.mjs';

const PICTURES = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../artifacts/passkeys-page');
const PORT = String(await freePort());
const BASE = `http://localhost:${PORT}`; // browsers know no passkeys at an IP address

async function strict(server, rule = { fidoRequired: true }) {
  const org = await server.signUp({ name: 'Blue Harbour Travel' });
  assert.equal((await org.patch('/v1/me', rule)).status, 200);
  const agent = await org.agent({ name: 'Travel Assistant', scopes: ['calendar:read', 'email:send'] });
  const ask = async () => (await org.authorize(agent.agentId, { principalId: 'user_4711', scopes: agent.scopes }));
  const link = async () => (await org.post('/v1/principal-sessions', { principalId: 'user_4711' })).json.dashboardUrl;
  return { org, agent, ask, link };
}

/** Adds a passkey on the permissions page. */
async function add(page, link, name = 'Work laptop') {
  await page.goto(link);
  await page.getByRole('link', { name: 'Add a passkey' }).click();
  await page.getByLabel('What shall it be called?').fill(name);
  await page.getByRole('button', { name: 'Add it' }).click();
  await page.getByText(name, { exact: true }).first().waitFor();
}

const headline = (page) => page.getByRole('heading', { level: 1 }).innerText();
const status = async (server, id) => (await server.api('GET', `/v1/consent/${id}`)).status;

onEachEngine('passkeys in a browser', (test) => {
  test('a person adds one, approves with it, sees so, and removes it', async (server) => {
    const { org, agent, ask, link } = await strict(server);
    const { consentUrl } = await ask();
    await withPage({}, [BASE], async (page) => {
      const device = await authenticatorOf(page);
      const session = await link();
      await page.goto(session);
      await page.getByText('lets you allow something only with a passkey').waitFor();
      await add(page, session);
      assert.equal((await device.credentials()).length, 1);

      await page.goto(consentUrl);
      await page.getByText('You confirm your decision with your passkey').waitFor();
      await page.waitForTimeout(700); // buttons settle
      await page.getByRole('button', { name: 'Approve' }).click();
      await page.getByRole('heading', { name: 'You approved' }).waitFor();
      assert.equal((await org.exchange(await page.locator('.code').innerText(), agent.agentId)).status, 201);

      await page.goto(`${BASE}/permissions`);
      await page.getByText('With your passkey').waitFor();
      await page.getByText('Last used').waitFor();
      await page.getByRole('button', { name: /^Remove/ }).click();
      await page.getByText('and you have none yet').waitFor();
      none((await org.get('/v1/webauthn/credentials?principalId=user_4711')).json.credentials, 'left');
    });
  });

  test('denying takes the passkey too', async (server) => {
    const { ask, link } = await strict(server, { consentMinimum: 'passkey' });
    const { consentUrl, authRequestId } = await ask();
    await withPage({}, [BASE], async (page) => {
      await authenticatorOf(page);
      await add(page, await link());
      await page.goto(consentUrl);
      await page.getByRole('button', { name: 'Deny' }).click();
      await page.getByRole('heading', { name: 'You denied' }).waitFor();
      assert.equal(await status(server, authRequestId), 410);
    });
  });

  test('without one the page says how to get it, and decides nothing', async (server) => {
    const { ask } = await strict(server);
    const { consentUrl, authRequestId } = await ask();
    await withPage({}, [BASE], async (page) => {
      await authenticatorOf(page);
      await page.goto(consentUrl);
      await page.getByText('Ask them for the link to your agents, and add one there').waitFor();
      assert.equal(await page.getByRole('button').count(), 0);
      assert.equal(await status(server, authRequestId), 200);
    });
  });

  test('an authenticator that does not verify its owner, or has lost the key, decides nothing', async (server) => {
    const { ask, link } = await strict(server);
    const { consentUrl, authRequestId } = await ask();
    await withPage({}, [BASE], async (page) => {
      const device = await authenticatorOf(page);
      await add(page, await link());
      await page.goto(consentUrl);
      await page.waitForTimeout(700);
      await device.verifies(false);
      await page.getByRole('button', { name: 'Approve' }).click();
      await page.getByText(/Your passkey (was not used|did not confirm)/).waitFor();
      assert.equal(await status(server, authRequestId), 200);

      await device.verifies(true);
      await page.goto(consentUrl);
      await page.waitForTimeout(700);
      await device.forgets();
      await page.getByRole('button', { name: 'Approve' }).click();
      await page.getByText('Your passkey was not used').waitFor();
      assert.equal(await status(server, authRequestId), 200);
      assert.ok(await page.getByRole('button', { name: 'Approve' }).isEnabled(), 'and it can be tried again');
    });
  });

  test('without a script the pages say what is missing, and nothing is decided', async (server) => {
    const { ask, link } = await strict(server);
    const { consentUrl, authRequestId } = await ask();
    const session = await link();
    await withPage({}, [BASE], async (page) => {
      await authenticatorOf(page);
      await add(page, session);
    });
    await withPage({ javaScriptEnabled: false }, [BASE], async (page) => {
      await page.goto(consentUrl);
      assert.match(await page.innerText('main'), /Allow scripts for this page to decide/);
      await page.getByRole('button', { name: 'Approve' }).click();
      await page.getByText('your browser did not ask for yours').waitFor();
      assert.equal(await headline(page), 'Nothing was decided');
      assert.equal(await status(server, authRequestId), 200);

      await page.goto(session.replace('#session=', '?session='));
      await page.getByRole('link', { name: 'Add a passkey' }).click();
      assert.match(await page.innerText('main'), /only a script can make a passkey/);
      await page.getByRole('button', { name: 'Add it' }).click();
      assert.equal(await headline(page), 'Nothing was changed');
    });
  });

  test('who needs no passkey is not asked for one', async (server) => {
    const { org, agent, ask, link } = await strict(server, { fidoRequired: false });
    const { consentUrl, authRequestId } = await ask();
    assert.equal((await org.exchange((await org.approve(authRequestId)).code, agent.agentId)).status, 201);
    await withPage({}, [BASE], async (page) => {
      const source = await (await page.goto((await ask()).consentUrl)).text();
      for (const words of ['/v1/webauthn/assert/options', 'navigator.credentials.get']) assert.ok(source.includes(words), words); // contract grantex 12
      assert.ok(!(await page.innerText('main')).includes('passkey'));
      await page.goto(await link());
      assert.ok(!(await page.innerText('main')).includes('passkey'));
      assert.notEqual(consentUrl, undefined);
    });
  });

  for (const colorScheme of ['light', 'dark']) {
    for (const javaScriptEnabled of [true, false]) {
      test(`the pages can be read in ${colorScheme}, ${javaScriptEnabled ? 'with' : 'without'} a script`, async (server) => {
        const { ask, link } = await strict(server);
        const { consentUrl } = await ask();
        const session = await link();
        await withPage({}, [BASE], async (page) => {
          await authenticatorOf(page);
          await add(page, session);
        });
        await mkdir(PICTURES, { recursive: true });
        await withPage({ colorScheme, javaScriptEnabled, viewport: { width: 390, height: 844 } }, [BASE], async (page) => {
          const open = session.replace('#session=', '?session=');
          for (const [name, url] of Object.entries({ consent: consentUrl, permissions: open, add: `${BASE}/permissions?ask=passkey` })) {
            await page.goto(url);
            none((await contrasts(page)).filter(({ ratio }) => ratio < 4.5), 'hard to read');
            assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} is too wide`);
            await page.screenshot({ path: path.join(PICTURES, `${name}-${colorScheme}-${javaScriptEnabled ? 'script' : 'plain'}.png`), fullPage: true });
          }
        });
      });
    }
  }
}, { PORT, PUBLIC_BASE_URL: BASE });
