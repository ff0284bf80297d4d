// Every wire test runs on both storage engines: the embedded default, and PostgreSQL with Redis.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { Server, eventually } from './server.mjs';

const run = promisify(execFile);
const TEST_MS = 120_000;

/** A fresh SQLite file, and state inside the process. */
async function sqlite() {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'credence-wire-'));
  return {
    settings: { DATABASE_URL: `sqlite:${path.join(folder, 'credence.db')}`, REDIS_URL: 'embedded' },
    remove: () => rm(folder, { recursive: true }),
  };
}

let made = 0;
let databases;

/** The number of one of Redis's databases: with the thousands that ./test lets it have, no two suites of a few minutes have the same. */
async function redisDatabase(url) {
  databases ??= Number((await run('redis-cli', ['-u', url, 'config', 'get', 'databases'])).stdout.split('\n')[1]);
  return (process.pid * 31 + made) % databases;
}

/** A fresh PostgreSQL database, and one of Redis's databases, so that suites do not count against each other's limits. */
async function postgres() {
  const server = setting('TEST_DATABASE_URL');
  const redis = setting('TEST_REDIS_URL');
  made += 1;
  const name = `wire_${process.pid}_${made}`;
  await sql(server, `create database ${name}`);
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    settings: { DATABASE_URL: url.href, REDIS_URL: `${redis}/${await redisDatabase(redis)}` },
    remove: () => sql(server, `drop database ${name} with (force)`),
  };
}

export const ENGINES = { sqlite, postgres };

/**
 * Declares a suite once per engine. The tests of a suite share one server and run one after the other; each makes its own organization.
 * @param {string} name what the suite is about
 * @param {(test: (name: string, body: (server: Server) => Promise<void>) => void) => void} define
 * @param {Record<string, string | undefined>} settings what this suite's server is told beyond the usual
 */
export function onEachEngine(name, define, settings = {}) {
  for (const [engine, prepare] of Object.entries(ENGINES)) {
    describe(`${name}, on ${engine}`, () => {
      let database;
      let server;

      before(async () => {
        database = await prepare();
        server = await Server.start({ ...database.settings, ...settings });
        await eventually(async () => (await server.api('GET', '/health', { expected: [503] })).status === 200, 'both stores answer'); // Redis is connected lazily
        server.takeComplaints();
      }, { timeout: TEST_MS });

      define((title, body) =>
        test(title, { timeout: TEST_MS }, async () => {
          await body(server);
          server.assertQuiet();
        }));

      test('the server stops gracefully', { timeout: TEST_MS }, () => server.stop());

      after(async () => {
        await server?.kill();
        await database?.remove();
      });
    });
  }
}

function setting(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: ./test starts the services and sets it`);
  return value;
}

async function sql(url, statement) {
  await run('psql', ['--no-psqlrc', '--quiet', '--set=ON_ERROR_STOP=1', '--dbname', url, '--command', statement]);
}
