// The pages of an account, opened in Chromium: how people come in, decide as themselves, and see and stop what they allowed (design D9, 7; contract identity B.5).
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { contrasts, focused, withPage } from './support/browser.mjs';
import { onEachEngine } from './support/engines.mjs';
import { ok } from './support/expect.mjs';
import { Person, newcomer, someName } from './support/people.mjs';

const PICTURES = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../artifacts/account-page');
const AGENT = { name: 'Travel Assistant', description: 'Finds free days in your calendar.', scopes: ['calendar:read', 'email:send'] };

/** Somebody with an account, who is not signed in anywhere. */
async function somebody(server) {
  const person = new Person(server);
  person.id = ok(await person.signUp(), 201).userId;
  return person;
}

/** Signs in with the form that the page shows. */
async function enter(page, person, password = person.password) {
  await page.getByLabel('User name, e-mail address or phone number').fill(person.name);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** An organization that takes decisions only from people, and its agent. */
async function strict(server, fields = {}) {
  const organization = await server.signUp({ name: 'Blue Harbour Travel' });
  ok(await organization.patch('/v1/me', { consentMinimum: 'person', ...fields }));
  const agent = await organization.agent(AGENT);
  const ask = (more = {}) => organization.authorize(agent.agentId, { principalId: 'user_4711', scopes: AGENT.scopes, ...more });
  return { organization, agent, ask };
}

/** A page with the session of somebody signed in. */
async function signedIn(page, server, person) {
  await page.goto(`${server.base}/account/sign-in`);
  await enter(page, person);
  await page.waitForURL(`${server.base}/account`);
}

const heading = (page) => page.getByRole('heading', { level: 1 }).innerText();
const form = (server, at, fields, headers = {}) =>
  server.api('POST', at, { body: new URLSearchParams(fields).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers } });

onEachEngine('the account pages', (test) => {
  for (const javaScriptEnabled of [true, false]) {
    test(`a person signs up, signs in, approves an agent, sees it and stops it, ${javaScriptEnabled ? 'with' : 'without'} JavaScript`, async (server) => {
      const { organization, agent, ask } = await strict(server);
      const request = await ask();
      const person = new Person(server);
      await withPage({ javaScriptEnabled }, [server.base], async (page) => {
        await page.goto(request.consentUrl);
        assert.equal(await page.getByRole('button', { name: 'Approve' }).count(), 0, 'nobody decides who is not signed in');
        await page.getByRole('link', { name: 'Sign in' }).click();
        await page.getByRole('link', { name: 'Make one' }).click();
        await page.getByLabel('User name').fill(person.name);
        await page.getByLabel('Password').fill(person.password);
        await page.getByRole('button', { name: 'Make my account' }).click();
        await page.getByText('Your account is ready').waitFor();
        await enter(page, person);
        await page.waitForURL(request.consentUrl);

        assert.ok((await page.innerText('main')).includes(person.name), 'the page says who decides');
        await page.waitForTimeout(javaScriptEnabled ? 700 : 0); // the page takes no click in its first moments
        await page.getByRole('button', { name: 'Approve' }).click();
        await page.getByRole('heading', { name: 'You approved' }).waitFor();
        const granted = await organization.exchange(await page.locator('.code').innerText(), agent.agentId);
        assert.equal(granted.status, 201, granted.text);
        assert.equal(ok(await organization.get(`/v1/grants/${granted.json.grantId}`)).consentProof, 'person');

        await page.getByRole('link', { name: 'your agents' }).click();
        assert.equal(await heading(page), '1 agent may act for you');
        const text = await page.innerText('main');
        for (const words of [AGENT.name, 'Blue Harbour Travel', 'user_4711', 'Signed in to your account', 'See your calendar']) assert.ok(text.includes(words), words);
        await page.getByRole('button', { name: `Stop ${AGENT.name}` }).click();
        await page.getByText(`You stopped ${AGENT.name}`).waitFor();
        assert.equal(await heading(page), 'No agent may act for you');
        assert.equal(await organization.accepts(granted.json.grantToken), false);

        await page.getByRole('link', { name: 'Back to your account' }).click();
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.getByText('You signed out').waitFor();
        await page.goto(`${server.base}/account`);
        assert.equal(await heading(page), 'Sign in');
      });
    });
  }

  for (const colorScheme of ['light', 'dark']) {
    for (const width of [320, 1024]) {
      test(`every page can be read in ${colorScheme} at ${width} px`, async (server) => {
        const { organization, agent, ask } = await strict(server);
        const person = await newcomer(server, { email: `${someName()}@example.test` });
        await mkdir(PICTURES, { recursive: true });
        await withPage({ colorScheme, viewport: { width, height: 800 } }, [server.base], async (page) => {
          const look = async (name) => {
            await page.screenshot({ path: path.join(PICTURES, `${name}-${colorScheme}-${width}.png`), fullPage: true });
            const pale = (await contrasts(page)).filter(({ ratio }) => ratio < 4.5);
            assert.deepEqual(pale, [], `${name}: hard to read`);
            const [inner, all] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth]);
            assert.ok(all <= inner, `${name} is ${all} px wide`);
          };
          const request = await ask();
          await page.goto(request.consentUrl);
          await look('consent-sign-in');
          await page.goto(`${server.base}/account/sign-up`);
          await look('sign-up');
          await page.goto(`${server.base}/account/sign-in`);
          await look('sign-in');
          await enter(page, person, 'not the password');
          await page.getByRole('alert').waitFor();
          await look('sign-in-wrong');
          await enter(page, person);
          await page.waitForURL(`${server.base}/account`);
          await look('account');
          await page.goto(`${server.base}/account/agents`);
          await look('agents-none');
          await page.goto(request.consentUrl);
          await look('consent-signed-in');
          await page.waitForTimeout(700);
          await page.getByRole('button', { name: 'Approve' }).click();
          await page.getByRole('heading', { name: 'You approved' }).waitFor();
          await look('consent-approved');
          await organization.exchange(await page.locator('.code').innerText(), agent.agentId);
          await page.goto(`${server.base}/account/agents`);
          await look('agents');
          await page.goto(`${server.base}/account/agents?ask=stop-all`);
          await look('stop-all');
          await page.goto(`${server.base}/account/password`);
          await look('password');
        });
      });
    }
  }
});
