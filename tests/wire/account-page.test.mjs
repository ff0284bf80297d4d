// The pages of an account, opened in Chromium: how people come in, decide as themselves, and see and stop what they allowed (design D9, 7; contract identity B.5).
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cookieOf, enter, form, heading, signedIn, somebody, tokenOf } from './support/account.mjs';
import { contrasts, focused, withPage } from './support/browser.mjs';
import { onEachEngine } from './support/engines.mjs';
import { none, ok } from './support/expect.mjs';
import { Person, newcomer, someName } from './support/people.mjs';

const PICTURES = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../artifacts/account-page');
const AGENT = { name: 'Travel Assistant', description: 'Finds free days in your calendar.', scopes: ['calendar:read', 'email:send'] };

/** An organization that takes decisions only from people, and its agent. */
async function strict(server, fields = {}) {
  const organization = await server.signUp({ name: 'Blue Harbour Travel' });
  ok(await organization.patch('/v1/me', { consentMinimum: 'person', ...fields }));
  const agent = await organization.agent(AGENT);
  const ask = (more = {}) => organization.authorize(agent.agentId, { principalId: 'user_4711', scopes: AGENT.scopes, ...more });
  return { organization, agent, ask };
}

const decide = (server, request, cookie, token, fields = {}) =>
  form(server, '/consent', { req: request.authRequestId, decision: 'approve', ...(token && { token }), ...fields }, cookie && { cookie });

/** The names of the agents on somebody's page. */
async function agentsOf(server, cookie) {
  const { text } = await server.api('GET', '/account/agents', { headers: { cookie } });
  return [...text.matchAll(/class="agent"[^>]*><bdi>([^<]+)/g)].map(([, name]) => name);
}

