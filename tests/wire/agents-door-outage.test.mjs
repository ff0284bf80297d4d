// Every endpoint of the agents door while the database is away or slow (agent-idp "Std" 503, AE-02).
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { BEGUN, oauthRefused, operator, profile, refused } from './support/agents-door.mjs';
import { OAUTH, ROUTES, UNKNOWN, call, each, form, named } from './support/agents-door-routes.mjs';
import { isUuid } from './support/expect.mjs';
import { Postgres } from './support/postgres.mjs';
import { Proxy } from './support/proxy.mjs';
import { eventually, Server } from './support/server.mjs';

const LIMIT = { timeout: 120_000 };

describe('every endpoint of the agents door while the database is away', () => {
  let postgres;
  let proxy;
  let server;

  before(async () => {
    postgres = await Postgres.start();
    proxy = await Proxy.to(postgres.port);
    server = await Server.start({ ...BEGUN, DATABASE_URL: `postgresql://postgres@127.0.0.1:${proxy.port}/postgres`, REDIS_URL: 'embedded' });
  }, LIMIT);
  after(async () => {
    await server?.kill();
    await proxy?.close();
    await postgres?.remove();
  });

  test('AE-02: /health/detailed says 200, 207 when a store is slow and 503 when one is away', LIMIT, async () => {
    let told;
    const asked = async () => {
      const { status, json } = await server.api('GET', '/health/detailed', { expected: [503] });
      told = `${status} ${json.status} ${json.services.database.status}`;
      return told;
    };
    await eventually(async () => (await asked()) === '200 healthy healthy', 'all is well');
    proxy.pass({ delay: 700 });
    await eventually(async () => (await asked()) === '207 degraded degraded', () => told, 20);
    proxy.pass();
    await postgres.stop();
    await eventually(async () => (await asked()).startsWith('503 '), () => told, 20);
    assert.match(await asked(), / unreachable$/);
    await postgres.resume();
    await eventually(async () => (await asked()) === '200 healthy healthy', () => told, 30);
    server.takeComplaints();
  });

  test('503 with Retry-After, not a 500, and all of it again when the database is back', LIMIT, async () => {
    const admin = operator(server);
    const key = await admin.token('agents:read agents:write tokens:read audit:read webhooks:read webhooks:write admin:orgs openid');
    await postgres.stop();
    const away = { expected: [503] };
    const good = {
      'AE-04': profile(), 'AE-19': { name: 'Other', slug: 'another' }, 'AE-36': { delegateeAgentId: UNKNOWN, scopes: ['agents:read'], ttlSeconds: 60 },
      'AE-37': { delegationToken: 'x' }, 'AE-40': { name: 'Partner', issuer: 'https://partner.example.test', jwksUri: 'https://partner.example.test/jwks' },
      'AE-45': { token: [{ alg: 'RS256', kid: 'x' }, { iss: 'https://partner.example.test', exp: 9_999_999_999 }, {}].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.') }, 'AE-46': { provider: 'github', repository: 'a/b', agentId: UNKNOWN },
      'AE-61': { name: 'Hook', url: 'https://hooks.example.test/', events: ['agent.created'] },
    };
    await each(ROUTES.filter(({ remembered }) => !remembered), async (route) => {
      const answer = await call(server, route, key, { ...away, body: good[route.id] ?? route.body });
      refused(answer, 503, 'SERVICE_UNAVAILABLE');
      assert.match(answer.headers['retry-after'] ?? '', /^\d+$/);
    });
    for (const route of [OAUTH[0], OAUTH[1]]) {
      const answer = await admin.ask({}, { ...away });
      assert.equal(answer.status, 503, `${named(route)} ${answer.text}`);
      assert.match(answer.headers['retry-after'] ?? '', /^\d+$/);
    }
    oauthRefused(await form(server, OAUTH[2], key, away), 503, 'temporarily_unavailable');
    await postgres.resume();
    await eventually(async () => (await admin.get('/agents', away)).status === 200, 'it is back', 30);
    isUuid((await admin.register()).agentId);
    server.takeComplaints();
  });
});
