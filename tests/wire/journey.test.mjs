// The whole way of one person, in one browser, with a real mail server: from making an account to stopping an agent (design D9, 7; identity ID-10, ID-21; core 3).
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { enter, heading } from './support/account.mjs';
import { withPage } from './support/browser.mjs';
import { verification } from './support/codes.mjs';
import { onEachEngine } from './support/engines.mjs';
import { ok } from './support/expect.mjs';
import { Person } from './support/people.mjs';
import { MailSink } from './support/smtp.mjs';

const AGENT = { name: 'Travel Assistant', description: 'Finds free days in your calendar.', scopes: ['calendar:read', 'email:send'] };
const sink = await MailSink.start();
after(() => sink.close());

onEachEngine('a person', (test) => {
  test('signs up, proves their address, signs in, approves an agent, sees it and stops it', async (server) => {
    const organization = await server.signUp({ name: 'Blue Harbour Travel' });
    assert.equal(ok(await organization.get('/v1/me')).consentMinimum, 'person', 'a new live organization takes decisions from people alone');
    const agent = await organization.agent(AGENT);
    const ada = new Person(server);
    const address = `${ada.name}@example.test`;

    await withPage({}, [server.base], async (page) => {
      await page.goto(`${server.base}/account/sign-up`);
      await page.getByLabel('User name').fill(ada.name);
      await page.getByLabel('E-mail address').fill(address);
      await page.getByLabel('Password').fill(ada.password);
      await page.getByRole('button', { name: 'Make my account' }).click();
      await page.getByText('Your account is ready').waitFor();
      await enter(page, ada);
      await page.getByText('E-mail address, not verified yet').waitFor();

      const mail = await verification(sink, address);
      await page.goto(mail.text.match(/http:\S+\/auth\/verify-email\?token=[\w-]+/)[0]);
      await page.getByText('Your e-mail address is confirmed').waitFor();
      await page.getByText('E-mail address, verified').waitFor();
      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByText('You signed out').waitFor();

      const request = await organization.authorize(agent.agentId, { principalId: 'user_4711', scopes: AGENT.scopes });
      await page.goto(request.consentUrl);
      assert.equal(await page.getByRole('button', { name: 'Approve' }).count(), 0, 'nobody decides who is not signed in');
      await page.getByRole('link', { name: 'Sign in' }).click();
      await page.getByLabel('User name, e-mail address or phone number').fill(address); // it is good for that now
      await page.getByLabel('Password').fill(ada.password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL(request.consentUrl);
      const asked = await page.innerText('main');
      for (const words of [AGENT.name, 'Blue Harbour Travel', 'See your calendar', ada.name]) assert.ok(asked.includes(words), words);
      await page.waitForTimeout(700); // the page takes no click in its first moments
      await page.getByRole('button', { name: 'Approve' }).click();
      await page.getByRole('heading', { name: 'You approved' }).waitFor();

      const granted = ok(await organization.exchange(await page.locator('.code').innerText(), agent.agentId), 201);
      assert.equal(await organization.accepts(granted.grantToken), true);
      assert.equal(ok(await organization.get(`/v1/grants/${granted.grantId}`)).consentProof, 'person');

      await page.goto(`${server.base}/account`);
      await page.getByText('1 agent may act for you').waitFor();
      await page.getByRole('link', { name: 'See and stop it' }).click();
      await page.getByRole('button', { name: `Stop ${AGENT.name}` }).click();
      await page.getByText(`You stopped ${AGENT.name}`).waitFor();
      assert.equal(await heading(page), 'No agent may act for you');
      assert.equal(await organization.accepts(granted.grantToken), false);
      assert.equal((await organization.refresh(granted.refreshToken, agent.agentId)).status, 400);
    });
  });
}, { ASPNETCORE_ENVIRONMENT: 'Staging', PASSWORD_MEMORY_KIB: '19456', SMTP_URL: sink.url });
