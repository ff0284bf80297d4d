// The documented routes of WebAuthn (grantex-enterprise.md 10; standards.md 18) with what Chromium itself makes of them: its own reading of the options, its own
// writing of the answers, its virtual authenticators. What a browser that is stolen from, lured away or copied can send is refused.
import assert from 'node:assert/strict';
import http from 'node:http';
import { authenticatorOf, withPage } from './support/browser.mjs';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, none, ok, refused } from './support/expect.mjs';
import { freePort } from './support/server.mjs';

const PORT = String(await freePort());
const BASE = `http://localhost:${PORT}`; // browsers know no passkeys at an IP address

/** Another site on this host: for a browser the relying party may be the same, and the origin is not. */
async function elsewhere() {
  const site = http.createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!DOCTYPE html><link rel="icon" href="data:,"><p>elsewhere'));
  await new Promise((resolve) => { site.listen(0, 'localhost', resolve); });
  return { origin: `http://localhost:${site.address().port}`, close: () => { site.closeAllConnections(); site.close(); } };
}

const create = (page, options) => page.evaluate(async (json) => {
  const made = await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(json) });
  return made.toJSON();
}, options);

const get = (page, options) => page.evaluate(async (json) => {
  const used = await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(json) });
  return used.toJSON();
}, options);

/** An organization that takes nothing but a passkey, and its person in a browser on a page of this server. */
async function strict(server) {
  const org = await server.signUp({ name: 'Blue Harbour Travel' });
  ok(await org.patch('/v1/me', { fidoRequired: true }));
  const { agentId } = await org.agent();
  const begin = async (authRequestId) => ok(await server.api('POST', '/v1/webauthn/assert/options', { body: { authRequestId } }));
  const finish = (challengeId, response) => server.api('POST', '/v1/webauthn/assert/verify', { body: { challengeId, response } });
  return {
    org,
    begin,
    finish,
    ask: async () => (await org.authorize(agentId)).authRequestId,
    approve: (id) => server.api('POST', `/v1/consent/${id}/approve`),
    /** Enrols what the browser has, in a session of the person's own. */
    enrol: async (page) => {
      const { sessionToken } = ok(await org.post('/v1/principal-sessions', { principalId: 'ada' }), 201);
      const call = (path, body) => server.api('POST', `/v1/principal/passkeys${path}`, { key: sessionToken, body });
      const { challengeId, publicKey } = ok(await call('/options'));
      return ok(await call('', { challengeId, response: await create(page, publicKey) }), 201);
    },
    prove: async (page, id) => {
      const { challengeId, publicKey } = await begin(id);
      return finish(challengeId, await get(page, publicKey));
    },
  };
}

