// Tiers, their counters in Redis, and buying one, at the agents door (agent-idp A.5, A.6, B.12).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { API, BEGUN, customer, invalid, operator, refused } from './support/agents-door.mjs';
import { withinOneDay } from './support/clock.mjs';
import { ENGINES, onEachEngine } from './support/engines.mjs';
import { TIME, ok, tally } from './support/expect.mjs';
import { Redis } from './support/redis.mjs';
import { Server, eventually } from './support/server.mjs';
import { Stripe } from './support/stripe.mjs';

const DAY = 86_400;
const secondsLeftToday = () => DAY - (Math.floor(Date.now() / 1000) % DAY);
const stripe = await Stripe.start();
after(() => stripe.stop());

const statuses = async (calls) => tally(await Promise.all(calls));

onEachEngine('the agents door keeps to tiers', (test) => {
  test('the status tells limits and use, and a call above the limit is refused in the documented words', async (server) => {
    await withinOneDay();
    const agent = await customer(server);
    const status = ok(await agent.get('/tiers/status'));
    assert.match(status.resetsAt, /T00:00:00\.000Z$/);
    assert.deepEqual({ ...status, resetsAt: '' }, {
      tier: 'free', limits: { maxAgents: null, maxCallsPerDay: 30, maxTokensPerDay: 20 }, usage: { agentCount: 1, callsToday: 1, tokensToday: 1 }, resetsAt: '',
    });

    const counts = await statuses(Array.from({ length: 60 }, () => agent.get('/tiers/status')));
    assert.deepEqual(counts, { 200: 29, 429: 31 });
    const answer = await agent.get('/tiers/status');
    const { details } = refused(answer, 429, 'tier_limit_exceeded');
    assert.match(details.resetsAt, TIME);
    assert.deepEqual({ ...details, resetsAt: '' }, { limitType: 'api_calls', limit: 30, tier: 'free', resetsAt: '' });

    const { text } = await server.api('GET', '/metrics');
    const organization = details && (await organizationOf(agent));
    assert.ok(text.includes(`agentidp_tenant_api_calls_total{org_id="${organization}",tier="free"} 30\n`), text);
    assert.ok(text.includes(`agentidp_billing_limit_rejections_total{org_id="${organization}",limit_type="api_calls"} 32\n`), text);
  });

  test('a larger tier lifts the limit within a second, and a token endpoint has its limits too', async (server) => {
    const agent = await customer(server);
    const tokens = await statuses(Array.from({ length: 30 }, () => agent.ask()));
    assert.deepEqual(tokens, { 200: 20, 429: 10 });
    const refusal = await agent.ask();
    const { details } = refused(refusal, 429, 'tier_limit_exceeded');
    assert.deepEqual([details.limitType, details.limit], ['token_issuances', 20]);

    const id = agent.organization.id;
    await Server.command(['plan', 'set', id, 'pro'], server.settings);
    await eventually(async () => (await agent.ask()).status === 200, 'the larger tier counts', 3);
    assert.equal(ok(await agent.get('/tiers/status')).tier, 'pro');
  });

  test('without a payment provider a tier cannot be bought, and only an admin may try', async (server) => {
    const admin = await onFree(server);
    refused(await admin.post('/tiers/upgrade', { targetTier: 'pro' }, { expected: [501] }), 501, 'BILLING_NOT_CONFIGURED');
    refused(await admin.post('/billing/checkout', {}, { expected: [501] }), 501, 'BILLING_NOT_CONFIGURED');
    refused(await server.api('POST', `${API}/billing/webhook`, { body: {}, expected: [501] }), 501, 'BILLING_NOT_CONFIGURED');
    invalid(await admin.post('/tiers/upgrade', { targetTier: 'free' }), 'targetTier');
    invalid(await admin.post('/billing/checkout', { successUrl: 'https://elsewhere.example.test/' }), 'successUrl');
    const member = await customer(server);
    refused(await member.post('/tiers/upgrade', { targetTier: 'pro' }), 403, 'FORBIDDEN');
    refused(await member.post('/billing/checkout', {}), 403, 'FORBIDDEN');
    await server.forgive(3);
  });

  test('the use of today is told', async (server) => {
    const agent = await customer(server);
    await agent.get('/tiers/status');
    const used = ok(await agent.get('/billing/usage'));
    assert.deepEqual(used, { tenantId: used.tenantId, date: new Date().toISOString().slice(0, 10), apiCalls: 2, tokenIssuances: 1, activeAgents: 1 });
  });
}, { ...BEGUN, TIER_FREE_CALLS_PER_DAY: '30', TIER_FREE_TOKENS_PER_DAY: '20' });

onEachEngine('the agents door keeps to the tokens of a month', (test) => {
  test('an agent has so many tokens a month, and no more', async (server) => {
    const agent = await customer(server);
    const second = await agent.organization.agent();
    const made = ok(await operator(server).post(`/agents/${second.agentId}/credentials`, {}), 201);
    for (let token = 0; token < 15; token += 1) ok(await agent.ask());
    const { details } = refused(await agent.ask(), 403, 'FREE_TIER_LIMIT_EXCEEDED');
    assert.equal(details.limit, 15);
    ok(await agent.ask({ client_id: made.clientId, client_secret: made.clientSecret }));
  });
}, { ...BEGUN, TIER_FREE_TOKENS_PER_MONTH: '15' });

