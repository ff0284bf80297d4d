// What a caller of the agents door is told of its limits, what pages of other origins may do, and what operators see.
import assert from 'node:assert/strict';
import http from 'node:http';
import { API, BEGUN, operator, refused, tenant } from './support/agents-door.mjs';
import { withPage } from './support/browser.mjs';
import { withinOneMinute } from './support/clock.mjs';
import { onEachEngine } from './support/engines.mjs';
import { ok } from './support/expect.mjs';
import { freePort } from './support/server.mjs';

onEachEngine('an agent has a window of calls', (test) => {
  test('every answer says what is left, and past the limit when to come again', async (server) => {
    await withinOneMinute();
    const agent = await (await tenant(server)).agent();
    const seen = [];
    for (let count = 0; count < 30; count += 1) seen.push(await agent.get('/agents?limit=1'));
    const first = seen[0].headers;
    assert.equal(first['x-ratelimit-limit'], '25');
    assert.equal(Number(first['x-ratelimit-remaining']), 23, 'its token was its first call');
    const late = seen.filter(({ status }) => status === 429);
    assert.ok(late.length >= 5, `${late.length} were refused`);
    for (const answer of late) {
      refused(answer, 429, 'RATE_LIMIT_EXCEEDED');
      const wait = Number(answer.headers['retry-after']);
      assert.ok(wait >= 1 && wait <= 60);
      assert.ok(Math.abs(Number(answer.headers['x-ratelimit-reset']) - (Date.now() / 1000 + wait)) < 5, 'X-RateLimit-Reset is a Unix time');
    }
    const other = await operator(server).agent();
    ok(await other.get(`/agents/${other.id}`));
  });
}, { ...BEGUN, RATE_LIMITS_ENABLED: undefined, RATE_LIMIT_MAX_REQUESTS: '25', RATE_LIMIT_ADDRESS_PER_MINUTE: '100000' });

onEachEngine('an agent has a window of another length', (test) => {
  test('the wait it is told of is within that window, and whoever waits so long is admitted', async (server) => {
    const agent = await (await tenant(server)).agent();
    await agent.bearer();
    const answers = await Promise.all(Array.from({ length: 60 }, () => agent.get('/agents?limit=1')));
    const late = answers.find(({ status }) => status === 429);
    refused(late, 429, 'RATE_LIMIT_EXCEEDED');
    assert.equal(late.headers['x-ratelimit-limit'], '20');
    const wait = Number(late.headers['retry-after']);
    assert.ok(wait >= 1 && wait <= 3, `${wait} s of a window of 3`);
    assert.ok(Math.abs(Number(late.headers['x-ratelimit-reset']) - (Date.now() / 1000 + wait)) < 5, 'X-RateLimit-Reset is a Unix time');
    await new Promise((resolve) => setTimeout(resolve, wait * 1000));
    ok(await agent.get('/agents?limit=1'));
  });
}, { ...BEGUN, RATE_LIMITS_ENABLED: undefined, RATE_LIMIT_MAX_REQUESTS: '20', RATE_LIMIT_WINDOW_MS: '3000', RATE_LIMIT_ADDRESS_PER_MINUTE: '100000' });

/** A page of some origin; port 0 is any that is free. */
const site = (port) => new Promise((resolve, reject) => {
  const listener = http.createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<!DOCTYPE html><link rel="icon" href="data:,"><p>here'));
  const close = () => { listener.closeAllConnections(); listener.close(); };
  listener.once('error', reject).listen(port, '127.0.0.1', () => resolve({ url: `http://127.0.0.1:${listener.address().port}`, close }));
});

const PORT = await freePort();
const ALLOWED = `http://127.0.0.1:${PORT}`;

onEachEngine('pages of other origins', (test) => {
  test('Chromium lets a page of the named origin call, with its preflight, and no other', async (server) => {
    const agent = await tenant(server);
    const token = await agent.bearer();
    const [named, other] = [await site(PORT), await site(0)];
    const call = ([base, path, key]) => fetch(base + path, { headers: { authorization: `Bearer ${key}` } })
      .then(async (answer) => ({ status: answer.status, limit: answer.headers.get('x-ratelimit-limit'), body: await answer.text() }), (error) => ({ refused: String(error) }));
    try {
      await withPage({}, [ALLOWED, server.base], async (page) => {
        await page.goto(ALLOWED);
        const answer = await page.evaluate(call, [server.base, `${API}/agents/${agent.id}`, token]);
        assert.equal(answer.status, 200, JSON.stringify(answer));
        assert.ok(answer.limit, 'a page may read the limits');
        const refusal = await page.evaluate(call, [server.base, `${API}/agents/${agent.id}`, 'garbage']);
        assert.equal(refusal.status, 401, 'and a refusal');
      });
      const preflight = await server.api('OPTIONS', `${API}/agents/${agent.id}`, { headers: { origin: other.url, 'access-control-request-method': 'GET' } });
      assert.equal(preflight.headers['access-control-allow-origin'], undefined);
      await assert.rejects(withPage({}, [other.url, server.base], async (page) => {
        await page.goto(other.url);
        assert.match((await page.evaluate(call, [server.base, `${API}/agents/${agent.id}`, token])).refused, /TypeError/);
      }), /complained/, 'the browser refused, and said so');
    } finally {
      named.close();
      other.close();
    }
  });

  test('each store is told of by itself', async (server) => {
    const { status, services, uptime, ...rest } = ok(await server.api('GET', '/health/detailed'));
    assert.deepEqual(rest, {});
    assert.equal(status, 'healthy');
    assert.equal(typeof uptime, 'number');
    for (const service of Object.values(services)) {
      assert.equal(service.status, 'healthy');
      assert.equal(typeof service.latencyMs, 'number');
    }
    assert.ok(Object.keys(services).includes('database'));
  });
}, { ...BEGUN, CORS_ORIGIN: ALLOWED });

onEachEngine('the agents door alone', (test) => {
  test('it works without the grants door, whose paths are nothing then', async (server) => {
    const agent = await tenant(server);
    ok(await agent.get(`/agents/${agent.id}`));
    assert.equal((await server.api('GET', '/v1/agents')).status, 404);
    assert.equal((await server.api('GET', '/consent')).status, 404);
    refused(await server.api('GET', `${API}/nothing`), 404, 'NOT_FOUND');
    refused(await server.api('PUT', `${API}/agents`), 404, 'NOT_FOUND');
  });
}, { ...BEGUN, DOORS: 'agents' });
