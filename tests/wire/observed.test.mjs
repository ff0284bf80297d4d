// What an operator sees of a walk through every door: each counter says what was done, every query of every dashboard and alert has data in a Prometheus that
// scrapes the server, every documented event is in the log, and nothing secret is in log or trace (contract operations O35 to O48; issue 9, Done when 0, 1, 3).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { none, ok } from './support/expect.mjs';
import { Installation } from './support/installation.mjs';
import { differences, sample } from './support/metrics.mjs';
import { someAddress } from './support/people.mjs';
import { emptyQueries } from './support/prometheus.mjs';
import { found } from './support/secrets.mjs';
import { eventually } from './support/server.mjs';

const LIMIT = { timeout: 180_000 };
/** What the walk knows to the last one. */
const COUNTED = /^(?:grantex|identity|auth)_\w+_(?:total|count)\{|^agentidp_http_requests_total\{/;
/** How often the door's own bookkeeping is done is not the walk's to know; the request histogram of the people door is its counter again. */
const APART = /^identity_http_request_duration|^grantex_policy_engine/;

const PAGE = readFileSync(new URL('../../docs/monitoring.md', import.meta.url), 'utf8');
const quoted = (text) => [...text.matchAll(/`([\w.]+)`/g)].map(([, word]) => word);

/** Name and labels of every metric that docs/monitoring.md has a line for: {type, labels}. */
function documented() {
  const lines = [...PAGE.matchAll(/^\| `(\w+)` \| (counter|gauge|histogram) \| (.*?) ?\| \S.*\|$/gm)];
  return new Map(lines.map(([, name, type, labels]) => [name, { type, labels: quoted(labels).sort() }]));
}

const OF_EVENT = ['level', 'time', 'timestamp', 'msg'];
const OF_REQUEST = ['reqId', 'requestId'];
/** What no visitor of a whole installation causes: providers that fail, routes and accounts that an operator brings, a webhook that fails for days. */
const ELSEWHERE = new Set([
  'alert.delivery_failed', 'gateway.routes_broken', 'gateway.routes_read', 'issuer.keys_failed', 'mail.failed', 'message.failed', 'message.given_up', 'message.shown', 'message.unheard',
  'policy.engine_failed', 'users.adopted', 'users.not_adopted', 'webhook.disabled',
]);

/** Level and fields of every event that docs/monitoring.md has a line for. */
function documentedEvents() {
  const section = PAGE.slice(PAGE.indexOf('## Logs'));
  const rows = [...section.matchAll(/^\| (`[\w.]+`(?:, `[\w.]+`)*) \| (info|warn|error) \| (.*) \|$/gm)];
  return new Map(rows.flatMap(([, names, level, fields]) => quoted(names).map((name) => [name, { level, fields: quoted(fields) }])));
}

/** A scrape: its samples by name{labels in order}, and the type of each family. */
async function scrape(server) {
  const { text } = await server.api('GET', '/metrics', { headers: { 'x-forwarded-for': someAddress() } });
  const samples = new Map();
  for (const [, name, labels = '', value] of text.matchAll(/^(\w+)(?:\{(.*)\})? (\S+)$/gm)) {
    samples.set(`${name}{${labels.split(/,(?=\w+=)/).filter(Boolean).sort().join(',')}}`, Number(value));
  }
  return { samples, types: new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type])) };
}

/** What several servers tell together: either of them may have sent a message. */
async function scrapeAll(...servers) {
  const [one, ...others] = await Promise.all(servers.map(scrape));
  for (const { samples } of others) for (const [key, value] of samples) if (COUNTED.test(key) && !key.includes('route="')) one.samples.set(key, (one.samples.get(key) ?? 0) + value);
  return one;
}

