// Analytics and compliance at the agents door (agent-idp AE-50 to AE-55).
import assert from 'node:assert/strict';
import { API, BEGUN, customer, invalid, operator, refused } from './support/agents-door.mjs';
import { onEachEngine } from './support/engines.mjs';
import { TIME, isUuid, ok } from './support/expect.mjs';
import { eventually } from './support/server.mjs';

const today = () => new Date().toISOString().slice(0, 10);

onEachEngine('the agents door analyses and reports', (test) => {
  test('tokens are counted by the day, empty days as nothing', async (server) => {
    const agent = await customer(server);
    for (let token = 0; token < 3; token += 1) ok(await agent.ask());
    const week = ok(await agent.get('/analytics/tokens?days=7'));
    isUuid(week.tenantId);
    assert.equal(week.days, 7);
    assert.deepEqual(week.data.map(({ count }) => count), [0, 0, 0, 0, 0, 0, 4]);
    assert.deepEqual(week.data.map(({ date }) => date), week.data.map(({ date }) => date).sort());
    assert.equal(week.data.at(-1).date, today());
    assert.equal(ok(await agent.get('/analytics/tokens')).data.length, 30);
    assert.equal(ok(await agent.get('/analytics/tokens?days=90')).data.length, 90);
    for (const days of ['0', '91', 'many', '-1']) invalid(await agent.get(`/analytics/tokens?days=${days}`), 'days');
  });

  test('activity is told by agent, day of the week and hour, and tokens by agent and month', async (server) => {
    const [agent, other] = [await customer(server), await customer(server)];
    ok(await other.ask());
    ok(await agent.get('/tiers/status'));
    const activity = ok(await agent.get('/analytics/agents/activity'));
    const now = new Date();
    const sum = activity.data.reduce((all, { count }) => all + count, 0);
    assert.equal(sum, 3); // a token, and two calls of which this is one
    for (const { agentId, dayOfWeek } of activity.data) assert.deepEqual([agentId, dayOfWeek], [agent.id, now.getUTCDay()]);

    const month = ok(await agent.get('/analytics/agents'));
    assert.equal(month.month, today().slice(0, 7));
    assert.deepEqual(month.data, [{ agentId: agent.id, name: 'Mail helper', tokensIssued: 1 }]);
    assert.deepEqual(ok(await agent.get('/analytics/agents?month=2020-02')).data, []);
    for (const wrong of ['2026-13', '2026', '26-01', 'march']) invalid(await agent.get(`/analytics/agents?month=${wrong}`), 'month');
  });

  test('a report is made of checks, and comes from the cache for five minutes', async (server) => {
    const agent = await customer(server);
    const made = await agent.get('/compliance/report');
    const report = ok(made);
    assert.equal(made.headers['x-cache'], 'MISS');
    isUuid(report.reportId);
    assert.equal(report.agntcySpecVersion, '1.0.0');
    assert.equal(report.overallStatus, 'warn'); // the agent came in by the grants door, and does not say what it is
    const byId = Object.fromEntries(report.sections.map((section) => [section.id, section]));
    assert.deepEqual([byId['agent-identity'].status, byId['audit-trail'].status], ['warn', 'pass']);
    for (const { requirements } of report.sections) {
      for (const one of requirements) {
        assert.deepEqual(Object.keys(one), ['id', 'description', 'status', 'evidence', 'verifiedAt']);
        assert.match(one.verifiedAt, TIME);
      }
    }

    const again = await agent.get('/compliance/report');
    assert.equal(again.headers['x-cache'], 'HIT');
    assert.deepEqual(ok(again), report);
    const other = await (await customer(server)).get('/compliance/report');
    assert.equal(other.headers['x-cache'], 'MISS');
    assert.notEqual(ok(other).tenantId, report.tenantId);
    assert.match((await server.api('GET', '/metrics')).text, /^agentidp_compliance_reports_generated_total \d+$/m);
  });

  test('the cards of the active agents are there together', async (server) => {
    const admin = operator(server);
    const made = await admin.register();
    const cards = ok(await admin.get('/compliance/agent-cards'));
    const card = cards.find(({ name }) => name === made.email);
    assert.deepEqual(card, {
      did: made.did, name: made.email, agentType: made.agentType, capabilities: made.capabilities, owner: made.owner, version: made.version,
      deploymentEnv: made.deploymentEnv, identityProvider: server.base, issuedAt: made.createdAt,
    });
    assert.ok(!ok(await (await customer(server)).get('/compliance/agent-cards')).some(({ name }) => name === made.email));
  });

  test('anybody may see how the controls stand, as the jobs left them', async (server) => {
    let answer;
    await eventually(async () => {
      answer = await server.api('GET', `${API}/compliance/controls`);
      return ok(answer).controls.some(({ lastCheckedAt }) => lastCheckedAt !== null);
    }, 'the jobs have checked', 15);
    assert.equal(answer.headers['cache-control'], 'public, max-age=60');
    assert.deepEqual(answer.json.controls.map(({ id }) => id), ['CC6.1', 'CC6.7', 'CC7.1', 'CC7.2', 'CC9.2']);
    const status = Object.fromEntries(answer.json.controls.map((control) => [control.id, control.status]));
    assert.equal(status['CC6.7'], 'failing'); // this server is reached by plain http
    assert.equal(status['CC6.1'], 'passing');
  });

  test('without a token nothing but the controls is shown', async (server) => {
    for (const path of ['/analytics/tokens', '/analytics/agents', '/analytics/agents/activity', '/compliance/report', '/compliance/agent-cards']) {
      refused(await server.api('GET', `${API}${path}`), 401, 'UNAUTHORIZED');
    }
  });
}, BEGUN);

onEachEngine('the agents door without analytics and compliance', (test) => {
  test('does not have their routes', async (server) => {
    const admin = operator(server);
    for (const path of ['/analytics/tokens', '/analytics/agents', '/analytics/agents/activity', '/compliance/report', '/compliance/agent-cards', '/compliance/controls']) {
      refused(await admin.get(path), 404, 'NOT_FOUND');
    }
    ok(await admin.get('/tiers/status'));
  });
}, { ...BEGUN, ANALYTICS_ENABLED: 'false', COMPLIANCE_ENABLED: 'false' });
