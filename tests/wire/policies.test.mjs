// Policies (grantex-core.md 10, and 2's order of checks), what is beyond them, and the external engine (grantex.md 8).
import assert from 'node:assert/strict';
import http from 'node:http';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, isId, notFound, nothing, ok, refused, SECRET, tally, TIME } from './support/expect.mjs';

const policy = async (org, fields = {}) => ok(await org.post('/v1/policies', { name: 'A rule', effect: 'deny', ...fields }), 201);
const ask = (org, agentId, fields = {}) => org.post('/v1/authorize', { agentId, principalId: 'ada', scopes: ['email:read'], ...fields });
const denied = (answer) => assert.equal(refused(answer, 403, 'POLICY_DENIED').message, 'Authorization denied by policy');

/** Allowed by a policy: approved at once, and said so. */
function allowed(answer) {
  const { policyEnforced, effect, code, ...rest } = ok(answer, 201);
  assert.deepEqual({ policyEnforced, effect }, { policyEnforced: true, effect: 'allow' });
  assert.match(code, new RegExp(`^${SECRET}$`));
  assert.deepEqual(Object.keys(rest).sort(), ['authRequestId', 'consentUrl', 'expiresAt']);
  return code;
}

/** Neither allowed nor denied: the person is asked. */
const asked = (answer) => assert.deepEqual(Object.keys(ok(answer, 201)).sort(), ['authRequestId', 'consentUrl', 'expiresAt']);

/** `HH:MM` in UTC, some minutes from now. */
const clock = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString().slice(11, 16);

/** The entries of the server's own chain that are of a type. */
const audited = async (org, type) => ok(await org.get('/audit/v1/entries')).entries.map(({ entry }) => entry).filter((entry) => entry.type === type);

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

onEachEngine('consent by policy', (test) => {
  test('what a policy allows comes with its code, and the grant says that nobody was asked', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const { id } = await policy(org, { effect: 'allow' });

    const code = allowed(await ask(org, agentId));

    const { grantId } = ok(await org.exchange(code, agentId), 201);
    assert.equal(ok(await org.get(`/v1/grants/${grantId}`)).consentProof, 'policy');
    const [approval] = await audited(org, 'consent.approved');
    assert.equal(approval.actor, id);
    assert.equal(approval.data.proof, 'policy');
  });

  test('what a policy denies is refused, logged and counted, and leaves no request', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const { id } = await policy(org);

    denied(await ask(org, agentId));

    const [entry] = await audited(org, 'authorize.denied');
    assert.deepEqual(entry.data, { agent: agentId, policy: id, principal: 'ada', scopes: 'email:read' });
    const [line] = await server.logged((each) => each.msg === 'authorize.denied' && each.agentId === agentId, 1);
    assert.deepEqual([line.level, line.principalId, line.reason], ['warn', 'ada', `policy ${id}`]);
    assert.match((await server.api('GET', '/metrics')).text, /^grantex_authorize_total\{status="policy_denied"\} \d+$/m);
  });

  test('without one that matches the person is asked', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    await policy(org, { principalId: 'grace' });
    await policy(org, { agentId: (await org.agent()).agentId });
    await policy(org, { effect: 'allow', scopes: ['email:send'] });

    asked(await ask(org, agentId));
    denied(await ask(org, agentId, { principalId: 'grace' }));
  });

  test('an allow policy must list every scope that is asked for, a deny policy one', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    await policy(org, { effect: 'allow', scopes: ['email:send', 'more'], priority: 1 });
    const both = { scopes: ['email:read', 'email:send'] };

    allowed(await ask(org, agentId, { scopes: ['email:send'] }));
    asked(await ask(org, agentId, both));
    await policy(org, { scopes: ['email:send', 'more'], priority: 2 });
    denied(await ask(org, agentId, both));
  });

  test('the first that matches decides, whatever its effect; a change of order is felt at once', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const allow = await policy(org, { effect: 'allow', priority: 1 });
    await policy(org);

    allowed(await ask(org, agentId));
    ok(await org.patch(`/v1/policies/${allow.id}`, { priority: -1 }));
    denied(await ask(org, agentId));
    ok(await org.patch(`/v1/policies/${allow.id}`, { priority: 1 }));
    allowed(await ask(org, agentId));
    nothing(await org.delete(`/v1/policies/${allow.id}`));
    denied(await ask(org, agentId));
  });

  test('hours count on the clock of the zone that is named', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const { id } = await policy(org, { timeOfDayStart: clock(-10), timeOfDayEnd: clock(10) }); // over midnight, when run then
    const change = async (fields) => ok(await org.patch(`/v1/policies/${id}`, fields));

    denied(await ask(org, agentId));
    await change({ timeZone: 'Asia/Kathmandu' }); // 5 hours and 45 minutes ahead
    asked(await ask(org, agentId));
    await change({ timeOfDayStart: clock(345 - 10), timeOfDayEnd: clock(345 + 10) });
    denied(await ask(org, agentId));
    await change({ timeOfDayEnd: null }); // one end alone is no window
    denied(await ask(org, agentId));
  });

  test('no policy lets an agent have what it is not registered for', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent({ scopes: ['email:read'] });
    await policy(org, { effect: 'allow' });

    badRequest(await ask(org, agentId, { scopes: ['email:read', 'email:delete'] }));
  });

  test('a suspended agent that a policy names is still no agent', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    await policy(org, { effect: 'allow', agentId });
    ok(await org.patch(`/v1/agents/${agentId}`, { status: 'suspended' }));

    notFound(await ask(org, agentId));
  });

  test('fields come before the agent, the agent before policy, policy before expiresIn', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const { id } = await policy(org);

    badRequest(await ask(org, agentId, { principalId: '' }));
    notFound(await ask(org, 'ag_01J00000000000000000000000', { expiresIn: 'soon' }));
    denied(await ask(org, agentId, { expiresIn: 'soon' }));
    ok(await org.patch(`/v1/policies/${id}`, { effect: 'allow' }));
    badRequest(await ask(org, agentId, { expiresIn: 'soon' }));
  });

  test('a sandbox is denied like others, and what it is allowed stays a sandbox approval', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const { id } = await policy(org, { effect: 'allow' });

    const { sandbox, policyEnforced, code } = ok(await ask(org, agentId), 201);
    assert.deepEqual({ sandbox, policyEnforced, code: typeof code }, { sandbox: true, policyEnforced: undefined, code: 'string' });
    ok(await org.patch(`/v1/policies/${id}`, { effect: 'deny' }));
    denied(await ask(org, agentId));
  });

  test('an allow policy stands above a required passkey', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    ok(await org.patch('/v1/me', { fidoRequired: true }));
    await policy(org, { effect: 'allow' });

    ok(await org.exchange(allowed(await ask(org, agentId)), agentId), 201);
  });

  test('another organization\'s policies count for nothing', async (server) => {
    const [org, other] = [await server.signUp(), await server.signUp()];
    const { agentId } = await org.agent();
    await policy(other, { priority: 100 });
    await policy(other, { priority: 100, agentId });

    asked(await ask(org, agentId));
  });
});

