// A database that is copied under load and restored elsewhere, after a server that was killed: what was answered before the copy is there (issue 9).
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFile, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { none, ok } from './support/expect.mjs';
import { Load, ROOMY } from './support/load.mjs';
import { Organization } from './support/organization.mjs';
import { Postgres } from './support/postgres.mjs';
import { eventually, Server } from './support/server.mjs';

const run = promisify(execFile);
const LIMIT = { timeout: 240_000 };

/** How each engine is copied and restored: the commands of docs/operations.md. */
const ENGINES = {
  sqlite: async (folder) => {
    const [used, restored] = [path.join(folder, 'credence.db'), path.join(folder, 'restored.db')];
    const settings = { DATABASE_URL: `sqlite:${used}` };
    return {
      settings,
      backUp: async (file) => {
        await Server.command(['backup', file], settings);
        assert.equal((await stat(file)).mode & 0o777, 0o600, 'nobody else may read the copy');
        await assert.rejects(Server.command(['backup', file], settings), /exists/, 'an older copy is never written over');
      },
      restore: async (file) => {
        await copyFile(file, restored);
        return { DATABASE_URL: `sqlite:${restored}` };
      },
      remove: async () => {},
    };
  },
  postgres: async () => {
    const [used, fresh] = await Promise.all([Postgres.start(), Postgres.start()]);
    return {
      settings: { DATABASE_URL: used.url },
      backUp: (file) => run('pg_dump', ['--format=custom', `--file=${file}`, used.url]),
      restore: async (file) => {
        await used.remove(); // there is nothing else left of it
        await run('pg_restore', ['--exit-on-error', '--no-owner', `--dbname=${fresh.url}`, file]);
        return { DATABASE_URL: fresh.url };
      },
      remove: () => fresh.remove(),
    };
  },
};

for (const [name, prepare] of Object.entries(ENGINES)) {
  describe(`backup and restore, on ${name}`, { concurrency: 1 }, () => {
    let folder;
    let engine;
    let server;
    before(async () => {
      folder = await mkdtemp(path.join(os.tmpdir(), 'credence-backup-'));
      engine = await prepare(folder);
    }, LIMIT);
    after(async () => {
      await server?.kill();
      await engine?.remove();
      await rm(folder, { recursive: true, force: true });
    });

    test('grants, keys, revocations and the audit log are those of the copy', LIMIT, async (t) => {
      const kept = {
        ...ROOMY, REDIS_URL: 'embedded', PUBLIC_BASE_URL: 'https://id.example.test', AUTO_GENERATE_KEYS: undefined, DATA_ENCRYPTION_KEY: randomBytes(32).toString('hex'),
      };
      server = await Server.start({ ...kept, ...engine.settings });
      const { key, id } = await server.signUp();
      const org = new Organization(server, { apiKey: key, developerId: id });
      const { agentId } = await org.agent();
      const grants = await Promise.all(Array.from({ length: 12 }, () => org.grant(agentId)));
      const [revoked, live] = [grants.slice(0, 4), grants.slice(4)];
      for (const { grantId } of revoked) await org.delete(`/v1/grants/${grantId}`);
      const known = ok(await server.api('GET', '/.well-known/jwks.json')).keys;
      const { publicKey } = ok(await server.api('GET', '/audit/v1/keys')).keys[0];

      const load = await Load.start([org], { connections: 8 });
      await eventually(() => load.revoked.size > 5, 'the load gets going', 60);
      const before = { granted: new Set(load.granted), revoked: new Set(load.revoked.keys()) };
      const file = path.join(folder, 'credence.backup');
      await engine.backUp(file);
      await server.kill();
      await load.stop();
      t.diagnostic(`${before.granted.size} grants before the copy, ${load.granted.size} before the kill`);

      const restored = await engine.restore(file);
      server = await Server.start({ ...kept, ...restored });
      const again = new Organization(server, { apiKey: key, developerId: id });
      for (const { grantToken } of live) assert.equal(await again.accepts(grantToken), true, 'a token of before counts');
      for (const { grantToken } of revoked) assert.equal(await again.accepts(grantToken), false, 'a revocation of before holds');
      for (const { refreshToken } of live) assert.equal((await again.refresh(refreshToken, agentId)).status, 201, 'a refresh token of before is good');
      assert.deepEqual(ok(await server.api('GET', '/.well-known/jwks.json')).keys, known, 'the same keys, in the same order');

      const found = new Map(ok(await again.get('/v1/grants')).grants.map(({ grantId, status }) => [grantId, status]));
      none([...before.granted].filter((each) => !found.has(each)), 'grants that were answered before the copy and are gone');
      none([...before.revoked].filter((each) => found.get(each) === 'active'), 'revocations of before that are undone');

      await again.grant(agentId); // it goes on, in the chains too
      const exported = path.join(folder, 'export.ndjson');
      await writeFile(exported, await Server.command(['audit', 'export', id], { ...kept, ...restored }));
      assert.match(await Server.command(['audit', 'verify', exported, '--key', publicKey]), /^OK: nothing is changed, missing, truncated or unanchored$/m);
      const { findings } = JSON.parse(await Server.command(['doctor', '--json', '--offline', '--timeout', '60'], { ...kept, ...restored }).catch(({ stdout }) => stdout));
      none(findings, 'what the doctor finds');
      await server.stop();
    });
  });
}
