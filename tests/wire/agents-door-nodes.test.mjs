// The agents door on two servers: what ends at one ends at the other, and both count together (agent-idp A.5, A 25; issue: Done when 3 and 4).
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { API, BEGUN, operator, postForm, refused, tenant } from './support/agents-door.mjs';
import { withinOneMinute } from './support/clock.mjs';
import { ENGINES } from './support/engines.mjs';
import { nothing, ok, tally } from './support/expect.mjs';
import { Redis } from './support/redis.mjs';
import { eventually, Server } from './support/server.mjs';

const LIMIT = { timeout: 120_000 };
const ONE_NAME = 'https://credence.example.test'; // servers of one installation go by one name

class Pair {
  static async start(settings = {}) {
    const pair = new Pair();
    pair.database = await ENGINES.postgres();
    pair.redis = await Redis.start();
    pair.settings = { ...pair.database.settings, ...BEGUN, REDIS_URL: pair.redis.url, PUBLIC_BASE_URL: ONE_NAME, ...settings };
    pair.servers = await Promise.all([Server.start(pair.settings), Server.start(pair.settings)]);
    for (const server of pair.servers) await eventually(async () => (await server.api('GET', '/health', { expected: [503] })).status === 200, 'both stores answer');
    return pair;
  }

  async end() {
    for (const server of this.servers ?? []) await server.kill();
    await this.redis?.remove();
    await this.database?.remove();
  }
}

/** Each way to end something at one server; the token must then be refused at the other. */
const ENDINGS = {
  'a revoked token': async (admin, agent) => postForm(admin.server, `${API}/token/revoke`, { token: await agent.bearer() }, { key: await admin.bearer() }),
  'a revoked credential': async (admin, agent) => nothing(await admin.delete(`/agents/${agent.id}/credentials/${agent.credentialId}`)),
  'a suspended agent': async (admin, agent) => ok(await admin.patch(`/agents/${agent.id}`, { status: 'suspended' })),
  'a decommissioned agent': async (admin, agent) => nothing(await admin.delete(`/agents/${agent.id}`)),
  'a removed member': async (admin, agent) => nothing(await admin.delete(`/organizations/${admin.organizationId}/members/${agent.id}`)),
  'a suspended organization': async (admin) => ok(await operator(admin.server).patch(`/organizations/${admin.organizationId}`, { status: 'suspended' })),
};

/** A call of each sort of route that a token opens. */
const ROUTES = (id) => [['GET', '/agents'], ['GET', `/agents/${id}`], ['POST', '/agents'], ['PATCH', `/agents/${id}`], ['DELETE', `/agents/${id}`], ['GET', `/agents/${id}/credentials`], ['POST', `/agents/${id}/credentials`]];

describe('two servers share the agents door', () => {
  let pair;
  before(async () => { pair = await Pair.start(); }, LIMIT);
  after(() => pair.end());

  for (const [what, end] of Object.entries(ENDINGS)) {
    test(`${what} is refused by introspection and by every route at the other within a second or two`, LIMIT, async () => {
      const [one, other] = pair.servers;
      const admin = await tenant(one);
      const agent = await admin.agent();
      const token = await agent.bearer();
      ok(await other.api('GET', `${API}/agents/${agent.id}`, { key: token }));
      ok(await agent.through(other).ask());
      await end(admin, agent);
      const began = Date.now();
      await eventually(async () => (await other.api('GET', `${API}/agents`, { key: token })).status === 401, 'the other refuses it');
      assert.ok(Date.now() - began < 5_000);
      for (const [method, path] of ROUTES(agent.id)) {
        const answer = await other.api(method, API + path, { key: token });
        refused(answer, 401, 'UNAUTHORIZED');
        assert.equal(answer.json.message, 'Token has been revoked.');
      }
      const introspected = await postForm(other, `${API}/token/introspect`, { token }, { key: await operator(other).bearer() });
      assert.equal(introspected.text, '{"active":false}');
    });
  }

  test('a rotated secret stops at the other server too', LIMIT, async () => {
    const [one, other] = pair.servers;
    const agent = await tenant(one);
    ok(await agent.through(other).ask());
    ok(await agent.post(`/agents/${agent.id}/credentials/${agent.credentialId}/rotate`));
    await eventually(async () => (await agent.through(other).ask()).status === 401, 'the other refuses the old secret');
  });

  test('a revocation is a key that redis-cli shows for as long as the token would live', LIMIT, async () => {
    const [one] = pair.servers;
    const agent = await tenant(one);
    const token = await agent.bearer();
    const { jti, exp } = JSON.parse(Buffer.from(token.split('.')[1], 'base64url'));
    await postForm(one, `${API}/token/revoke`, { token }, { key: token });
    await eventually(async () => (await pair.redis.cli('GET', `revoked:${jti}`)) === '1', 'the key is there');
    assert.ok((await pair.redis.cli('KEYS', 'revoked:*')).split('\n').includes(`revoked:${jti}`));
    const left = exp - Date.now() / 1000;
    assert.ok(Math.abs(Number(await pair.redis.cli('TTL', `revoked:${jti}`)) - left) <= 2);
    const [[stored]] = await rows(pair, `select jti from public.token_revocations where jti = '${jti}'`);
    assert.equal(stored, jti);
  });

  test('operators see tiers by the ids that this door shows', LIMIT, async () => {
    const agent = await tenant(pair.servers[0], { planTier: 'pro' });
    assert.deepEqual(await rows(pair, `select org_id, tier from tenant_tiers where org_id = '${agent.organizationId}'`), [[agent.organizationId, 'pro']]);
  });
});

