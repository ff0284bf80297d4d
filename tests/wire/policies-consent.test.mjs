// What policies do to a request for consent (grantex-core.md 10, and 2's order of checks), and trying that out beforehand.
import assert from 'node:assert/strict';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, notFound, nothing, ok } from './support/expect.mjs';
import { allowed, ask, asked, audited, denied, policy } from './support/policies.mjs';

/** `HH:MM` in UTC, some minutes from now. */
const clock = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString().slice(11, 16);

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

  test('an allow policy does not stand in for a required passkey', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    await policy(org, { effect: 'allow' });
    for (const rule of [{ fidoRequired: true }, { fidoRequired: false, consentMinimum: 'passkey' }]) {
      ok(await org.patch('/v1/me', rule));
      asked(await ask(org, agentId));
    }

    ok(await org.patch('/v1/me', { consentMinimum: 'person' }));
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
