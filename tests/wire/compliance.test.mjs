// What an auditor asks for: numbers, exports, and the evidence pack with its chain (grantex-enterprise.md 2).
import assert from 'node:assert/strict';
import { chainHolds } from './support/chain.mjs';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, isId, ok, refused, TIME, ULID, unauthorized } from './support/expect.mjs';

const ROUTES = ['summary', 'export/grants', 'export/audit', 'evidence-pack'];
const ask = (org, route, query = '') => org.get(`/v1/compliance/${route}${query}`);
const get = async (org, route, query) => ok(await ask(org, route, query));

async function log(org, fields = {}) {
  return ok(await org.post('/v1/audit/log', { agentId: 'ag_1', agentDid: 'did:example:1', grantId: 'g', principalId: 'ada', action: 'mail.read', ...fields }), 201);
}

/** An organization with something of everything. */
async function withHistory(server) {
  const org = await server.signUp();
  const { agentId } = await org.agent();
  const suspended = await org.agent({ name: 'Suspended' });
  ok(await org.patch(`/v1/agents/${suspended.agentId}`, { status: 'suspended' }));
  const deleted = await org.agent({ name: 'Deleted' });
  await org.delete(`/v1/agents/${deleted.agentId}`);
  const kept = await org.grant(agentId);
  const passedOn = await org.delegated(kept.grantToken, agentId);
  const revoked = await org.grant(agentId);
  await org.delete(`/v1/grants/${revoked.grantId}`);
  const policy = ok(await org.post('/v1/policies', { name: 'Nightly', effect: 'deny', scopes: ['email:send'] }), 201);
  const entries = [];
  for (const status of ['success', 'failure', 'blocked', 'success']) entries.push(await log(org, { status, agentId: status === 'success' ? agentId : 'ag_2', metadata: { z: 'é', a: [1] } }));
  return { org, agentId, kept, passedOn, revoked, policy, entries };
}

const NUMBERS = {
  agents: { total: 3, active: 1, suspended: 1, revoked: 1 },
  grants: { total: 3, active: 2, revoked: 1, expired: 0 },
  auditEntries: { total: 4, success: 2, failure: 1, blocked: 1 },
  policies: { total: 1 },
  plan: 'free',
};