/** The token that somebody has at the people door counts no more. */
async function refusedAt(person) {
  assert.equal((await person.mine('GET', '/auth/who-am-i')).status, 401);
}

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

  test('a name that means one account is nobody else’s to decide for, and the page says so before and after', async (server) => {
    const { organization, agent, ask } = await strict(server);
    const [ada, eve] = [await somebody(server), await somebody(server)];
    const first = await ask();
    const mine = await cookieOf(server, ada);
    const approved = await decide(server, first, mine, await tokenOf(server, mine, `/consent?req=${first.authRequestId}`));
    assert.equal(approved.status, 200, approved.text);
    assert.match(approved.text, /You approved/);

    const second = await ask();
    const foreign = await cookieOf(server, eve);
    const page = await server.api('GET', `/consent?req=${second.authRequestId}`, { headers: { cookie: foreign } });
    assert.match(page.text, /another account than the one that this question is for/);
    assert.ok(!page.text.includes(ada.name), 'whose it is, is nobody’s business');
    assert.ok(!page.text.includes('value="approve"'));
    for (const decision of ['approve', 'deny']) {
      const refused = await decide(server, second, foreign, await tokenOf(server, foreign), { decision });
      assert.equal(refused.status, 403);
      assert.match(refused.text, /another account/);
    }
    assert.equal((await server.api('GET', `/v1/consent/${second.authRequestId}`)).status, 200, 'nothing was decided');
    assert.equal((await decide(server, second, mine, await tokenOf(server, mine, `/consent?req=${second.authRequestId}`))).status, 200);
    none(await agentsOf(server, foreign), 'agents of somebody else');
    ok(await organization.get(`/v1/agents/${agent.agentId}`));
  });

  test('where a person must decide, whoever only holds the link is refused, on the page and by the route', async (server) => {
    const { ask } = await strict(server);
    const request = await ask();
    const byRoute = await server.api('POST', `/v1/consent/${request.authRequestId}/approve`);
    assert.equal(byRoute.status, 403);
    assert.equal(byRoute.json.code, 'PRINCIPAL_VERIFICATION_REQUIRED');
    const byForm = await decide(server, request, undefined, undefined);
    assert.equal(byForm.status, 403);
    assert.match(byForm.text, /signed in to your account here/);
  });

  test('where a link is enough, somebody signed in still decides as themselves', async (server) => {
    const organization = await server.signUp();
    const agent = await organization.agent(AGENT);
    const request = await organization.authorize(agent.agentId, { principalId: 'user_1', scopes: AGENT.scopes });
    const cookie = await cookieOf(server, await somebody(server));
    assert.equal((await decide(server, request, cookie, undefined)).status, 403, 'a form without the token was not shown to them');
    const approved = await decide(server, request, cookie, await tokenOf(server, cookie, `/consent?req=${request.authRequestId}`));
    const code = approved.text.match(/tabindex="0">([^<]+)</)[1];
    const { grantId } = ok(await organization.exchange(code, agent.agentId), 201);
    assert.equal(ok(await organization.get(`/v1/grants/${grantId}`)).consentProof, 'person');
  });

  test('a form counts only from a page of this server that was shown to this session', async (server) => {
    const person = await somebody(server);
    const [cookie, other] = [await cookieOf(server, person), await cookieOf(server, await somebody(server))];
    const token = await tokenOf(server, cookie);
    const { ask } = await strict(server);
    const request = await ask();
    const forged = [
      [{}, {}], [{ token: 'x' }, {}], [{ token: await tokenOf(server, other) }, {}],
      [{ token }, { origin: 'https://evil.example' }], [{ token }, { 'sec-fetch-site': 'cross-site' }],
    ];
    for (const [fields, headers] of forged) {
      for (const [at, what] of [['/account', { do: 'sign-out' }], ['/account/agents', { do: 'stop-all' }], ['/account/password', { old: 'x', new: 'twelve drummers' }]]) {
        const answer = await form(server, at, { ...what, ...fields }, { cookie, ...headers });
        assert.equal(answer.status, 403, `${at} ${JSON.stringify([fields, headers])}`);
      }
      const answer = await form(server, '/consent', { req: request.authRequestId, decision: 'approve', ...fields }, { cookie, ...headers });
      assert.equal(answer.status, 403);
    }
    assert.equal((await form(server, '/consent', { req: request.authRequestId, decision: 'approve', token })).status, 403, 'signed out since');
    assert.equal((await server.api('GET', '/account', { headers: { cookie } })).status, 200, 'still signed in');
    for (const at of ['/account/sign-in', '/account/sign-up', '/account/sign-in/passkey']) {
      assert.equal((await form(server, at, { who: person.name, password: person.password }, { origin: 'https://evil.example' })).status, 403);
    }
  });

  test('the cookie is for this server alone, and ends with the session', async (server) => {
    const person = await somebody(server);
    const answer = await form(server, '/account/sign-in', { who: person.name, password: person.password });
    assert.equal(answer.status, 303);
    const [set] = [answer.headers['set-cookie']].flat();
    for (const fact of [/^credence-account=[^;]{40,}/, /; path=\//, /; httponly/, /; samesite=lax/]) assert.match(set.replace(/^[^;]+/, (pair) => pair).toLowerCase(), fact);
    const cookie = set.split(';')[0];
    assert.equal((await server.api('GET', '/account', { headers: { cookie } })).status, 200);
    const token = await tokenOf(server, cookie);
    assert.equal((await form(server, '/account', { do: 'sign-out', token }, { cookie })).headers.location, '/account/sign-in?said=signed-out');
    assert.match((await server.api('GET', '/account', { headers: { cookie } })).headers.location, /^\/account\/sign-in/);
    assert.ok(!server.logText.includes(cookie.split('=')[1]), 'the secret is in the log');
  });

  test('whatever is wrong with a sign-in, the page is the same', async (server) => {
    const person = new Person(server, {});
    ok(await person.signUp({ email: `${person.name}@example.test` }), 201);
    const texts = [];
    for (const who of [person.name, someName(), `${person.name}@example.test`, `${someName()}@example.test`, '+84912345678', 'a b c']) {
      const answer = await form(server, '/account/sign-in', { who, password: 'not the password' });
      assert.equal(answer.status, 401);
      texts.push(answer.text.replace(/name="who" value="[^"]*"/, 'WHO').replace(/[0-9a-f]{32}/g, 'NONCE'));
    }
    assert.equal(new Set(texts).size, 1);
  });

  test('nobody is sent anywhere else after signing in', async (server) => {
    const person = await somebody(server);
    const places = [
      'https://evil.example/account', '//evil.example/account', '/\\evil.example', '/\t/evil.example', '/%2f/evil.example', '/permissions', '/account/../v1/me', 'account', '', '/accountant',
    ];
    for (const next of places) {
      const answer = await form(server, '/account/sign-in', { who: person.name, password: person.password, next });
      assert.equal(answer.headers.location, '/account', next);
    }
    const back = await form(server, '/account/sign-in', { who: person.name, password: person.password, next: '/consent?req=areq_1' });
    assert.equal(back.headers.location, '/consent?req=areq_1');
  });

  test('a taken user name is told, a taken address is not', async (server) => {
    const person = new Person(server);
    const email = `${person.name}@example.test`;
    ok(await person.signUp({ email }), 201);
    const taken = await form(server, '/account/sign-up', { username: person.name, password: person.password });
    assert.equal(taken.status, 409);
    assert.match(taken.text, /Somebody has this user name/);
    for (const [fields, words] of [[{ username: 'a b' }, /user name has/], [{ email: 'nonsense' }, /no e-mail address/], [{ password: 'short' }, /8 to 256/], [{ password: 'password1' }, /many use/]]) {
      const answer = await form(server, '/account/sign-up', { username: someName(), password: person.password, ...fields });
      assert.equal(answer.status, 422);
      assert.match(answer.text, words);
    }
    const [free, hidden] = await Promise.all([`${someName()}@example.test`, email].map((address) =>
      form(server, '/account/sign-up', { username: someName(), password: person.password, email: address })));
    assert.deepEqual([hidden.status, hidden.headers.location], [free.status, free.headers.location]);
    assert.equal(free.headers.location, '/account/sign-in?said=welcome');
  });

  test('a person sees their sessions, ends one, ends the others, and takes another password', async (server) => {
    const person = await newcomer(server);
    await withPage({}, [server.base], async (page) => {
      await signedIn(page, server, person);
      assert.match(await page.innerText('main'), /This browser/);
      await page.getByRole('button', { name: 'End the session since' }).click();
      await page.getByText('That session is over').waitFor();
      await refusedAt(person);
      await person.enter();
      await page.goto(`${server.base}/account`);
      await page.getByRole('button', { name: 'End all but this one' }).click();
      await page.getByText('You are signed in nowhere but here').waitFor();
      await refusedAt(person);
      await person.enter();

      await page.getByRole('link', { name: 'Change' }).first().click();
      await page.getByLabel('Current password').fill('not the password');
      await page.getByLabel('New password').fill('twelve drummers drumming');
      await page.getByRole('button', { name: 'Change it' }).click();
      await page.getByText('Your current password is not right').waitFor();
      await page.getByLabel('Current password').fill(person.password);
      await page.getByLabel('New password').fill('twelve drummers drumming');
      await page.getByRole('button', { name: 'Change it' }).click();
      await page.getByText('You have another password now').waitFor();
      await refusedAt(person);
      person.password = 'twelve drummers drumming';
      await person.enter();
    });
  });

  test('the keyboard alone signs somebody in and out', async (server) => {
    const person = await somebody(server);
    await withPage({}, [server.base], async (page) => {
      await page.goto(`${server.base}/account/sign-in`);
      await page.keyboard.press('Tab');
      await page.keyboard.type(person.name);
      await page.keyboard.press('Tab');
      await page.keyboard.type(person.password);
      await page.keyboard.press('Tab');
      assert.deepEqual(await focused(page), { text: 'Sign in', outlined: true });
      await page.keyboard.press('Enter');
      await page.waitForURL(`${server.base}/account`);
      for (let i = 0; i < 10 && (await focused(page)).text !== 'Sign out'; i++) await page.keyboard.press('Tab');
      assert.deepEqual(await focused(page), { text: 'Sign out', outlined: true });
      await page.keyboard.press('Enter');
      await page.getByText('You signed out').waitFor();
    });
  });

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
          for (const name of ['profile', 'identifiers']) {
            await page.goto(`${server.base}/account/${name}`);
            await look(name);
          }
          await page.getByLabel('E-mail address or phone number').fill(`${someName()}@example.test`);
          await page.getByRole('button', { name: 'Send the code' }).click();
          await page.getByRole('heading', { name: 'Show that it is yours' }).waitFor();
          await look('identifiers-code');
          await page.goto(`${server.base}/account/recover`);
          await look('recover');
          await page.goto(`${server.base}/account/onward?return=x`);
          await look('notice');
        });
      });
    }
  }
}, { PASSWORD_MEMORY_KIB: '19456', SIGN_IN_FAILURES: 'unlimited' });

