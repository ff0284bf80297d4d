// Where the operator wants nobody to learn at the forward-auth door who has an account (contract forward-auth C.7).
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { verification } from './support/codes.mjs';
import { onEachEngine } from './support/engines.mjs';
import { ok, tally } from './support/expect.mjs';
import { Visitor, refused } from './support/forward-auth.mjs';
import { BEHIND_PROXY } from './support/people.mjs';
import { MailSink } from './support/smtp.mjs';

const sink = await MailSink.start();
after(() => sink.close());

const shape = ({ status, headers, json }) => [status, headers['content-type'], Object.keys(json), json.role];

/** Opens the link that the mail has. */
async function confirm(server, email) {
  const { pathname, search } = new URL((await verification(sink, email)).text.match(/http:\S+/)[0]);
  await server.api('GET', pathname + search, { headers: { accept: 'text/html' } });
}

onEachEngine('hidden duplicates', (test) => {
  test('a taken address is answered like a new one, and its owner is told', async (server) => {
    const ada = new Visitor(server);
    const first = await ada.register();
    ok(first, 202);
    await confirm(server, ada.email);
    await ada.enter();

    const again = await new Visitor(server, { email: ada.email.toUpperCase() }).register();
    assert.deepEqual(shape(again), shape(first));
    assert.notEqual(again.json.id, first.json.id);
    assert.match((await sink.mailTo(ada.email, 3)).headers.subject, /tried to sign up/);
    ok(await ada.login());
    refused(await new Visitor(server, { email: ada.email, password: 'password of another' }).login(), 401, 'invalid email or password');
  });

  test('until its mail is confirmed, an address cannot log in, however often and with which words it is tried', async (server) => {
    const [ada, bob] = [new Visitor(server), new Visitor(server)];
    ok(await ada.register(), 202);
    ok(await bob.register(), 202);
    await confirm(server, bob.email);
    const tries = async (visitor, password) => {
      const answers = [];
      for (let at = 0; at < 6; at += 1) answers.push(await new Visitor(server, { email: visitor.email }).login({ password }));
      return answers.map(({ status, text }) => `${status} ${text}`);
    };
    assert.deepEqual(await tries(ada, ada.password), await tries(bob, 'not the password of bob'));
  });

  test('of twenty at once all are answered alike', async (server) => {
    const ada = new Visitor(server);
    const answers = await Promise.all(Array.from({ length: 20 }, () => new Visitor(server, { email: ada.email }).register()));
    assert.deepEqual(tally(answers), { 202: 20 });
    assert.equal(new Set(answers.map(({ json }) => json.id)).size, 20);
  });
}, { ...BEHIND_PROXY, SMTP_URL: sink.url, AUTH_HIDE_DUPLICATES: 'true' });
