// docs/operations.md, done as it is written: each trouble is caused, its commands are run, and it is gone (operations O50, issue 9).
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { BEGUN, customer } from './support/agents-door.mjs';
import { untilEarlyIn } from './support/clock.mjs';
import { mailed, otherThan, proven, sent } from './support/codes.mjs';
import { ok, refused } from './support/expect.mjs';
import { Organization } from './support/organization.mjs';
import { newcomer, Person } from './support/people.mjs';
import { Postgres } from './support/postgres.mjs';
import { Receiver, status } from './support/receiver.mjs';
import { Redis } from './support/redis.mjs';
import { eventually, freePort, Server } from './support/server.mjs';
import { MailSink } from './support/smtp.mjs';

const run = promisify(execFile);
const LIMIT = { timeout: 300_000 };
const PAGE = await readFile(new URL('../../docs/operations.md', import.meta.url), 'utf8');
const RELEASE = new URL('../fixtures/schemas/agents-door.postgres.sql', import.meta.url).pathname;

/** The page's sections that hold commands: title → blocks. */
const sections = new Map(PAGE.split(/^(?=###? )/m).map((text) => [text.match(/^###? (.*)/)?.[1], [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) => block)])
  .filter(([, blocks]) => blocks.length > 0));

describe('the runbook', { concurrency: 1 }, () => {
  let [folder, postgres, redis, sink, receiver, server, settings, org] = [];
  const databases = {};

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'credence-runbook-'));
    [postgres, redis, sink, receiver] = await Promise.all([Postgres.start(), Redis.start(), MailSink.start(), Receiver.start()]);
    const port = await freePort();
    settings = {
      ...BEGUN, ASPNETCORE_ENVIRONMENT: 'Development', DATABASE_URL: postgres.url, REDIS_URL: redis.url, PORT: String(port), PUBLIC_BASE_URL: `http://127.0.0.1:${port}`,
      AUTO_GENERATE_KEYS: 'false', DATA_ENCRYPTION_KEY: randomBytes(32).toString('hex'), KEY_RELOAD_INTERVAL: '1s', RATE_LIMITS_ENABLED: 'true', TRUST_PROXY: '1',
      RATE_LIMIT_ADDRESS_PER_MINUTE: '100000', PLAN_FREE_REQUESTS_PER_MINUTE: '100000', TIER_FREE_CALLS_PER_DAY: '20', SMTP_URL: sink.url, WEBHOOK_ALLOW_INSECURE_URLS: 'true', WEBHOOK_ALLOW_PRIVATE_HOSTS: 'true',
      WEBHOOK_FIRST_RETRY: '1s', STARTUP_WAIT_SECONDS: '5', PASSWORD_MEMORY_KIB: '19456',
    };
    server = await Server.start(settings);
    org = await server.signUp();
    await writeFile(path.join(folder, 'credence'), `#!/bin/sh\nexec dotnet '${Server.program}' "$@"\n`);
    await chmod(path.join(folder, 'credence'), 0o755);
  }, LIMIT);
  after(async () => {
    await server?.kill();
    await Promise.all([sink?.close(), receiver?.close(), redis?.remove(), postgres?.remove()]);
    await rm(folder, { recursive: true, force: true });
  });

  /** Runs a block as an operator would, in a shell that stops at the first command that fails: what it wrote. */
  async function shell(block, env = {}) {
    const passed = Object.fromEntries(Object.entries(process.env).filter(([name]) => /^(HOME|TMPDIR|LANG|DOTNET_.*)$/.test(name)));
    const { stdout } = await run('bash', ['--noprofile', '--norc', '-euo', 'pipefail', '-c', block], {
      cwd: folder, env: { ...passed, PATH: `${folder}:${process.env.PATH}`, LOG_FORMAT: 'json', API: server.base, ORG: org.id, KEY: org.key, PAGER: 'cat', ...settings, ...env },
    }).catch(({ message, stdout: out, stderr: err }) => assert.fail(`${message}\n${out}\n${err}`));
    return stdout;
  }

  const restart = async (changed = {}) => {
    settings = { ...settings, ...changed };
    server = await Server.start(settings);
    org = new Organization(server, { apiKey: org.key, developerId: org.id });
  };
  const health = (text) => eventually(async () => (await server.api('GET', '/health', { expected: [503] })).text === text, text, 60);
  const well = () => health('{"status":"ok"}');
  const database = async (name) => {
    await postgres.query(`create database ${name}`);
    const url = postgres.url.replace(/postgres$/, name);
    databases[name] = url;
    return url;
  };
  /** A grant's token, to see whether it counts. */
  const token = async () => (await org.grant((await org.agent()).agentId)).grantToken;

  /** What causes each trouble, in the order of the page. `blocks` run the section's commands, one after the other. */
  const scenarios = {
    'First, always': async ({ block }) => {
      await eventually(async () => /^nothing is wrong$/m.test(await shell('credence doctor || true')), 'all is well to begin with', 60);
      assert.match(await block(), /^looked at redis/m);
      assert.match(await block(), /\{"status":"ok"\}.*"status":"ready".*"uptime".*DATABASE_URL.*^DATABASE_URL=postgres/ms);
    },

    'PostgreSQL is away': async ({ block }) => {
      const before = await token();
      await postgres.stop();
      await health('{"status":"degraded","failing":["db"]}');
      assert.match(await block(), /"failing":\["db"\].*PostgreSQL does not answer.*^"[\w-]{43}"$/ms);
      await postgres.resume();
      await well();
      assert.equal(await org.accepts(before), true);
    },

    'Redis is away': async ({ block }) => {
      await redis.stop();
      await health('{"status":"degraded","failing":["redis"]}');
      assert.match(await block(), /"failing":\["redis"\].*Redis does not answer/s);
      await redis.resume();
      await well();
    },

    'Redis came back empty': async ({ block }) => {
      const grant = await org.grant((await org.agent()).agentId);
      await org.delete(`/v1/grants/${grant.grantId}`);
      await redis.cli('flushall');
      assert.match(await block(), /^\d+\n.*maxmemory_policy:noeviction/s);
      assert.equal(await org.accepts(grant.grantToken), false, 'nothing that was revoked counts again');
    },

    'Connections run out': async ({ block }) => {
      const held = [];
      try {
        const used = async () => Number((await postgres.query("select count(*) from pg_stat_activity where backend_type = 'client backend'"))[0][0]);
        while (await used() < 95) for (let i = 0; i < 5; i += 1) held.push(await connect(postgres.port));
        assert.match(await shell('credence doctor || true'), /^database: connections run out/m);
        assert.match(await block(), /^\d+\n100\n.*wait_event_type/s);
      } finally {
        for (const socket of held) socket.destroy();
      }
      await eventually(async () => /^nothing is wrong$/m.test(await shell('credence doctor || true')), 'there is room again', 20);
    },

    'A server crashed': async ({ block }) => {
      const before = await token();
      await server.kill();
      assert.match(await block(), /nobody answers/);
      await restart();
      assert.equal(await org.accepts(before), true);
    },

    'A node does not become ready': async ({ block }) => {
      const url = await database('pending');
      await run('psql', ['-qX', '--set=ON_ERROR_STOP=1', '-f', RELEASE, url]);
      const waiting = await Server.launch({ ...settings, PORT: await freePort(), PUBLIC_BASE_URL: undefined, DATABASE_URL: url, MIGRATE_ON_START: 'false', DATA_ENCRYPTION_KEY: '5c'.repeat(32) });
      databases.waiting = waiting;
      await eventually(() => fetch(`${waiting.base}/livez`).then(({ ok: alive }) => alive, () => false), 'it listens', 30);
      assert.match(await block({ API: waiting.base, DATABASE_URL: url, PUBLIC_BASE_URL: waiting.base }), /"failing":\[.*"migrations".*^migrations: \d+ are not applied.*credence migrate/ms);
    },

    'A server does not start': async ({ block }) => {
      const example = await readFile(new URL('../../.env.example', import.meta.url), 'utf8');
      await writeFile(path.join(folder, '.env'), example);
      const text = await block({ REDIS_URL: '', ASPNETCORE_ENVIRONMENT: 'Staging' });
      assert.match(text, /it would not start/);
      assert.match(text, /^Failed to start server: Error: REDIS_URL environment variable is required$/m);
      for (const name of ['DATABASE_URL', 'REDIS_URL', 'JWT_PRIVATE_KEY', 'JWT_PUBLIC_KEY']) assert.match(text, new RegExp(`^${name}=`, 'm'));
    },

    'A disk fills up': async ({ block }) => {
      assert.match(await block(), /Avail.*^disk of counts that are not stored yet: \d+ MB of \d+ are free$.*audit_entries/ms);
    },

    'Stopping a server': async ({ block }) => {
      await block({ PID: String(server.child.pid) });
      assert.deepEqual(await server.exited, [0, null]);
      await restart();
    },

    'Migrations are pending': async ({ block }) => {
      const { waiting, pending } = databases;
      assert.match(await block({ DATABASE_URL: pending }), /0001_core\.sql.*migrations applied/s);
      await waiting.ready();
      await waiting.kill();
    },

    'A migration failed': async ({ block }) => {
      const DATABASE_URL = await database('inTheWay'.toLowerCase());
      await run('psql', ['-qX', '-c', 'create schema credence', '-c', 'create table credence.agents (id integer)', DATABASE_URL]);
      assert.match(await block({ DATABASE_URL }), /Migration failed: .*relation \\?.{0,5}agents.* already exists.*as it was seen.*^agents$/ms);
      assert.match(await block({ DATABASE_URL, TABLE: 'agents' }), /migrations applied/);
    },

    'Which keys there are': async ({ block }) => {
      assert.match(await block(), /^KID .*ES256 +current.*"alg": "ES256"/s);
    },

    'Exchanging the keys': async ({ block }) => {
      assert.match(await block(), /RS256 +next/);
    },

    'A signing key is lost': async ({ block }) => {
      const before = await token();
      await server.kill();
      const lost = { ...settings, DATA_ENCRYPTION_KEY: randomBytes(32).toString('hex') };
      const refusedStart = await Server.launch(lost);
      const [code] = await refusedStart.exited;
      assert.equal(code, 1);
      assert.match(refusedStart.logText, /does not open the \w+ signing key/);
      assert.match(await block(lost), /RS256 +current/);
      await restart({ DATA_ENCRYPTION_KEY: lost.DATA_ENCRYPTION_KEY });
      assert.equal(await org.accepts(before), true, 'tokens of the lost key count');
      assert.equal(await org.accepts(await token()), true);
    },

    'A signing key leaked': async ({ block }) => {
      const before = await token();
      await block({ SETTLING: '3' });
      await eventually(async () => !(await org.accepts(before)), 'tokens of the leaked key are refused');
      assert.equal(await org.accepts(await token()), true);
    },

    'The first super administrator': async ({ block }) => {
      const [, password] = (await block()).match(/^userId=\d+\npassword=(\S+)$/m);
      await new Person(server, { name: 'root', password }).enter();
    },

    'Somebody is shut out by wrong codes': async ({ block }) => {
      const ada = await proven(server, sink);
      const email = { identifier: { scheme: 'EMAIL', value: ada.email } };
      const ask = async () => sent(await new Person(server).post('/auth/forgot-password/request', email));
      const guess = (sessionToken, code) => new Person(server).post('/auth/forgot-password/verify', { sessionToken, code });
      const session = await ask();
      const code = await mailed(sink, ada.email, 3);
      for (let i = 0; i < 5; i += 1) await guess(session, otherThan(code));
      assert.equal((await guess(session, code)).status, 423);
      assert.match(await block({ NS: 'forgot-password', WHO: ada.email }), /^\d{3}\n1\n$/);
      await redis.cli('del', `forgot-password:cooldown:${ada.email}`); // a minute later
      const next = await ask();
      ok(await guess(next, await mailed(sink, ada.email, 4)));
    },

    'Looking at an account': async ({ block }) => {
      const { name, id } = await newcomer(server);
      const text = await block({ WHO: name });
      assert.ok(text.split(id).length > 3, text);
      assert.match(text, /subject_type.*\(1 row\)/s);
    },

    'An account is misused': async ({ block }) => {
      const ada = await newcomer(server);
      await block({ WHO: ada.name });
      await eventually(async () => (await ada.mine('GET', '/users/who-am-i')).status === 401, 'its tokens count no more');
      assert.equal((await ada.signIn()).status, 401);
      await block({ WHO: ada.name });
      await eventually(async () => (await ada.signIn()).status === 200, 'its owner is back');
    },

    'Too many codes are asked for': async ({ block }) => {
      assert.match(await block(), /OTP +dailyLimit +10/);
      assert.match(await shell('credence config list --group OTP; credence config set OTP dailyLimit 10; credence config set OTP maxAttempts 5'), /OTP +dailyLimit +3/);
    },

    'Mail or short messages do not go out': async ({ block }) => {
      sink.answer = (line) => (line.startsWith('RCPT') ? '451 later' : undefined);
      const ada = new Person(server);
      ok(await ada.signUp({ email: `${ada.name}@example.test` }), 201);
      await server.logged(({ msg }) => msg === 'message.failed', 1);
      assert.match(await block(), /mail +\|.*^MAIL +welcome-en/ms);
      sink.answer = (line) => (line.startsWith('EHLO') ? '451 later' : undefined);
      assert.match(await block(), /^mail: mails do not leave\. Seen: 127\.0\.0\.1:\d+: .* 451 to EHLO\. Do: start it, /m);
      sink.answer = () => undefined;
    },

    'An agent misbehaves': async ({ block }) => {
      const { agentId } = await org.agent();
      const { grantToken } = await org.grant(agentId);
      assert.match(await block({ AGENT: agentId }), /suspended/);
      await eventually(async () => !(await org.accepts(grantToken)), 'its tokens count no more');
      assert.match(await block({ AGENT: agentId }), /active/);
      await eventually(() => org.accepts(grantToken), 'they count again');
    },

    'An organization must be stopped': async ({ block }) => {
      await block();
      await eventually(async () => (await org.get('/v1/grants')).status === 401, 'its keys do not work');
      await block();
      await eventually(async () => (await org.get('/v1/grants')).status === 200, 'they work again');
    },

    'An API key leaked': async ({ block }) => {
      const other = await server.signUp();
      const [leaked] = JSON.parse(await shell(`credence key list ${other.id} --json`));
      const [, key] = (await block({ ORG: other.id, LEAKED_KEY: leaked.id })).match(/shown only now: (\S+)/);
      await eventually(async () => (await other.get('/v1/grants')).status === 401, 'the leaked one is refused');
      ok(await new Organization(server, { apiKey: key }).get('/v1/grants'));
    },

    'A client is refused for its rate': async ({ block }) => {
      const agent = await customer(server);
      await agent.get('/tiers/status');
      await untilEarlyIn(60_000, 10_000);
      await agent.get('/tiers/status');
      assert.match(await block({ CLIENT: agent.id }), /^[1-9]\d*\n[1-9]\d*\n$/);
    },

    'An organization has used up its tier': async ({ block }) => {
      const agent = await customer(server);
      await eventually(async () => (await agent.get('/tiers/status')).status === 429, 'the tier is used up');
      const uuid = JSON.parse(Buffer.from((await agent.bearer()).split('.')[1], 'base64url')).organization_id;
      assert.match(await block({ ORG_UUID: uuid }), /free.*^20$.*pro/ms);
      await eventually(async () => (await agent.get('/tiers/status')).status === 200, 'the larger tier counts');
    },

    'Webhooks are stuck': async ({ block }) => {
      receiver.answer = status(500);
      const { agentId } = await org.agent();
      const webhook = ok(await org.post('/v1/webhooks', { url: receiver.url, events: ['grant.created'] }), 201);
      const { grantId } = await org.grant(agentId);
      const WEBHOOK = webhook.webhookId ?? webhook.id;
      await receiver.got(1);
      await postgres.query(`update credence.webhook_deliveries set max_attempts = 1 where webhook_id = '${WEBHOOK}'`);
      await eventually(async () => (await postgres.query(`select id from credence.webhook_deliveries where webhook_id = '${WEBHOOK}' and status = 'failed'`)).length === 1, 'it is given up', 60);
      assert.match(await block({ WEBHOOK }), /failed.*"lastError"/s);
      receiver.answer = status(200);
      const so = receiver.received.length;
      assert.match(await block({ WEBHOOK }), /true.*UPDATE 1/s);
      await org.grant(agentId); // wakes the worker, which looks every 30 s by itself
      await eventually(() => receiver.received.slice(so).some(({ body }) => body.includes(grantId)), 'it arrives', 60);
    },

    'It is to be proven': async ({ block }) => {
      assert.match(await block(), /^OK: nothing is changed.*^true$/ms);
    },

    'It does not hold': async ({ block }) => {
      await eventually(async () => (await postgres.query('select id from credence.audit_pending')).length === 0, 'all is sealed');
      const [[id]] = await postgres.query(`select id from credence.audit_entries where organization_id = '${org.id}' order by seq desc limit 1`);
      await postgres.query(`update credence.audit_entries set body = body || ' ' where id = '${id}'`);
      assert.match(await block(), new RegExp(`^audit: the system chain of ${org.id} does not hold\\. Seen: content at ${id}`, 'm'));
      await postgres.query(`update credence.audit_entries set body = rtrim(body) where id = '${id}'`);
    },

    'Backing up PostgreSQL': async ({ block }) => {
      await block();
    },

    'Restoring PostgreSQL': async ({ block }) => {
      const RESTORED = await database('restored');
      assert.match(await block({ RESTORED }), /^nothing is wrong$/m);
      assert.match((await run('psql', ['-Atc', 'select count(*) from "User"', RESTORED])).stdout, /^[1-9]/);
    },

    'Backing up and restoring SQLite': async ({ block }) => {
      const embedded = { DATABASE_URL: `sqlite:${path.join(folder, 'used.db')}`, REDIS_URL: 'embedded' };
      await shell('credence migrate', embedded);
      assert.match(await block({ ...embedded, COPY: path.join(folder, 'copy.db') }), /bytes, sound/);
      await copyFile(path.join(folder, 'copy.db'), path.join(folder, 'other.db'));
      await shell('credence doctor --offline', { ...embedded, DATABASE_URL: `sqlite:${path.join(folder, 'other.db')}` });
    },

    'Before people depend on it': async ({ block }) => {
      assert.match(await block(), /^\d{2,}$/m);
    },
  };

  test('every section with commands has its scenario, and every scenario its section', () => {
    assert.deepEqual(Object.keys(scenarios).sort(), [...sections.keys()].sort());
  });

  for (const [title, blocks] of sections) {
    test(title, LIMIT, async () => {
      const left = [...blocks];
      await scenarios[title]({ block: (env) => shell(`exec 2>&1\n${left.shift()}`, env) });
      assert.deepEqual(left, [], 'every block was run');
      server.takeComplaints(); // outages leave errors in the log
    });
  }
});

/** A connection to PostgreSQL that does nothing. */
function connect(port) {
  const said = Buffer.from('user\0postgres\0database\0postgres\0\0');
  const start = Buffer.alloc(8);
  start.writeInt32BE(8 + said.length, 0);
  start.writeInt32BE(196_608, 4);
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => socket.write(Buffer.concat([start, said])));
    socket.once('error', reject).once('data', () => resolve(socket));
  });
}