onEachEngine('outside development', (test) => {
  test('a new live organization takes consent from people alone, and a sandbox asks nobody', async (server) => {
    const live = await server.signUp();
    assert.equal(ok(await live.get('/v1/me')).consentMinimum, 'person');
    const agent = await live.agent(AGENT);
    const request = await live.authorize(agent.agentId, { scopes: AGENT.scopes });
    const refused = await server.api('POST', `/v1/consent/${request.authRequestId}/approve`);
    assert.deepEqual([refused.status, refused.json.code], [403, 'PRINCIPAL_VERIFICATION_REQUIRED']);
    const cookie = await cookieOf(server, await somebody(server));
    assert.equal((await decide(server, request, cookie, await tokenOf(server, cookie, `/consent?req=${request.authRequestId}`))).status, 200);

    const trial = await server.signUp({ mode: 'sandbox' });
    const tried = await trial.agent(AGENT);
    assert.ok((await trial.authorize(tried.agentId, { scopes: AGENT.scopes })).code);
    ok(await live.patch('/v1/me', { consentMinimum: 'link' }));
    await live.approve((await live.authorize(agent.agentId, { scopes: AGENT.scopes })).authRequestId);
  });
}, { ASPNETCORE_ENVIRONMENT: 'Staging', PASSWORD_MEMORY_KIB: '19456' });