onEachEngine('passkeys of Chromium', (test) => {
  test('it enrols, approves and is recorded; without it, nothing is approved', async (server) => {
    const { org, ask, approve, begin, enrol, prove } = await strict(server);
    await withPage({}, [BASE], async (page) => {
      const device = await authenticatorOf(page);
      await page.goto(`${BASE}/permissions`);
      const { id, transports, lastUsedAt } = await enrol(page);
      assert.deepEqual([transports, lastUsedAt], [['internal'], null]);
      const request = await ask();
      refused(await approve(request), 403, 'FIDO_REQUIRED');
      assert.deepEqual(ok(await prove(page, request)), { verified: true });
      assert.ok(ok(await approve(request)).code);
      const [kept] = ok(await org.get('/v1/webauthn/credentials?principalId=ada')).credentials;
      assert.deepEqual([kept.id, typeof kept.lastUsedAt], [id, 'string']);

      await device.forgets();
      const next = await ask();
      const { publicKey } = await begin(next);
      await assert.rejects(get(page, { ...publicKey, timeout: 500 }), /NotAllowedError/);
      refused(await approve(next), 403, 'FIDO_REQUIRED');
    });
  });

  test('an assertion of an origin that only shares the host proves nothing, nor does a passkey made there count', async (server) => {
    const { org, ask, approve, begin, enrol, finish, prove } = await strict(server);
    const foreign = await elsewhere();
    try {
      await withPage({}, [BASE, foreign.origin], async (page) => {
        await authenticatorOf(page);
        await page.goto(`${BASE}/permissions`);
        await enrol(page);
        const request = await ask();
        await page.goto(foreign.origin);
        const { challengeId, publicKey } = await begin(request);
        assert.match(badRequest(await finish(challengeId, await get(page, publicKey))).message, /origin/);
        const options = ok(await org.post('/v1/webauthn/register/options', { principalId: 'eve' }));
        const made = await create(page, options.publicKey);
        assert.match(badRequest(await org.post('/v1/webauthn/register/verify', { challengeId: options.challengeId, response: made })).message, /origin/);
        none(ok(await org.get('/v1/webauthn/credentials?principalId=eve')).credentials, 'enrolled');
        refused(await approve(request), 403, 'FIDO_REQUIRED');
        await page.goto(`${BASE}/permissions`);
        ok(await prove(page, request));
      });
    } finally {
      foreign.close();
    }
  });

  test('an assertion counts once, for its own challenge and its own request', async (server) => {
    const { ask, approve, begin, enrol, finish } = await strict(server);
    await withPage({}, [BASE], async (page) => {
      await authenticatorOf(page);
      await page.goto(`${BASE}/permissions`);
      await enrol(page);
      const [first, second] = [await ask(), await ask()];
      const { challengeId, publicKey } = await begin(first);
      const said = await get(page, publicKey);
      const other = await begin(second);
      badRequest(await finish(other.challengeId, said));
      ok(await finish(challengeId, said));
      badRequest(await finish(challengeId, said));
      badRequest(await finish((await begin(first)).challengeId, said));
      refused(await approve(second), 403, 'FIDO_REQUIRED');
      ok(await approve(first));
    });
  });

  test('a copy of an authenticator, whose counter lags behind, proves nothing', async (server) => {
    const { org, ask, approve, enrol, prove } = await strict(server);
    await withPage({}, [BASE], async (page) => {
      const device = await authenticatorOf(page);
      await page.goto(`${BASE}/permissions`);
      const { id } = await enrol(page);
      const request = await ask();
      for (let at = 0; at < 3; at++) ok(await prove(page, request));
      const [{ signCount }] = await device.credentials();
      const next = await ask();
      await device.goesBackTo(signCount - 2);
      assert.match(badRequest(await prove(page, next)).message, /counter went back/);
      refused(await approve(next), 403, 'FIDO_REQUIRED');
      await server.logged((line) => line.msg === 'passkey.counter_went_back' && line.passkeyId === id, 1);
      await device.goesBackTo(signCount);
      ok(await prove(page, next));
      assert.equal(ok(await org.get('/v1/webauthn/credentials?principalId=ada')).credentials.length, 1);
    });
  });

  test('a person has several, each of which proves; one that is removed does not', async (server) => {
    const { org, ask, begin, enrol, prove } = await strict(server);
    await withPage({}, [BASE], async (page) => {
      const laptop = await authenticatorOf(page);
      await page.goto(`${BASE}/permissions`);
      const first = await enrol(page);
      const key = await authenticatorOf(page, { transport: 'usb' });
      const second = await enrol(page); // the first is excluded, so the other makes it
      assert.deepEqual([(await laptop.credentials()).length, (await key.credentials()).length], [1, 1]);
      assert.deepEqual(second.transports, ['usb']);
      const request = await ask();
      assert.equal((await begin(request)).publicKey.allowCredentials.length, 2);
      ok(await prove(page, request));
      assert.equal((await org.delete(`/v1/webauthn/credentials/${first.id}`)).status, 204);
      const { publicKey } = await begin(request);
      assert.equal(publicKey.allowCredentials.length, 1);
      await laptop.forgets();
      ok(await prove(page, request));
    });
  });

  test('with a key, the attestation that is asked for is checked and named', async (server) => {
    const { org } = await strict(server);
    await withPage({}, [BASE], async (page) => {
      await authenticatorOf(page, { transport: 'usb' });
      await page.goto(`${BASE}/permissions`);
      const { challengeId, publicKey } = ok(await org.post('/v1/webauthn/register/options', { principalId: 'ada' }));
      assert.equal(publicKey.attestation, 'direct');
      const response = await create(page, publicKey);
      const made = ok(await org.post('/v1/webauthn/register/verify', { challengeId, response }), 201);
      assert.equal(made.enrolment, 'key');
      assert.equal(made.attestation, 'certificate'); // packed, signed by the maker that Chromium plays
    });
  });
}, { PORT, PUBLIC_BASE_URL: BASE });
