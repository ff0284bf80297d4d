// The alert rules that are shipped: complete, in Prometheus' own judgement sound, and each asks for what this server tells (contract operations O45, O48; identity A.5, B.9).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test as alone } from 'node:test';
import { parse } from 'yaml';
import { onEachEngine } from './support/engines.mjs';
import { none } from './support/expect.mjs';
import { BEHIND_PROXY, newcomer } from './support/people.mjs';
import { leftSides, promtool, shippedRules } from './support/prometheus.mjs';

const FOLDER = 'deploy/prometheus';
const yaml = (file) => parse(readFileSync(new URL(`../../${FOLDER}/${file}`, import.meta.url), 'utf8'));
const IDENTITY = ['IdentityHighErrorRate', 'IdentityJWKSDown', 'IdentityMailFailures', 'IdentitySMSFailures', 'IdentityOTPSpike', 'IdentitySignInFailures'];

/** Which threshold makes which alert (O48). */
const THRESHOLDS = {
  HighTokenExchangeFailureRate: ['warning', '> 0.05', '5m'], CriticalTokenExchangeFailureRate: ['critical', '> 0.15', '5m'],
  HighTokenRefreshFailureRate: ['warning', '> 0.05', '5m'], CriticalTokenRefreshFailureRate: ['critical', '> 0.15', '5m'],
  AnomaliesDetected: ['warning', '> 5'], ManyAnomaliesDetected: ['critical', '> 10'],
  WebhookDeliveryFailure: ['warning', '> 0.05'], LowWebhookSuccess: ['warning', '< 0.98'], CriticalWebhookSuccess: ['critical', '< 0.95'],
  ManyRateLimited: ['warning', '> 50'], FloodOfRateLimited: ['critical', '> 200'],
  HighAuthLatency: ['warning', '> 2'], ElevatedAuthLatency: ['warning', '> 0.5'], CriticalAuthLatency: ['critical', '> 2'],
  HealthFailing: ['warning', '== 0)'], HealthDown: ['critical', '== 0)', '30s'],
};

/** What Prometheus and its exporter tell, and not this server. */
const OTHERS = ['up', 'probe_success'];

const metrics = (expr) => leftSides(expr).flatMap((side) => [...side.matchAll(/\b([a-z_]+)(?=[{[)]|$)/g)].map(([, name]) => name)).filter((name) => name.includes('_') || OTHERS.includes(name));

alone('Prometheus is told of both files, and takes them', async () => {
  assert.deepEqual(yaml('prometheus.yml').rule_files, ['alerts.yml', 'identity-rules.yml']);
  assert.match(await promtool(['check', 'config', `${FOLDER}/prometheus.yml`]), /16 rules found[^]*6 rules found/);
});

alone('there are the documented alerts, each at its threshold, and it says what to do', () => {
  const [grantex, credence] = yaml('alerts.yml').groups;
  assert.deepEqual([grantex.name, credence.name], ['grantex', 'credence']);
  assert.deepEqual(grantex.rules.map(({ alert, labels }) => [alert, labels.severity]), [['HighTokenExchangeFailureRate', 'warning'], ['HighAuthLatency', 'warning'], ['WebhookDeliveryFailure', 'warning']]);
  const rules = [...grantex.rules, ...credence.rules];
  assert.deepEqual(Object.fromEntries(rules.map((rule) => [rule.alert, [rule.labels.severity, rule.expr.match(/[<>=]+ [\d.]+\)?$/)[0], ...(rule.for ? [rule.for] : [])]])), THRESHOLDS);
  for (const { alert, annotations } of shippedRules()) {
    assert.ok(annotations.summary && annotations.description.length > 20, alert);
    assert.match(annotations.description, /^(?:Check|Look|Review|Verify|Find|Read|Ask|Somebody|The lines)/, alert);
  }
});

alone('there are the six alerts of the people door, each with a severity and a team', () => {
  const rules = yaml('identity-rules.yml').groups.flatMap((group) => group.rules);
  assert.deepEqual(rules.map(({ alert }) => alert), IDENTITY);
  for (const { alert, labels } of rules) {
    assert.match(labels.severity, /^(critical|warning)$/, alert);
    assert.match(labels.team, /^(backend|sre|security)$/, alert);
  }
  const { expr } = rules.find(({ alert }) => alert === 'IdentityOTPSpike');
  assert.deepEqual([...expr.matchAll(/\[1h\] offset (\d)d/g)].map(([, day]) => Number(day)), [1, 2, 3, 4, 5, 6, 7]);
});

for (const file of ['alerts', 'identity-rules', 'otp-week']) {
  alone(`each alert fires when it should and not otherwise: ${file}`, { timeout: 120_000 }, async () => {
    assert.match(await promtool(['test', 'rules', `${FOLDER}/tests/${file}.yml`]), /SUCCESS/);
  });
}

alone('no alert is without a case in which it fires', () => {
  const firing = ['alerts', 'identity-rules', 'otp-week'].flatMap((file) => yaml(`tests/${file}.yml`).tests).flatMap((one) => one.promql_expr_test)
    .filter(({ expr }) => !expr.includes('pending')).flatMap(({ exp_samples: samples }) => samples.map(({ labels }) => labels.match(/alertname="(\w+)"/)[1]));
  assert.deepEqual([...new Set(firing)].sort(), [...Object.keys(THRESHOLDS), ...IDENTITY].sort());
});

onEachEngine('what the alerts ask for', (test) => {
  test('each metric is there, under the labels that are asked for', async (server) => {
    const ada = await newcomer(server);
    await ada.signIn({ credential: { scheme: 'BASIC', value: 'not the password' } });
    await server.api('GET', '/jw-certs');
    const { text } = await server.api('GET', '/metrics');
    const asked = shippedRules().flatMap(({ alert, expr }) => metrics(expr).map((name) => ({ alert, name: name.replace(/_(bucket|count)$/, '') })));
    for (const { alert } of shippedRules()) assert.ok(asked.some((one) => one.alert === alert), `${alert} asks for something`);
    none(asked.filter(({ name }) => !OTHERS.includes(name) && !text.includes(`# TYPE ${name} `)), 'metrics that this server does not tell');
    assert.match(text, /^identity_http_requests_total\{method="GET",route="\/jw-certs",status_code="200"\} [1-9]/m);
    assert.match(text, /^identity_sign_in_total\{scheme="username",result="success"\} [1-9]/m);
    assert.match(text, /^identity_sign_in_total\{scheme="username",result="auth.invalid_credentials"\} [1-9]/m);
    assert.match(text, /^grantex_store_up\{store="db"\} 1$/m);
    for (const [type, severity] of [['rate_spike', 'high'], ['new_principal', 'low'], ['replay', 'critical'], ['custom_rule', 'medium']]) {
      assert.ok(text.includes(`grantex_anomalies_detected_total{type="${type}",severity="${severity}"} 0`), type);
    }
    const [kid] = (await server.api('GET', '/jw-certs')).json.keys.map((key) => key.kid);
    assert.ok(text.includes(`identity_signing_key_info{kid="${kid}",state="active"} 1`), text.match(/^identity_signing_key.*/gm)?.join());
  });

  test('promtool finds nothing to say but of the one documented gauge', async (server) => {
    const { text } = await server.api('GET', '/metrics');
    const said = await promtool(['check', 'metrics'], text).catch((error) => error.message);
    const complaints = said.split('\n').filter((line) => /^\w+ /.test(line) && !line.startsWith('promtool'));
    assert.deepEqual(complaints, ['agentidp_credentials_expiring_soon_total non-counter metrics should not have "_total" suffix']);
  });
}, BEHIND_PROXY);
