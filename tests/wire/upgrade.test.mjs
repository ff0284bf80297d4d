// Two versions side by side: the server of an earlier release and this one on one database, under load, while the schema moves on (issue 9).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { buildOfRelease } from './support/build.mjs';
import { allSealed, booksBalance } from './support/books.mjs';
import { sleep } from './support/children.mjs';
import { none } from './support/expect.mjs';
import { Load, ROOMY } from './support/load.mjs';
import { Organization } from './support/organization.mjs';
import { Postgres } from './support/postgres.mjs';
import { Redis } from './support/redis.mjs';
import { eventually, Server } from './support/server.mjs';

const LIMIT = { timeout: 480_000 };

/** The release before that can run beside this one: commit 3427118, migrations 0001 to 0021. */
const EARLIER = 'agents-door';

/**
 * The release before reads `select *`: where a migration adds a column, a statement that a connection had prepared fails there once. Its dispatcher of events then
 * tries again, and nothing is lost by it, which the books below say (docs/upgrade.md).
 */
const isStalePlan = (line) => line.includes('[event-dispatch] round failed') && line.includes('cached plan must not change result type');

describe('a rolling update', { concurrency: 1 }, () => {
  let [build, postgres, redis] = [];
  let servers = [];
  let load;
  before(async () => {
    [build, postgres, redis] = await Promise.all([buildOfRelease(EARLIER), Postgres.start(), Redis.start()]);
  }, LIMIT);
  after(async () => {
    await load?.stop();
    for (const server of servers) await server.kill();
    await redis?.remove();
    await postgres?.remove();
    await build?.remove();
  });

  test('from the release before loses no request and nothing else', LIMIT, async (t) => {
    const settings = { ...ROOMY, DATABASE_URL: postgres.url, REDIS_URL: redis.url, PUBLIC_BASE_URL: 'https://credence.example.test' };
    const migrated = async () => (await postgres.query('select name from credence.schema_migrations')).flat();
    const old = [await Server.start(settings, build.program), await Server.start(settings, build.program)];
    servers = [...old];
    const before = await migrated();
    const { key, id } = await old[0].signUp();
    const seenAt = (server) => new Organization(server, { apiKey: key, developerId: id });
    load = await Load.start(old.map(seenAt), { connections: 8 });
    await load.recovers('the load gets going');
    const from = Date.now();

    /** A balancer that takes one out, adds one, and stops the one that is out once its calls are over. */
    const replace = async (gone) => {
      const next = await Server.start(settings);
      servers.push(next);
      load.seen = [...load.seen.filter(({ server }) => server !== gone), seenAt(next)];
      await sleep(5_000);
      await gone.stop(isStalePlan);
      return next;
    };

    const fresh = [await replace(old[0])];
    const added = (await migrated()).filter((name) => !before.includes(name));
    assert.ok(added.length > 5, `${added.length} migrations were applied under the load`);
    t.diagnostic(`${added.length} migrations were applied while ${load.between(from).length} requests were answered`);

    // Both versions are there now: what one does counts at the other.
    const [then, now] = [seenAt(old[1]), seenAt(fresh[0])];
    const made = [await then.grant(load.agentId), await now.grant(load.agentId)];
    for (const { grantToken } of made) for (const org of [then, now]) assert.equal(await org.accepts(grantToken), true);
    assert.equal((await now.refresh(made[0].refreshToken, load.agentId)).status, 201);
    assert.equal((await then.refresh(made[1].refreshToken, load.agentId)).status, 201);
    await now.delete(`/v1/grants/${made[0].grantId}`);
    await then.delete(`/v1/grants/${made[1].grantId}`);
    await eventually(async () => !(await then.accepts(made[0].grantToken)) && !(await now.accepts(made[1].grantToken)), 'both know what the other took back', 5);

    fresh.push(await replace(old[1]));
    await sleep(2_000);
    await load.stop();
    t.diagnostic(load.summary(from));
    none(load.bad(from), 'failed requests');
    await allSealed(postgres);
    await booksBalance(postgres, load);
    for (const server of fresh) await server.stop();
  });
});
