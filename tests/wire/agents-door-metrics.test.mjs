// The 19 metrics of the agents door: there from the first scrape, and after a script each says what the script did (agent-idp A.7, B.15).
import assert from 'node:assert/strict';
import { API, BEGUN, customer, operator } from './support/agents-door.mjs';
import { withinOneMinute } from './support/clock.mjs';
import { onEachEngine } from './support/engines.mjs';
import { ok } from './support/expect.mjs';
import { scrape } from './support/metrics.mjs';

const FAMILIES = {
  agentidp_tokens_issued_total: 'counter',
  agentidp_agents_registered_total: 'counter',
  agentidp_http_requests_total: 'counter',
  agentidp_http_request_duration_seconds: 'histogram',
  agentidp_db_query_duration_seconds: 'histogram',
  agentidp_redis_command_duration_seconds: 'histogram',
  agentidp_webhook_dead_letters_total: 'counter',
  agentidp_credentials_expiring_soon_total: 'gauge',
  agentidp_audit_chain_integrity: 'gauge',
  agentidp_rate_limit_hits_total: 'counter',
  agentidp_db_pool_active_connections: 'gauge',
  agentidp_db_pool_waiting_requests: 'gauge',
  agentidp_tenant_api_calls_total: 'counter',
  agentidp_billing_limit_rejections_total: 'counter',
  agentidp_did_documents_generated_total: 'counter',
  agentidp_oidc_tokens_issued_total: 'counter',
  agentidp_federation_events_total: 'counter',
  agentidp_delegation_chains_created_total: 'counter',
  agentidp_compliance_reports_generated_total: 'counter',
};

onEachEngine('the metrics of the agents door', (test) => {
  test('are all there at the first scrape, with their types, and the gauges with a value', async (server) => {
    const { text, of } = await scrape(server);
    for (const [name, type] of Object.entries(FAMILIES)) assert.ok(text.includes(`# TYPE ${name} ${type}\n`), name);
    assert.equal(of('agentidp_credentials_expiring_soon_total'), 0);
    assert.equal(of('agentidp_audit_chain_integrity'), 1);
    for (const name of ['agentidp_db_pool_active_connections', 'agentidp_db_pool_waiting_requests']) assert.ok(of(name) >= 0, name);
    for (const name of ['agentidp_did_documents_generated_total', 'agentidp_oidc_tokens_issued_total', 'agentidp_delegation_chains_created_total',
      'agentidp_compliance_reports_generated_total']) assert.equal(of(name), 0, name);
  });

  test('say what a script did', async (server) => {
    const admin = operator(server);
    await admin.bearer();
    const before = await scrape(server);
    const since = (after, name, labels) => (after.of(name, labels) ?? 0) - (before.of(name, labels) ?? 0);

    const made = await admin.register({ deploymentEnv: 'production' });
    const client = await admin.equip(made.agentId, { expiresAt: new Date(Date.now() + 3 * 86_400_000).toISOString() });
    for (let token = 0; token < 3; token += 1) ok(await client.ask({ scope: 'tokens:read agents:read' }));
    for (let call = 0; call < 2; call += 1) ok(await admin.get(`/agents/${made.agentId}`));
    ok(await admin.get('/compliance/report'));
    ok(await admin.get('/compliance/report'));
    const agent = await customer(server);
    ok(await agent.get('/tiers/status'));
    await server.api('GET', `${API}/nothing/here`);

    const after = await scrape(server);
    assert.equal(since(after, 'agentidp_agents_registered_total', { deployment_env: 'production' }), 1);
    assert.equal(since(after, 'agentidp_tokens_issued_total', { scope: 'agents:read tokens:read' }), 3);
    assert.equal(since(after, 'agentidp_credentials_expiring_soon_total'), 1);
    assert.equal(since(after, 'agentidp_compliance_reports_generated_total'), 1);
    const read = { method: 'GET', route: '/api/v1/agents/{agentId}', status_code: '200' };
    assert.equal(since(after, 'agentidp_http_requests_total', read), 2);
    assert.equal(since(after, 'agentidp_http_request_duration_seconds_count', read), 2);
    assert.equal(since(after, 'agentidp_http_requests_total', { method: 'GET', route: 'unmatched', status_code: '404' }), 1);
    const { organization_id: tenantId } = JSON.parse(Buffer.from((await agent.bearer()).split('.')[1], 'base64url'));
    assert.equal(after.of('agentidp_tenant_api_calls_total', { org_id: tenantId, tier: 'free' }), 1);
    for (const operation of ['select', 'insert', 'commit']) assert.ok(since(after, 'agentidp_db_query_duration_seconds_count', { operation }) > 0, operation);
    if (server.settings.REDIS_URL !== 'embedded') assert.ok(since(after, 'agentidp_redis_command_duration_seconds_count', { command: 'evalsha' }) > 0);
    assert.equal(after.of('agentidp_audit_chain_integrity'), 1);
  });

  test('count who was refused by a rate limit', async (server) => {
    await withinOneMinute();
    const agent = await customer(server);
    for (let call = 0; call < 31; call += 1) await agent.get('/audit/verify');
    const { of } = await scrape(server);
    assert.equal(of('agentidp_rate_limit_hits_total', { client_id: agent.id }), 1);
  });
}, { ...BEGUN, RATE_LIMITS_ENABLED: 'true' });
