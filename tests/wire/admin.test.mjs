// What operators see and change of all organizations (grantex-enterprise.md 17), by HTTP and by the command line.
import assert from 'node:assert/strict';
import { after, before, describe, test as single } from 'node:test';
import { withinOneMinute } from './support/clock.mjs';
import { ENGINES, onEachEngine } from './support/engines.mjs';
import { badRequest, isId, notFound, ok, refused, tally, TIME, unauthorized } from './support/expect.mjs';
import { Organization } from './support/organization.mjs';
import { eventually, Server } from './support/server.mjs';

const KEY = 'admin-key-of-the-wire-tests';
const admin = (server, method, path, body) => server.api(method, `/v1/admin/${path}`, { key: KEY, body });
const stats = async (server) => ok(await admin(server, 'GET', 'stats'));

onEachEngine('admin', (test) => {
  test('only the admin key opens it', async (server) => {
    const org = await server.signUp();
    for (const [method, path] of [['GET', 'stats'], ['GET', 'developers'], ['PATCH', `developers/${org.id}/plan`]]) {
      for (const key of [undefined, org.key, `${KEY}x`, KEY.slice(0, -1), KEY.toUpperCase()]) {
        unauthorized(await server.api(method, `/v1/admin/${path}`, { key, body: method === 'PATCH' ? { plan: 'pro' } : undefined }));
      }
    }
    unauthorized(await server.api('GET', '/v1/me', { key: KEY }));
    assert.equal(ok(await org.get('/v1/me')).plan, 'free');
  });

  test('counts what there is', async (server) => {
    const before = await stats(server);
    const org = await server.signUp({ mode: 'sandbox' });
    await server.signUp();
    await org.grant((await org.agent()).agentId);

    const now = await stats(server);

    assert.deepEqual(Object.keys(now).sort(), ['byMode', 'last24h', 'last30d', 'last7d', 'totalAgents', 'totalDevelopers', 'totalGrants']);
    for (const name of ['totalDevelopers', 'last24h', 'last7d', 'last30d']) assert.equal(now[name] - before[name], 2, name);
    for (const name of ['totalAgents', 'totalGrants']) assert.equal(now[name] - before[name], 1, name);
    assert.equal(now.byMode.sandbox - (before.byMode.sandbox ?? 0), 1);
    assert.equal(now.byMode.live - (before.byMode.live ?? 0), 1);
  });

  test('lists organizations page by page, newest first', async (server) => {
    const made = [];
    for (let i = 0; i < 3; i += 1) made.push((await server.signUp({ name: `Number ${i}` })).id);

    const first = ok(await admin(server, 'GET', 'developers?page=1&pageSize=2'));
    const second = ok(await admin(server, 'GET', 'developers?page=2&pageSize=2'));

    assert.deepEqual([...first.developers, ...second.developers].slice(0, 3).map(({ id }) => id), made.reverse());
    const [newest] = first.developers;
    assert.deepEqual(Object.keys(newest).sort(), ['createdAt', 'email', 'id', 'mode', 'name']);
    assert.deepEqual({ name: newest.name, email: newest.email, mode: newest.mode }, { name: 'Number 2', email: null, mode: 'live' });
    assert.match(newest.createdAt, TIME);
    const { totalDevelopers } = await stats(server);
    assert.deepEqual({ total: first.total, page: second.page, pageSize: second.pageSize }, { total: totalDevelopers, page: 2, pageSize: 2 });
    assert.equal(ok(await admin(server, 'GET', 'developers')).pageSize, 50);
    assert.equal(ok(await admin(server, 'GET', 'developers?pageSize=101')).pageSize, 100);
    assert.deepEqual(ok(await admin(server, 'GET', 'developers?page=1000000')).developers, []);
    for (const query of ['page=0', 'page=x', 'pageSize=0', 'page=1000001']) badRequest(await admin(server, 'GET', `developers?${query}`));
  });

  test('a plan that is set counts, and is in the log of its organization alone', async (server) => {
    const [org, other] = [await server.signUp(), await server.signUp()];
    ok(await org.get('/v1/me')); // its key is known on this node, with its plan

    assert.deepEqual(ok(await admin(server, 'PATCH', `developers/${org.id}/plan`, { plan: 'enterprise' })), { developerId: org.id, plan: 'enterprise' });

    const me = await org.get('/v1/me');
    assert.equal(ok(me).plan, 'enterprise');
    assert.equal(me.headers['x-ratelimit-limit'], '2000');
    assert.deepEqual(ok(await org.get('/v1/billing/subscription')), { plan: 'enterprise', status: 'active', currentPeriodEnd: null });
    assert.equal(ok(await other.get('/v1/me')).plan, 'free');
    const { entries } = ok(await org.get('/audit/v1/entries'));
    const [set] = entries.filter(({ entry }) => entry.type === 'plan.set');
    assert.deepEqual({ actor: set.entry.actor, data: set.entry.data }, { actor: 'admin', data: { plan: 'enterprise', planBefore: 'free' } });
  });

  test('an unknown plan is 400, an unknown organization 404', async (server) => {
    const org = await server.signUp();
    for (const body of [undefined, {}, { plan: 'gold' }, { plan: null }]) badRequest(await admin(server, 'PATCH', `developers/${org.id}/plan`, body));
    for (const id of ['dev_01M7XKXGR9TYDK93G0AERDBTT7', 'nobody']) notFound(await admin(server, 'PATCH', `developers/${id}/plan`, { plan: 'pro' }));
  });
}, { ADMIN_API_KEY: KEY });

