// Several servers on one PostgreSQL and one Redis, and servers that are killed: what one has revoked, all refuse (design D6; decisions D3, D5).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ENGINES } from './support/engines.mjs';
import { badRequest, nothing, ok, refused, tally, unauthorized } from './support/expect.mjs';
import { Organization } from './support/organization.mjs';
import { Redis } from './support/redis.mjs';
import { eventually, Server } from './support/server.mjs';

const LIMIT = { timeout: 120_000 };
const ONE_NAME = 'https://credence.example.test'; // servers of one installation go by one name
const SECONDS = 10;

/** The same organization, seen through another server. */
const through = (server, org) => new Organization(server, { apiKey: org.key, developerId: org.id });

/** Two servers that start at the same moment on a database with nothing in it. */
class Pair {
  static async start(settings = {}) {
    const pair = new Pair();
    pair.database = await ENGINES.postgres();
    pair.redis = await Redis.start();
    pair.settings = { ...pair.database.settings, REDIS_URL: pair.redis.url, PUBLIC_BASE_URL: ONE_NAME, ...settings };
    pair.servers = await Promise.all([Server.start(pair.settings), Server.start(pair.settings)]);
    return pair;
  }

  async end() {
    for (const server of this.servers ?? []) await server.kill();
    await this.redis?.remove();
    await this.database?.remove();
  }
}

/** Each way to end something at one server, and the tokens that must then be refused at the other. */
const ENDINGS = {
  'a revoked grant, and what was delegated from it': async (org) => {
    const [lender, borrower] = [await org.agent(), await org.agent()];
    const root = await org.grant(lender.agentId);
    const child = await org.delegated(root.grantToken, borrower.agentId);
    return { tokens: [root.grantToken, child.grantToken], end: async () => nothing(await org.delete(`/v1/grants/${root.grantId}`)) };
  },
  'a revoked token': async (org) => {
    const grant = await org.grant((await org.agent()).agentId);
    return { tokens: [grant.grantToken], end: async () => nothing(await org.post('/v1/tokens/revoke', { jti: grant.claims.jti })) };
  },
  'a suspended agent': async (org) => {
    const { agentId } = await org.agent();
    const grant = await org.grant(agentId);
    return { tokens: [grant.grantToken], end: async () => ok(await org.patch(`/v1/agents/${agentId}`, { status: 'suspended' })) };
  },
  'a deleted agent': async (org) => {
    const { agentId } = await org.agent();
    const grant = await org.grant(agentId);
    return { tokens: [grant.grantToken], end: async () => nothing(await org.delete(`/v1/agents/${agentId}`)) };
  },
};

/** A grant whose agent has more of them than a rule allows, in an organization that wants it paused then. */
async function suspicious(org) {
  const { agentId } = await org.agent();
  const grant = await org.grant(agentId);
  const child = await org.delegated(grant.grantToken, (await org.agent()).agentId);
  ok(await org.patch('/v1/me', { anomalyResponse: 'pause' }));
  const condition = { metric: 'grants', windowMinutes: 60, threshold: 0, agentId };
  ok(await org.post('/v1/anomaly/rules', { ruleId: 'none', name: 'None at all', severity: 'high', condition }), 201);
  return { grantId: grant.grantId, tokens: [grant.grantToken, child.grantToken], end: async () => ok(await org.post('/v1/anomalies/detect')) };
}

ENDINGS['a grant paused for an anomaly'] = suspicious;

async function endsEverywhere(make, [a, b]) {
  const here = await a.signUp({ mode: 'sandbox' });
  const there = through(b, here);
  const { tokens, end } = await make(here);
  for (const token of tokens) assert.equal(await there.accepts(token), true, 'the other server trusts it first');

  await end();

  for (const token of tokens) assert.equal(await here.accepts(token), false, 'the server that was told refuses at once');
  for (const token of tokens) await eventually(async () => !(await there.accepts(token)), 'the other server refuses', SECONDS);
}

