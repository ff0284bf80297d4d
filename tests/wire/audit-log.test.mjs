// What developers log of their agents, and the documented hash of it (grantex-core.md 7).
import assert from 'node:assert/strict';
import { bodyOf, canonical, chainHolds, sha256 } from './support/chain.mjs';
import { withinOneMinute } from './support/clock.mjs';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, isId, noRoute, notFound, ok, refused, tally, TIME, unauthorized } from './support/expect.mjs';

const ENTRY = { agentId: 'ag_1', agentDid: 'did:example:1', grantId: 'grnt_1', principalId: 'ada', action: 'calendar.read' };
const log = (org, fields = {}, options) => org.post('/v1/audit/log', { ...ENTRY, ...fields }, options);
const logged = async (org, fields) => ok(await log(org, fields), 201);
const list = async (org, query = '') => ok(await org.get(`/v1/audit/entries${query}`)).entries;

onEachEngine('audit log', (test) => {
  test('an entry is answered with its hash, and so it is shown again', async (server) => {
    const org = await server.signUp();
    const sent = { ...ENTRY, action: 'payment.initiated', metadata: { z: 1, a: { y: 2, x: [3, 'é'] } }, status: 'blocked' };

    const entry = await logged(org, sent);

    isId('alog', entry.entryId);
    assert.match(entry.timestamp, TIME);
    const { entryId, hash, prevHash, timestamp, developerId, ...said } = entry;
    assert.deepEqual(said, sent);
    assert.equal(developerId, org.id);
    assert.equal(prevHash, null);
    assert.equal(hash, sha256(bodyOf(entry)));
    assert.deepEqual(ok(await org.get(`/v1/audit/${entryId}`)), entry);
    assert.deepEqual(await list(org), [entry]);
  });

  test('metadata is {} and status success unless said otherwise; nothing needs to exist', async (server) => {
    const org = await server.signUp();

    const entry = await logged(org, { agentId: 'ag_nope', agentDid: 'x', grantId: 'y', principalId: 'z', action: 'w' });

    assert.deepEqual(entry.metadata, {});
    assert.equal(entry.status, 'success');
    assert.ok('prevHash' in entry);
  });

  test('entries are chained, oldest first, and another organization has a chain of its own', async (server) => {
    const [org, other] = [await server.signUp(), await server.signUp()];
    await org.agent(); // what the server itself records is no part of it
    const made = [];
    for (let i = 0; i < 5; i += 1) {
      made.push(await logged(org, { action: `step.${i}` }));
      await logged(other, { action: 'elsewhere' });
    }

    const entries = await list(org);

    assert.deepEqual(entries, made);
    chainHolds(entries);
    chainHolds(await list(other));
  });

  test('the hash covers any text and any number as JSON.stringify writes them', async (server) => {
    const org = await server.signUp();
    const strange = [
      '{"z":1,"a":{"y":[1,2.0,"é"],"b":null}}',
      '{"n":[1e21,1e-7,0.1,-0,9007199254740993,123456789012345678901234567890,5e-324,1.7976931348623157e308,1E3]}',
      String.raw`{"s":["\u0000\u001f\u007f\b\t\n\f\r\"\\\/","\ud83d\ude00","\ud800","x\udc00","\u2028"]}`,
      String.raw`{"\ufb33":1,"\ud83d\ude00":2,"é":3,"\r":4,"1":5,"10":6,"9":7,"":8}`,
      '{"deep":{"b":[{"d":[],"c":{}}],"a":[[[]]]},"true":true,"false":false}',
    ];
    for (const metadata of strange) {
      const text = JSON.stringify(ENTRY).replace(/}$/, `,"metadata":${metadata}}`);
      const answer = await org.post('/v1/audit/log', Buffer.from(text));
      const entry = ok(answer, 201);
      assert.equal(canonical(entry.metadata), canonical(JSON.parse(metadata)));
      assert.equal(entry.hash, sha256(bodyOf(entry)), metadata);
    }
    await logged(org, { principalId: '…/"\\é😀\u0001', action: 'a\tb' });

    chainHolds(await list(org));
  });

  test('the list is narrowed by agent, grant, principal and action, and by time', async (server) => {
    const org = await server.signUp();
    const first = await logged(org, { agentId: 'ag_1', grantId: 'g1', principalId: 'ada', action: 'read' });
    const second = await logged(org, { agentId: 'ag_1', grantId: 'g2', principalId: 'bob & co', action: 'send' });
    const third = await logged(org, { agentId: 'ag_2', grantId: 'g1', principalId: 'bob & co', action: 'read' });

    assert.deepEqual(await list(org, '?agentId=ag_1'), [first, second]);
    assert.deepEqual(await list(org, '?grantId=g1'), [first, third]);
    assert.deepEqual(await list(org, `?principalId=${encodeURIComponent('bob & co')}`), [second, third]);
    assert.deepEqual(await list(org, '?action=read'), [first, third]);
    assert.deepEqual(await list(org, '?agentId=ag_2&action=read&grantId=g1'), [third]);
    assert.deepEqual(await list(org, '?agentId=ag_2&action=send'), []);
    assert.deepEqual(await list(org, `?since=${first.timestamp}&until=${third.timestamp}`), [first, second, third]);
    assert.deepEqual(await list(org, '?since=2100-01-01T00:00:00Z'), []);
    assert.deepEqual(await list(org, '?until=2000-01-01T00:00:00Z'), []);
    assert.deepEqual(await list(org, '?page=2&pageSize=1'), [first, second, third], 'what clients send and the contract does not know is ignored');
  });

  test('the list can be taken a part at a time', async (server) => {
    const org = await server.signUp();
    for (let i = 0; i < 5; i += 1) await logged(org, { principalId: i % 2 ? 'bob' : 'ada' });
    const whole = await list(org, '?principalId=ada');

    const first = ok(await org.get('/v1/audit/entries?principalId=ada&limit=2'));
    const second = ok(await org.get(`/v1/audit/entries?principalId=ada&limit=2&cursor=${first.nextCursor}`));

    assert.deepEqual([...first.entries, ...second.entries], whole);
    assert.equal(second.nextCursor, undefined);
    assert.deepEqual(ok(await org.get(`/v1/audit/entries?cursor=${first.nextCursor}`)).entries.length, 2, 'the rest in one go');
  });

  test('a long list is whole', async (server) => {
    const org = await server.signUp();
    const COUNT = 2_300; // more than two pages of what is read at once
    for (let i = 0; i < COUNT; i += 100) await Promise.all(Array.from({ length: 100 }, (_, j) => logged(org, { action: `step.${i + j}` })));

    const entries = await list(org);

    assert.equal(entries.length, COUNT);
    chainHolds(entries);
    assert.equal(new Set(entries.map(({ action }) => action)).size, COUNT);
  });

  for (const field of Object.keys(ENTRY)) {
    for (const value of [undefined, '', 7, null, 'a\u0000b', 'x'.repeat(2000)]) {
      test(`${field} is refused when it is ${String(JSON.stringify(value)).slice(0, 30)}`, async (server) => {
        const org = await server.signUp();
        badRequest(await log(org, { [field]: value }));
        assert.deepEqual(await list(org), []);
      });
    }
  }

  for (const fields of [{ metadata: [] }, { metadata: 'x' }, { metadata: null }, { status: 'maybe' }, { status: 1 }, { status: null }]) {
    test(`${JSON.stringify(fields)} is refused`, async (server) => {
      const org = await server.signUp();
      badRequest(await log(org, fields));
    });
  }

  for (const text of ['[]', '"x"', '{"action":"x"}', JSON.stringify(ENTRY).replace(/}$/, ',"metadata":{"a":1e400}}'), JSON.stringify(ENTRY).replace(/}$/, ',"metadata":{"a":1,"a":2}}')]) {
    test(`the body ${text.slice(-40)} is refused`, async (server) => {
      const org = await server.signUp();
      badRequest(await org.post('/v1/audit/log', text));
    });
  }

  for (const query of ['limit=0', 'limit=1001', 'limit=x', 'cursor=x', 'cursor=-1', 'agentId=a&agentId=b', 'since=yesterday', 'until=1']) {
    test(`the list refuses ?${query}`, async (server) => {
      const org = await server.signUp();
      badRequest(await org.get(`/v1/audit/entries?${query}`));
    });
  }

  test('no entry is changed or deleted', async (server) => {
    const org = await server.signUp();
    const entry = await logged(org);

    noRoute(await org.delete(`/v1/audit/${entry.entryId}`));
    noRoute(await org.patch(`/v1/audit/${entry.entryId}`, { action: 'x' }));
    noRoute(await server.api('PUT', `/v1/audit/${entry.entryId}`, { key: org.key, body: { action: 'x' } }));
    assert.deepEqual(await list(org), [entry]);
  });

  test('another organization\'s entry looks like none, and so does one of the server\'s own', async (server) => {
    const [org, other] = [await server.signUp(), await server.signUp()];
    const { entryId } = await logged(org);
    await org.agent();
    const [own] = ok(await org.get('/audit/v1/entries?start=0&end=10')).entries;

    for (const id of [own.entry.id, 'alog_unknown', 'log', 'x'.repeat(3000)]) notFound(await org.get(`/v1/audit/${id}`));
    notFound(await other.get(`/v1/audit/${entryId}`));
    assert.deepEqual(await list(other, '?agentId=ag_1'), []);
  });

  test('without a key nothing is logged or shown, and a key that only reads cannot log', async (server) => {
    const org = await server.signUp();
    const reader = ok(await org.post('/v1/keys', { label: 'reader', readOnly: true }), 201);
    unauthorized(await server.api('POST', '/v1/audit/log', { body: ENTRY }));
    unauthorized(await server.api('GET', '/v1/audit/entries'));
    refused(await server.api('POST', '/v1/audit/log', { body: ENTRY, key: reader.apiKey }), 403, 'FORBIDDEN');
    assert.deepEqual(ok(await server.api('GET', '/v1/audit/entries', { key: reader.apiKey })).entries, []);
  });

  test('64 writers at once make one chain', async (server) => {
    const org = await server.signUp();
    const answers = await Promise.all(Array.from({ length: 640 }, (_, i) => log(org, { action: `at.once.${i}` })));

    assert.deepEqual(tally(answers), { 201: 640 });
    const entries = await list(org);
    chainHolds(entries);
    const stored = new Map(entries.map((entry) => [entry.entryId, entry]));
    for (const { json } of answers) assert.deepEqual(stored.get(json.entryId), json);
  });
});

const PLACES = 20;

onEachEngine(`a plan of ${PLACES} logged entries`, (test) => {
  test('of 64 entries at once as many are taken as the plan has places', async (server) => {
    const [org, other] = [await server.signUp(), await server.signUp()];
    await org.agent(); // does not count

    const answers = await Promise.all(Array.from({ length: 64 }, () => log(org)));

    assert.deepEqual(tally(answers), { 201: PLACES, 402: 64 - PLACES });
    refused(await log(org), 402, 'PLAN_LIMIT_EXCEEDED');
    chainHolds(await list(org));
    await logged(other);
  });
}, { PLAN_FREE_AUDIT_ENTRIES: String(PLACES) });

onEachEngine('the audit log\'s own address limit', (test) => {
  test('30 a minute', async (server) => {
    await withinOneMinute();
    const org = await server.signUp();
    const answers = [];
    for (let i = 0; i < 31; i += 1) answers.push(await log(org));

    assert.deepEqual(tally(answers), { 201: 30, 429: 1 });
    assert.match(answers[30].text, /retry in \d+ seconds/);
    ok(await org.get('/v1/audit/entries'));
  });
}, { RATE_LIMITS_ENABLED: 'true' });
