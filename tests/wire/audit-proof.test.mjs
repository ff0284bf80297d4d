// What proves the audit log, checked by a second implementation, and by `credence audit verify` on a file alone (design D7, contract standards 22).
import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, notFound, ok, unauthorized } from './support/expect.mjs';
import { leafHash, openCheckpoint, root, rootOfInclusion, rootsOfConsistency, sha256 } from './support/merkle.mjs';
import { eventually, Server } from './support/server.mjs';

const bytes = (texts) => texts.map((text) => Buffer.from(text, 'base64'));

/** An organization with entries in both chains. */
async function withHistory(server, logged = 5) {
  const org = await server.signUp({ mode: 'sandbox' });
  const { agentId } = await org.agent({ name: 'Ünïcode “agent” 🙂' });
  await org.grant(agentId);
  for (let i = 0; i < logged; i += 1) await log(org, i);
  return org;
}

async function log(org, number) {
  const entry = { agentId: 'ag_1', agentDid: 'did:example:1', grantId: 'g', principalId: 'ada', action: `mail.read.${number}`, metadata: { z: 1, a: 'é/"\\' } };
  return ok(await org.post('/v1/audit/log', entry), 201);
}

async function checkpoint(org) {
  const answer = await org.get('/audit/v1/checkpoint');
  assert.equal(answer.status, 200, answer.text);
  const read = openCheckpoint(answer.text, await publicKey(org.server));
  assert.ok(read, `the signature is good:\n${answer.text}`);
  return { ...read, note: answer.text };
}

async function publicKey(server) {
  const { keys } = ok(await server.api('GET', '/audit/v1/keys'));
  assert.equal(keys.length, 1);
  return keys[0].publicKey;
}

/** Both chains as the routes give them. */
async function bothChains(org) {
  const chains = [];
  for (const chain of ['system', 'application']) chains.push(ok(await org.get(`/audit/v1/entries?chain=${chain}`)).entries);
  return chains;
}

/** Every hash of a chain, computed again from the texts. */
function assertChained(entries) {
  entries.forEach((entry, i) => {
    assert.equal(entry.seq, i + 1);
    assert.equal(sha256(entry.body).toString('hex'), entry.hash);
    assert.equal(leafHash(entry.body).toString('base64'), entry.leafHash);
    assert.equal(entry.prevHash, i === 0 ? null : entries[i - 1].hash);
    assert.equal(JSON.parse(entry.body).prevHash, entry.prevHash);
  });
}

async function exported(org) {
  const answer = await org.get('/audit/v1/export');
  assert.equal(answer.status, 200, answer.text);
  assert.match(answer.headers['content-type'], /^application\/x-ndjson/);
  return answer.text;
}

