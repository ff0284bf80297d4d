// Servers killed while they deliver: every event arrives all the same (contract operations.md O30).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Postgres } from '../support/postgres.mjs';
import { none } from '../support/expect.mjs';
import { Receiver, status } from '../support/receiver.mjs';
import { Redis } from '../support/redis.mjs';
import { eventually, Server } from '../support/server.mjs';

const LIMIT = { timeout: 240_000 };

export const killedDeliveries = () => describe('two servers that are killed while they deliver', { concurrency: 1 }, () => {
  let postgres;
  let redis;
  let receiver;
  let servers = [];
  before(async () => {
    [postgres, redis, receiver] = await Promise.all([Postgres.start(), Redis.start(), Receiver.start()]);
  }, LIMIT);
  after(async () => {
    for (const server of servers) await server.kill();
    await receiver?.close();
    await redis?.remove();
    await postgres?.remove();
  });

  test('lose no event, before, during and after the attempt', LIMIT, async () => {
    const settings = {
      DATABASE_URL: postgres.url, REDIS_URL: redis.url, PUBLIC_BASE_URL: 'https://credence.example.test', WEBHOOK_LEASE: '15s', WEBHOOK_FIRST_RETRY: '1s',
      LOG_LEVEL: 'warn', PLAN_FREE_REQUESTS_PER_MINUTE: '100000',
    };
    servers = await Promise.all([Server.start(settings), Server.start(settings)]);
    const org = await servers[0].signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    assert.equal((await org.post('/v1/webhooks', { url: receiver.url, events: ['grant.created', 'token.issued'] })).status, 201);

    // Some are answered, some hang when the servers die, most are still waiting.
    const acknowledged = new Set();
    const take = (request, response, body) => {
      acknowledged.add(JSON.parse(body).id);
      status(200)(request, response);
    };
    receiver.answer = (request, response, body) => receiver.received.length <= 5 && take(request, response, body);
    const granted = new Set();
    const granting = Promise.allSettled(Array.from({ length: 30 }, async () => granted.add((await org.grant(agentId)).grantId)));
    await eventually(() => receiver.received.length > 10, () => `some hang: ${receiver.received.length}`, 30);
    await Promise.all(servers.map((server) => server.kill()));
    await granting;
    assert.ok(granted.size > 0, 'some were granted');

    receiver.answer = take;
    servers = await Promise.all([Server.start(settings), Server.start(settings)]);
    const stored = async () => (await postgres.query("select id from credence.events where type in ('grant.created', 'token.issued')")).flat();
    await eventually(async () => (await stored()).every((id) => acknowledged.has(id)), () => `all arrive: ${acknowledged.size}`, 60);
    const told = receiver.received.map(({ body }) => JSON.parse(body)).filter(({ type }) => type === 'grant.created').map(({ data }) => data.grantId);
    none([...granted].filter((id) => !told.includes(id)), 'grants that were answered and nobody was told of');
    await eventually(async () => (await postgres.query("select id from credence.webhook_deliveries where status <> 'delivered'")).length === 0, 'all are written down', 30);
  });
});
