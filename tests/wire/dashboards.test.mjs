// The Grafana dashboards that are shipped: every query asks for what this server tells, and Grafana finds both them and their data (agent-idp A 51).
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { test as alone } from 'node:test';
import { parse } from 'yaml';
import { onEachEngine } from './support/engines.mjs';

const at = (file) => new URL(`../../${file}`, import.meta.url);
const yaml = (file) => parse(readFileSync(at(file), 'utf8'));
const FOLDER = 'deploy/grafana/dashboards';
const dashboards = readdirSync(at(FOLDER)).map((file) => JSON.parse(readFileSync(at(`${FOLDER}/${file}`), 'utf8')));
const panels = dashboards.flatMap((dashboard) => dashboard.panels.filter(({ type }) => type !== 'row').map((panel) => ({ ...panel, on: dashboard.title })));
const targets = panels.flatMap((panel) => panel.targets.map((target) => ({ ...target, panel: `${panel.on}: ${panel.title}` })));

/** What each metric of the agents door is told apart by (agent-idp A.7); a histogram has `le` besides. */
const LABELS = {
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
const metrics = (expr) => [...expr.matchAll(/\bagentidp_\w+/g)].map(([name]) => name);

alone('Grafana is told where the dashboards are, and in which folder to show them', () => {
  const { providers: [{ folder, type, options }] } = yaml('deploy/grafana/dashboards.yaml');
  assert.deepEqual([folder, type], ['AgentIdP', 'file']);
  const { services: { grafana } } = yaml('compose.monitoring.yaml');
  const mounts = grafana.volumes.map((volume) => volume.split(':'));
  assert.ok(mounts.some(([from, to]) => from === `./${FOLDER}` && to === options.path), 'the folder is mounted where it looks');
  assert.ok(mounts.some(([from, to]) => from === './deploy/grafana/dashboards.yaml' && path.posix.dirname(to) === '/etc/grafana/provisioning/dashboards'));
  assert.deepEqual(dashboards.map(({ uid, title }) => [uid, title]), [['credence-agents', 'Credence: agents']]);
});

alone('every panel asks the data source that is provisioned, has a place of its own and says what it is for', () => {
  const { datasources: [source] } = yaml('deploy/grafana/datasources.yaml');
  const ids = new Set();
  const places = new Set();
  for (const panel of panels) {
    for (const one of [panel, ...panel.targets]) assert.deepEqual(one.datasource, { type: source.type, uid: source.uid }, panel.title);
    ids.add(panel.id);
    for (let x = 0; x < panel.gridPos.w; x += 1) places.add(`${panel.gridPos.x + x},${panel.gridPos.y}`);
    assert.ok(panel.gridPos.x + panel.gridPos.w <= 24, panel.title);
    assert.match(panel.description, /\.$/, panel.title);
  }
  assert.equal(ids.size, panels.length);
  assert.equal(places.size, panels.reduce((sum, { gridPos }) => sum + gridPos.w, 0), 'no panel lies on another');
});

alone('every query is balanced, asks for documented labels, and all 19 metrics are shown', () => {
  for (const { expr, legendFormat, panel } of targets) {
    const names = metrics(expr);
    assert.ok(names.length > 0, panel);
    for (const [open, close] of ['()', '{}', '[]']) assert.equal(expr.split(open).length, expr.split(close).length, panel);
    const by = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list]) => list.split(', '));
    const matched = [...expr.matchAll(/(\w+)=~?"/g)].map(([, label]) => label);
    const told = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label);
    for (const name of names) for (const label of [...by, ...matched]) assert.ok(LABELS[family(name)]?.includes(label), `${panel}: ${name} has no ${label}`);
    for (const label of told) assert.ok(by.includes(label), `${panel}: the legend tells ${label}, which the query sums away`);
  }
  assert.deepEqual([...new Set(targets.flatMap(({ expr }) => metrics(expr).map(family)))].sort(), Object.keys(LABELS).sort());
});

onEachEngine('the dashboards', (test) => {
  test('ask for what /metrics has, and a histogram by its buckets', async (server) => {
    const { text } = await server.api('GET', '/metrics');
    const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]));
    for (const { expr, panel } of targets) {
      for (const name of metrics(expr)) assert.equal(types.get(family(name)) === 'histogram', name.endsWith('_bucket'), `${panel}: ${name}`);
      for (const name of metrics(expr)) assert.ok(types.has(family(name)), `${panel}: ${name}`);
      for (const [, name] of expr.matchAll(/(?:rate|increase)\((\w+?)(?:_bucket)?[[{]/g)) assert.ok(['counter', 'histogram'].includes(types.get(name)), `${panel}: the rate of ${name}`);
    }
  });
});