describe('a walk through every door', () => {
  let all;
  let walk;
  let first;

  before(async () => {
    all = await Installation.start();
    walk = all.walk;
    first = await scrapeAll(all.server, all.limited);
    await all.watch();
    await walk.haveTexts();
  }, LIMIT);

  after(() => all?.end());

  test('counts what was done, refusals included, and nothing else', LIMIT, async () => {
    await walk.everything();
    await all.prometheus.scrapes(2);
    await walk.everything();

    let now;
    const wanted = () => Object.fromEntries([...walk.counts, ...attempts()].filter(([key]) => COUNTED.test(key)).sort());
    const told = () => Object.fromEntries([...now.samples].map(([key, value]) => [key, value - (first.samples.get(key) ?? 0)])
      .filter(([key, by]) => by !== 0 && COUNTED.test(key) && !APART.test(key) && !key.includes('route="/metrics"') && !key.startsWith('grantex_agent_token')).sort());
    await eventually(async () => {
      now = await scrapeAll(all.server, all.limited);
      return JSON.stringify(told()) === JSON.stringify(wanted());
    }, () => differences(told(), wanted()), 20);

    const ofAgent = (outcome) => now.samples.get(sample('grantex_agent_token_exchanges_total', { agent_id: walk.agent, status: outcome }));
    assert.deepEqual([ofAgent('success'), ofAgent('bad_request')], [1, 2], 'its code once, and then when it was spent; and a code that is nobody’s');
    assert.equal(now.samples.get('grantex_active_grants{}'), 0, 'the walk takes back what it lends');
    assert.ok(now.samples.get('grantex_anomalies_unacknowledged{}') >= 2);
  });

  /** How often a webhook was tried, which goes on by itself. */
  const attempts = () => [['delivered', '/hook'], ['failed', '/broken?key=of-the-hook']]
    .map(([outcome, path]) => [sample('grantex_webhook_deliveries_total', { status: outcome }), all.receiver.at(path).length]);

  test('leaves every metric that is documented, with its type and labels, and no other', LIMIT, async () => {
    await all.rarities();
    const [{ samples, types }, others] = await Promise.all([scrape(all.server), scrape(all.limited)]);
    for (const [key, value] of others.samples) samples.set(key, value); // what only the other one did
    const ours = new Map([...types].filter(([name]) => /^(?:grantex|agentidp|identity|auth)_/.test(name)));
    const listed = documented();
    assert.deepEqual([...ours].sort(), [...listed].map(([name, { type }]) => [name, type]).sort());
    for (const [name, { labels, type }] of listed) {
      const its = [...samples.keys()].filter((key) => key.startsWith(`${name}${type === 'histogram' ? '_count' : ''}{`));
      if (its.length === 0) assert.ok(['grantex_policy_engine_total', 'identity_policy_checks_total'].includes(name), `${name} has a sample`);
      for (const key of its) assert.deepEqual([...key.matchAll(/(\w+)="/g)].map(([, label]) => label).sort(), labels, key);
    }
  });

  test('gives every query of every dashboard, and the left side of every alert, something to show', LIMIT, async () => {
    await all.prometheus.scrapes(1);
    await walk.everything();
    const agent = await all.exchanges();
    none(await emptyQueries(all.prometheus, { agent, interval: '2m' }), 'queries that show nothing');
  });

  test('leaves each documented event in the log, at its level and with exactly its fields', LIMIT, async () => {
    await all.postgres.stop();
    assert.equal((await all.server.api('GET', '/v1/agents', { key: walk.organization.key.replace(/.$/, 'x'), expected: [503] })).status, 503);
    await all.postgres.resume();
    await eventually(async () => (await all.server.api('GET', '/readyz', { expected: [503] })).status === 200, 'PostgreSQL is back', 30);
    const lines = all.written.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
    const happened = lines.filter(({ timestamp }) => timestamp);
    const events = documentedEvents();
    for (const line of happened) {
      const { level, fields } = events.get(line.msg) ?? assert.fail(`${line.msg} is not documented`);
      assert.equal(line.level, level, line.msg);
      none(Object.keys(line).filter((field) => ![...OF_EVENT, ...OF_REQUEST, ...fields].includes(field)), `fields of ${line.msg} that are not documented`);
      assert.equal(Date.parse(line.timestamp), line.time);
      assert.equal(line.requestId, line.reqId);
    }
    for (const [name, { fields }] of [...events].filter(([name]) => !ELSEWHERE.has(name))) {
      const its = happened.filter(({ msg }) => msg === name);
      const whole = name === 'webhook.delivery_failed' ? fields : [...fields, ...OF_REQUEST]; // a worker does that
      assert.ok(its.some((line) => whole.every((field) => field in line)), `no ${name} with ${whole}\n${JSON.stringify(its[0])}`);
    }
    const told = (of) => happened.filter((line) => Object.entries(of).every(([field, value]) => line[field] === value)).length;
    none([...walk.events].map(([of, times]) => [of, times, told(JSON.parse(of))]).filter(([, times, has]) => has !== times), 'events: what of, how often they happened, how often the log has them');
    const request = lines.find(({ msg, route }) => msg === 'request completed' && route === '/v1/token');
    assert.deepEqual(Object.keys(request).sort(), ['level', 'method', 'msg', 'reqId', 'responseTime', 'route', 'statusCode', 'time']);
    assert.ok(lines.some(({ msg, level, statusCode }) => msg === 'request failed' && level === 'error' && statusCode === 503));
    assert.deepEqual([...new Set(lines.map(({ level }) => level))].sort(), ['error', 'info', 'warn']);
  });

  test('leaves nothing secret in the log, and nothing secret or personal in a trace', LIMIT, async () => {
    for (const one of [all.server, all.limited]) {
      one.takeComplaints(); // of what the tests before wanted to fail
      await one.stop();
    }
    const { written, collector } = all;
    for (const text of [written, collector.text]) assert.deepEqual(found(text, [walk.agent]), [walk.agent], 'the search finds what is there');
    assert.ok(walk.secrets.size > 60, `${walk.secrets.size} secrets were used`);
    none(found(written, walk.secrets.keys()).map((secret) => [walk.secrets.get(secret), secret]), 'secrets in the log');
    none(found(written, [...walk.personal].filter((one) => !one.startsWith('ada-'))), 'people in the log'); // a principal is a field of its events (O37)
    assert.ok(collector.spans.length > 300 && collector.spans.some(({ name }) => name === 'webhook.deliver'), `${collector.spans.length} spans`);
    none(found(collector.text, walk.secrets.keys()).map((secret) => [walk.secrets.get(secret), secret]), 'secrets in a trace');
    none(found(collector.text, walk.personal), 'people in a trace');
    const tags = new Set(collector.spans.flatMap((span) => Object.keys(span.tags)));
    none([...tags].filter((tag) => /url|path|user|client\.address|query(?!\.text)/.test(tag)), 'tags that may hold anything');
    none(collector.spans.filter(({ tags: { 'db.query.text': sql } }) => sql && /= '[^']*@|'[A-Za-z0-9_-]{32,}'/.test(sql)), 'statements with a value in them');
  });
});