/** Runs `credence audit verify` on a text: exit code and what it printed. */
async function verify(text, key, kept) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'credence-proof-'));
  try {
    const [file, notes] = [path.join(folder, 'export.ndjson'), path.join(folder, 'checkpoints')];
    await writeFile(file, text);
    if (kept) await writeFile(notes, kept);
    const args = ['audit', 'verify', file, '--key', key, ...(kept ? ['--checkpoint', notes] : [])];
    try {
      return { code: 0, output: await Server.command(args) };
    } catch (error) {
      return { code: error.code, output: `${error.stdout}${error.stderr}` };
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

onEachEngine('audit proofs', (test) => {
  test('both chains, the tree and the checkpoint are recomputed from the routes', async (server) => {
    const org = await withHistory(server);
    const { size, root: signed } = await checkpoint(org);
    const chains = await bothChains(org);

    chains.forEach(assertChained);
    const leaves = chains.flat().sort((a, b) => a.leaf - b.leaf).slice(0, size);
    leaves.forEach((entry, i) => assert.equal(entry.leaf, i));
    assert.equal(root(leaves.map((entry) => leafHash(entry.body))).toString('hex'), signed.toString('hex'));
    assert.ok(chains.every((entries) => entries.length > 0));
  });

  test('every entry is proven to be in the checkpoint, and no other text is', async (server) => {
    const org = await withHistory(server);
    const { size, root: signed } = await checkpoint(org);
    for (const entry of (await bothChains(org)).flat()) {
      const proof = ok(await org.get(`/audit/v1/proof/inclusion?chain=${entry.chain}&seq=${entry.seq}&size=${size}`));
      assert.deepEqual([proof.leaf, proof.size, proof.chain, proof.seq], [entry.leaf, size, entry.chain, entry.seq]);
      assert.deepEqual(rootOfInclusion(leafHash(entry.body), entry.leaf, size, bytes(proof.hashes)), signed);
      assert.notDeepEqual(rootOfInclusion(leafHash(`${entry.body} `), entry.leaf, size, bytes(proof.hashes)), signed);
    }
  });

  test('a later checkpoint is proven to have only added to an earlier one, which it names', async (server) => {
    const org = await withHistory(server);
    const line = [await checkpoint(org)];
    for (const more of [1, 4, 2]) {
      for (let i = 0; i < more; i += 1) await log(org, i);
      line.push(await checkpoint(org));
      assert.equal(line.at(-1).previous, line.at(-2).textHash.toString('base64'));
    }
    for (const [i, to] of line.entries()) {
      for (const from of line.slice(0, i + 1)) {
        const proof = ok(await org.get(`/audit/v1/proof/consistency?from=${from.size}&to=${to.size}`));
        assert.deepEqual(rootsOfConsistency(from.size, to.size, from.root, bytes(proof.hashes)), [from.root, to.root]);
      }
    }
  });

  test('without a size, the proof is for a checkpoint that has the entry, however new it is', async (server) => {
    const org = await withHistory(server);
    const before = await checkpoint(org);
    await log(org, 99);
    const newest = (await bothChains(org))[1].at(-1);
    const proof = ok(await org.get(`/audit/v1/proof/inclusion?chain=application&seq=${newest.seq}`));

    const now = await checkpoint(org);
    assert.ok(now.size > before.size);
    assert.equal(proof.size, now.size);
    assert.deepEqual(rootOfInclusion(leafHash(newest.body), newest.leaf, proof.size, bytes(proof.hashes)), now.root);
  });

  test('an export recomputes as a whole, with the checkpoints on the way', async (server) => {
    const org = await withHistory(server);
    await checkpoint(org);
    for (let i = 0; i < 3; i += 1) await log(org, i);
    const key = await publicKey(server);
    const lines = (await exported(org)).trimEnd().split('\n').map((line) => JSON.parse(line));

    const leaves = [];
    let checkpoints = 0;
    for (const line of lines) {
      if (line.type === 'entry') {
        assert.equal(line.leaf, leaves.length);
        leaves.push(leafHash(line.body));
      }
      if (line.type !== 'checkpoint') continue;
      const said = openCheckpoint(line.note, key);
      assert.deepEqual([said.size, said.root], [leaves.length, root(leaves)]);
      checkpoints += 1;
    }
    assert.equal(checkpoints, 2);
    for (const chain of ['system', 'application']) assertChained(lines.filter((line) => line.type === 'entry' && line.chain === chain));
    assert.deepEqual([lines[0].type, lines.at(-1).type, lines.at(-1).entries], ['log', 'end', leaves.length]);
    assert.equal(lines.find((line) => line.type === 'key').publicKey, key);
  });

  test('credence audit verify holds what nobody touched, and names what somebody did', async (server) => {
    const org = await withHistory(server);
    const kept = await checkpoint(org);
    await log(org, 1);
    const [text, key] = [await exported(org), await publicKey(server)];

    const whole = await verify(text, key, kept.note);
    assert.equal(whole.code, 0, whole.output);
    assert.match(whole.output, /OK: nothing is changed, missing, truncated or unanchored/);

    const lines = text.split('\n');
    const third = lines.findIndex((line) => line.includes('"chain":"application","seq":3'));
    const without = (at) => lines.filter((_, i) => i !== at).join('\n');
    const cases = [
      [text.replace('mail.read.2', 'mail.read.3'), /changed +application 3 \(leaf \d+\): its text/],
      [without(third), /missing +application 3: /],
      [lines.slice(0, -4).join('\n'), /truncated +leaf \d+: /],
      [lines.filter((line) => !line.includes('"type":"checkpoint"')).join('\n'), /unanchored +leaf 0 to \d+: /],
    ];
    for (const [changed, finding] of cases) {
      const verdict = await verify(changed, key, kept.note);
      assert.equal(verdict.code, 1);
      assert.match(verdict.output, finding);
      assert.match(verdict.output, /NOT OK/);
    }
    assert.equal((await verify(text, 'bm90IGEga2V5')).code, 1);
  });

  test('an export on the command line is the same log', async (server) => {
    const org = await withHistory(server);
    const text = await Server.command(['audit', 'export', org.id], server.settings);

    const strip = (all) => all.trimEnd().split('\n').filter((line) => !line.startsWith('{"type":"log"')).join('\n');
    assert.equal(strip(text), strip(await exported(org)));
  });

  test('the keys are public; everything else is the organization\'s own', async (server) => {
    const [org, other] = [await withHistory(server), await server.signUp()];
    ok(await server.api('GET', '/audit/v1/keys'));
    for (const route of ['checkpoint', 'entries', 'export', 'proof/inclusion?seq=1', 'proof/consistency?from=1']) unauthorized(await server.api('GET', `/audit/v1/${route}`));
    const [mine, theirs] = [await checkpoint(org), await checkpoint(other)];
    assert.ok(mine.origin.endsWith(`/audit/${org.id}`) && theirs.origin.endsWith(`/audit/${other.id}`));
    assert.ok(!(await exported(other)).includes(org.id));
  });

  for (const query of ['inclusion', 'inclusion?seq=x', 'inclusion?seq=0', 'inclusion?seq=1&size=0', 'inclusion?seq=1&size=100000', 'inclusion?seq=1&chain=both',
    'inclusion?seq=3&size=1', 'inclusion?seq=1&seq=2', 'consistency', 'consistency?from=0', 'consistency?from=2&to=1', 'consistency?from=1&to=100000', 'consistency?from=99999999999999999999']) {
    test(`proofs refuse ${query}`, async (server) => {
      const org = await withHistory(server, 1);
      await checkpoint(org);
      badRequest(await org.get(`/audit/v1/proof/${query}`));
    });
  }

  test('an entry that is not there is not found', async (server) => {
    const org = await withHistory(server, 1);
    notFound(await org.get('/audit/v1/proof/inclusion?seq=100000'));
    notFound(await org.get('/audit/v1/proof/inclusion?seq=2&chain=application'));
  });
});

const FOLDER = await mkdtemp(path.join(os.tmpdir(), 'credence-checkpoints-'));
const file = async (text) => {
  await writeFile(path.join(FOLDER, 'export.ndjson'), text);
  return path.join(FOLDER, 'export.ndjson');
};
const FILE = path.join(FOLDER, 'checkpoints');
after(() => rm(FOLDER, { recursive: true }));

onEachEngine('audit checkpoints in a file', (test) => {
  test('arrive there by themselves and check an export', async (server) => {
    const org = await withHistory(server);
    const signed = await checkpoint(org);
    await eventually(async () => (await readFile(FILE, 'utf8').catch(() => '')).includes(signed.note), 'the checkpoint is in the file', 30);
    await log(org, 7);

    const verdict = await verify(await exported(org), await publicKey(server), signed.note);
    assert.equal(verdict.code, 0, verdict.output);
    assert.match(verdict.output, /kept +1 checkpoints/);
  });

  test('a new key signs on, and both are needed to check what both signed', async (server) => {
    const org = await withHistory(server);
    await checkpoint(org);
    const old = await publicKey(server);

    const made = (await Server.command(['audit', 'rotate-key'], server.settings)).trim();

    await log(org, 8);
    const { keys } = ok(await server.api('GET', '/audit/v1/keys'));
    assert.deepEqual(keys.map((key) => key.publicKey), [made, old]);
    assert.ok(openCheckpoint((await org.get('/audit/v1/checkpoint')).text, made));
    const text = await exported(org);
    assert.match((await verify(text, old)).output, /unanchored/);
    const both = await Server.command(['audit', 'verify', await file(text), '--key', old, '--key', made]);
    assert.match(both, /OK: nothing is/);
  });
}, { AUDIT_CHECKPOINT_FILE: FILE });