onEachEngine('the agents door sells tiers', (test) => {
  test('an admin is sent to pay, and what the provider tells afterwards counts', async (server) => {
    const admin = await onFree(server);
    const { checkoutUrl } = ok(await admin.post('/tiers/upgrade', { targetTier: 'enterprise' }));
    assert.match(checkoutUrl, /^https:\/\/pay\.example\.test\//);
    ok(await admin.post('/billing/checkout', { successUrl: `${server.base}/done`, cancelUrl: 'https://portal.example.test/back' }), 201);
    const form = stripe.asked.at(-1).form;
    assert.deepEqual([form.success_url, form.cancel_url, form['metadata[plan]']], [`${server.base}/done`, 'https://portal.example.test/back', 'pro']);
    invalid(await admin.post('/billing/checkout', { cancelUrl: 'https://portal.example.test.evil.example/back' }), 'cancelUrl');

    const agent = await customer(server);
    const event = stripe.checkout(agent.organization, 'pro', `sub_${agent.id}`);
    const deliver = (headers) => server.api('POST', `${API}/billing/webhook`, { body: JSON.stringify(event), headers });
    const signed = { 'stripe-signature': stripe.signature(JSON.stringify(event)) };
    invalid(await deliver({ 'stripe-signature': stripe.signature('{}') }));
    invalid(await deliver({}));
    invalid(await deliver({ 'stripe-signature': stripe.signature(JSON.stringify(event), { age: 400 }) }));
    for (let again = 0; again < 2; again += 1) assert.deepEqual(ok(await deliver(signed)), { received: true });
    await eventually(async () => ok(await agent.get('/tiers/status')).tier === 'pro', 'the tier that was paid for', 3);
  });

  test('only a larger tier can be bought', async (server) => {
    const admin = operator(server);
    await Server.command(['plan', 'set', await prefixed(admin), 'enterprise'], server.settings);
    await eventually(async () => ok(await admin.get('/tiers/status')).tier === 'enterprise', 'the tier', 3);
    refused(await admin.post('/tiers/upgrade', { targetTier: 'pro' }), 409, 'NOT_AN_UPGRADE');
  });
}, { ...BEGUN, ...stripe.settings, CORS_ORIGIN: 'https://portal.example.test' });

describe('two nodes of the agents door', () => {
  let database;
  let redis;
  let nodes;

  before(async () => {
    database = await ENGINES.postgres();
    redis = await Redis.start();
    const settings = { ...database.settings, ...BEGUN, REDIS_URL: redis.url, TIER_FREE_CALLS_PER_DAY: undefined, TIER_FREE_TOKENS_PER_DAY: undefined };
    nodes = [await Server.start(settings), await Server.start(settings)];
    for (const node of nodes) await eventually(async () => (await node.api('GET', '/health', { expected: [503] })).status === 200, 'both stores answer');
  }, { timeout: 60_000 });

  after(async () => {
    for (const node of nodes ?? []) await node.kill();
    await redis?.remove();
    await database?.remove();
  });

  test('count together, exactly, and again after Redis has forgotten', { timeout: 120_000 }, async () => {
    await withinOneDay();
    const agent = await customer(nodes[0]);
    const through = [agent, agent.through(nodes[1])];
    await through[1].bearer();
    const organization = await organizationOf(agent);
    const [calls, tokens] = [`rate:tier:calls:${organization}`, `rate:tier:tokens:${organization}`];
    for (let round = 0; round < 9; round += 1) {
      assert.deepEqual(await statuses(Array.from({ length: 100 }, (_, call) => through[call % 2].get('/tiers/status'))), { 200: 100 });
    }

    assert.deepEqual(await statuses(Array.from({ length: 200 }, (_, call) => through[call % 2].get('/tiers/status'))), { 200: 100, 429: 100 });
    for (const one of through) refused(await one.get('/tiers/status'), 429, 'tier_limit_exceeded');

    assert.equal(await redis.cli('GET', calls), '1000');
    assert.equal(await redis.cli('GET', tokens), '2'); // one by each node
    const now = new Date();
    const month = `monthly:${agent.id}:${now.getUTCFullYear()}:${now.getUTCMonth() + 1}`;
    assert.equal(await redis.cli('GET', month), '2');
    for (const key of [calls, tokens]) assert.ok(Math.abs(Number(await redis.cli('TTL', key)) - secondsLeftToday()) <= 2, key);
    const end = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1) / 1000;
    assert.ok(Math.abs(Number(await redis.cli('TTL', month)) - (end - Date.now() / 1000)) <= 2);
    assert.equal(await redis.cli('TYPE', calls), 'string');

    await new Promise((resolve) => setTimeout(resolve, 2_500)); // what both nodes counted is stored every second
    await redis.cli('FLUSHALL');
    for (const one of through) refused(await one.get('/tiers/status'), 429, 'tier_limit_exceeded');
    assert.equal(await redis.cli('GET', calls), '1000');

    await redis.stop();
    await eventually(async () => (await through[0].get('/tiers/status')).status === 200, 'without Redis calls are admitted', 20);
    await redis.resume();
    await eventually(async () => (await through[1].get('/tiers/status')).status === 429, 'with Redis back they are counted again', 20);
    for (const node of nodes) node.takeComplaints();
  });
});

/** The operator's organization as other doors write it. */
async function prefixed(admin) {
  const uuid = await organizationOf(admin);
  const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  let bits = BigInt(`0x${uuid.replaceAll('-', '')}`);
  let text = '';
  for (let place = 0; place < 26; place += 1, bits >>= 5n) text = digits[Number(bits & 31n)] + text;
  return `dev_${text}`;
}

/** The operator, whose organization begins on the largest tier, on the free one. */
async function onFree(server) {
  const admin = operator(server);
  await Server.command(['plan', 'set', await prefixed(admin), 'free'], server.settings);
  await eventually(async () => ok(await admin.get('/tiers/status')).tier === 'free', 'the tier', 3);
  return admin;
}

const organizationOf = async (agent) => JSON.parse(Buffer.from((await agent.bearer()).split('.')[1], 'base64url')).organization_id;
