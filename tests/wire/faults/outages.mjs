// Stores that go away under load and come back, and servers that are stopped or killed under it (operations O18, O22 to O24).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { sleep } from '../support/children.mjs';
import { allSealed, booksBalance } from '../support/books.mjs';
import { none } from '../support/expect.mjs';
import { Load, ROOMY, saysUnavailable } from '../support/load.mjs';
import { Organization } from '../support/organization.mjs';
import { Postgres } from '../support/postgres.mjs';
import { Proxy } from '../support/proxy.mjs';
import { Redis } from '../support/redis.mjs';
import { eventually, Server } from '../support/server.mjs';

const LIMIT = { timeout: 240_000 };
const OUTAGE_MS = 10_000;
const FROM_MEMORY = new Set(['livez', 'jwks']);

/** Nothing in the log that somebody would have to look into: an outage is told of, and no surprise among it. */
function assertNoSurprise(server) {
  const surprises = server.takeComplaints().filter((line) => /unhandled|"fatal"|^stderr|^not a JSON/.test(line));
  none(surprises, 'surprises in the log');
}

export const outages = () => describe('under load from 32 connections', { concurrency: 1 }, () => {
  let postgres;
  let redis;
  let proxy;
  let server;
  let org;
  let load;
  const all = { granted: new Set(), revoked: new Set() };
  const keep = (done) => {
    done.granted.forEach((id) => all.granted.add(id));
    done.revoked.forEach((_, id) => all.revoked.add(id));
  };
  const startServer = () => Server.start({ ...ROOMY, PUBLIC_BASE_URL: 'https://credence.example.test', DATABASE_URL: `postgresql://postgres@127.0.0.1:${proxy.port}/postgres`, REDIS_URL: redis.url });

  before(async () => {
    [postgres, redis] = await Promise.all([Postgres.start(), Redis.start()]);
    proxy = await Proxy.to(postgres.port);
    server = await startServer();
    org = await server.signUp();
    load = await Load.start([org]);
  }, LIMIT);

  after(async () => {
    await load?.stop();
    await server?.kill();
    await proxy?.close();
    await redis?.remove();
    await postgres?.remove();
  });

  /** Takes a store away for a while. What was answered meanwhile, in the outage itself, is judged by `allowed`. */
  async function outage(t, store, allowed) {
    await load.recovers('the load gets going');
    const from = Date.now();
    await store.stop();
    const gone = Date.now();
    await sleep(OUTAGE_MS);
    const meanwhile = load.between(from);
    await store.resume();
    const back = Date.now();
    const took = await load.recovers('full service');
    const healthy = Date.now();
    await sleep(3_000);
    const end = Date.now();
    t.diagnostic(`${load.between(from, back).length} answers in the outage of ${back - from} ms: ${load.summary(from, back)}`);
    t.diagnostic(`full service ${took} ms after the store was back; since then ${load.between(healthy, end).length} answers`);

    for (const answer of load.bad(from, end)) assert.ok(allowed(answer), JSON.stringify(answer));
    assert.ok(meanwhile.some(({ step, good }) => step === 'jwks' && good), 'the key set was asked for');
    none(load.bad(healthy, end), 'failures at full service');
    assert.equal(server.child.exitCode, null, 'the server runs');
    assertNoSurprise(server);
    return { meanwhile, gone, back };
  }

  test('PostgreSQL goes for 10 s: 503 or an answer from memory, then full service', LIMIT, async (t) => {
    const { meanwhile } = await outage(t, postgres, (answer) => saysUnavailable(answer) && !FROM_MEMORY.has(answer.step));
    assert.ok(meanwhile.some(({ step, good }) => step === 'known is good' && good), 'tokens are verified from memory');
    assert.ok(meanwhile.some(({ step, good }) => step === 'authorize' && !good), 'the outage was one');
  });

  test('Redis goes for 10 s: nobody notices', LIMIT, async (t) => {
    const { gone, back } = await outage(t, redis, () => false);
    const meanwhile = [...load.revoked].filter(([, at]) => at > gone + 1_000 && at < back).slice(0, 20);
    assert.ok(meanwhile.length > 0, 'grants were revoked meanwhile');
    for (const [id] of meanwhile) await eventually(async () => (await redis.cli('EXISTS', `revoked:grant:${id}`)) === '1', `the key of ${id}, which waited, is written`);
  });

  test('SIGTERM: what is in flight is answered, and it ends with 0 within 10 s', LIMIT, async (t) => {
    proxy.pass({ delay: 15 }); // so that requests are in flight for a while
    await sleep(1_000);
    const stopped = load.stop();
    await sleep(100); // what was sent has arrived
    const signalled = Date.now();
    const exited = server.stop();
    await stopped;
    await exited;
    const inFlight = load.answers.filter(({ at, ms }) => at < signalled && at + ms >= signalled);
    t.diagnostic(`${inFlight.length} requests in flight at SIGTERM, exit after ${Date.now() - signalled} ms`);

    none(inFlight.filter(({ good }) => !good), 'failures in flight');
    assert.ok(inFlight.length > 0, 'requests were in flight');
    assert.ok(Date.now() - signalled < 10_000);
    keep(load);
    t.diagnostic(`${await booksBalance(postgres, all)} grants in the books`);
  });

  test('kill -9: nothing is half done, and nothing that was answered is lost', LIMIT, async (t) => {
    proxy.pass();
    server = await startServer();
    org = new Organization(server, { apiKey: org.key, developerId: org.id });
    load = await Load.start([org]);
    await load.recovers('the load gets going');
    await server.kill();
    await load.stop();
    keep(load);
    t.diagnostic(`${await booksBalance(postgres, all)} grants in the books`);

    server = await startServer();
    await allSealed(postgres);
    await booksBalance(postgres, all);
    org = new Organization(server, { apiKey: org.key, developerId: org.id });
    assert.equal(await org.accepts(load.known.grantToken), true);
    await eventually(async () => (await server.api('GET', '/health')).status === 200, 'healthy');
    await server.stop();
  });
});
