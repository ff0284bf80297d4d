// The Grafana dashboards that are shipped: every query asks for what this server tells, and Grafana finds both them and their data (contract operations O46, O47; agent-idp A 51).
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test as alone } from 'node:test';
import { parse } from 'yaml';
import { onEachEngine } from './support/engines.mjs';

const at = (file) => new URL(`../../${file}`, import.meta.url);
const yaml = (file) => parse(readFileSync(at(file), 'utf8'));
const FOLDER = 'deploy/grafana';
const NAMES = readdirSync(at(FOLDER)).filter((file) => file.endsWith('.json')).sort();
const dashboards = NAMES.map((file) => JSON.parse(readFileSync(at(`${FOLDER}/${file}`), 'utf8')));
const panels = dashboards.flatMap((dashboard) => dashboard.panels.filter(({ type }) => type !== 'row').map((panel) => ({ ...panel, on: dashboard.title })));
const targets = panels.flatMap((panel) => panel.targets.map((target) => ({ ...target, panel: `${panel.on}: ${panel.title}` })));

/** What each metric that is shown is told apart by; a histogram has `le` besides. */
const LABELS = {
  grantex_token_exchange_total: ['status'],
  grantex_token_exchange_duration_seconds: ['le'],
  grantex_agent_token_exchanges_total: ['agent_id', 'status'],
  grantex_token_refresh_total: ['status'],
  grantex_authorize_total: ['status'],
  grantex_authorize_duration_seconds: ['le'],
  grantex_grants_revoked_total: [],
  grantex_active_grants: [],
  grantex_webhook_deliveries_total: ['status'],
  grantex_anomalies_detected_total: ['type', 'severity'],
  grantex_anomalies_unacknowledged: [],
  grantex_http_request_duration_seconds: ['method', 'route', 'status_code', 'le'],
  grantex_store_up: [],
  agentidp_tokens_issued_total: ['scope'],
  agentidp_agents_registered_total: ['deployment_env'],
  agentidp_http_requests_total: ['method', 'route', 'status_code'],
  agentidp_http_request_duration_seconds: ['method', 'route', 'status_code', 'le'],
  agentidp_db_query_duration_seconds: ['operation', 'le'],
  agentidp_redis_command_duration_seconds: ['command', 'le'],
  agentidp_webhook_dead_letters_total: ['event_type'],
  agentidp_credentials_expiring_soon_total: [],
  agentidp_audit_chain_integrity: [],
  agentidp_rate_limit_hits_total: ['client_id'],
  agentidp_db_pool_active_connections: [],
  agentidp_db_pool_waiting_requests: [],
  agentidp_tenant_api_calls_total: ['org_id', 'tier'],
  agentidp_billing_limit_rejections_total: ['org_id', 'limit_type'],
  agentidp_did_documents_generated_total: [],
  agentidp_oidc_tokens_issued_total: [],
  agentidp_federation_events_total: ['event_type'],
  agentidp_delegation_chains_created_total: [],
  agentidp_compliance_reports_generated_total: [],
};

const family = (name) => name.replace(/_(bucket|sum|count)$/, '');
const metrics = (expr) => [...expr.matchAll(/\b(?:agentidp|grantex)_\w+/g)].map(([name]) => name);

alone('Grafana is told where the dashboards are, and in which folder to show them', () => {
  const { providers } = yaml('deploy/grafana/dashboards.yaml');
  assert.deepEqual(providers.map(({ folder, type }) => [folder, type]), [['Credence', 'file'], ['AgentIdP', 'file']]);
  const { services: { grafana } } = yaml('compose.monitoring.yaml');
  const mounts = grafana.volumes.map((volume) => volume.split(':'));
  for (const [file, folder] of [['overview', 'Credence'], ['per-agent', 'Credence'], ['agents', 'AgentIdP']]) {
    const { options } = providers.find((provider) => provider.folder === folder);
    assert.ok(mounts.some(([from, to]) => from === `./${FOLDER}/${file}-dashboard.json` && path.posix.dirname(to) === options.path && to.endsWith('.json')), `${file} is mounted where it is looked for`);
  }
  assert.ok(mounts.some(([from, to]) => from === './deploy/grafana/dashboards.yaml' && path.posix.dirname(to) === '/etc/grafana/provisioning/dashboards'));
  assert.deepEqual(NAMES, ['agents-dashboard.json', 'overview-dashboard.json', 'per-agent-dashboard.json']);
  assert.deepEqual(dashboards.map(({ uid, title }) => [uid, title]), [['credence-agents', 'Credence: agents'], ['credence-overview', 'Credence: overview'], ['credence-per-agent', 'Credence: per agent']]);
});

