// Redis flushed, failed over and resharded under load: it holds nothing that may not be lost (operations O23, O24).
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { sleep } from '../support/children.mjs';
import { allSealed, booksBalance } from '../support/books.mjs';
import { none } from '../support/expect.mjs';
import { Load, ROOMY } from '../support/load.mjs';
import { Organization } from '../support/organization.mjs';
import { Postgres } from '../support/postgres.mjs';
import { Redis } from '../support/redis.mjs';
import { eventually, freePort, Server } from '../support/server.mjs';

const LIMIT = { timeout: 240_000 };
const ONE_AFTER_THE_OTHER = { concurrency: 1 };

/** Two servers on a PostgreSQL and the Redis of a test, and a light load on both. */
class Installation {
  static async start(redisUrl, settings = {}) {
    const made = new Installation();
    made.postgres = await Postgres.start();
    const all = { ...ROOMY, DATABASE_URL: made.postgres.url, REDIS_URL: redisUrl, PUBLIC_BASE_URL: 'https://credence.example.test', ...settings };
    made.servers = [await Server.start(all), await Server.start(all)];
    const org = await made.servers[0].signUp();
    made.seen = made.servers.map((server) => new Organization(server, { apiKey: org.key, developerId: org.id }));
    made.load = await Load.start(made.seen, { connections: 8 });
    await made.load.recovers('the load gets going');
    return made;
  }

  /** Both servers reach Redis. */
  async healthy() {
    for (const server of this.servers) {
      await eventually(async () => (await server.api('GET', '/health', { expected: [503] })).status === 200, 'Redis is reached', 60);
    }
  }

  /** No request failed since, whatever happened to Redis, and nothing durable is lost. */
  async assertUnharmed(from) {
    await sleep(1_000);
    await this.load.stop();
    none(this.load.bad(from), 'failures');
    await allSealed(this.postgres);
    await booksBalance(this.postgres, this.load);
    const surprises = this.servers.flatMap((server) => server.takeComplaints()).filter((line) => !/request failed/.test(line)); // /health, on the way
    none(surprises, 'surprises in the log');
    for (const server of this.servers) await server.stop();
  }

  async end() {
    await this.load?.stop();
    for (const server of this.servers ?? []) await server.kill();
    await this.postgres?.remove();
  }
}

export const flushes = () => describe('a Redis that is flushed under load', ONE_AFTER_THE_OTHER, () => {
  let redis;
  let site;
  before(async () => {
    redis = await Redis.start();
    site = await Installation.start(redis.url, { RATE_LIMIT_AUTHORIZE_PER_MINUTE: '1000000' });
  }, LIMIT);
  after(async () => {
    await site?.end();
    await redis?.remove();
  });

  test('windows start afresh, nothing is un-revoked, nothing is lost', LIMIT, async (t) => {
    const from = Date.now();
    const [org, other] = site.seen;
    const grant = await org.grant((await org.agent()).agentId);
    await org.delete(`/v1/grants/${grant.grantId}`);
    await eventually(async () => !(await other.accepts(grant.grantToken)), 'the other server refuses');

    // /v1/keys/rotate admits 5 a minute from an address, at whichever server.
    const spare = await site.servers[0].signUp();
    const rotate = async (server) => {
      const answer = await server.api('POST', '/v1/keys/rotate', { key: spare.key, headers: { 'x-forwarded-for': '192.0.2.7' } });
      if (answer.status === 200) spare.key = answer.json.apiKey;
      return answer.status;
    };
    const statuses = [];
    for (let at = 0; at < 12 && statuses.at(-1) !== 429; at += 1) statuses.push(await rotate(site.servers[0])); // a minute may turn meanwhile
    assert.equal(statuses.at(-1), 429, String(statuses));

    const flushed = await redis.cli('FLUSHALL');
    assert.equal(flushed, 'OK');
    assert.equal(await rotate(site.servers[0]), 200, 'the window starts afresh');
    for (let round = 0; round < 20; round += 1) {
      await redis.cli('FLUSHALL');
      for (const seen of site.seen) assert.equal(await seen.accepts(grant.grantToken), false, 'it stays revoked');
      await sleep(100);
    }

    await site.assertUnharmed(from);
    t.diagnostic(`${site.load.between(from).length} answers while Redis was flushed 21 times`);
  });
});

