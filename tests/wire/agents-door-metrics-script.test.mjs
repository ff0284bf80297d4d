// One script drives all 19 metrics of the agents door to known values, refusals and failures included, and every sample is compared with what it did
// (agent-idp A.7, B.15). On PostgreSQL and Redis of its own, so that it can look into them and damage them.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { decodeJwt } from 'jose';
import { BEGUN, operator, postForm, profile, refused, tenant } from './support/agents-door.mjs';
import { sleep } from './support/children.mjs';
import { withinOneMinute } from './support/clock.mjs';
import { nothing, ok } from './support/expect.mjs';
import { Issuer } from './support/issuer.mjs';
import { Watched, differences, scrape } from './support/metrics.mjs';
import { Postgres } from './support/postgres.mjs';
import { Receiver, status } from './support/receiver.mjs';
import { Redis } from './support/redis.mjs';
import { eventually, Server } from './support/server.mjs';

const LIMIT = { timeout: 180_000 };
const DAY = 86_400_000;
/** What the script cannot know to the last call: how often the server asked its stores. */
const OF_STORES = /^agentidp_(db_query|redis_command)_duration_seconds/;
const GAUGES = /^agentidp_(credentials_expiring_soon_total|audit_chain_integrity|db_pool_\w+)\{/;
const BUCKETS = /^agentidp_http_request_duration_seconds_(bucket|sum)/;

/** Every counter that moved, and by how much. */
function moved(before, now) {
  const all = new Map();
  for (const [key, value] of now.samples) {
    const by = value - (before.samples.get(key) ?? 0);
    if (by !== 0 && !OF_STORES.test(key) && !GAUGES.test(key) && !BUCKETS.test(key)) all.set(key, by);
  }
  return Object.fromEntries([...all].sort());
}

describe('the 19 metrics of the agents door', () => {
  let postgres;
  let redis;
  let settings;
  let server;
  let calm;
  let watched;
  let issuer;
  let receiver;

  before(async () => {
    [postgres, redis, issuer, receiver] = await Promise.all([Postgres.start(), Redis.start(), Issuer.start(), Receiver.start()]);
    settings = {
      ...BEGUN, DATABASE_URL: `postgresql://postgres@127.0.0.1:${postgres.port}/postgres`, REDIS_URL: redis.url, DB_POOL_MAX: '6', RATE_LIMITS_ENABLED: undefined,
      RATE_LIMIT_ADDRESS_PER_MINUTE: '150', TIER_PRO_AGENTS: '2', TIER_PRO_CALLS_PER_DAY: '8', TIER_PRO_TOKENS_PER_DAY: '3',
    };
    server = await Server.start(settings);
    calm = await Server.start({ ...settings, RATE_LIMITS_ENABLED: 'false' }); // which may be scraped as often as one likes
    await eventually(async () => (await server.api('GET', '/health', { expected: [503] })).status === 200, 'both stores answer');
    watched = new Watched(server);
  }, LIMIT);

  after(async () => {
    await server?.kill();
    await calm?.kill();
    await Promise.all([postgres?.remove(), redis?.remove(), issuer?.close(), receiver?.close()]);
  });

  test('say what the script did, sample by sample, and nothing else', LIMIT, async () => {
    const first = await scrape(watched); // which is counted once it was answered
    assert.equal(first.of('agentidp_audit_chain_integrity'), 1);
    assert.equal(first.of('agentidp_credentials_expiring_soon_total'), 0);

    const admin = operator(watched);
    watched.tiers.set(decodeJwt(await admin.bearer()).organization_id, ok(await operator(calm).get('/tiers/status')).tier);
    await identities(admin);
    await refusals(admin);
    await partners(admin);
    await deadLetter(admin);

    let now;
    let done;
    for (let tries = 0; tries < 4; tries += 1) { // an answer may be here before it is counted; and /metrics may be asked ten times a minute
      done = Object.fromEntries([...watched.counts].sort());
      now = await scrape(watched);
      if (JSON.stringify(moved(first, now)) === JSON.stringify(done)) break;
      await sleep(500);
    }
    assert.deepEqual(moved(first, now), done, differences(moved(first, now), done));
    for (const operation of ['select', 'insert', 'update', 'commit']) assert.ok(now.of('agentidp_db_query_duration_seconds_count', { operation }) > first.of('agentidp_db_query_duration_seconds_count', { operation }), operation);
    assert.ok(now.of('agentidp_redis_command_duration_seconds_count', { command: 'evalsha' }) > 0);
    assert.equal(now.of('agentidp_credentials_expiring_soon_total'), 2);
    for (const [name, count] of [['db_query', 'select'], ['redis_command', 'evalsha']]) {
      const label = name === 'db_query' ? { operation: count } : { command: count };
      assert.equal(now.of(`agentidp_${name}_duration_seconds_bucket`, { ...label, le: '+Inf' }), now.of(`agentidp_${name}_duration_seconds_count`, label), 'every one is in a bucket');
    }
    for (const [key, value] of now.samples) {
      if (!key.startsWith('agentidp_http_request_duration_seconds_bucket') || !key.includes('le="+Inf"')) continue;
      assert.equal(now.samples.get(key.replace('_bucket', '_count').replace(/,?le="\+Inf"/, '').replace('{,', '{')), value, key);
    }
  });

  /** Agents, tokens, ID tokens, DID documents, delegations, reports, credentials that soon expire. */
  async function identities(admin) {
    const agent = await admin.agent({ deploymentEnv: 'production' });
    const other = await admin.agent({ deploymentEnv: 'development' });
    ok(await agent.ask({ scope: 'openid agents:read' }));
    ok(await agent.ask({ scope: 'agents:read' }));
    ok(await agent.ask({ grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', subject_token: await other.token('agents:read'), subject_token_type: 'urn:ietf:params:oauth:token-type:access_token' }));
    assert.equal((await agent.ask({ scope: 'nonsense' })).status, 400);
    assert.equal((await agent.ask({ client_secret: 'sk_live_wrong_but_long_enough' })).status, 401);
    ok(await watched.api('GET', `/api/v1/agents/${agent.id}/did`));
    ok(await watched.api('GET', `/agents/${agent.id}/did.json`));
    ok(await admin.get(`/agents/${agent.id}/did/resolve`));
    assert.equal((await watched.api('GET', '/api/v1/agents/x/did')).status, 400);
    for (let made = 0; made < 2; made += 1) ok(await agent.post('/oauth2/token/delegate', { delegateeAgentId: other.id, scopes: ['agents:read'], ttlSeconds: 60 }), 201);
    refused(await agent.post('/oauth2/token/delegate', { delegateeAgentId: agent.id, scopes: ['agents:read'], ttlSeconds: 60 }), 422, 'INVALID_DELEGATION');
    for (let asked = 0; asked < 2; asked += 1) ok(await admin.get('/compliance/report')); // the second is from the cache
    const soon = { expiresAt: new Date(Date.now() + 3 * DAY).toISOString() };
    await admin.equip(agent.id, soon);
    await admin.equip(agent.id, soon);
    await admin.equip(agent.id, { expiresAt: new Date(Date.now() + 30 * DAY).toISOString() });
    const ended = await admin.equip(agent.id, soon);
    nothing(await admin.delete(`/agents/${agent.id}/credentials/${ended.credentialId}`));
    const token = await other.token('audit:read');
    ok(await postForm(watched, '/api/v1/token/revoke', { token }, { key: token }));
    assert.equal((await watched.api('GET', '/api/v1/nothing/here')).status, 404);
  }

  /** Everything that a limit refuses: a window of its own, a tier's agents, tokens and calls, and whoever shows no token. */
  async function refusals(admin) {
    await withinOneMinute();
    for (let checks = 0; checks < 33; checks += 1) await admin.get('/audit/verify');
    const small = await tenant(watched, { planTier: 'pro' });
    watched.tiers.set(small.organizationId, 'pro');
    const key = await small.token(); // the first of three, and no call of the day
    for (const expected of [200, 200, 429]) assert.equal((await small.ask()).status, expected);
    watched.count('billing_limit_rejections_total', { org_id: small.organizationId, limit_type: 'token_issuances' });
    const post = (body) => watched.api('POST', '/api/v1/agents', { key, body });
    ok(await post(profile()), 201);
    refused(await post(profile()), 403, 'FREE_TIER_LIMIT_EXCEEDED');
    watched.count('billing_limit_rejections_total', { org_id: small.organizationId, limit_type: 'agents' });
    for (let call = 0; call < 8; call += 1) {
      const { status: answered } = await watched.api('GET', '/api/v1/tiers/status', { key });
      assert.equal(answered, call < 6 ? 200 : 429);
      if (answered === 429) watched.count('billing_limit_rejections_total', { org_id: small.organizationId, limit_type: 'api_calls' });
    }
  }

  /** A partner from its registration to its end, and one that cannot be had. */
  async function partners(admin) {
    const event = (type) => watched.count('federation_events_total', { event_type: type });
    const trust = (fields = {}) => admin.post('/federation/trust', { name: 'Partner', issuer: issuer.url, jwksUri: issuer.jwksUri, ...fields });
    const { id } = ok(await trust(), 201);
    event('partner_registered');
    refused(await trust({ issuer: 'http://127.0.0.1:1', jwksUri: 'http://127.0.0.1:1/jwks' }), 422, 'PARTNER_JWKS_UNREACHABLE');
    event('jwks_failed');
    ok(await admin.post('/federation/verify', { token: await issuer.token() }));
    event('token_verified');
    refused(await admin.post('/federation/verify', { token: 'nonsense' }), 401, 'FEDERATION_TOKEN_INVALID');
    watched.count('tenant_api_calls_total', { org_id: decodeJwt(await admin.bearer()).organization_id, tier: watched.tiers.get(decodeJwt(await admin.bearer()).organization_id) }); // refused was the partner's token, not the caller's
    event('token_rejected');
    ok(await admin.patch(`/federation/partners/${id}`, { name: 'Renamed' }));
    event('partner_updated');
    nothing(await admin.delete(`/federation/partners/${id}`));
    event('partner_removed');
    watched.count('federation_events_total', { event_type: 'jwks_refreshed' }, issuer.asked);
  }

  /** A delivery that fails, and has failed nine times before as far as the database knows: the tenth attempt is the last. */
  async function deadLetter(admin) {
    receiver.answer = status(500);
    const { agentId } = await admin.register();
    const webhook = ok(await admin.post('/webhooks', { name: 'Dead', url: receiver.url, events: ['agent.suspended'] }), 201);
    ok(await admin.patch(`/agents/${agentId}`, { status: 'suspended' }));
    await receiver.got(1);
    await eventually(async () => {
      await postgres.query("update credence.webhook_deliveries set attempts = 9, due_ms = 0 where status = 'pending' and attempts between 1 and 8");
      return Number((await postgres.query("select count(*) from credence.webhook_deliveries where status = 'dead_letter'"))[0][0]) === 1;
    }, 'it is given up', 90);
    const [delivery] = ok(await admin.get(`/webhooks/${webhook.id}/deliveries`)).data;
    assert.deepEqual([delivery.status, delivery.attempts], ['dead_letter', 10]);
    watched.count('webhook_dead_letters_total', { event_type: 'agent.suspended' });
    server.takeComplaints();
  }

  test('the integrity gauge is 0 once the chain was damaged by hand and that was seen, and 1 once it is repaired', LIMIT, async () => {
    const admin = await tenant(calm);
    const damage = (from, to) => postgres.query(`update credence.audit_entries set body = replace(body, '${from}', '${to}') where body like '%${from}%'`);
    const gauge = async () => (await scrape(calm)).of('agentidp_audit_chain_integrity');
    assert.equal(ok(await admin.get('/audit/verify')).verified, true);
    assert.equal(await gauge(), 1);
    await damage('token.issued', 'token.forged');
    const broken = ok(await admin.get('/audit/verify'));
    assert.equal(broken.verified, false);
    assert.ok(broken.brokenAtEventId);
    assert.equal(await gauge(), 0);
    await damage('token.forged', 'token.issued');
    assert.equal(ok(await admin.get('/audit/verify')).verified, true);
    assert.equal(await gauge(), 1);
  });

  test('the pool gauges tell who has a connection and who waits for one', LIMIT, async () => {
    const admin = operator(calm);
    const key = await admin.bearer();
    const holding = postgres.query('begin; lock table credence.webhooks in access exclusive mode; select pg_sleep(8); commit');
    await eventually(async () => Number((await postgres.query("select count(*) from pg_locks where mode = 'AccessExclusiveLock' and granted and relation = 'credence.webhooks'::regclass"))[0][0]) === 1, 'the table is held');
    const calls = Array.from({ length: 12 }, () => calm.api('GET', '/api/v1/webhooks', { key, expected: [503] }));
    let held;
    await eventually(async () => {
      held = await scrape(calm);
      return held.of('agentidp_db_pool_active_connections') === 6 && held.of('agentidp_db_pool_waiting_requests') >= 4;
    }, () => `six in use and at least four waiting; ${held.of('agentidp_db_pool_active_connections')} and ${held.of('agentidp_db_pool_waiting_requests')}`, 7);
    await holding;
    for (const answer of await Promise.all(calls)) ok(answer);
    await eventually(async () => (await scrape(calm)).of('agentidp_db_pool_waiting_requests') === 0, 'nobody waits any more', 5);
    calm.takeComplaints(); // a scrape that itself waited for a connection left its gauges out, and said so
  });

  test('an unknown caller that is refused is anonymous', LIMIT, async () => {
    const hits = async () => (await scrape(watched)).of('agentidp_rate_limit_hits_total', { client_id: 'anonymous' }) ?? 0;
    const before = await hits();
    const answers = [];
    for (let call = 0; call < 200; call += 1) answers.push(await server.api('GET', '/api/v1/agents'));
    const limited = answers.filter((answer) => answer.status === 429).length;
    assert.ok(limited > 0, 'the address used its window up');
    assert.equal(await hits() - before, limited);
  });

  test('a partner whose time is over is counted by the sweep that finds it', LIMIT, async () => {
    const admin = operator(calm);
    const expiresAt = new Date(Date.now() + 2_000).toISOString();
    const { id } = ok(await admin.post('/federation/trust', { name: 'Short', issuer: issuer.url, jwksUri: issuer.jwksUri, expiresAt }), 201);
    await eventually(async () => ok(await admin.get(`/federation/partners/${id}`)).status === 'expired', 'its time is over');
    await Promise.all([server.stop(), calm.stop()]); // which gives the sweep to another
    calm = await Server.start({ ...settings, RATE_LIMITS_ENABLED: 'false' });
    await eventually(async () => (await scrape(calm)).of('agentidp_federation_events_total', { event_type: 'partner_expired' }) === 1, 'the sweep at its start', 60);
  });
});
