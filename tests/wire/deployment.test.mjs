// docs/deployment.md and .env.example are done as they say: what can run without a cluster is run, in order, in a folder of its own.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { none } from './support/expect.mjs';
import { PROGRAM } from './support/server.mjs';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const PAGE = readFileSync(`${ROOT}docs/deployment.md`, 'utf8');
const ELSEWHERE = /^(docker|kubectl|helm) /;
const commands = PAGE.split('\n').filter((line) => line.startsWith('    ')).map((line) => line.trim());

describe('the deployment page', { timeout: 120_000 }, () => {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'credence-deployment-'));
  const settings = { ASPNETCORE_ENVIRONMENT: 'Development', DATABASE_URL: `sqlite:${folder}/credence.db`, REDIS_URL: 'embedded' };
  const sh = (command, env) => promisify(execFile)('bash', ['-euo', 'pipefail', '-c', command], { cwd: folder, env: { PATH: `${folder}:${process.env.PATH}`, HOME: process.env.HOME, ...env } });

  before(async () => {
    cpSync(`${ROOT}.env.example`, path.join(folder, '.env.example'));
    writeFileSync(path.join(folder, 'credence'), `#!/bin/sh\nexec dotnet '${PROGRAM}' "$@"\n`);
    chmodSync(path.join(folder, 'credence'), 0o755);
    await sh('credence migrate', settings);
    await sh('credence user create adalovelace --email ada@example.com', settings);
  });

  after(() => rmSync(folder, { recursive: true }));

  test('every command that needs no cluster does what the page says', async () => {
    const here = commands.filter((command) => !ELSEWHERE.test(command));
    assert.ok(here.length >= 8);
    await sh(here.join('\n'), settings);

    for (const file of ['database-url', 'redis-url', 'data-encryption-key', 'keys/2026-01-rsa.pem', 'keys/2026-01-ec.pem', '.env']) assert.ok(existsSync(path.join(folder, file)), file);
    assert.match(readFileSync(path.join(folder, 'callers'), 'utf8'), /^shop:[0-9a-f]{64}$/m);
  });

  test('the files it makes are settings a server starts with', async () => {
    const files = { DATABASE_URL_FILE: 'database-url', REDIS_URL_FILE: 'redis-url', DATA_ENCRYPTION_KEY_FILE: 'data-encryption-key', KEYS_DIR: 'keys', APP_ENV_BASIC_CREDENTIALS_FILE: 'callers' };
    await sh('credence check-config', Object.fromEntries(Object.entries(files).map(([name, file]) => [name, path.join(folder, file)])));
  });

  test('every file that a command or a link of it names is there', () => {
    const named = commands.filter((command) => ELSEWHERE.test(command)).flatMap((command) => command.match(/(?:deploy|compose)[\w./-]+\w/g) ?? []);
    const linked = [...PAGE.matchAll(/\]\((?!http)([^)#]+)/g)].map(([, file]) => path.join('docs', file));
    assert.ok(named.length >= 3);
    none([...named, ...linked].filter((file) => !existsSync(path.join(ROOT, file))), 'missing');
  });

  test('.env, filled in as it says, is all that a server needs', async () => {
    const text = readFileSync(path.join(folder, '.env.example'), 'utf8');
    const [pair, line] = text.split('\n').filter((comment) => /^#   (openssl genpkey|awk) /.test(comment)).map((comment) => comment.slice(1));
    await sh(pair);
    const oneLine = async (file) => (await sh(line.replace('private.pem', file))).stdout;
    const values = {
      JWT_PRIVATE_KEY: await oneLine('private.pem'),
      JWT_PUBLIC_KEY: await oneLine('public.pem'),
      DATA_ENCRYPTION_KEY: (await sh('openssl rand -hex 32')).stdout.trim(),
    };
    const filled = Object.fromEntries(text.split('\n').filter((entry) => /^[A-Z_]+=/.test(entry)).map((entry) => {
      const [name, ...rest] = entry.split('=');
      return [name, values[name] ?? rest.join('=')];
    }));
    for (const value of Object.values(values)) assert.doesNotMatch(value, /\n/);
    await sh('credence check-config', filled);
  });
});