onEachEngine('trying policies out', (test) => {
  const question = { agentId: 'ag_mine', principalId: 'ada', scopes: ['email:read'] };

  test('says which rule would decide, and of each before it what did not hold', async (server) => {
    const org = await server.signUp();
    const other = await policy(org, { name: 'other', priority: 9, agentId: 'ag_other', scopes: ['email:send'] });
    const night = await policy(org, { name: 'night', priority: 8, timeOfDayStart: '22:00', timeOfDayEnd: '06:00', timeZone: 'Europe/Berlin', daysOfWeek: ['sunday'] });
    const mine = await policy(org, { name: 'mine', effect: 'allow', priority: 7, principalId: 'ada' });
    await policy(org, { name: 'never reached' });

    const tried = ok(await org.post('/v1/policies/evaluate', { ...question, at: '2026-03-29T01:00:00Z' })); // the moment Berlin's clocks go from 02:00 to 03:00

    assert.deepEqual(tried, {
      effect: 'allow', policyId: mine.id, engine: 'builtin', at: '2026-03-29T01:00:00.000Z',
      rules: [
        { id: other.id, name: 'other', effect: 'deny', priority: 9, matches: false, unmet: ['agentId', 'scopes'] },
        { id: night.id, name: 'night', effect: 'deny', priority: 8, matches: false, unmet: ['daysOfWeek'], localTime: 'sunday 03:00' }, // of Saturday's night
        { id: mine.id, name: 'mine', effect: 'allow', priority: 7, matches: true, unmet: [] },
      ],
    });
  });

  test('says that the person would be asked when none decides, and asks for nothing', async (server) => {
    const org = await server.signUp();

    const { at, ...tried } = ok(await org.post('/v1/policies/evaluate', question));

    assert.deepEqual(tried, { effect: 'ask', policyId: null, engine: 'builtin', rules: [] });
    assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000, at);
  });

  for (const [what, fields] of Object.entries({
    'no agent': { agentId: undefined },
    'no principal': { principalId: undefined },
    'no scopes': { scopes: [] },
    'a time without an offset': { at: '2026-03-29T01:00:00' },
    'a date alone': { at: '2026-03-29' },
    'a time that is a number': { at: 1 },
    'a time before 1970': { at: '1969-12-31T23:59:59Z' },
    'a day that never was': { at: '2026-02-30T00:00:00Z' },
  })) {
    test(`refuses ${what}`, async (server) => {
      badRequest(await (await server.signUp()).post('/v1/policies/evaluate', { ...question, ...fields }));
    });
  }
});

