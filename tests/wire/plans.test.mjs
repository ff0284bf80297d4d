// Plan limits on two servers that share one PostgreSQL and Redis (grantex.md 3.3).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ENGINES } from './support/engines.mjs';
import { ok, tally } from './support/expect.mjs';
import { Organization } from './support/organization.mjs';
import { Server } from './support/server.mjs';

const LIMIT = { timeout: 120_000 };
const AGENTS = 40;
const GRANTS = 60;
const LEFT = 10;
const CALLERS = 200;

describe('plan limits on two servers', () => {
  let database;
  let servers = [];
  before(async () => {
    database = await ENGINES.postgres();
    const settings = {
      ...database.settings, PLAN_FREE_AGENTS: String(AGENTS), PLAN_FREE_ACTIVE_GRANTS: String(GRANTS), RATE_LIMIT_AUTHORIZE_PER_MINUTE: '100000',
      PUBLIC_BASE_URL: 'https://credence.example.test',
    };
    servers = await Promise.all([Server.start(settings), Server.start(settings)]);
  }, LIMIT);
  after(async () => {
    for (const server of servers) await server.kill();
    await database?.remove();
  });
  const through = (server, org) => new Organization(server, { apiKey: org.key, developerId: org.id });
  const atOnce = (org, call) => Promise.all(Array.from({ length: CALLERS }, (_, at) => call(through(servers[at % 2], org), at)));

  test(`of ${CALLERS} registrations with ${LEFT} places left, ${LEFT} succeed`, LIMIT, async () => {
    const org = await servers[0].signUp();
    for (let made = 0; made < AGENTS - LEFT; made += 1) await through(servers[made % 2], org).agent();

    const answers = await atOnce(org, (seen, at) => seen.post('/v1/agents', { name: `agent ${at}` }));

    assert.deepEqual(tally(answers), { 201: LEFT, 402: CALLERS - LEFT });
    assert.equal(ok(await org.get('/v1/agents')).agents.length, AGENTS);
  });

  test(`of ${CALLERS} exchanges with ${LEFT} places left, ${LEFT} succeed, and ending one frees one`, LIMIT, async () => {
    const org = await servers[0].signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const codes = [];
    for (let made = 0; made < CALLERS; made += 1) codes.push(await org.code(agentId));
    const grants = [];
    for (let made = 0; made < GRANTS - LEFT; made += 1) grants.push(await through(servers[made % 2], org).grant(agentId));

    const answers = await atOnce(org, (seen, at) => seen.exchange(codes[at], agentId));

    assert.deepEqual(tally(answers), { 201: LEFT, 402: CALLERS - LEFT });
    assert.equal(ok(await org.get('/v1/grants?status=active')).grants.length, GRANTS);
    const refused = answers.findIndex(({ status }) => status === 402);
    await through(servers[1], org).delete(`/v1/grants/${grants[0].grantId}`);
    ok(await org.exchange(codes[refused], agentId), 201); // a refused exchange leaves its code usable
  });
});
