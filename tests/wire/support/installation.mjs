// A whole installation to look at as its operator does: stores, mail server, provider of short messages, identity provider and webhook receiver of its own, two servers on
// one database, of which one keeps the rate limits, and a Prometheus that scrapes both.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { BEGUN, operator, tenant } from './agents-door.mjs';
import { ok, tally } from './expect.mjs';
import { Idp } from './oidc.mjs';
import { Collector } from './otlp.mjs';
import { BEHIND_PROXY, Person } from './people.mjs';
import { Postgres } from './postgres.mjs';
import { Prometheus, ScrapeProxy } from './prometheus.mjs';
import { Receiver } from './receiver.mjs';
import { Redis } from './redis.mjs';
import { Server, eventually } from './server.mjs';
import { MailSink } from './smtp.mjs';
import { RULES } from './walk-gateway.mjs';
import { Walk } from './walk.mjs';

export class Installation {
  /** Everything that both servers wrote, byte for byte. */
  written = '';

  /** How the webhooks are answered, by path. */
  statusOf = (url) => (url.startsWith('/hook') ? 200 : 500);

  static async start() {
    const all = new Installation();
    [all.postgres, all.redis, all.sink, all.receiver, all.texts, all.idp, all.collector] =
      await Promise.all([Postgres.start(), Redis.start(), MailSink.start(), Receiver.start(), Receiver.start(), Idp.start({}), Collector.start()]);
    all.folder = await mkdtemp(path.join(os.tmpdir(), 'credence-installation-'));
    const routes = path.join(all.folder, 'routes.json');
    await writeFile(routes, JSON.stringify(RULES));
    all.receiver.answer = (request, response) => response.writeHead(all.statusOf(request.url)).end();
    const settings = {
      ...BEGUN, ...BEHIND_PROXY, DATABASE_URL: all.postgres.url, REDIS_URL: all.redis.url, SMTP_URL: all.sink.url, SMS_ALLOW_INSECURE_URLS: 'true', SMS_ALLOW_PRIVATE_HOSTS: 'true',
      AUTH_PUBLIC_VERIFY: 'true', TIER_PRO_AGENTS: '1', RATE_LIMIT_MAX_REQUESTS: undefined, JWT_ISSUER: 'http://identity.test', FORWARD_AUTH_ROUTES_FILE: routes,
    };
    all.server = await all.#begin({ ...settings, OTEL_EXPORTER_OTLP_ENDPOINT: all.collector.url });
    all.limited = await all.#begin({ ...settings, RATE_LIMITS_ENABLED: undefined });
    all.proxy = await ScrapeProxy.start(all.limited);
    all.walk = new Walk(all.server, all);
    return all;
  }

  async #begin(settings) {
    const server = await Server.start(settings);
    for (const stream of [server.child.stdout, server.child.stderr]) stream.on('data', (chunk) => { this.written += chunk; });
    await this.healthy(server);
    return server;
  }

  /** Begins to scrape. */
  async watch(options) {
    this.prometheus = await Prometheus.start([new URL(this.server.base).host, this.proxy.target], options);
  }

  healthy(server = this.server) {
    return eventually(async () => (await server.api('GET', '/health', { expected: [503] })).status === 200, 'both stores answer', 30);
  }

  /** What only some can cause: a dead letter, refusals of a tier and of rates, an answer of 5xx. */
  async rarities() {
    const admin = operator(this.server);
    await this.#deadLetter(admin);
    const small = await tenant(this.server, { planTier: 'pro' });
    const second = { email: 'second@example.test', agentType: 'extractor', version: '1.0.0', capabilities: ['documents:read'], owner: 'x', deploymentEnv: 'staging' };
    assert.equal((await small.post('/agents', second)).status, 403);
    const answers = [];
    for (let call = 0; call < 40; call += 1) answers.push(await this.limited.api('GET', '/api/v1/audit/verify', { key: await admin.bearer() })); // its own window is thirty
    for (let call = 0; call < 12; call += 1) answers.push(await this.limited.api('GET', '/metrics'));
    assert.ok(tally(answers)[429] >= 10, JSON.stringify(tally(answers)));
    await this.redis.stop();
    await eventually(async () => (await this.phoneCode()).status === 503, 'codes answer 503 while Redis is away', 20);
    await this.redis.resume();
    await this.healthy();
  }

  /** Somebody whom nobody knows asks for a code. */
  phoneCode() {
    return new Person(this.server).post('/auth/phone-auth/request', { phone: '+84912345678' }, { expected: [503] });
  }

  async #deadLetter(admin) {
    const letters = async () => Number((await this.postgres.query("select count(*) from credence.webhook_deliveries where status = 'dead_letter'"))[0][0]);
    const before = await letters();
    const { agentId } = await admin.register();
    ok(await admin.post('/webhooks', { name: 'Dead', url: this.receiver.url.replace('/hook', '/dead'), events: ['agent.suspended'] }), 201);
    ok(await admin.patch(`/agents/${agentId}`, { status: 'suspended' }));
    await eventually(async () => {
      await this.postgres.query("update credence.webhook_deliveries set attempts = 9, due_ms = 0 where status = 'pending' and event_type = 'agent.suspended' and attempts between 1 and 8");
      return (await letters()) > before;
    }, 'the delivery is given up', 60);
  }

  /** An exchange that succeeds and one that does not, of an agent that has been seen before: its id. */
  async exchange({ organization: org, agent: agentId } = this.walk) {
    const code = await org.code(agentId);
    ok(await org.exchange(code, agentId), 201);
    await org.exchange(code, agentId);
    return agentId;
  }

  /** The same with scrapes in between, since a rate is of two. */
  async exchanges() {
    await this.exchange();
    await this.prometheus.scrapes(2);
    const agentId = await this.exchange();
    await this.prometheus.scrapes(2);
    return agentId;
  }

  async end() {
    await Promise.all([this.server?.kill(), this.limited?.kill()]);
    await Promise.all([this.postgres, this.redis, this.prometheus].map((one) => one?.remove()));
    if (this.folder) await rm(this.folder, { recursive: true });
    await Promise.all([this.sink, this.receiver, this.texts, this.idp, this.collector, this.proxy].map((one) => one?.close()));
  }
}
