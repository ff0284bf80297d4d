// Policies as they are kept (grantex-core.md 10), and what is beyond the contract. What they do is in policies-consent and policies-opa.
import assert from 'node:assert/strict';
import { withinOneMinute } from './support/clock.mjs';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, isId, notFound, nothing, ok, refused, tally, TIME } from './support/expect.mjs';
import { audited, policy } from './support/policies.mjs';

onEachEngine('policies', (test) => {
  test('a policy comes back with every member, those that were not given as null', async (server) => {
    const org = await server.signUp();

    const made = await policy(org, { name: 'no-write', priority: 10, scopes: ['write'] });

    isId('pol', made.id);
    assert.match(made.createdAt, TIME);
    assert.deepEqual(made, {
      id: made.id, name: 'no-write', effect: 'deny', priority: 10, agentId: null, principalId: null, scopes: ['write'],
      timeOfDayStart: null, timeOfDayEnd: null, createdAt: made.createdAt, updatedAt: made.createdAt,
    });
    assert.deepEqual(ok(await org.get(`/v1/policies/${made.id}`)), made);
  });

  test('every condition is kept as it was given, null ones too', async (server) => {
    const org = await server.signUp();
    const conditions = {
      agentId: 'ag_whoever', principalId: 'ada', scopes: ['a', 'b'], timeOfDayStart: '22:00', timeOfDayEnd: '06:00',
      timeZone: 'Europe/Berlin', daysOfWeek: ['monday', 'sunday'],
    };

    const { id, name, effect, priority, createdAt, updatedAt, ...kept } = await policy(org, { effect: 'allow', priority: -3, ...conditions });
    assert.deepEqual(kept, conditions);
    const cleared = await policy(org, Object.fromEntries(Object.keys(conditions).map((each) => [each, null])));
    assert.equal(cleared.agentId, null);
    assert.equal('timeZone' in cleared, false);
  });

  test('the list has the highest priority first, then the oldest, and only the own', async (server) => {
    const [org, other] = [await server.signUp(), await server.signUp()];
    await policy(other);
    const made = {};
    for (const [name, priority] of [['low', -1], ['first of two', 0], ['second of two', undefined], ['high', 2_147_483_647]]) {
      made[name] = await policy(org, { name, priority });
      await new Promise((resolve) => setTimeout(resolve, 2)); // of one millisecond, neither is older
    }

    assert.deepEqual(ok(await org.get('/v1/policies')), {
      policies: [made.high, made['first of two'], made['second of two'], made.low], total: 4,
    });
  });

  test('a fresh organization has none', async (server) => {
    assert.deepEqual(ok(await (await server.signUp()).get('/v1/policies')), { policies: [], total: 0 });
  });

  test('a change keeps what it does not name, and null clears a condition', async (server) => {
    const org = await server.signUp();
    const before = await policy(org, { agentId: 'ag_x', principalId: 'ada', scopes: ['a'], timeOfDayStart: '01:00', timeOfDayEnd: '02:00', timeZone: 'UTC', daysOfWeek: ['friday'] });
    const change = async (fields) => ok(await org.patch(`/v1/policies/${before.id}`, fields));

    const renamed = await change({ name: 'renamed', effect: 'allow', priority: 5 });
    assert.deepEqual({ ...renamed, updatedAt: 0 }, { ...before, name: 'renamed', effect: 'allow', priority: 5, updatedAt: 0 });
    for (const name of ['agentId', 'principalId', 'scopes', 'timeOfDayStart', 'timeOfDayEnd']) assert.equal((await change({ [name]: null }))[name], null);
    for (const name of ['timeZone', 'daysOfWeek']) assert.equal(name in (await change({ [name]: null })), false);

    const after = ok(await org.get(`/v1/policies/${before.id}`));
    assert.equal(after.name, 'renamed');
    assert.equal(after.createdAt, before.createdAt);
  });

  test('an empty change is one, and dates the policy', async (server) => {
    const org = await server.signUp();
    const before = await policy(org, { scopes: ['a'] });
    await new Promise((resolve) => setTimeout(resolve, 5));

    const after = ok(await org.patch(`/v1/policies/${before.id}`, {}));

    assert.ok(after.updatedAt > before.updatedAt);
    assert.deepEqual({ ...after, updatedAt: 0 }, { ...before, updatedAt: 0 });
  });

  test('a deleted policy is gone', async (server) => {
    const org = await server.signUp();
    const { id } = await policy(org);

    nothing(await org.delete(`/v1/policies/${id}`));

    notFound(await org.get(`/v1/policies/${id}`));
    notFound(await org.patch(`/v1/policies/${id}`, {}));
    notFound(await org.delete(`/v1/policies/${id}`));
  });

  test('another organization\'s policy looks like none', async (server) => {
    const [org, other] = [await server.signUp(), await server.signUp()];
    const theirs = await policy(other);

    for (const id of [theirs.id, 'pol_01J00000000000000000000000', 'nonsense']) {
      notFound(await org.get(`/v1/policies/${id}`));
      notFound(await org.patch(`/v1/policies/${id}`, { effect: 'allow' }));
      notFound(await org.delete(`/v1/policies/${id}`));
    }
    assert.deepEqual(ok(await other.get(`/v1/policies/${theirs.id}`)), theirs);
  });

  const faults = {
    'an effect that is not one': { effect: 'auto_approve' },
    'an effect in capitals': { effect: 'ALLOW' },
    'an effect that is null': { effect: null },
    'a blank name': { name: '  ' },
    'a name that is a number': { name: 1 },
    'a name that is null': { name: null },
    'a name of 201 characters': { name: 'x'.repeat(201) },
    'a priority that is text': { priority: '1' },
    'a priority with a fraction': { priority: 1.5 },
    'a priority beyond 32 bits': { priority: 2_147_483_648 },
    'a priority that is null': { priority: null },
    'an agent that is a list': { agentId: ['ag_1'] },
    'an empty agent': { agentId: '' },
    'a principal of 257 characters': { principalId: 'x'.repeat(257) },
    'scopes that are text': { scopes: 'write' },
    'an empty list of scopes': { scopes: [] },
    'a blank scope': { scopes: [' '] },
    '101 scopes': { scopes: Array.from({ length: 101 }, (_, i) => `s${i}`) },
    'a time without a zero': { timeOfDayStart: '9:00' },
    'a time that is no time': { timeOfDayEnd: '25:00' },
    'a time that is a number': { timeOfDayEnd: 900 },
    'a zone that is nowhere': { timeZone: 'Mars/Olympus_Mons' },
    'a zone that is a path': { timeZone: '../../../etc/passwd' },
    'a day that is not one': { daysOfWeek: ['mon'] },
    'a day twice': { daysOfWeek: ['monday', 'monday'] },
    'no day at all': { daysOfWeek: [] },
  };
  for (const [what, fields] of Object.entries({ ...faults, 'no name': { name: undefined }, 'no effect': { effect: undefined } })) {
    test(`creating refuses ${what}`, async (server) => {
      const org = await server.signUp();

      badRequest(await org.post('/v1/policies', { name: 'A rule', effect: 'deny', ...fields }));
      assert.equal(ok(await org.get('/v1/policies')).total, 0);
    });
  }
  for (const [what, fields] of Object.entries(faults)) {
    test(`changing refuses ${what}`, async (server) => {
      const org = await server.signUp();
      const before = await policy(org);

      badRequest(await org.patch(`/v1/policies/${before.id}`, fields));
      assert.deepEqual(ok(await org.get(`/v1/policies/${before.id}`)), before);
    });
  }

  test('a body that is null, or no object, or not there, is refused', async (server) => {
    const org = await server.signUp();
    const { id } = await policy(org);

    for (const body of ['null', '[]', '"x"', '1', undefined]) {
      badRequest(await org.post('/v1/policies', body));
      badRequest(await org.patch(`/v1/policies/${id}`, body));
      badRequest(await org.post('/v1/policies/evaluate', body));
    }
  });

  test('51 policies are one more than the free plan has', async (server) => {
    const org = await server.signUp();

    const answers = await Promise.all(Array.from({ length: 55 }, (_, i) => org.post('/v1/policies', { name: `rule ${i}`, effect: 'deny' })));

    assert.deepEqual(tally(answers), { 201: 50, 402: 5 });
    refused(answers.find(({ status }) => status === 402), 402, 'PLAN_LIMIT_EXCEEDED');
    nothing(await org.delete(`/v1/policies/${answers.find(({ status }) => status === 201).json.id}`));
    await policy(org);
  });

  test('a read-only key reads and tries out, and changes nothing', async (server) => {
    const org = await server.signUp();
    const { id } = await policy(org);
    const { apiKey: key } = ok(await org.post('/v1/keys', { readOnly: true }), 201);

    ok(await server.api('GET', '/v1/policies', { key }));
    ok(await server.api('POST', '/v1/policies/evaluate', { key, body: { agentId: 'ag_1', principalId: 'ada', scopes: ['a'] } }));
    refused(await server.api('POST', '/v1/policies', { key, body: { name: 'x', effect: 'allow' } }), 403, 'FORBIDDEN');
    refused(await server.api('PATCH', `/v1/policies/${id}`, { key, body: {} }), 403, 'FORBIDDEN');
    refused(await server.api('DELETE', `/v1/policies/${id}`, { key }), 403, 'FORBIDDEN');
  });

  test('every change of a policy is in the audit log', async (server) => {
    const org = await server.signUp();
    const { id } = await policy(org, { scopes: ['a', 'b'] });
    ok(await org.patch(`/v1/policies/${id}`, { effect: 'allow' }));
    nothing(await org.delete(`/v1/policies/${id}`));

    const [made] = await audited(org, 'policy.created');
    assert.equal(made.subject, id);
    assert.deepEqual(made.data, { effect: 'deny', name: 'A rule', priority: '0', scopes: 'a b' });
    assert.equal((await audited(org, 'policy.changed'))[0].data.effect, 'allow');
    assert.equal((await audited(org, 'policy.deleted'))[0].subject, id);
  });
});

onEachEngine('policy limits', (test) => {
  test('30 creations, 30 changes and 30 deletions a minute from one address', async (server) => {
    await withinOneMinute();
    const org = await server.signUp();
    const all = (call) => Promise.all(Array.from({ length: 31 }, call));

    assert.deepEqual(tally(await all(() => org.post('/v1/policies', {}))), { 400: 30, 429: 1 });
    assert.deepEqual(tally(await all(() => org.patch('/v1/policies/nonsense', {}))), { 404: 30, 429: 1 });
    assert.deepEqual(tally(await all(() => org.delete('/v1/policies/nonsense'))), { 404: 30, 429: 1 });
    ok(await org.get('/v1/policies'));
  });
}, { RATE_LIMITS_ENABLED: 'true' });
