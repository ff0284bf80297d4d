// Stores that come late, stay away, or swallow what they are sent (operations O1 to O3, O15, O22).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sleep } from '../support/children.mjs';
import { none, refused } from '../support/expect.mjs';
import { send } from '../support/http.mjs';
import { Postgres } from '../support/postgres.mjs';
import { Proxy } from '../support/proxy.mjs';
import { Redis } from '../support/redis.mjs';
import { eventually, Server } from '../support/server.mjs';

const LIMIT = { timeout: 240_000 };
const ONE_AFTER_THE_OTHER = { concurrency: 1 };
const OK = '{"status":"ok"}';
const DB = '{"status":"degraded","failing":["db"]}';
const REDIS = '{"status":"degraded","failing":["redis"]}';
const BOTH = '{"status":"degraded","failing":["db","redis"]}';

/** Whatever else /health says on the way, in the end it is exactly this. */
async function healthBecomes(server, body) {
  let last;
  await eventually(async () => {
    last = await send(server.base, 'GET', '/health');
    return last.text === body;
  }, () => `${body}; it is ${last.text}`, 60);
  assert.equal(last.status, body === OK ? 200 : 503);
  assert.match(last.headers['content-type'], /^application\/json/);
}

/** A start that must fail: its exit code and its fatal lines. */
async function failedStart(settings) {
  const server = await Server.launch(settings);
  const [code] = await server.exited;
  const fatal = server.log(({ level }) => level === 'fatal');
  assert.deepEqual({ code, fatal: fatal.map(({ msg }) => msg.split(':')[0]) }, { code: 1, fatal: ["start failed at step 'database'"] }, server.tail());
  none(server.takeComplaints().filter((line) => !line.includes('"fatal"')), 'more than one line');
}

export const lateStores = () => describe('a PostgreSQL that comes late', ONE_AFTER_THE_OTHER, () => {
  let postgres;
  before(async () => {
    postgres = await Postgres.create();
  }, LIMIT);
  after(() => postgres?.remove());

  test('10 s after the start: waited for; later than STARTUP_WAIT_SECONDS: one fatal line and exit 1, and the next start is clean', LIMIT, async () => {
    const settings = { DATABASE_URL: postgres.url, REDIS_URL: 'embedded' };
    const patient = await Server.launch(settings);
    const impatient = failedStart({ ...settings, STARTUP_WAIT_SECONDS: '3' });
    await sleep(10_000);
    await impatient;
    assert.equal(patient.child.exitCode, null, 'it still waits');

    await postgres.resume();
    await patient.ready();
    await patient.stop();

    const next = await Server.start(settings);
    await next.stop();
  });
});

export const lostStores = () => describe('stores that cannot be reached', ONE_AFTER_THE_OTHER, () => {
  let postgres;
  let redis;
  let server;
  let org;
  const proxies = [];
  before(async () => {
    [postgres, redis] = await Promise.all([Postgres.start(), Redis.start()]);
    for (const { port } of [postgres, redis]) proxies.push(await Proxy.to(port));
    const [database, state] = proxies;
    server = await Server.start({
      DATABASE_URL: `postgresql://postgres@127.0.0.1:${database.port}/postgres`, REDIS_URL: `redis://127.0.0.1:${state.port}`, RATE_LIMITS_ENABLED: 'true',
    });
    org = await server.signUp();
  }, LIMIT);
  after(async () => {
    await server?.kill();
    for (const proxy of proxies) await proxy.close();
    await redis?.remove();
    await postgres?.remove();
  });

  test('/health names exactly what is away', LIMIT, async () => {
    await healthBecomes(server, OK);
    await postgres.stop();
    await healthBecomes(server, DB);
    await server.logged(({ msg }) => msg.startsWith('Unexpected pg pool error '), 1);
    await redis.stop();
    await healthBecomes(server, BOTH);
    await postgres.resume();
    await healthBecomes(server, REDIS);
    await redis.resume();
    await healthBecomes(server, OK);

    const said = (start) => server.log(({ msg }) => msg.startsWith(start)).length;
    await server.logged(({ msg }) => msg === 'PostgreSQL is back', 1);
    assert.deepEqual({ database: said('Unexpected pg pool error '), redis: said('Redis client error ') }, { database: 1, redis: 1 }, 'one line for each outage');
  });

  test('a black hole is told from /health and answered with 503, not waited for; then service goes on', LIMIT, async (t) => {
    const [database, state] = proxies;
    assert.equal((await org.get('/v1/me')).status, 200);
    for (const proxy of proxies) proxy.blackHole();

    const timed = async (what, ask) => {
      const from = Date.now();
      const answer = await ask();
      const took = Date.now() - from;
      t.diagnostic(`${what}: ${answer.status} after ${took} ms`);
      assert.ok(took < 40_000, `${what} took ${took} ms; a silent store counts as away after 10 s, or twice that`);
      return answer;
    };
    const asked = Promise.all(Array.from({ length: 24 }, (_, i) => timed(`request ${i}`, () => org.get('/v1/me', { expected: [503] })))); // more than the pool holds
    const health = await timed('/health', () => send(server.base, 'GET', '/health'));
    assert.equal(health.text, BOTH);
    assert.equal((await timed('the key set', () => send(server.base, 'GET', '/.well-known/jwks.json'))).status, 200);
    for (const answer of await asked) refused(answer, 503, 'SERVICE_UNAVAILABLE');

    await assert.doesNotReject(failedStart({ DATABASE_URL: `postgresql://postgres@127.0.0.1:${database.port}/postgres`, REDIS_URL: 'embedded', STARTUP_WAIT_SECONDS: '2' }));
    assert.equal((await timed('a new request', () => org.get('/v1/me', { expected: [503] }))).status, 503);

    database.pass();
    await healthBecomes(server, REDIS);
    state.pass();
    const back = Date.now();
    await healthBecomes(server, OK);
    await eventually(async () => (await org.get('/v1/me', { expected: [503] })).status === 200, 'service goes on', 60);
    const grant = await org.grant((await org.agent()).agentId);
    await eventually(async () => (await org.post('/v1/tokens/verify', { token: grant.grantToken }, { expected: [503] })).status === 200, 'revocations are followed', 60);
    t.diagnostic(`full service ${Date.now() - back} ms after the stores were back`);
    none(server.takeComplaints().filter((line) => line.includes('unhandled')), 'unhandled');
    await server.stop();
  });
});
