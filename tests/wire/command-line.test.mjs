// Every command that answers can answer in JSON, for scripts: one value on standard output, everything else on standard error (issue 9).
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ENGINES } from './support/engines.mjs';
import { isId, isUuid, none, TIME } from './support/expect.mjs';
import { eventually, freePort, Server } from './support/server.mjs';

const LIMIT = { timeout: 300_000 };
const BASE64_KEY = /^[A-Za-z0-9+/]{43}=$/;

for (const [engine, prepare] of Object.entries(ENGINES)) {
  describe(`--json, on ${engine}`, { concurrency: 1 }, () => {
    let [database, settings, folder, org] = [];

    before(async () => {
      database = await prepare();
      folder = await mkdtemp(path.join(os.tmpdir(), 'credence-json-'));
      settings = { ...database.settings, AUTO_GENERATE_KEYS: 'false', DATA_ENCRYPTION_KEY: randomBytes(32).toString('hex'), PORT: String(await freePort()), HOST: '127.0.0.1' };
    }, LIMIT);
    after(async () => {
      await database?.remove();
      await rm(folder, { recursive: true, force: true });
    });

    /** Runs a command to its end, whatever that is. */
    const ended = (args, env = settings) => Server.command(args, env).then((stdout) => ({ code: 0, stdout, stderr: '' }), ({ code, stdout, stderr }) => ({ code, stdout, stderr }));

    /** What a command answers: one line that is one JSON value. */
    async function answers(...args) {
      const { code, stdout, stderr } = await ended([...args, '--json']);
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^[^\n]+\n$/, 'one line');
      return JSON.parse(stdout);
    }

    /** It does nothing, says why on standard error, and leaves standard output to answers. */
    async function refuses(why, ...args) {
      const { code, stdout, stderr } = await ended([...args, '--json']);
      assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
      assert.match(stderr, why);
    }

    test('migrate: what was applied now', LIMIT, async () => {
      const { applied, adopted } = await answers('migrate');
      assert.equal(applied[0], '0001_core.sql');
      assert.deepEqual(applied, [...new Set(applied)].sort());
      assert.ok(applied.length > 20, 'all of them');
      assert.equal(adopted, 0);
      assert.deepEqual(await answers('migrate'), { applied: [], adopted: 0 });
      assert.equal((await ended(['migrate'])).stdout, '', 'without it nothing is on standard output, as before');
    });

    test('check-config: every setting, no secret, and what stops the start', LIMIT, async () => {
      const { settings: shown, problems } = await answers('check-config');
      none(problems, 'problems');
      const by = Object.fromEntries(shown.map(({ name, ...rest }) => [name, rest]));
      assert.deepEqual(by.PORT, { source: 'environment', value: settings.PORT });
      assert.deepEqual(by.DATA_ENCRYPTION_KEY, { source: 'environment', value: '[secret]' });
      assert.deepEqual(by.SMTP_URL, { source: 'default', value: null });

      const wrong = await ended(['check-config', '--json'], { ...settings, DB_POOL_MAX: 'many' });
      assert.equal(wrong.code, 1);
      assert.match(JSON.parse(wrong.stdout).problems.join(), /^DB_POOL_MAX must be/);
      assert.match(wrong.stderr, /^Failed to start server: Error: DB_POOL_MAX must be/);
    });

    test('bootstrap: a client and its secret', LIMIT, async () => {
      const words = ['bootstrap', '--org-name', 'Acme', '--org-slug', 'acme', '--email', 'root@example.test'];
      const { organization, clientId, clientSecret, ...rest } = await answers(...words);
      isId('dev', organization);
      isUuid(clientId);
      assert.match(clientSecret, /^sk_live_[0-9a-f]{64}$/);
      assert.deepEqual(rest, {});
      await refuses(/bootstrap organization already/, ...words);
    });

    test('key revoke', LIMIT, async () => {
      org = await answers('org', 'create', 'Ours');
      const { id } = await answers('key', 'create', org.id, '--label', 'second');
      assert.deepEqual(await answers('key', 'revoke', org.id, id), { id, organization: org.id, revoked: true });
      await refuses(/./, 'key', 'revoke', org.id, id);
    });

    test('user grant-role', LIMIT, async () => {
      const { userId } = await answers('user', 'create', 'ada.lovelace');
      assert.deepEqual(await answers('user', 'grant-role', 'ada.lovelace', 'OWNER'), { userId, role: 'OWNER', isNew: true });
      assert.deepEqual(await answers('user', 'grant-role', userId, 'OWNER'), { userId, role: 'OWNER', isNew: false });
      await refuses(/Role not found/, 'user', 'grant-role', userId, 'NOTHING');
    });

    test('token deny', LIMIT, async () => {
      const jti = randomUUID();
      assert.deepEqual(await answers('token', 'deny', jti), { jti });
    });

    test('config set and reencrypt', LIMIT, async () => {
      assert.deepEqual(await answers('config', 'set', 'OTP', 'dailyLimit', '7'), { group: 'OTP', code: 'dailyLimit', value: 7, hasCredential: false });
      await refuses(/value must be JSON/, 'config', 'set', 'OTP', 'dailyLimit', '{');
      assert.deepEqual(await answers('config', 'reencrypt'), { seen: 0, renewed: 0, lost: 0 });
    });

    test('audit rotate-key and verify', LIMIT, async () => {
      const { publicKey } = await answers('audit', 'rotate-key');
      assert.match(publicKey, BASE64_KEY);
      const file = path.join(folder, 'export.ndjson');
      const exported = await Server.command(['audit', 'export', org.id], settings);
      for (const line of exported.trimEnd().split('\n')) JSON.parse(line);
      await writeFile(file, exported);

      const verdict = await answers('audit', 'verify', file, '--key', publicKey);
      const { entries, lastCheckpoint, log, ...rest } = verdict;
      assert.ok(entries > 0 && lastCheckpoint.size === entries, JSON.stringify(verdict));
      assert.match(lastCheckpoint.time, TIME);
      assert.ok(log.endsWith(org.id), log);
      assert.deepEqual(rest, { holds: true, dropped: 0, checkpoints: 1, kept: 0, findingCount: 0, findings: [] });

      await writeFile(file, exported.replace('api_key.revoked', 'api_key.created'));
      const { code, stdout } = await ended(['audit', 'verify', file, '--key', publicKey, '--json']);
      const changed = JSON.parse(stdout);
      assert.deepEqual([code, changed.holds], [1, false]);
      assert.equal(changed.findingCount, changed.findings.length);
      assert.deepEqual([changed.findings[0].kind, typeof changed.findings[0].place, typeof changed.findings[0].what], ['changed', 'string', 'string']);
      await refuses(/--key must be a public key/, 'audit', 'verify', file, '--key', 'x');
    });

    test('health, of a server that is there and of one that is not', LIMIT, async () => {
      const nobody = await ended(['health', '--json']);
      const address = `http://127.0.0.1:${settings.PORT}/livez`;
      assert.deepEqual([nobody.code, JSON.parse(nobody.stdout)], [1, { live: false, address, status: null }]);
      assert.match(nobody.stderr, /does not answer/);
      const server = await Server.start(settings);
      try {
        assert.deepEqual(await answers('health'), { live: true, address, status: 200 });
      } finally {
        await server.kill();
      }
    });

    test('what is no command says so, and no help on standard output', LIMIT, async () => {
      await refuses(/Required argument missing|required/i, 'key', 'revoke');
      await refuses(/--nonsense/, 'org', 'list', '--nonsense');
    });
  });
}

test('audit verify says how far it is as long as it takes, and nothing of what is soon done', LIMIT, async () => {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'credence-long-'));
  const pipe = path.join(folder, 'export.ndjson');
  execFileSync('mkfifo', [pipe]);
  const writing = createWriteStream(pipe);
  const verifying = Server.run(['audit', 'verify', pipe, '--key', Buffer.alloc(32, 1).toString('base64'), '--json']);
  try {
    let parts = 0;
    const more = () => new Promise((resolve) => writing.write('x\n'.repeat(1024), () => resolve(parts += 1)));
    await more();
    assert.equal(verifying.output, '');
    await eventually(async () => (await more(), /^audit verify: \d+ lines$/m.test(verifying.output)), 'it says how far it is', 60);
    writing.end();
    await eventually(() => verifying.output.includes('"holds":false'), 'it comes to an end', 60);
    assert.equal(JSON.parse(verifying.output.split('\n').find((line) => line.startsWith('{'))).findingCount, parts * 1024 + 1);
  } finally {
    writing.destroy();
    await verifying.stop();
    await rm(folder, { recursive: true, force: true });
  }
});