onEachEngine('compliance', (test) => {
  test('the summary of a new organization is all zeros, in the documented order', async (server) => {
    const org = await server.signUp();

    const answer = await ask(org, 'summary');

    const { generatedAt, ...rest } = ok(answer);
    assert.match(generatedAt, TIME);
    assert.deepEqual(rest, {
      agents: { total: 0, active: 0, suspended: 0, revoked: 0 },
      grants: { total: 0, active: 0, revoked: 0, expired: 0 },
      auditEntries: { total: 0, success: 0, failure: 0, blocked: 0 },
      policies: { total: 0 },
      plan: 'free',
    });
    assert.deepEqual(Object.keys(answer.json), ['generatedAt', 'agents', 'grants', 'auditEntries', 'policies', 'plan']);
  });

  test('the summary counts what there is', async (server) => {
    const { org } = await withHistory(server);

    const { generatedAt, ...numbers } = await get(org, 'summary');

    assert.match(generatedAt, TIME);
    assert.deepEqual(numbers, NUMBERS);
  });

  test('a grant past its time is expired and no longer active, and a status says only whether it was taken back', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const grant = await org.grant(agentId, { expiresIn: '1s' });
    await new Promise((resolve) => setTimeout(resolve, 1_100));

    assert.deepEqual((await get(org, 'summary')).grants, { total: 1, active: 0, revoked: 0, expired: 1 });
    assert.deepEqual((await get(org, 'export/grants', '?status=active')).grants.map(({ grantId }) => grantId), [grant.grantId]);
    assert.deepEqual((await get(org, 'evidence-pack')).summary.grants, { total: 1, active: 0, revoked: 0, expired: 1 });
  });

  test('since and until narrow grants and entries, both ends included, and are echoed as they came', async (server) => {
    const { org, entries, kept, passedOn, revoked } = await withHistory(server);
    const { grants } = await get(org, 'export/grants');
    const [last, , first] = grants; // newest first
    const narrow = async (query) => ({
      summary: await get(org, 'summary', query),
      grants: (await get(org, 'export/grants', query)).total,
      entries: (await get(org, 'export/audit', query)).total,
      pack: await get(org, 'evidence-pack', query),
    });
    const agree = ({ summary, grants: given, entries: logged, pack }, grantsWanted, entriesWanted) => {
      assert.deepEqual([given, summary.grants.total, pack.grants.length, pack.summary.grants.total], Array(4).fill(grantsWanted));
      assert.deepEqual([logged, summary.auditEntries.total, pack.auditEntries.length, pack.chainIntegrity.checkedEntries], Array(4).fill(entriesWanted));
      assert.deepEqual(summary.agents, NUMBERS.agents);
      assert.deepEqual(pack.summary.policies, { total: 1 });
    };

    assert.deepEqual([kept.grantId, passedOn.grantId, revoked.grantId].sort(), grants.map(({ grantId }) => grantId).sort());
    const zoned = `${first.issuedAt.slice(0, -1)}%2B00:00`;
    const found = await narrow(`?since=${zoned}&until=${entries[3].timestamp}`);
    agree(found, 3, 4);
    assert.equal(found.summary.since, decodeURIComponent(zoned));
    assert.equal(found.summary.until, entries[3].timestamp);
    assert.deepEqual([found.pack.meta.since, found.pack.meta.until], [decodeURIComponent(zoned), entries[3].timestamp]);
    agree(await narrow(`?since=${entries[1].timestamp}`), last.issuedAt >= entries[1].timestamp ? 1 : 0, entries.filter(({ timestamp }) => timestamp >= entries[1].timestamp).length);
    agree(await narrow('?until=2000-01-01T00:00:00Z'), 0, 0);
    agree(await narrow('?since=2100-01-01T00:00:00Z'), 0, 0);
    agree(await narrow('?since=2100-01-01T00:00:00Z&until=2000-01-01T00:00:00Z'), 0, 0);
  });

  test('exported grants have the documented shape and are narrowed by status', async (server) => {
    const { org, agentId, kept, passedOn, revoked } = await withHistory(server);

    const all = await get(org, 'export/grants');

    assert.deepEqual(Object.keys(all).sort(), ['generatedAt', 'grants', 'total']);
    assert.equal(all.total, 3);
    const by = Object.fromEntries(all.grants.map((grant) => [grant.grantId, grant]));
    const { issuedAt, expiresAt, ...rest } = by[kept.grantId];
    assert.match(issuedAt, TIME);
    assert.match(expiresAt, TIME);
    assert.deepEqual(rest, {
      grantId: kept.grantId, agentId, principalId: 'ada', developerId: org.id, scopes: ['email:read', 'email:send'], status: 'active', revokedAt: null, delegationDepth: 0,
    });
    assert.equal(by[passedOn.grantId].delegationDepth, 1);
    assert.match(by[revoked.grantId].revokedAt, TIME);
    const active = await get(org, 'export/grants', '?status=active');
    assert.deepEqual([active.total, active.grants.every(({ status }) => status === 'active')], [2, true]);
    assert.deepEqual((await get(org, 'export/grants', '?status=revoked')).grants, [by[revoked.grantId]]);
    assert.deepEqual((await get(org, 'export/grants', '?status=unheard-of')).grants, []);
  });

  test('exported entries are those of the log, oldest first, narrowed by agent and status', async (server) => {
    const { org, agentId, entries } = await withHistory(server);

    const all = await get(org, 'export/audit');

    assert.deepEqual(Object.keys(all).sort(), ['entries', 'generatedAt', 'total']);
    assert.deepEqual(all.entries, entries);
    assert.equal(all.total, 4);
    assert.deepEqual((await get(org, 'export/audit', `?agentId=${agentId}`)).entries, [entries[0], entries[3]]);
    for (const [status, wanted] of [['success', [0, 3]], ['failure', [1]], ['blocked', [2]], ['unheard-of', []]]) {
      const some = await get(org, 'export/audit', `?status=${status}`);
      assert.deepEqual(some.entries, wanted.map((at) => entries[at]));
      assert.equal(some.total, wanted.length);
    }
    assert.deepEqual((await get(org, 'export/audit', `?agentId=${agentId}&status=blocked`)).entries, []);
  });

  test('the evidence pack holds it all, and the chain holds', async (server) => {
    const { org, policy, entries } = await withHistory(server);

    const pack = await get(org, 'evidence-pack');

    assert.deepEqual(Object.keys(pack).sort(), ['auditEntries', 'chainIntegrity', 'grants', 'meta', 'policies', 'summary']);
    const { generatedAt, ...meta } = pack.meta;
    assert.match(generatedAt, TIME);
    assert.deepEqual(meta, { schemaVersion: '1.0', framework: 'all' });
    assert.deepEqual(pack.summary, NUMBERS);
    assert.deepEqual(pack.grants, (await get(org, 'export/grants')).grants);
    assert.deepEqual(pack.auditEntries, entries);
    chainHolds(pack.auditEntries);
    assert.deepEqual(pack.policies, [policy]);
    const { checkpoint, ...integrity } = pack.chainIntegrity;
    assert.deepEqual(integrity, { valid: true, checkedEntries: 4, firstBrokenAt: null, reason: null, emptiedEntries: 0 });
    assert.equal(checkpoint, (await org.get('/audit/v1/checkpoint')).text);
  });

  test('the framework is echoed, whatever it is', async (server) => {
    const org = await server.signUp();
    for (const framework of ['soc2', 'gdpr', 'all', 'häuslich']) {
      assert.equal((await get(org, 'evidence-pack', `?framework=${encodeURIComponent(framework)}`)).meta.framework, framework);
    }
    const { chainIntegrity } = await get(org, 'evidence-pack');
    assert.deepEqual([chainIntegrity.valid, chainIntegrity.checkedEntries, chainIntegrity.firstBrokenAt], [true, 0, null]);
  });

  test('a pack of several pages is whole and its chain holds', async (server) => {
    const org = await server.signUp();
    const COUNT = 2_300; // more than two pages of what is read at once
    for (let i = 0; i < COUNT; i += 100) await Promise.all(Array.from({ length: 100 }, (_, j) => log(org, { action: `step.${i + j}` })));

    const pack = await get(org, 'evidence-pack');

    assert.equal(pack.auditEntries.length, COUNT);
    chainHolds(pack.auditEntries);
    assert.deepEqual([pack.chainIntegrity.valid, pack.chainIntegrity.checkedEntries, pack.summary.auditEntries.total], [true, COUNT, COUNT]);
    assert.equal((await get(org, 'export/audit')).total, COUNT);
  });

  for (const route of ROUTES) {
    for (const query of ['since=yesterday', 'until=1', 'since=', 'since=2026-01-01T00:00:00Z&since=2026-01-01T00:00:00Z', `until=${'9'.repeat(300)}`, 'since=2026-13-01T00:00:00Z']) {
      test(`${route} refuses ?${query.slice(0, 60)}`, async (server) => {
        badRequest(await ask(await server.signUp(), route, `?${query}`));
      });
    }

    test(`${route} needs a key, and one that only reads will do`, async (server) => {
      const org = await server.signUp();
      const reader = ok(await org.post('/v1/keys', { label: 'auditor', readOnly: true }), 201);
      unauthorized(await server.api('GET', `/v1/compliance/${route}`));
      ok(await server.api('GET', `/v1/compliance/${route}`, { key: reader.apiKey }));
      refused(await server.api('POST', '/v1/agents', { key: reader.apiKey, body: { name: 'x' } }), 403, 'FORBIDDEN');
      const head = await server.api('HEAD', `/v1/compliance/${route}`, { key: org.key });
      assert.deepEqual([head.status, head.text], [200, '']);
    });

    test(`${route} shows nothing of another organization`, async (server) => {
      const { org, agentId } = await withHistory(server);
      const other = await server.signUp();
      const text = JSON.stringify(await get(other, route, `?agentId=${agentId}`));
      for (const word of [org.id, agentId, 'ada', 'Nightly']) assert.ok(!text.includes(word), word);
      assert.doesNotMatch(text, new RegExp(`grnt_${ULID}|alog_${ULID}`));
    });
  }

  for (const query of ['status=a&status=b', 'status=%00', `status=${'x'.repeat(300)}`]) {
    for (const route of ['export/grants', 'export/audit']) {
      test(`${route} refuses ?${query.slice(0, 30)}`, async (server) => {
        badRequest(await ask(await server.signUp(), route, `?${query}`));
      });
    }
  }

  test('ids are the documented ones', async (server) => {
    const { org } = await withHistory(server);
    const { grants, auditEntries } = await get(org, 'evidence-pack');
    grants.forEach(({ grantId, agentId }) => { isId('grnt', grantId); isId('ag', agentId); });
    auditEntries.forEach(({ entryId }) => isId('alog', entryId));
  });
});
