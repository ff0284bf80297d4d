// The system chain: what the server itself records of every change (design D7).
import assert from 'node:assert/strict';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, nothing, ok } from './support/expect.mjs';

onEachEngine('system chain', (test) => {
  test('the whole walk leaves its entries, numbered without a gap, each bound to the one before', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const grant = await org.grant(agentId);
    ok(await org.refresh(grant.refreshToken, agentId), 201);
    await org.delegated(grant.grantToken, agentId);
    nothing(await org.delete(`/v1/grants/${grant.grantId}`));

    const { entries } = ok(await org.get('/audit/v1/entries?start=0&end=1000'));

    assert.ok(entries.length >= 6, `${entries.length} entries`);
    for (const [i, entry] of entries.entries()) {
      assert.equal(entry.seq, entries[0].seq + i);
      assert.match(entry.hash, /^[0-9a-f]{64}$/);
      if (i > 0) assert.equal(entry.prevHash, entries[i - 1].hash);
      assert.equal(typeof entry.entry, 'object');
    }
    const text = JSON.stringify(entries);
    for (const id of [agentId, grant.grantId]) assert.ok(text.includes(id), `${id} is on record`);
    assert.ok(!text.includes(grant.refreshToken) && !text.includes(grant.grantToken) && !text.includes(org.key), 'no secret is');
  });

  test('a range gives what it names, both ends included', async (server) => {
    const org = await server.signUp();
    for (let i = 0; i < 4; i += 1) await org.agent();
    const whole = ok(await org.get('/audit/v1/entries?start=0&end=1000')).entries;
    const [start, end] = [whole[1].seq, whole[2].seq];

    assert.deepEqual(ok(await org.get(`/audit/v1/entries?start=${start}&end=${end}`)).entries, whole.slice(1, 3));
  });

  test('nobody sees another organization\'s entries', async (server) => {
    const [org, other] = [await server.signUp(), await server.signUp()];
    const { agentId } = await org.agent();

    const seen = await other.get('/audit/v1/entries?start=0&end=1000');

    assert.ok(!seen.text.includes(agentId));
  });

  for (const query of ['start=x&end=1', 'start=2&end=1', 'start=-1&end=1', 'start=0&end=99999999999999999999']) {
    test(`a range refuses ?${query}`, async (server) => {
      const org = await server.signUp();

      badRequest(await org.get(`/audit/v1/entries?${query}`));
    });
  }
});