alone('every panel asks the data source that is chosen, has a place of its own and says what it is for', () => {
  for (const dashboard of dashboards) {
    const source = dashboard.templating.list.find(({ name }) => name === 'DS_PROMETHEUS');
    assert.deepEqual([source.type, source.query], ['datasource', 'prometheus'], dashboard.title);
    const ids = new Set();
    const places = new Set();
    const shown = dashboard.panels.filter(({ type }) => type !== 'row');
    for (const panel of shown) {
      for (const one of [panel, ...panel.targets]) assert.deepEqual(one.datasource, { type: 'prometheus', uid: '${DS_PROMETHEUS}' }, panel.title);
      ids.add(panel.id);
      for (let x = 0; x < panel.gridPos.w; x += 1) places.add(`${panel.gridPos.x + x},${panel.gridPos.y}`);
      assert.ok(panel.gridPos.x + panel.gridPos.w <= 24, panel.title);
      assert.match(panel.description, /\.$/, panel.title);
    }
    assert.equal(ids.size, shown.length);
    assert.equal(places.size, shown.reduce((sum, { gridPos }) => sum + gridPos.w, 0), `no panel of ${dashboard.title} lies on another`);
  }
});

alone('the overview shows what is promised, and the agents of the other are chosen from those there are', () => {
  const overview = targets.filter(({ panel }) => panel.startsWith('Credence: overview')).map(({ expr }) => expr).join('\n');
  for (const metric of [
    'grantex_token_exchange_total', 'grantex_token_exchange_duration_seconds_bucket', 'grantex_authorize_duration_seconds_bucket', 'grantex_grants_revoked_total', 'grantex_active_grants',
    'grantex_webhook_deliveries_total', 'grantex_anomalies_detected_total', 'grantex_http_request_duration_seconds_count',
  ]) assert.ok(overview.includes(metric), metric);
  const variable = dashboards[2].templating.list.find(({ name }) => name === 'agent_id');
  assert.equal(variable.query.query, 'label_values(grantex_agent_token_exchanges_total, agent_id)');
  for (const { expr, panel } of targets.filter((target) => target.panel.startsWith('Credence: per agent'))) assert.ok(expr.includes('agent_id=~"$agent_id"'), panel);
});

alone('every query is balanced, asks for documented labels, and all 19 metrics of the agents door are shown', () => {
  for (const { expr, legendFormat, panel } of targets) {
    const names = metrics(expr);
    assert.ok(names.length > 0, panel);
    for (const [open, close] of ['()', '{}', '[]']) assert.equal(expr.split(open).length, expr.split(close).length, panel);
    const by = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list]) => list.split(', '));
    const matched = [...expr.matchAll(/(\w+)!?=~?"/g)].map(([, label]) => label);
    const told = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
    for (const name of names) for (const label of [...by, ...matched]) assert.ok(LABELS[family(name)]?.includes(label), `${panel}: ${name} has no ${label}`);
    for (const label of told) assert.ok(by.includes(label), `${panel}: the legend tells ${label}, which the query sums away`);
  }
  assert.deepEqual([...new Set(targets.flatMap(({ expr }) => metrics(expr).map(family)))].sort(), Object.keys(LABELS).sort());
});

onEachEngine('the dashboards', (test) => {
  test('ask for what /metrics has, and a histogram by its buckets or their count', async (server) => {
    const { text } = await server.api('GET', '/metrics');
    const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]));
    for (const { expr, panel } of targets) {
      for (const name of metrics(expr)) assert.equal(types.get(family(name)) === 'histogram', /_(bucket|count)$/.test(name), `${panel}: ${name}`);
      for (const name of metrics(expr)) assert.ok(types.has(family(name)), `${panel}: ${name}`);
      for (const [, name] of expr.matchAll(/(?:rate|increase)\((\w+?)(?:_bucket|_count)?[[{]/g)) assert.ok(['counter', 'histogram'].includes(types.get(name)), `${panel}: the rate of ${name}`);
    }
  });
});
