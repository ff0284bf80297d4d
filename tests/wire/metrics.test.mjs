// Who may read /metrics, and where (contract operations O39).
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { send } from './support/http.mjs';
import { tally } from './support/expect.mjs';
import { withinOneMinute } from './support/clock.mjs';
import { Server, freePort } from './support/server.mjs';

/** Runs a server on a file of its own. */
async function running(settings, body) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'credence-metrics-'));
  let server;
  try {
    server = await Server.start({ DATABASE_URL: `sqlite:${path.join(folder, 'credence.db')}`, REDIS_URL: 'embedded', ...settings });
    await body(server);
    await server.stop();
  } finally {
    await server?.kill();
    await rm(folder, { recursive: true });
  }
}

test('anybody reads it, an address ten times a minute, and its neighbour ten times too', () =>
  running({ RATE_LIMITS_ENABLED: undefined, TRUST_PROXY: '1' }, async (server) => {
    const scrape = (address) => server.api('GET', '/metrics', { headers: { 'x-forwarded-for': address } });
    await withinOneMinute();
    const answers = [];
    for (let asked = 0; asked < 13; asked += 1) answers.push(await scrape('10.0.0.1'));
    assert.deepEqual(tally(answers), { 200: 10, 429: 3 });
    const refused = answers.at(-1);
    assert.equal(refused.json.message, `Too many scrapes from this address, retry in ${refused.headers['retry-after']} seconds`);
    assert.ok(Number(refused.headers['retry-after']) >= 1 && Number(refused.headers['retry-after']) <= 60);
    const other = await scrape('10.0.0.2');
    assert.equal(other.status, 200);
    assert.equal(other.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
    assert.match(other.text, /^grantex_http_request_duration_seconds_count\{method="GET",route="\/metrics",status_code="429"\} 3$/m);
    const [hit] = await server.logged(({ msg }) => msg === 'rate_limit.hit', 3);
    assert.deepEqual([hit.level, hit.ip, hit.endpoint, typeof hit.retryAfter], ['warn', '10.0.0.1', 'GET /metrics', 'number']);
  }));

test('with METRICS_API_KEY nobody reads it without that bearer', () =>
  running({ METRICS_API_KEY: 'a-key-for-the-metrics' }, async (server) => {
    for (const key of [undefined, 'another-key-for-the-metrics', '']) {
      const answer = await server.api('GET', '/metrics', { key });
      assert.deepEqual([answer.status, answer.headers['www-authenticate'], answer.text.includes('grantex_')], [401, 'Bearer', false]);
    }
    assert.match((await server.api('GET', '/metrics', { key: 'a-key-for-the-metrics' })).text, /^grantex_active_grants 0$/m);
  }));

test('with METRICS_BIND it is at the private listener and there alone, and nothing else is', async () => {
  const port = await freePort();
  await running({ METRICS_BIND: `127.0.0.1:${port}` }, async (server) => {
    assert.equal((await server.api('GET', '/metrics')).status, 404);
    const inside = (url) => send(`http://127.0.0.1:${port}`, 'GET', url);
    assert.match((await inside('/metrics')).text, /^grantex_store_up\{store="db"\} 1$/m);
    for (const url of ['/health', '/v1/agents', '/.well-known/jwks.json']) assert.equal((await inside(url)).status, 404, url);
  });
});

test('with METRICS_ENABLED=false there is none', () => running({ METRICS_ENABLED: 'false' }, async (server) => assert.equal((await server.api('GET', '/metrics')).status, 404)));