export const failover = () => describe('Redis under three Sentinels', ONE_AFTER_THE_OTHER, () => {
  let master;
  let replica;
  let sentinels = [];
  let site;
  before(async () => {
    master = await Redis.start();
    replica = await Redis.start(() => ['--replicaof', '127.0.0.1', String(master.port)]);
    const watch = `sentinel monitor main 127.0.0.1 ${master.port} 2\nsentinel down-after-milliseconds main 1000\nsentinel failover-timeout main 5000\n`;
    sentinels = await Promise.all([1, 2, 3].map(() => Redis.start(async (folder) => {
      const file = path.join(folder, 'sentinel.conf');
      await writeFile(file, watch);
      return [file, '--sentinel'];
    })));
    await eventually(async () => (await sentinels[0].cli('SENTINEL', 'CKQUORUM', 'main')).startsWith('OK 3'), 'the Sentinels know each other', 60);
    await eventually(async () => (await sentinels[0].cli('SENTINEL', 'REPLICAS', 'main')).includes(String(replica.port)), 'and the replica', 60);
    site = await Installation.start(`redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/main`);
  }, LIMIT);
  after(async () => {
    await site?.end();
    for (const redis of [...sentinels, master, replica]) await redis?.remove();
  });

  test('the master dies: service goes on, and the servers follow to the new one', LIMIT, async (t) => {
    const from = Date.now();
    await master.stop();
    await eventually(async () => (await replica.cli('ROLE')).startsWith('master'), 'the replica is promoted', 60);
    const promoted = Date.now();
    await site.healthy();
    t.diagnostic(`promoted after ${promoted - from} ms, followed after ${Date.now() - promoted} ms more`);

    await eventually(async () => (await replica.cli('PUBSUB', 'NUMSUB', 'credence:revocations')).endsWith('2'), 'both hear of revocations through the new master', 60);
    await eventually(async () => (await replica.cli('KEYS', 'ratelimit:*')) !== '', 'limits are counted there', 60);
    await site.assertUnharmed(from);
    t.diagnostic(`${site.load.between(from).length} answers, none failed`);
  });
});

export const resharding = () => describe('Redis as a cluster of three', ONE_AFTER_THE_OTHER, () => {
  let nodes = [];
  let site;
  const cluster = (...words) => nodes[0].cli('--cluster', ...words);
  const first = () => `127.0.0.1:${nodes[0].port}`;
  before(async () => {
    // Left to itself a node talks to the others at its port + 10,000, where some client may have its end of a connection.
    const buses = await Promise.all([1, 2, 3].map(() => freePort()));
    nodes = await Promise.all(buses.map((bus) => Redis.start(() => ['--cluster-enabled', 'yes', '--cluster-port', String(bus), '--cluster-node-timeout', '5000'])));
    await cluster('create', ...nodes.map(({ port }, at) => `127.0.0.1:${port}@${buses[at]}`), '--cluster-replicas', '0', '--cluster-yes');
    await eventually(async () => (await nodes[2].cli('CLUSTER', 'INFO')).includes('cluster_state:ok'), 'the cluster works', 60);
    site = await Installation.start(`redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`);
  }, LIMIT);
  after(async () => {
    await site?.end();
    for (const node of nodes) await node.remove();
  });

  test('slots move from node to node: service goes on', LIMIT, async (t) => {
    const from = Date.now();
    const [giver, taker] = [await nodes[0].cli('CLUSTER', 'MYID'), await nodes[1].cli('CLUSTER', 'MYID')];
    await cluster('reshard', first(), '--cluster-from', giver, '--cluster-to', taker, '--cluster-slots', '1500', '--cluster-yes');
    t.diagnostic(`1500 slots moved in ${Date.now() - from} ms`);
    await site.healthy();
    const windows = async () => (await nodes[1].cli('KEYS', 'ratelimit:*')).split('\n').length;
    const before = await windows();
    await eventually(async () => (await windows()) > before, 'limits are counted where the slots went', 60);
    for (const node of nodes) assert.match(await node.cli('CLUSTER', 'INFO'), /cluster_state:ok/);
    await site.assertUnharmed(from);
    t.diagnostic(`${site.load.between(from).length} answers, none failed`);
  });
});
