// What an organization used (grantex-core.md 13), and that a crash loses none of it.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test as single } from 'node:test';
import { ENGINES, onEachEngine } from './support/engines.mjs';
import { badRequest, ok, unauthorized } from './support/expect.mjs';
import { Server } from './support/server.mjs';

const METERED = { USAGE_METERING_ENABLED: 'true', RATE_LIMIT_AUTHORIZE_PER_MINUTE: '100000' };
const NOTHING = { tokenExchanges: 0, authorizations: 0, verifications: 0, totalRequests: 0 };
const today = () => new Date().toISOString().slice(0, 10);

/** Today's numbers. Around midnight they may be yesterday's as well: the tests then look at the history. */
async function used(org) {
  const { entries } = ok(await org.get('/v1/usage/history?days=2'));
  const sum = { ...NOTHING };
  for (const entry of entries) for (const name of Object.keys(sum)) sum[name] += entry[name];
  return sum;
}

onEachEngine('usage', (test) => {
  test('begins at nothing', async (server) => {
    const org = await server.signUp();

    const { period, ...rest } = ok(await org.get('/v1/usage'));

    assert.match(period, /^\d{4}-\d\d-\d\d$/);
    assert.deepEqual(rest, { developerId: org.id, ...NOTHING });
    assert.deepEqual(ok(await org.get('/v1/usage/history')), { developerId: org.id, days: 30, entries: [] });
  });

  test('counts each 201 authorize, each 201 exchange and each token that was shown, and nothing else', async (server) => {
    const [org, other] = [await server.signUp({ mode: 'sandbox' }), await server.signUp()];
    const { agentId } = await org.agent();
    const before = today();
    const code = await org.code(agentId);
    const { grantToken, refreshToken } = ok(await org.exchange(code, agentId), 201);
    await org.authorize(agentId);
    badRequest(await org.post('/v1/authorize', { agentId }));
    badRequest(await org.exchange(code, agentId));
    ok(await org.refresh(refreshToken, agentId), 201);
    for (const token of [grantToken, 'bad']) await Promise.all(['/v1/tokens/verify', '/v1/grants/verify'].map((path) => org.post(path, { token })));
    badRequest(await org.post('/v1/tokens/verify', {}));
    ok(await other.post('/v1/tokens/verify', { token: grantToken }));

    assert.deepEqual(await used(org), { tokenExchanges: 1, authorizations: 2, verifications: 4, totalRequests: 7 });
    assert.deepEqual(await used(other), { ...NOTHING, verifications: 1, totalRequests: 1 });
    const [newest] = ok(await org.get('/v1/usage/history?days=90')).entries;
    assert.ok([`${before}T00:00:00.000Z`, `${today()}T00:00:00.000Z`].includes(newest.date), newest.date);
  });

  test('history is 90 days at most', async (server) => {
    const org = await server.signUp();
    assert.equal(ok(await org.get('/v1/usage/history?days=91')).days, 90);
    assert.equal(ok(await org.get('/v1/usage/history?days=1')).days, 1);
    for (const days of ['0', '-1', 'abc', '1.5']) badRequest(await org.get(`/v1/usage/history?days=${days}`));
    for (const path of ['/v1/usage', '/v1/usage/history']) unauthorized(await server.api('GET', path));
  });
}, METERED);

onEachEngine('usage that is not metered', (test) => {
  test('is all zero', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { grantToken } = await org.grant((await org.agent()).agentId);
    ok(await org.post('/v1/tokens/verify', { token: grantToken }));

    const { period, developerId, ...numbers } = ok(await org.get('/v1/usage'));
    assert.deepEqual(numbers, NOTHING);
    assert.deepEqual(ok(await org.get('/v1/usage/history')).entries, []);
  });
});

for (const [engine, prepare] of Object.entries(ENGINES)) {
  describe(`usage after a crash, on ${engine}`, () => {
    let database;
    let server;
    let elsewhere;
    before(async () => {
      database = await prepare();
      elsewhere = await mkdtemp(path.join(os.tmpdir(), 'credence-wire-'));
    });
    after(async () => {
      await server?.kill();
      await database?.remove();
      await rm(elsewhere, { recursive: true });
    });

    single('is what was acknowledged', { timeout: 120_000 }, async () => {
      const settings = { ...database.settings, ...METERED };
      server = await Server.start(settings);
      const org = await server.signUp({ mode: 'sandbox' });
      const { agentId } = await org.agent();
      const { grantToken } = await org.grant(agentId);
      const counted = { authorizations: 1, tokenExchanges: 1, verifications: 0 };
      const open = { authorizations: 0, tokenExchanges: 0, verifications: 0 };
      const count = async (what, call) => {
        open[what] += 1;
        const answer = await call();
        if (answer.status < 300) counted[what] += 1;
        open[what] -= 1;
        return answer.json;
      };
      const flow = async () => {
        const { code } = await count('authorizations', () => org.post('/v1/authorize', { agentId, principalId: 'ada', scopes: ['email:read'] }));
        await count('tokenExchanges', () => org.exchange(code, agentId));
      };
      const verify = () => count('verifications', () => org.post('/v1/tokens/verify', { token: grantToken }));
      const clients = (work) => Array.from({ length: 6 }, async () => { for (;;) await work(); });

      for (let round = 0; round < 2; round += 1) {
        await Promise.all([...Array(10).fill(flow), ...Array(50).fill(verify)].map((work) => work()));
        await server.kill(); // the last answer has just arrived
        server = await Server.start(settings);
        org.server = server;
        const { authorizations, tokenExchanges, verifications } = await used(org);
        assert.deepEqual({ authorizations, tokenExchanges, verifications }, counted);
      }

      await Promise.all(Array.from({ length: 20 }, verify));
      await server.stop(); // a stop stores everything: the next server may find no journal
      server = await Server.start({ ...settings, USAGE_JOURNAL_DIR: elsewhere });
      org.server = server;
      assert.equal((await used(org)).verifications, counted.verifications);

      const busy = Promise.allSettled([...clients(flow), ...clients(verify)]);
      await new Promise((resolve) => setTimeout(resolve, 700));
      await server.kill(); // in the middle of it: what was not answered may have been done all the same
      await busy;
      server = await Server.start({ ...settings, USAGE_JOURNAL_DIR: elsewhere });
      org.server = server;
      const now = await used(org);
      for (const what of Object.keys(counted)) {
        assert.ok(now[what] >= counted[what] && now[what] <= counted[what] + open[what], `${what}: ${now[what]}, answered ${counted[what]}, open ${open[what]}`);
      }
      assert.ok(counted.verifications > 100 && counted.tokenExchanges > 20, JSON.stringify(counted));
    });
  });
}
