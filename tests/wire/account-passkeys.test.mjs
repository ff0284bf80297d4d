// Passkeys of accounts, in Chromium with its virtual authenticator: added, signed in with, and used to confirm a decision (contract standards 18; design D9).
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { authenticatorOf, contrasts, withPage } from './support/browser.mjs';
import { onEachEngine } from './support/engines.mjs';
import { ok } from './support/expect.mjs';
import { newcomer } from './support/people.mjs';
import { freePort } from './support/server.mjs';

const PICTURES = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../artifacts/account-passkeys');
const PORT = String(await freePort());
const BASE = `http://localhost:${PORT}`; // browsers know no passkeys at an IP address

async function signIn(page, person) {
  await page.goto(`${BASE}/account/sign-in`);
  await page.getByLabel('User name, e-mail address or phone number').fill(person.name);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL(`${BASE}/account`);
}

async function add(page, name = 'Work laptop') {
  await page.goto(`${BASE}/account/passkeys`);
  await page.getByLabel('What shall it be called?').fill(name);
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByText(name, { exact: true }).first().waitFor();
}

async function signOut(page) {
  await page.goto(`${BASE}/account`);
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('You signed out').waitFor();
}

/** An organization that takes decisions only with a passkey, and what its agent asks. */
async function strict(server) {
  const organization = await server.signUp({ name: 'Blue Harbour Travel' });
  ok(await organization.patch('/v1/me', { fidoRequired: true }));
  const agent = await organization.agent({ name: 'Travel Assistant', scopes: ['calendar:read'] });
  return { organization, agent, ask: () => organization.authorize(agent.agentId, { principalId: 'user_4711', scopes: agent.scopes }) };
}

onEachEngine('passkeys of accounts', (test) => {
  test('a person adds one, signs in with it without a name, and removes it', async (server) => {
    const person = await newcomer(server);
    await withPage({}, [BASE], async (page) => {
      const device = await authenticatorOf(page);
      await signIn(page, person);
      await add(page);
      const [credential] = await device.credentials();
      assert.equal(credential.isResidentCredential, true);
      assert.ok(!Buffer.from(credential.userHandle, 'base64').toString().includes(person.id), 'the user handle says nothing');
      await page.getByRole('button', { name: 'Add a passkey' }).click();
      await page.getByText('This device has a passkey here already').waitFor();

      await signOut(page);
      await page.getByRole('link', { name: 'Use a passkey instead' }).click();
      await page.getByRole('button', { name: 'Use my passkey' }).click();
      await page.waitForURL(`${BASE}/account`);
      assert.ok((await page.innerText('main')).includes(person.name));

      await page.goto(`${BASE}/account/passkeys`);
      await page.getByText('Last used').waitFor();
      await page.getByRole('button', { name: 'Remove Work laptop' }).click();
      await page.getByText('You have none yet').waitFor();
      await signOut(page);
      await page.goto(`${BASE}/account/sign-in/passkey`);
      await page.getByRole('button', { name: 'Use my passkey' }).click();
      await page.getByText('That passkey did not sign you in').waitFor();
    });
  });

  test('a passkey of the account confirms a decision, and the grant says so', async (server) => {
    const { organization, agent, ask } = await strict(server);
    const person = await newcomer(server);
    const request = await ask();
    await withPage({}, [BASE], async (page) => {
      await authenticatorOf(page);
      await signIn(page, person);
      await page.goto(request.consentUrl);
      await page.getByText('only when you confirm it with a passkey').waitFor();
      await add(page);
      await page.goto(request.consentUrl);
      await page.getByText('You confirm your decision with your passkey').waitFor();
      await page.waitForTimeout(700); // the page takes no click in its first moments
      await page.getByRole('button', { name: 'Approve' }).click();
      await page.getByRole('heading', { name: 'You approved' }).waitFor();
      const { grantId } = ok(await organization.exchange(await page.locator('.code').innerText(), agent.agentId), 201);
      assert.equal(ok(await organization.get(`/v1/grants/${grantId}`)).consentProof, 'passkey');
      await page.goto(`${BASE}/account/agents`);
      await page.getByText('With your passkey').waitFor();
    });
  });

  test('a passkey of another account decides nothing in a name that is taken', async (server) => {
    const { ask } = await strict(server);
    const [ada, eve] = [await newcomer(server), await newcomer(server)];
    const [first, second] = [await ask(), await ask()];
    for (const [person, request, isOwner] of [[ada, first, true], [eve, second, false]]) {
      await withPage({}, [BASE], async (page) => {
        await authenticatorOf(page);
        await signIn(page, person);
        await add(page);
        await page.goto(request.consentUrl);
        if (isOwner) {
          await page.waitForTimeout(700);
          await page.getByRole('button', { name: 'Approve' }).click();
          await page.getByRole('heading', { name: 'You approved' }).waitFor();
        } else {
          await page.getByText('another account than the one that this question is for').waitFor();
          assert.equal(await page.getByRole('button', { name: 'Approve' }).count(), 0);
        }
      });
    }
  });

  test('without a script the pages say what is missing', async (server) => {
    const person = await newcomer(server);
    await withPage({ javaScriptEnabled: false }, [BASE], async (page) => {
      await page.goto(`${BASE}/account/sign-in/passkey`);
      assert.match(await page.innerText('main'), /only a script can ask for a passkey/);
      await page.getByRole('link', { name: 'Use your password instead' }).click();
      await page.waitForURL(`${BASE}/account/sign-in`);
      await signIn(page, person);
      await page.goto(`${BASE}/account/passkeys`);
      assert.match(await page.innerText('main'), /only a script can make a passkey/);
    });
  });

  for (const colorScheme of ['light', 'dark']) {
    for (const width of [320, 1024]) {
      test(`the pages can be read in ${colorScheme} at ${width} px`, async (server) => {
        const person = await newcomer(server);
        await mkdir(PICTURES, { recursive: true });
        await withPage({ colorScheme, viewport: { width, height: 800 } }, [BASE], async (page) => {
          await authenticatorOf(page);
          const look = async (name) => {
            await page.screenshot({ path: path.join(PICTURES, `${name}-${colorScheme}-${width}.png`), fullPage: true });
            const pale = (await contrasts(page)).filter(({ ratio }) => ratio < 4.5);
            assert.deepEqual(pale, [], `${name}: hard to read`);
            assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${name} scrolls sideways`);
          };
          await page.goto(`${BASE}/account/sign-in/passkey`);
          await look('sign-in');
          await signIn(page, person);
          await page.goto(`${BASE}/account/passkeys`);
          await look('none');
          await add(page, 'A laptop with quite a long name that wraps');
          await look('one');
        });
      });
    }
  }
}, { PORT, PUBLIC_BASE_URL: BASE, PASSWORD_MEMORY_KIB: '19456' });