describe('two servers count an agent\'s calls together', () => {
  let pair;
  before(async () => { pair = await Pair.start({ RATE_LIMITS_ENABLED: undefined, RATE_LIMIT_MAX_REQUESTS: '120', RATE_LIMIT_ADDRESS_PER_MINUTE: '100000' }); }, LIMIT);
  after(() => pair.end());

  test('of 200 parallel calls with 100 left exactly 100 are admitted, and the others are told when to come again', LIMIT, async () => {
    await withinOneMinute();
    const admin = await tenant(pair.servers[0]);
    const agent = await admin.agent();
    await agent.bearer(); // the first of its calls
    for (let used = 1; used < 20; used += 1) ok(await agent.get('/agents?limit=1'));
    const there = agent.through(pair.servers[1]);
    const token = await agent.bearer();
    const answers = await Promise.all(Array.from({ length: 200 }, (_, at) => (at % 2 ? agent : there).get('/agents?limit=1', { key: token })));
    assert.deepEqual(tally(answers), { 200: 100, 429: 100 });
    for (const answer of answers) {
      assert.equal(answer.headers['x-ratelimit-limit'], '120');
      assert.match(answer.headers['x-ratelimit-remaining'], /^\d+$/);
      const reset = Number(answer.headers['x-ratelimit-reset']);
      assert.ok(reset >= Math.floor(Date.now() / 1000) - 5 && reset <= Date.now() / 1000 + 61, `${reset} is a Unix time`);
      if (answer.status !== 429) continue;
      refused(answer, 429, 'RATE_LIMIT_EXCEEDED');
      assert.match(answer.headers['retry-after'], /^\d+$/);
    }
    const window = Math.floor(Date.now() / 60_000);
    assert.equal(await pair.redis.cli('GET', `rate:${agent.id}:${window}`), '120');
    assert.equal(await pair.redis.cli('TYPE', `rate:${agent.id}:${window}`), 'string');
    ok(await admin.get('/agents?limit=1')); // another agent has a window of its own
    assert.equal((await there.ask()).json.code, 'RATE_LIMIT_EXCEEDED');
  });

  test('who shows no good token spends nobody\'s window but its address\'s', LIMIT, async () => {
    const admin = await tenant(pair.servers[0]);
    const agent = await admin.agent();
    for (let count = 0; count < 130; count += 1) await agent.ask({ client_secret: 'sk_live_wrong_but_long_enough' });
    ok(await agent.ask());
    const hash = createHash('sha256').update('127.0.0.1').digest('hex').slice(0, 16);
    assert.notEqual(await pair.redis.cli('KEYS', `rate:ip:${hash}:*`), '');
  });
});

describe('two servers that count calls each for itself', () => {
  let pair;
  const settings = { REDIS_RATE_LIMIT_ENABLED: 'false', TIER_FREE_CALLS_PER_DAY: '1000', RATE_LIMITS_ENABLED: undefined, RATE_LIMIT_MAX_REQUESTS: '30', RATE_LIMIT_WINDOW_MS: '3600000', RATE_LIMIT_ADDRESS_PER_MINUTE: '100000' };
  before(async () => { pair = await Pair.start(settings); }, LIMIT);
  after(() => pair.end());

  test('each admits the whole limit, and Redis holds no window but still the counters of the day', LIMIT, async () => {
    const agent = await (await tenant(pair.servers[0])).agent();
    const token = await agent.bearer(); // counted at the first
    for (const [server, admitted] of [[pair.servers[0], 29], [pair.servers[1], 30]]) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => agent.through(server).get('/agents?limit=1', { key: token })));
      assert.deepEqual(tally(answers), { 200: admitted, 429: 50 - admitted });
      const late = answers.find(({ status }) => status === 429);
      assert.ok(Number(late.headers['retry-after']) > 60, 'the window is an hour');
    }
    assert.deepEqual((await pair.redis.cli('KEYS', 'rate:*')).split('\n').filter((key) => !key.startsWith('rate:tier:')), []);
    assert.notEqual(await pair.redis.cli('KEYS', 'rate:tier:calls:*'), '');
  });
});

describe('a window of another length', () => {
  let pair;
  before(async () => { pair = await Pair.start({ RATE_LIMITS_ENABLED: undefined, RATE_LIMIT_MAX_REQUESTS: '30', RATE_LIMIT_WINDOW_MS: '3600000', RATE_LIMIT_ADDRESS_PER_MINUTE: '100000' }); }, LIMIT);
  after(() => pair.end());

  test('redis-cli shows it under its own number, and both servers count in it', LIMIT, async () => {
    const agent = await (await tenant(pair.servers[0])).agent();
    const token = await agent.bearer();
    const answers = await Promise.all(Array.from({ length: 60 }, (_, at) => agent.through(pair.servers[at % 2]).get('/agents?limit=1', { key: token })));
    assert.deepEqual(tally(answers), { 200: 29, 429: 31 });
    const keys = (await pair.redis.cli('KEYS', `rate:${agent.id}:*`)).split('\n');
    const hour = Math.floor(Date.now() / 3_600_000);
    assert.ok(keys.includes(`rate:${agent.id}:${hour}`) || keys.includes(`rate:${agent.id}:${hour - 1}`), keys.join());
    const life = Number(await pair.redis.cli('TTL', keys[0]));
    assert.ok(life > 3_500 && life <= 7_200, `${life} s: to the end of the next`);
  });
});

async function rows(pair, sql) {
  const { stdout } = await promisify(execFile)('psql', ['--no-psqlrc', '--tuples-only', '--no-align', '--dbname', pair.database.settings.DATABASE_URL, '--command', sql]);
  return stdout.trim().split('\n').map((line) => line.split('|'));
}
