// `credence doctor` on a real installation: one fault after the other is planted, found, and its remedy named (issue 9).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { none } from './support/expect.mjs';
import { Collector } from './support/otlp.mjs';
import { Postgres } from './support/postgres.mjs';
import { Receiver, status } from './support/receiver.mjs';
import { Redis } from './support/redis.mjs';
import { eventually, Server } from './support/server.mjs';
import { MailSink } from './support/smtp.mjs';

const LIMIT = { timeout: 300_000 };
const PASSWORD = `redis-${randomBytes(8).toString('hex')}`;
const DATA_KEY = randomBytes(32).toString('hex');
const KEYS = { AUTO_GENERATE_KEYS: undefined, DATA_ENCRYPTION_KEY: DATA_KEY };

/** What the command finds: its exit code, its findings, and what it looked at. */
async function doctor(settings, ...args) {
  const patience = args.includes('--timeout') ? [] : ['--timeout', '60']; // the machine may be slow
  const { code, text, stderr } = await Server.command(['doctor', '--json', ...args, ...patience], settings)
    .then((stdout) => ({ code: 0, text: stdout }), ({ code: exit, stdout, stderr: errors }) => ({ code: exit, text: stdout, stderr: errors }));
  for (const secret of [PASSWORD, DATA_KEY]) assert.ok(!`${text}${stderr}`.includes(secret), 'no secret is shown');
  assert.match(text, /^\{"findings":/, stderr);
  return { code, ...JSON.parse(text) };
}

/** It finds just this: from where, and what the remedy must say. */
async function finds(expected, settings, ...args) {
  const { code, findings } = await doctor(settings, ...args);
  assert.equal(code, 1);
  assert.deepEqual(findings.map(({ check }) => check), expected.map(([check]) => check), JSON.stringify(findings));
  for (const [at, [, wrong, fix]] of expected.entries()) {
    assert.match(findings[at].wrong, wrong);
    assert.match(findings[at].fix, fix);
    assert.ok(findings[at].seen, 'it says how it was seen');
  }
}

async function isWell(settings, ...args) {
  const { code, findings, looked } = await doctor(settings, ...args);
  none(findings, 'findings in a healthy installation');
  assert.equal(code, 0);
  return looked;
}

describe('credence doctor, on PostgreSQL and Redis', { concurrency: 1 }, () => {
  let folder;
  let postgres;
  let redis;
  let server;
  let settings;
  let org;

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'credence-doctor-'));
    [postgres, redis] = await Promise.all([Postgres.start(), Redis.start(() => ['--requirepass', PASSWORD])]);
    settings = { ...KEYS, DATABASE_URL: postgres.url, REDIS_URL: `redis://:${PASSWORD}@127.0.0.1:${redis.port}`, STARTUP_WAIT_SECONDS: '2' };
    server = await Server.start(settings);
    settings.PUBLIC_BASE_URL = server.base;
    org = await server.signUp({ mode: 'sandbox' });
    await org.grant((await org.agent()).agentId);
    await org.post('/v1/audit/log', { agentId: 'a', agentDid: 'd', grantId: 'g', principalId: 'p', action: 'x' });
    await eventually(async () => (await postgres.query('select id from credence.audit_pending')).length === 0, 'all is sealed');
  }, LIMIT);

  after(async () => {
    await server?.kill();
    await redis?.remove();
    await postgres?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  /** Plants a fault by SQL, looks, and takes it back. */
  async function planted(sql, expected, undo, ...args) {
    await postgres.query(sql);
    try {
      await finds(expected, settings, ...args);
    } finally {
      await postgres.query(undo);
    }
  }

  test('a healthy installation has nothing, and it says what it looked at', LIMIT, async () => {
    const looked = await isWell(settings);
    for (const what of [/^settings: \d+/, /^disk of counts .*: \d+ MB of \d+ are free/, /^database: Postgres/, /^migrations: \d+/, /^keys: \d+, of which 3 sign/, /^queues/, /^redis/, /^server: http/]) {
      assert.ok(looked.some((line) => what.test(line)), `${what} in ${looked}`);
    }
    const [, seen, all] = looked.find((line) => line.startsWith('audit')).match(/newest (\d+) of (\d+) entries/);
    assert.ok(Number(seen) > 5 && seen === all, `${seen} of ${all}`);
  });

  test('--entries bounds what is computed, and for people there is a line for each finding', LIMIT, async () => {
    const looked = await isWell(settings, '--entries', '20');
    assert.match(looked.find((line) => line.startsWith('audit')), /newest ([1-9]|1\d|20) of \d+/);
    const text = await Server.command(['doctor', '--offline'], { ...settings, DB_POOL_MAX: '100', JWT_ISSUER: 'https://else.example.test' }).catch(({ stdout }) => stdout);
    assert.match(text, /^database: connections run out\. Seen: \d+ of \d+ are in use, .*\. Do: raise max_connections .*\.$/m);
    assert.match(text, /^note: settings: tokens name the issuer https:\/\/else\.example\.test \(JWT_ISSUER\), .*, which was not looked at$/m);
  });

  test('settings that stop the start, and settings that should not be so in production', LIMIT, async () => {
    await finds([['settings', /^DB_POOL_MAX /, /check-config/]], { ...settings, DB_POOL_MAX: 'many' });
    const production = { ...settings, ASPNETCORE_ENVIRONMENT: 'Production', TRUST_PROXY: '1', PUBLIC_BASE_URL: 'https://id.example.test' };
    await isWell(production, '--offline');
    await finds([['settings', /without TLS/, /PUBLIC_BASE_URL/]], { ...production, PUBLIC_BASE_URL: 'http://id.example.test' }, '--offline');
    await finds([['settings', /one rate limit/, /TRUST_PROXY/]], { ...production, TRUST_PROXY: undefined }, '--offline');
    await finds([['settings', /REDIS_URL=embedded is refused/, /check-config/]], { ...production, REDIS_URL: 'embedded' }, '--offline');
  });

  test('an issuer of another name is a note, and none once it leads here', LIMIT, async () => {
    const elsewhere = await Receiver.start();
    try {
      const issuer = new URL(elsewhere.url).origin;
      const named = { ...settings, JWT_ISSUER: issuer };
      const noted = async () => {
        const { findings, notes, looked } = await doctor(named);
        assert.deepEqual(findings.map(({ wrong }) => wrong), ['it runs with other settings than these, or another server is there']); // which it does
        return { notes, isFound: looked.includes(`issuer: ${issuer}`) };
      };
      const document = (said) => (request, response) => response.end(JSON.stringify({ issuer: said }));
      const cases = [[status(404), /which is not there$/], [document('https://other.example.test'), /which names another issuer$/], [document(issuer), undefined]];
      for (const [answer, note] of cases) {
        elsewhere.answer = answer;
        const { notes, isFound } = await noted();
        assert.deepEqual([notes.length, isFound], note ? [1, false] : [0, true], String(notes));
        if (note) assert.match(notes[0], note);
        if (note) assert.ok(notes[0].startsWith(`settings: tokens name the issuer ${issuer} (JWT_ISSUER), this server is at ${server.base} (PUBLIC_BASE_URL)`), notes[0]);
      }
      await elsewhere.close();
      assert.match((await noted()).notes[0], /which cannot be had: /);
    } finally {
      await elsewhere.close();
    }
  });

  test('a folder that nobody made', LIMIT, async () => {
    const gone = path.join(folder, 'elsewhere');
    await finds([['disk', /no folder for the audit log's checkpoints/, new RegExp(`^mkdir -p ${gone},`)]], { ...settings, AUDIT_CHECKPOINT_FILE: path.join(gone, 'notes') }, '--offline');
    await isWell({ ...settings, AUDIT_CHECKPOINT_FILE: path.join(folder, 'notes') }, '--offline');
  });

  test('a mail server that is away, refuses, knows another password, or does not encrypt; it is sent no mail', LIMIT, async () => {
    const sink = await MailSink.start();
    try {
      const given = { ...settings, SMTP_URL: sink.url.replace('//', `//ada:${PASSWORD}@`) };
      assert.ok((await isWell(given)).includes(`mail: 127.0.0.1:${sink.port}`));
      sink.answer = (line) => (line.startsWith('AUTH') ? '535 no' : undefined);
      await finds([['mail', /mails do not leave/, /^correct user name and password in SMTP_URL/]], given);
      sink.answer = (line) => (line.startsWith('EHLO') ? '554 no' : undefined);
      await finds([['mail', /mails do not leave/, /^start it, open the way there/]], given);
      sink.answer = () => undefined;

      await Server.command(['config', 'set', 'MAIL', 'smtp', JSON.stringify({ host: '127.0.0.1', port: sink.port, secure: 'starttls', from: 'a@example.test' })], settings);
      await finds([['mail', /mails do not leave/, /^give the mail server STARTTLS .* in the configuration MAIL smtp; the server needs no restart/]], given);
      await postgres.query("delete from credence.configurations where code = 'smtp'");
      none(sink.mails, 'mails');
      none(sink.commands.filter((line) => /^(MAIL|RCPT|DATA)/.test(line)), 'commands that begin a mail');
      await sink.close();
      await finds([['mail', /mails do not leave/, /^start it, .* in SMTP_URL/]], given);
      await isWell(given, '--offline');
    } finally {
      await sink.close().catch(() => {});
    }
  });

  test('a provider of short messages that is away; it is sent nothing, and its key is not shown', LIMIT, async () => {
    const provider = await Receiver.start();
    try {
      await Server.command(['config', 'set', 'SMS', 'provider', JSON.stringify({ url: `${provider.url}?key=${DATA_KEY}&to={{to}}`, body: '{}' })], settings);
      assert.ok((await isWell(settings)).includes(`sms: 127.0.0.1:${provider.port}`));
      await provider.close();
      await finds([['sms', /short messages do not leave/, /^start it, .* the configuration SMS provider/]], settings);
      none(provider.received, 'requests');
      await postgres.query("delete from credence.configurations where code = 'provider'");
    } finally {
      await provider.close();
    }
  });

  test('a policy engine that does not decide', LIMIT, async () => {
    const engine = await Receiver.start();
    try {
      const given = { ...settings, POLICY_BACKEND: 'opa', OPA_URL: new URL(engine.url).origin };
      engine.answer = (request, response) => response.end('{}');
      assert.ok((await isWell(given)).includes(`policies: ${given.OPA_URL}`));
      assert.deepEqual(engine.received.map(({ url, body }) => [url, body]), [['/v1/data/grantex/authz', '{"input":{}}']]);
      engine.answer = status(503);
      await finds([['policies', /every request for consent is denied/, /OPA_URL/]], given);
      await engine.close();
      await finds([['policies', /the organizations' own rules do/, /start the Open Policy Agent/]], { ...given, OPA_FALLBACK_TO_BUILTIN: 'true' });
    } finally {
      await engine.close();
    }
  });

  test('a collector of traces that is away, or is none', LIMIT, async () => {
    const [collector, other] = await Promise.all([Collector.start(), Receiver.start()]);
    try {
      const given = { ...settings, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
      await isWell(given);
      none(collector.spans, 'spans');
      await collector.close();
      await finds([['traces', /traces get lost/, /OTEL_EXPORTER_OTLP_ENDPOINT/]], given);
      other.answer = status(404);
      await finds([['traces', /traces get lost/, /4318/]], { ...settings, OTEL_EXPORTER_OTLP_ENDPOINT: new URL(other.url).origin });
    } finally {
      await Promise.all([collector.close(), other.close()]);
    }
  });

  test('a key file that others may read', LIMIT, async () => {
    const file = path.join(folder, 'rsa.pem');
    await writeFile(file, generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    const given = { ...settings, RSA_PRIVATE_KEY_FILE: file };
    await isWell(given, '--offline');
    await chmod(file, 0o644);
    await finds([['key files', /others on this machine/, new RegExp(`^chmod 600 ${file}`)]], given, '--offline');
  });

  test('PostgreSQL away; Redis away, and behind another password', LIMIT, async () => {
    await finds([['redis', /cannot be used/, /redis-cli -u "\$REDIS_URL" ping/]], { ...settings, REDIS_URL: `redis://:${PASSWORD}x@127.0.0.1:${redis.port}` }, '--timeout', '10');
    await redis.stop();
    await finds([['redis', /cannot be used/, /start Redis/]], settings, '--offline', '--timeout', '10');
    await redis.resume();
    await postgres.stop();
    await finds([['database', /cannot be used/, /start PostgreSQL/]], settings, '--offline');
    await postgres.resume();
    await eventually(async () => (await server.api('GET', '/readyz', { expected: [503] })).status === 200, 'the server is ready again', 60);
  });

  test('a database that takes no writes, and one without room', LIMIT, async () => {
    await planted('alter database postgres set default_transaction_read_only = on', [['database', /takes no writes/, /default_transaction_read_only/]],
      'set transaction_read_only = off; alter database postgres reset default_transaction_read_only');
    await finds([['database', /connections run out/, /max_connections .*DB_POOL_MAX/]], { ...settings, DB_POOL_MAX: '100' });
  });

  test('a Redis that forgets before time', LIMIT, async () => {
    const cli = (...words) => execFileSync('redis-cli', ['--no-auth-warning', '-a', PASSWORD, '-p', String(redis.port), ...words]);
    cli('config', 'set', 'maxmemory', '100mb');
    cli('config', 'set', 'maxmemory-policy', 'allkeys-lru');
    await finds([['redis', /throws away locks/, /maxmemory-policy noeviction/]], settings);
    cli('config', 'set', 'maxmemory-policy', 'noeviction');
    await isWell(settings);
  });

  test('migrations pending, changed, and of a newer server', LIMIT, async () => {
    const [[name, applied, checksum]] = await postgres.query('select name, applied_at, checksum from credence.schema_migrations order by name desc limit 1');
    await planted(`delete from credence.schema_migrations where name = '${name}'`, [['migrations', /1 are not applied/, /credence migrate/]],
      `insert into credence.schema_migrations values ('${name}', '${applied}', '${checksum}')`);
    await planted(`update credence.schema_migrations set checksum = 'x' where name = '${name}'`, [['migrations', /not what this server has/, /run the build/]],
      `update credence.schema_migrations set checksum = '${checksum}' where name = '${name}'`);
    await planted("insert into credence.schema_migrations values ('9999_z.sql', '', '')", [['migrations', /newer server/, /docs\/upgrade\.md/]],
      "delete from credence.schema_migrations where name = '9999_z.sql'");
  });

  test('keys that nobody can open, and one that should have been exchanged', LIMIT, async () => {
    await finds([...Array.from({ length: 3 }, () => ['keys', /cannot be opened/, /DATA_ENCRYPTION_KEY_PREVIOUS.*keys rotate --now/]), ['keys', /checkpoints cannot be opened/, /audit rotate-key/]],
      { ...settings, DATA_ENCRYPTION_KEY: randomBytes(32).toString('hex') });
    const [[kid, since]] = await postgres.query("select kid, activated_ms from credence.signing_keys where status = 'current' and algorithm = 'ES256'");
    await server.kill(); // it would exchange the key at once
    await planted(`update credence.signing_keys set activated_ms = 1 where kid = '${kid}'`, [['keys', /ES256 key .* exchanged long ago/, /credence keys rotate/]],
      `update credence.signing_keys set activated_ms = ${since} where kid = '${kid}'`, '--offline');
  });

  test('workers that nobody runs, and nodes that share nothing', LIMIT, async () => {
    await planted("update credence.leases set until_ms = 1 where name = 'expiry'", [['workers', /nobody runs expiry/, /start a server/]],
      "update credence.leases set until_ms = 9999999999999 where name = 'expiry'", '--offline');
    await postgres.query("insert into credence.snowflake_nodes values (7, 'a', 9999999999999), (8, 'b', 9999999999999)");
    await finds([['workers', /share no state/, /set REDIS_URL/]], { ...settings, REDIS_URL: 'embedded' }, '--offline');
    await postgres.query('delete from credence.snowflake_nodes where node in (7, 8)');
  });

  test('what waits for a worker too long', LIMIT, async () => {
    const rows = {
      audit_pending: `(organization_id, id, body, created_ms) values ('${org.id}', 'late', '{}', 1)`,
      events: `(id, organization_id, type, data, created_ms) values ('late', '${org.id}', 'x', '{}', 1)`,
      webhook_deliveries: "(id, webhook_id, event_id, event_type, body, url, status, attempts, max_attempts, due_ms, created_ms) values ('late', 'w', 'e', 'x', '{}', 'u', 'pending', 0, 5, 1, 1)",
      messages: "(id, channel, template, body, attempts, due_ms, created_ms) values ('late', 'mail', 't', 'b', 0, 1, 1)",
    };
    const words = { audit_pending: /audit entries/, events: /events wait/, webhook_deliveries: /webhook deliveries/, messages: /mails/ };
    for (const [table, row] of Object.entries(rows)) {
      await planted(`insert into credence.${table} ${row}`, [['queues', words[table], /start a server/]], `delete from credence.${table} where id = 'late'`, '--offline');
    }
  });

  test('an audit entry that was changed, and a break that the hourly check knows of', LIMIT, async () => {
    const [[id, body]] = await postgres.query(`select id, body from credence.audit_entries where organization_id = '${org.id}' and chain = 'application'`);
    await planted(`update credence.audit_entries set body = replace(body, '"x"', '"y"') where id = '${id}'`, [['audit', new RegExp(`application chain of ${org.id}`), /audit verify/]],
      `update credence.audit_entries set body = $body$${body}$body$ where id = '${id}'`, '--offline');
    await planted(`insert into credence.audit_breaks (organization_id, entry_id, reason, found_ms) values ('${org.id}', 'e', 'link', 1)`, [['audit', /does not hold/, /audit export/]],
      'delete from credence.audit_breaks', '--offline');
  });

  test('nobody at PUBLIC_BASE_URL; and once all is taken back, nothing', LIMIT, async () => {
    await finds([['server', /nobody answers/, /start the server/]], settings);
    await isWell(settings, '--offline');
  });
});

describe('credence doctor, on SQLite', { concurrency: 1 }, () => {
  let folder;
  before(async () => { folder = await mkdtemp(path.join(os.tmpdir(), 'credence-doctor-')); });
  after(() => rm(folder, { recursive: true, force: true }));

  test('a file that is not there, one that is well, and one that is none', LIMIT, async () => {
    const file = path.join(folder, 'credence.db');
    const settings = { ...KEYS, DATABASE_URL: `sqlite:${file}`, REDIS_URL: 'embedded' };
    await finds([['database', /no database yet/, /credence migrate/]], settings, '--offline');
    await Server.command(['migrate'], settings);
    await isWell(settings, '--offline');
    await finds([['settings', /SQLite, which is refused in production/, /check-config/], ['settings', /REDIS_URL=embedded/, /check-config/]],
      { ...settings, ASPNETCORE_ENVIRONMENT: 'Production', PUBLIC_BASE_URL: 'https://id.example.test', TRUST_PROXY: '1' }, '--offline');
    await writeFile(file, 'not a database, but a text that is long enough to be looked at as one'.repeat(20));
    for (const rest of ['-wal', '-shm']) await rm(file + rest, { force: true });
    await finds([['database', /cannot be used/, /restore it/]], settings, '--offline');
  });
});
