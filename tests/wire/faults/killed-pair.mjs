// Two servers killed at once, right after one of them revoked: both still know when they are back (design D6).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Organization } from '../support/organization.mjs';
import { Postgres } from '../support/postgres.mjs';
import { Redis } from '../support/redis.mjs';
import { Server } from '../support/server.mjs';

const LIMIT = { timeout: 240_000 };

export const killedPair = () => describe('two servers that are killed', { concurrency: 1 }, () => {
  let postgres;
  let redis;
  let servers = [];
  const startBoth = async () => {
    const settings = { DATABASE_URL: postgres.url, REDIS_URL: redis.url, PUBLIC_BASE_URL: 'https://credence.example.test' };
    servers = await Promise.all([Server.start(settings), Server.start(settings)]);
  };
  const through = (server, org) => new Organization(server, { apiKey: org.key, developerId: org.id });

  before(async () => {
    [postgres, redis] = await Promise.all([Postgres.start(), Redis.start()]);
    await startBoth();
  }, LIMIT);
  after(async () => {
    for (const server of servers) await server.kill();
    await redis?.remove();
    await postgres?.remove();
  });

  test('what one revoked, rotated or suspended just before stays so at both, without Redis too', LIMIT, async () => {
    const org = await servers[0].signUp({ mode: 'sandbox' });
    const other = through(servers[1], org);
    const [lender, borrower] = [await org.agent(), await org.agent()];
    const alive = await org.grant(lender.agentId);
    const revoked = await org.grant(lender.agentId);
    const passedOn = await org.delegated(revoked.grantToken, borrower.agentId);
    const suspended = await org.grant(borrower.agentId);
    for (const { grantToken } of [alive, revoked, passedOn, suspended]) assert.equal(await other.accepts(grantToken), true);

    const former = org.key;
    await Promise.all([
      org.delete(`/v1/grants/${revoked.grantId}`),
      org.patch(`/v1/agents/${borrower.agentId}`, { status: 'suspended' }),
    ]);
    org.key = (await org.post('/v1/keys/rotate')).json.apiKey;
    await Promise.all(servers.map((server) => server.kill()));
    await redis.stop();
    await startBoth();

    for (const server of servers) {
      const seen = through(server, org);
      assert.equal(await seen.accepts(alive.grantToken), true);
      for (const { grantToken } of [revoked, passedOn, suspended]) assert.equal(await seen.accepts(grantToken), false, 'at once');
      assert.equal((await server.api('GET', '/v1/me', { key: former })).status, 401);
    }
  });
});