describe('two servers', () => {
  let pair;
  let a;
  let b;
  before(async () => {
    pair = await Pair.start();
    [a, b] = pair.servers;
  }, LIMIT);
  after(() => pair?.end());

  test('both came up on one empty database at once, and are one installation', LIMIT, async () => {
    const org = await a.signUp({ mode: 'sandbox' });
    ok(await through(b, org).get('/v1/me'));
    assert.deepEqual(ok(await a.api('GET', '/.well-known/jwks.json')), ok(await b.api('GET', '/.well-known/jwks.json')));
    for (const server of pair.servers) server.assertQuiet();
  });

  for (const [what, make] of Object.entries(ENDINGS)) {
    test(`${what}: ended at one, refused at the other`, LIMIT, () => endsEverywhere(make, [a, b]));
    test(`${what}: and the other way round`, LIMIT, () => endsEverywhere(make, [b, a]));
  }

  test('a paused grant that is resumed at one goes on at both', LIMIT, async () => {
    const org = await a.signUp({ mode: 'sandbox' });
    const other = through(b, org);
    const { grantId, tokens, end } = await suspicious(org);
    await end();
    for (const token of tokens) await eventually(async () => !(await other.accepts(token)), 'the other server refuses', SECONDS);

    ok(await other.post(`/v1/grants/${grantId}/resume`));

    for (const token of tokens) assert.equal(await other.accepts(token), true, 'the server that was told accepts at once');
    for (const token of tokens) await eventually(() => org.accepts(token), 'the other server accepts', SECONDS);
  });

  test('an API key that is rotated or deleted at one dies at the other', LIMIT, async () => {
    const org = await a.signUp();
    const second = ok(await org.post('/v1/keys'), 201);
    for (const key of [org.key, second.apiKey]) ok(await b.api('GET', '/v1/me', { key }));

    nothing(await org.delete(`/v1/keys/${second.keyId}`));
    const { apiKey } = ok(await org.post('/v1/keys/rotate'));

    for (const key of [org.key, second.apiKey]) {
      unauthorized(await a.api('GET', '/v1/me', { key }));
      await eventually(async () => (await b.api('GET', '/v1/me', { key })).status === 401, 'the other server refuses the key', SECONDS);
    }
    ok(await b.api('GET', '/v1/me', { key: apiKey }));
  });

  test('of 50 that use a code or a refresh token at both servers, one succeeds', LIMIT, async () => {
    const org = await a.signUp({ mode: 'sandbox' });
    const seen = [org, through(b, org)];
    const { agentId } = await org.agent();
    const code = await org.code(agentId);

    const exchanges = await Promise.all(Array.from({ length: 50 }, (_, i) => seen[i % 2].exchange(code, agentId)));
    assert.deepEqual(tally(exchanges), { 201: 1, 400: 49 });

    const { refreshToken } = exchanges.find(({ status }) => status === 201).json;
    const refreshes = await Promise.all(Array.from({ length: 50 }, (_, i) => seen[i % 2].refresh(refreshToken, agentId)));
    assert.deepEqual(tally(refreshes), { 201: 1, 400: 49 });
  });

  test('a request for consent made at one is decided and exchanged at the other', LIMIT, async () => {
    const org = await a.signUp();
    const other = through(b, org);
    const { agentId } = await org.agent();
    const { authRequestId } = await org.authorize(agentId);
    const { code } = await other.approve(authRequestId);
    badRequest(await org.exchange('nonsense', agentId));
    const { grantToken } = ok(await org.exchange(code, agentId), 201);
    assert.equal(await other.accepts(grantToken), true);
  });

  test('a policy that is made, changed or deleted at one holds at once at the other', LIMIT, async () => {
    const org = await a.signUp();
    const there = through(b, org);
    const { agentId } = await org.agent();
    const ask = () => there.post('/v1/authorize', { agentId, principalId: 'ada', scopes: ['email:read'] });
    assert.equal(ok(await ask(), 201).code, undefined);

    const { id } = ok(await org.post('/v1/policies', { name: 'No', effect: 'deny' }), 201);
    refused(await ask(), 403, 'POLICY_DENIED');
    ok(await org.patch(`/v1/policies/${id}`, { effect: 'allow' }));
    assert.equal(ok(await ask(), 201).effect, 'allow');
    nothing(await org.delete(`/v1/policies/${id}`));
    assert.equal(ok(await ask(), 201).code, undefined);
  });

  test('both stop gracefully', LIMIT, async () => {
    for (const server of pair.servers) await server.stop();
  });
});

describe('two servers whose Redis has crashed', () => {
  let pair;
  before(async () => {
    pair = await Pair.start({ RATE_LIMITS_ENABLED: 'true' }); // so that every request would have a word with Redis
    await pair.redis.stop();
  }, LIMIT);
  after(() => pair?.end());

  for (const [what, make] of Object.entries(ENDINGS)) {
    test(`${what}: ended at one, refused at the other`, LIMIT, () => endsEverywhere(make, pair.servers));
  }

  test('an API key that is deleted at one dies at the other', LIMIT, async () => {
    const [a, b] = pair.servers;
    const org = await a.signUp();
    const { keyId, apiKey } = ok(await org.post('/v1/keys'), 201);
    ok(await b.api('GET', '/v1/me', { key: apiKey }));

    nothing(await org.delete(`/v1/keys/${keyId}`));

    unauthorized(await a.api('GET', '/v1/me', { key: apiKey }));
    await eventually(async () => (await b.api('GET', '/v1/me', { key: apiKey })).status === 401, 'the other server refuses the key', SECONDS);
  });

  test('they were ready all the time, say in the log what was away, and go on when it is back', LIMIT, async () => {
    for (const server of pair.servers) ok(await server.api('GET', '/readyz'));
    await pair.redis.resume();
    await endsEverywhere(ENDINGS['a revoked token'], pair.servers);
    for (const server of pair.servers) {
      const complaints = server.takeComplaints();
      assert.ok(complaints.every((line) => /redis/i.test(line)), complaints.join('\n'));
      await server.stop();
    }
  });
});

for (const [engine, prepare] of Object.entries(ENGINES)) {
  test(`a server that is killed remembers, when it is back, what it revoked, on ${engine}`, LIMIT, async () => {
    const database = await prepare();
    const settings = { ...database.settings, PUBLIC_BASE_URL: ONE_NAME };
    let server = await Server.start(settings);
    try {
      let org = await server.signUp({ mode: 'sandbox' });
      const made = [];
      for (const make of Object.values(ENDINGS)) made.push(await make(org));
      const alive = await org.grant((await org.agent()).agentId);
      for (const { end } of made) await end();
      await server.kill();

      server = await Server.start(settings);
      org = through(server, org);

      for (const token of made.flatMap(({ tokens }) => tokens)) assert.equal(await org.accepts(token), false);
      assert.equal(await org.accepts(alive.grantToken), true, 'its keys are the same as before');
      await server.stop();
    } finally {
      await server.kill();
      await database.remove();
    }
  });
}
