// A server that is killed while many log into one organization: what it answered is there, and the chain goes on (design D7, D16).
import assert from 'node:assert/strict';
import http from 'node:http';
import { after, before, describe, test } from 'node:test';
import { allSealed } from '../support/books.mjs';
import { chainHolds } from '../support/chain.mjs';
import { sleep } from '../support/children.mjs';
import { none, ok, refused, tally } from '../support/expect.mjs';
import { send } from '../support/http.mjs';
import { Organization } from '../support/organization.mjs';
import { Postgres } from '../support/postgres.mjs';
import { eventually, Server } from '../support/server.mjs';

const WRITERS = 64;
const SECONDS = Number(process.env.AUDIT_WRITE_SECONDS ?? 10);
const LIMIT = { timeout: 180_000 + SECONDS * 4_000 };
const SETTINGS = { REDIS_URL: 'embedded', LOG_LEVEL: 'warn', PLAN_FREE_AUDIT_ENTRIES: 'unlimited', PLAN_FREE_AGENTS: 'unlimited' };

/** Logs one entry after the other until the server is gone; keeps what was answered. */
async function write(org, name, agent, answered) {
  for (let i = 0; ; i += 1) {
    const body = { agentId: 'ag_1', agentDid: 'did:example:1', grantId: 'g', principalId: 'ada', action: `${name}.${i}`, metadata: { i } };
    const answer = await send(org.server.base, 'POST', '/v1/audit/log', { body, key: org.key, agent }).catch(() => undefined);
    if (!answer) return;
    answered.push(ok(answer, 201));
  }
}

export const auditKilled = () => describe(`${WRITERS} writers of one audit log for ${SECONDS} s, and a kill`, { concurrency: 1 }, () => {
  let postgres;
  let server;
  before(async () => {
    postgres = await Postgres.start();
    server = await Server.start({ ...SETTINGS, DATABASE_URL: postgres.url });
  }, LIMIT);
  after(async () => {
    await server?.kill();
    await postgres?.remove();
  });

  test('no answered entry is lost, and chains and tree hold', LIMIT, async (t) => {
    const { key, id } = await server.signUp();
    const answered = [];
    const agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });
    for (let round = 0; round < 2; round += 1) {
      const org = new Organization(server, { apiKey: key, developerId: id });
      const from = answered.length;
      const writers = Array.from({ length: WRITERS }, (_, writer) => write(org, `${round}.${writer}`, agent, answered));
      await org.agent(); // the server's own chain grows meanwhile
      await sleep(SECONDS * 500);
      await server.kill();
      await Promise.all(writers);
      t.diagnostic(`${answered.length - from} entries answered before kill ${round + 1}`);
      server = await Server.start({ ...SETTINGS, DATABASE_URL: postgres.url });
    }
    agent.destroy();

    const org = new Organization(server, { apiKey: key, developerId: id });
    ok(await org.post('/v1/audit/log', { agentId: 'a', agentDid: 'd', grantId: 'g', principalId: 'p', action: 'after' }), 201);
    const { entries } = ok(await org.get('/v1/audit/entries'));
    chainHolds(entries);
    assert.equal(entries.at(-1).action, 'after');
    const stored = new Map(entries.map((entry) => [entry.entryId, entry]));
    for (const entry of answered) assert.deepEqual(stored.get(entry.entryId), entry);
    assert.equal(new Set(entries.map(({ action }) => action)).size, entries.length, 'nothing is there twice');
    assert.ok(entries.length - answered.length <= 2 * WRITERS + 1, `${entries.length} entries of which ${answered.length} were answered`);
    await allSealed(postgres);
    await server.stop();
  });

  test('a database that goes is a 503 for everyone who logs, and then the chain goes on', LIMIT, async () => {
    await server.kill(); // whatever became of the one before
    server = await Server.start({ ...SETTINGS, DATABASE_URL: postgres.url });
    const org = await server.signUp();
    const log = () => org.post('/v1/audit/log', { agentId: 'a', agentDid: 'd', grantId: 'g', principalId: 'p', action: 'x' }, { expected: [503] });
    const many = () => Promise.all(Array.from({ length: WRITERS }, log));
    const answers = await many();
    assert.deepEqual(tally(answers), { 201: WRITERS });

    const during = many();
    await postgres.stop();
    answers.push(...await during);
    const away = await many();
    for (const answer of away) refused(answer, 503, 'SERVICE_UNAVAILABLE');
    await postgres.resume();
    await eventually(async () => (await log()).status === 201, 'entries are taken again', 60);
    answers.push(...await many());

    const { entries } = ok(await org.get('/v1/audit/entries'));
    chainHolds(entries);
    const stored = new Set(entries.map(({ entryId }) => entryId));
    for (const { status, json } of answers) assert.ok(status === 503 || stored.has(json.entryId), `${status} ${json.entryId}`);
    assert.ok(tally(answers)[201] >= 2 * WRITERS);
    none(server.takeComplaints().filter((line) => line.includes('unhandled')), 'unhandled');
    await server.stop();
  });
});
