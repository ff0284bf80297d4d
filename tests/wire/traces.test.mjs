// Traces (contract operations O11, O14, O18; contract grantex 11, forward-auth A 37): one trace through everything that a flow sets off, and nothing in it that is
// nobody else's business.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, test } from 'node:test';
import { BEGUN, operator } from './support/agents-door.mjs';
import { ENGINES } from './support/engines.mjs';
import { none, ok } from './support/expect.mjs';
import { Visitor } from './support/forward-auth.mjs';
import { Collector } from './support/otlp.mjs';
import { newcomer } from './support/people.mjs';
import { Receiver } from './support/receiver.mjs';
import { Server, eventually } from './support/server.mjs';

const LIMIT = { timeout: 120_000 };
const SERVER = 2;
const CLIENT = 3;
const PRODUCER = 4;

/** What a client sends that begins a trace; flags 00 say that it does not keep it. */
const context = (flags = '01') => {
  const [trace, span] = [randomBytes(16).toString('hex'), randomBytes(8).toString('hex')];
  return { trace, span, headers: { traceparent: `00-${trace}-${span}-${flags}` } };
};

/** Runs a server that sends its spans to a collector, and stops both; the stop has sent what was left. */
async function traced(engine, settings, body) {
  const [database, collector, receiver] = await Promise.all([ENGINES[engine](), Collector.start(), Receiver.start()]);
  let server;
  try {
    server = await Server.start({ ...database.settings, ...BEGUN, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, ...settings });
    await body(server, collector, receiver);
  } finally {
    await server?.kill();
    await Promise.all([collector.close(), receiver.close()]);
    await database.remove();
  }
}

for (const engine of Object.keys(ENGINES)) {
  describe(`traces, on ${engine}`, () => {
    test('consent, exchange, verification and the webhook’s delivery are one connected trace of the client that sent one traceparent', LIMIT, () =>
      traced(engine, { OTEL_SERVICE_NAME: 'identity-of-the-shop' }, async (server, collector, receiver) => {
        const org = await server.signUp();
        const { agentId } = await org.agent();
        const webhook = ok(await org.post('/v1/webhooks', { url: receiver.url, events: ['token.issued'] }), 201);
        const { authRequestId } = await org.authorize(agentId, { principalId: 'ada@example.test' });
        const { trace, span, headers } = context();
        const { code } = ok(await server.api('POST', `/v1/consent/${authRequestId}/approve`, { headers }));
        const { grantToken, grantId } = ok(await org.post('/v1/token', { code, agentId }, { headers }), 201);
        ok(await org.post('/v1/tokens/verify', { token: grantToken }, { headers }));
        const [delivered] = await receiver.got(1);
        await server.stop(); // sends what waits

        const spans = collector.of(trace);
        const named = (name) => spans.find((one) => one.name === name) ?? assert.fail(`no span ${name} among ${spans.map((one) => one.name)}`);
        const ids = new Set([span, ...spans.map(({ id }) => id)]);
        none(spans.filter(({ parent }) => !ids.has(parent)), 'spans whose parent is not in the trace');
        for (const route of ['/v1/consent/{id}/approve', '/v1/token', '/v1/tokens/verify']) {
          const root = named(`POST ${route}`);
          assert.deepEqual([root.kind, root.parent, root.tags['http.route']], [SERVER, span, route]);
        }
        const [exchange, deliver, sign] = [named('POST /v1/token'), named('webhook.deliver'), named('grantex.token.sign')];
        assert.deepEqual([deliver.kind, deliver.parent], [PRODUCER, exchange.id]);
        assert.deepEqual(deliver.tags, { 'webhook.id': webhook.id, 'event.type': 'token.issued', attempt: 1, 'http.response.status_code': 200 });
        assert.equal(delivered.headers.traceparent, `00-${trace}-${deliver.id}-01`);
        assert.equal(spans.find(({ parent, scope }) => parent === deliver.id && scope === 'System.Net.Http').kind, CLIENT);
        assert.equal(sign.parent, exchange.id);
        assert.deepEqual(sign.tags, { 'grantex.agent_id': agentId, 'grantex.grant_id': grantId, 'grantex.developer_id': org.id, 'grantex.scopes': 'email:read email:send' });
        assert.deepEqual([named('jwt.sign').parent, named('jwt.sign').tags['jwt.alg']], [sign.id, 'RS256']);
        assert.ok(named('jwt.verify'));
        const asked = spans.filter(({ kind, tags }) => kind === CLIENT && tags['db.system.name'] === (engine === 'postgres' ? 'postgresql' : 'sqlite'));
        assert.ok(asked.length >= 3 && asked.some(({ parent }) => parent === exchange.id), 'the database was asked');
        assert.deepEqual([...new Set(collector.spans.map(({ service }) => service))], ['identity-of-the-shop']);
        none(collector.spans.filter((one) => one.parent === '' && one.kind !== SERVER), 'traces that no request began');
      }));

    test('what shares a commit with others stays in its own trace', LIMIT, () =>
      traced(engine, {}, async (server, collector, receiver) => {
        ok(await operator(server).post('/webhooks', { name: 'x', url: receiver.url, events: ['token.issued'] }), 201);
        const clients = await Promise.all(Array.from({ length: 8 }, () => operator(server).agent()));
        const traces = clients.map(() => context());
        await Promise.all(clients.map((client, at) => client.ask({}, { headers: traces[at].headers })));
        const told = (trace) => receiver.received.find(({ headers }) => headers.traceparent?.includes(trace));
        await eventually(() => traces.every(({ trace }) => told(trace)), 'a delivery for each trace', 30);
        for (const [at, { trace }] of traces.entries()) assert.equal(JSON.parse(told(trace).body).data.agentId, clients[at].id);
      }));

    test('passwords are hashed, and Redis is asked, in spans of their own', LIMIT, () =>
      traced(engine, {}, async (server, collector) => {
        const [ada, visitor] = [await newcomer(server), new Visitor(server)];
        const [enter, register] = [context(), context()];
        ok(await ada.post('/auth/sign-in', { identifier: { scheme: 'USERNAME', value: ada.name }, credential: { scheme: 'BASIC', value: ada.password } }, { headers: enter.headers }));
        ok(await visitor.post('/auth/register', { email: visitor.email, password: visitor.password }, { headers: register.headers }), 201);
        const health = context();
        ok(await server.api('GET', '/health', { headers: health.headers }));
        await server.stop();
        const names = ({ trace }) => collector.of(trace).map(({ name }) => name);
        assert.ok(names(enter).includes('argon2id.verify'), names(enter).join());
        assert.ok(names(enter).includes('jwt.sign'));
        assert.ok(names(register).includes('auth.register') && names(register).includes('bcrypt.hash'), names(register).join());
        assert.equal(names(health).includes('redis ping'), engine === 'postgres');
        for (const secret of [ada.password, visitor.password, visitor.email, ada.name]) assert.ok(!collector.text.includes(secret));
      }));
  });
}

test('a caller decides whether its own requests are traced, and the setting whether others are', LIMIT, () =>
  traced('sqlite', { OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }, async (server, collector) => {
    const [wanted, unwanted] = [context('01'), context('00')];
    for (const { headers } of [wanted, unwanted, {}]) ok(await server.api('GET', '/jw-certs', { headers }));
    await server.stop();
    assert.deepEqual([...new Set(collector.spans.map(({ trace }) => trace))], [wanted.trace]);
  }));
