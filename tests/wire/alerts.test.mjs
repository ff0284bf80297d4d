// The alert rules that are shipped: each asks for what this server tells (identity A.5, B.9).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test as alone } from 'node:test';
import { parse } from 'yaml';
import { onEachEngine } from './support/engines.mjs';
import { none } from './support/expect.mjs';
import { BEHIND_PROXY, newcomer } from './support/people.mjs';

const yaml = (file) => parse(readFileSync(new URL(`../../deploy/prometheus/${file}`, import.meta.url), 'utf8'));
const rules = yaml('identity-rules.yml').groups.flatMap((group) => group.rules);
const NAMES = ['IdentityHighErrorRate', 'IdentityJWKSDown', 'IdentityMailFailures', 'IdentitySMSFailures', 'IdentityOTPSpike', 'IdentitySignInFailures'];

/** What Prometheus and its exporter tell, and not this server. */
const OTHERS = ['up', 'probe_success'];

const metrics = (expr) => [...expr.matchAll(/\b([a-z_]+)(?=[{[]| ==)/g)].map(([, name]) => name);

alone('there are the six alerts, each with a severity and a team, and Prometheus is told of them', () => {
  assert.deepEqual(rules.map(({ alert }) => alert), NAMES);
  for (const { alert, labels, annotations } of rules) {
    assert.match(labels.severity, /^(critical|warning)$/, alert);
    assert.match(labels.team, /^(backend|sre|security)$/, alert);
    assert.ok(annotations.summary && annotations.description, alert);
  }
  assert.deepEqual(yaml('prometheus.yml').rule_files, ['identity-rules.yml']);
});

alone('a spike is five times what the same hour had in the last seven days', () => {
  const { expr } = rules.find(({ alert }) => alert === 'IdentityOTPSpike');
  assert.deepEqual([...expr.matchAll(/\[1h\] offset (\d)d/g)].map(([, day]) => Number(day)), [1, 2, 3, 4, 5, 6, 7]);
  assert.match(expr, /> 5 \/ 7 \* \(/);
});

onEachEngine('what the alerts ask for', (test) => {
  test('each metric is there, under the labels that are asked for', async (server) => {
    const ada = await newcomer(server);
    await ada.signIn({ credential: { scheme: 'BASIC', value: 'not the password' } });
    await server.api('GET', '/jw-certs');
    const { text } = await server.api('GET', '/metrics');
    const asked = rules.flatMap(({ alert, expr }) => metrics(expr).map((name) => ({ alert, name })));
    for (const name of NAMES) assert.ok(asked.some(({ alert }) => alert === name), `${name} asks for something`);
    none(asked.filter(({ name }) => !OTHERS.includes(name) && !text.includes(`# TYPE ${name} `)), 'metrics that this server does not tell');
    assert.match(text, /^identity_http_requests_total\{method="GET",route="\/jw-certs",status_code="200"\} [1-9]/m);
    assert.match(text, /^identity_sign_in_total\{scheme="username",result="success"\} [1-9]/m);
    assert.match(text, /^identity_sign_in_total\{scheme="username",result="auth.invalid_credentials"\} [1-9]/m);
  });
}, BEHIND_PROXY);