onEachEngine('admin without a key of its own', (test) => {
  test('is not configured: 503', async (server) => {
    refused(await server.api('GET', '/v1/admin/stats', { key: KEY, expected: [503] }), 503, 'SERVICE_UNAVAILABLE');
    await server.forgive(1);
  });
});

onEachEngine('admin limit', (test) => {
  test('20 calls a minute from one address', async (server) => {
    await withinOneMinute();
    const answers = await Promise.all(Array.from({ length: 21 }, () => server.api('GET', '/v1/admin/stats')));

    assert.deepEqual(tally(answers), { 401: 20, 429: 1 });
  });
}, { ADMIN_API_KEY: KEY, RATE_LIMITS_ENABLED: 'true' });

for (const [engine, prepare] of Object.entries(ENGINES)) {
  describe(`the command line, on ${engine}`, () => {
    let database;
    let server;
    const run = async (...args) => JSON.parse(await Server.command([...args, '--json'], database.settings));
    const fails = (args) => assert.rejects(Server.command(args, database.settings), (error) => error.code === 1 && error.stderr.length > 0);
    before(async () => {
      database = await prepare();
      server = await Server.start(database.settings);
    }, { timeout: 120_000 });
    after(async () => {
      await server?.kill();
      await database?.remove();
    });

    single('makes, shows, suspends and resumes an organization beside a running server', { timeout: 120_000 }, async () => {
      const made = await run('org', 'create', 'Made here', '--sandbox', '--email', 'Here@example.test');
      isId('dev', made.id);
      assert.deepEqual({ name: made.name, email: made.email, mode: made.mode, plan: made.plan, suspendedAt: made.suspendedAt }, { name: 'Made here', email: 'here@example.test', mode: 'sandbox', plan: 'free', suspendedAt: null });
      const org = new Organization(server, { apiKey: made.apiKey, developerId: made.id });
      ok(await org.get('/v1/me'));

      const { apiKey, ...shown } = made;
      assert.deepEqual(await run('org', 'show', made.id), { ...shown, apiKey: null });
      assert.deepEqual((await run('org', 'list')).map(({ id }) => id), [made.id]);
      assert.match(await Server.command(['org', 'list'], database.settings), new RegExp(`^${made.id} .*Made here`));

      assert.match((await run('org', 'suspend', made.id)).suspendedAt, TIME);
      await eventually(async () => (await org.get('/v1/me')).status === 401, 'its key is refused');
      assert.equal((await run('org', 'resume', made.id)).suspendedAt, null);
      await eventually(async () => (await org.get('/v1/me')).status === 200, 'its key works again');

      const { entries } = ok(await org.get('/audit/v1/entries'));
      assert.deepEqual(entries.map(({ entry }) => `${entry.type} ${entry.actor}`).slice(1), ['organization.suspended command-line', 'organization.resumed command-line']);
    });

    single('makes and revokes keys', { timeout: 120_000 }, async () => {
      const org = await server.signUp();
      const made = await run('key', 'create', org.id, '--label', 'second', '--read-only', '--expires-in', '1h');
      assert.deepEqual({ label: made.label, readOnly: made.readOnly }, { label: 'second', readOnly: true });
      assert.match(made.expiresAt, TIME);
      ok(await server.api('GET', '/v1/me', { key: made.apiKey }));

      const keys = await run('key', 'list', org.id);
      assert.deepEqual(keys.map(({ label, apiKey }) => [label, apiKey]), [['first key', null], ['second', null]]);
      assert.match(await Server.command(['key', 'revoke', org.id, made.id], database.settings), /is revoked/);
      await eventually(async () => (await server.api('GET', '/v1/me', { key: made.apiKey })).status === 401, 'the key is refused');
      await fails(['key', 'revoke', org.id, keys[0].id]); // the last full key
      await fails(['key', 'create', org.id, '--expires-in', 'soon']);
    });

    single('shows and sets a plan', { timeout: 120_000 }, async () => {
      const org = await server.signUp();
      assert.deepEqual(await run('plan', 'show', org.id), { organization: org.id, plan: 'free', status: 'active', currentPeriodEnd: null });
      ok(await org.get('/v1/me'));

      assert.equal((await run('plan', 'set', org.id, 'pro')).plan, 'pro');

      await eventually(async () => (await org.get('/v1/me')).headers['x-ratelimit-limit'] === '500', 'the plan counts');
      await fails(['plan', 'set', org.id, 'gold']);
      await fails(['plan', 'show', 'dev_01M7XKXGR9TYDK93G0AERDBTT7']);
    });
  });
}