onEachEngine('policy limits', (test) => {
  test('30 creations, 30 changes and 30 deletions a minute from one address', async (server) => {
    const org = await server.signUp();
    const { id } = await policy(org);
    const all = (call) => Promise.all(Array.from({ length: 31 }, call));

    assert.deepEqual(tally(await all(() => org.post('/v1/policies', {}))), { 400: 29, 429: 2 });
    assert.deepEqual(tally(await all(() => org.patch(`/v1/policies/${id}`, []))), { 400: 30, 429: 1 });
    assert.deepEqual(tally(await all(() => org.delete('/v1/policies/nonsense'))), { 404: 30, 429: 1 });
    ok(await org.get('/v1/policies'));
  });
}, { RATE_LIMITS_ENABLED: 'true' });

// An Open Policy Agent: answers what a test says, and remembers what it was asked.
const opa = http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  opa.asked = { path: `${request.method} ${request.url}`, body: JSON.parse(Buffer.concat(chunks).toString()) };
  opa.answer(response);
});
await new Promise((resolve) => opa.listen(0, '127.0.0.1', resolve));
opa.unref();
const OPA = { POLICY_BACKEND: 'opa', OPA_URL: `http://127.0.0.1:${opa.address().port}` };
const says = (body, status = 200) => (response) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const FAILURES = {
  'a 500': says({ result: { allow: true } }, 500),
  'no JSON': (response) => response.end('nonsense'),
  'a word where a boolean belongs': says({ result: { allow: 'yes' } }),
  'more than anybody reads': (response) => response.end(JSON.stringify({ result: { allow: true, padding: 'x'.repeat(200_000) } })),
  'a closed connection': (response) => response.destroy(),
};

onEachEngine('an external policy engine', (test) => {
  test('is asked in its own protocol, and its word is done', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    await policy(org); // the organization's own rules do not count here

    opa.answer = says({ result: { allow: true } });
    allowed(await ask(org, agentId));
    assert.deepEqual(opa.asked, {
      path: 'POST /v1/data/grantex/authz',
      body: { input: { agent_id: agentId, principal_id: 'ada', scopes: ['email:read'], developer_id: org.id } },
    });
    opa.answer = says({ result: { allow: false } });
    denied(await ask(org, agentId));
    assert.equal((await audited(org, 'authorize.denied'))[0].data.policy, 'opa');
    for (const nothingSaid of [{}, { result: {} }]) {
      opa.answer = says(nothingSaid);
      asked(await ask(org, agentId));
    }
  });

  test('is what trying out asks too', async (server) => {
    const org = await server.signUp();
    opa.answer = says({ result: { allow: false } });

    const { at, ...tried } = ok(await org.post('/v1/policies/evaluate', { agentId: 'ag_1', principalId: 'ada', scopes: ['a'] }));

    assert.deepEqual(tried, { effect: 'deny', policyId: null, engine: 'opa', rules: [] });
  });

  for (const [what, answer] of Object.entries(FAILURES)) {
    test(`denies when it answers ${what}, and says so in log and metrics`, async (server) => {
      const org = await server.signUp();
      const { agentId } = await org.agent();
      const before = server.log((line) => line.msg === 'policy.engine_failed').length;
      opa.answer = answer;

      denied(await ask(org, agentId));

      const line = (await server.logged((each) => each.msg === 'policy.engine_failed', before + 1)).at(-1);
      assert.deepEqual([line.level, line.engine, line.then], ['warn', 'opa', 'denied']);
      assert.match((await server.api('GET', '/metrics')).text, /^grantex_policy_engine_total\{status="(status|malformed|unreachable)"\} [1-9]/m);
    });
  }

  test('holds a request up for 5 seconds when it says nothing, and then denies', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    opa.answer = () => {};
    const started = performance.now();

    denied(await ask(org, agentId));

    const seconds = (performance.now() - started) / 1000;
    assert.ok(seconds > 4.5 && seconds < 30, `${seconds} s`);
  });

  test('is not asked about an agent that is none', async (server) => {
    const org = await server.signUp();
    opa.answer = says({ result: { allow: true } });
    opa.asked = undefined;

    notFound(await ask(org, 'ag_01J00000000000000000000000'));

    assert.equal(opa.asked, undefined);
  });
}, OPA);

onEachEngine('an external policy engine with a fallback', (test) => {
  for (const [what, answer] of Object.entries(FAILURES)) {
    test(`leaves it to the organization's own rules when it answers ${what}`, async (server) => {
      const org = await server.signUp();
      const { agentId } = await org.agent();
      opa.answer = answer;

      asked(await ask(org, agentId));
      await policy(org, { effect: 'allow' });
      allowed(await ask(org, agentId));
    });
  }

  test('is still the one that decides while it answers', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    await policy(org, { effect: 'allow' });
    opa.answer = says({ result: { allow: false } });

    denied(await ask(org, agentId));
  });
}, { ...OPA, OPA_FALLBACK_TO_BUILTIN: 'true' });
