// Agents (grantex-core.md 1).
import assert from 'node:assert/strict';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, isId, notFound, nothing, ok, refused, tally, TIME } from './support/expect.mjs';

onEachEngine('agents', (test) => {
  test('a registered agent has an id, a DID of that id and the fields it was given', async (server) => {
    const org = await server.signUp();

    const agent = ok(await org.post('/v1/agents', { name: '  Mail helper ', description: 'Sorts mail', scopes: ['email:read'] }), 201);

    isId('ag', agent.agentId);
    assert.equal(agent.did, `did:grantex:${agent.agentId}`);
    assert.equal(agent.developerId, org.id);
    assert.equal(agent.name, 'Mail helper');
    assert.equal(agent.description, 'Sorts mail');
    assert.deepEqual(agent.scopes, ['email:read']);
    assert.equal(agent.status, 'active');
    assert.match(agent.createdAt, TIME);
    assert.match(agent.updatedAt, TIME);
  });

  test('an agent needs no more than a name', async (server) => {
    const org = await server.signUp();

    const agent = ok(await org.post('/v1/agents', { name: 'a' }), 201);

    assert.equal(agent.description, '');
    assert.deepEqual(agent.scopes, []);
  });

  test('text of any language comes back as it was sent', async (server) => {
    const org = await server.signUp();
    const name = 'Grüße 日本 🎻 "\\/\t\u0001é';

    const { agentId } = ok(await org.post('/v1/agents', { name, scopes: ['读:邮件'] }), 201);

    const agent = ok(await org.get(`/v1/agents/${agentId}`));
    assert.equal(agent.name, name);
    assert.deepEqual(agent.scopes, ['读:邮件']);
  });

  test('an agent is read as it was registered', async (server) => {
    const org = await server.signUp();
    const agent = await org.agent();

    assert.deepEqual(ok(await org.get(`/v1/agents/${agent.agentId}`)), agent);
  });

  test('the list has the newest first and only the own', async (server) => {
    const org = await server.signUp();
    const other = await server.signUp();
    await other.agent();
    const made = [];
    for (const name of ['first', 'second', 'third']) made.unshift(await org.agent({ name }));

    assert.deepEqual(ok(await org.get('/v1/agents')).agents, made);
  });

  test('a list without a limit is whole, a list with one comes in pages', async (server) => {
    const org = await server.signUp();
    for (let i = 0; i < 5; i++) await org.agent({ name: `agent ${i}` });
    const whole = ok(await org.get('/v1/agents'));
    assert.equal(whole.agents.length, 5);
    assert.equal(whole.nextCursor, undefined);

    const pages = [];
    for (let cursor; ;) {
      const page = ok(await org.get(`/v1/agents?limit=2${cursor ? `&cursor=${encodeURIComponent(cursor)}` : ''}`));
      pages.push(page.agents);
      cursor = page.nextCursor;
      if (!cursor) break;
      assert.equal(page.agents.length, 2);
    }

    assert.deepEqual(pages.flat(), whole.agents);
  });

  for (const query of ['limit=0', 'limit=1001', 'limit=-1', 'limit=x', 'limit=', 'limit=1e2', 'limit=2&cursor=%00', 'limit=2&cursor=nonsense', 'limit=1&limit=2']) {
    test(`the list refuses ?${query}`, async (server) => {
      const org = await server.signUp();

      badRequest(await org.get(`/v1/agents?${query}`));
    });
  }

  test('a change touches only what it names', async (server) => {
    const org = await server.signUp();
    const agent = await org.agent({ description: 'before' });

    const changed = ok(await org.patch(`/v1/agents/${agent.agentId}`, { name: 'after' }));

    assert.deepEqual({ ...changed, updatedAt: agent.updatedAt }, { ...agent, name: 'after' });
    assert.ok(changed.updatedAt >= agent.updatedAt);
    assert.deepEqual(ok(await org.get(`/v1/agents/${agent.agentId}`)), changed);
  });

  test('a change replaces the scopes, and an empty list clears them', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();

    assert.deepEqual(ok(await org.patch(`/v1/agents/${agentId}`, { scopes: ['calendar:read'] })).scopes, ['calendar:read']);
    assert.deepEqual(ok(await org.patch(`/v1/agents/${agentId}`, { scopes: [] })).scopes, []);
  });

  test('an agent is suspended and taken back into service', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();

    assert.equal(ok(await org.patch(`/v1/agents/${agentId}`, { status: 'suspended' })).status, 'suspended');
    assert.equal(ok(await org.patch(`/v1/agents/${agentId}`, { status: 'active' })).status, 'active');
  });

  test('a deleted agent is gone', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();

    nothing(await org.delete(`/v1/agents/${agentId}`));

    notFound(await org.get(`/v1/agents/${agentId}`));
    notFound(await org.patch(`/v1/agents/${agentId}`, { name: 'x' }));
    notFound(await org.delete(`/v1/agents/${agentId}`));
    assert.deepEqual(ok(await org.get('/v1/agents')).agents, []);
  });

  test('an agent with grants, delegated ones too, can be deleted', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const [parent, child] = [await org.agent(), await org.agent()];
    const grant = await org.grant(parent.agentId);
    const delegated = await org.delegated(grant.grantToken, child.agentId);

    nothing(await org.delete(`/v1/agents/${parent.agentId}`));

    assert.equal(await org.accepts(grant.grantToken), false);
    assert.equal(await org.accepts(delegated.grantToken), false, 'what a deleted agent lent on');
  });

  test('the tokens of a suspended agent stop verifying, and count again when it is taken back', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const { grantToken } = await org.grant(agentId);
    assert.equal(await org.accepts(grantToken), true);

    ok(await org.patch(`/v1/agents/${agentId}`, { status: 'suspended' }));
    assert.equal(await org.accepts(grantToken), false);

    ok(await org.patch(`/v1/agents/${agentId}`, { status: 'active' }));
    assert.equal(await org.accepts(grantToken), true);
  });

  test('a suspended agent can neither ask, nor exchange, nor refresh, nor be lent to', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const [agent, lender] = [await org.agent(), await org.agent()];
    const code = await org.code(agent.agentId);
    const grant = await org.grant(agent.agentId);
    const lent = await org.grant(lender.agentId);
    ok(await org.patch(`/v1/agents/${agent.agentId}`, { status: 'suspended' }));

    notFound(await org.post('/v1/authorize', { agentId: agent.agentId, principalId: 'ada', scopes: ['email:read'] }));
    badRequest(await org.exchange(code, agent.agentId));
    badRequest(await org.refresh(grant.refreshToken, agent.agentId));
    notFound(await org.delegate(lent.grantToken, agent.agentId));
  });

  test('another organization\'s agent looks like none', async (server) => {
    const [org, other] = [await server.signUp(), await server.signUp()];
    const { agentId } = await other.agent();

    notFound(await org.get(`/v1/agents/${agentId}`));
    notFound(await org.patch(`/v1/agents/${agentId}`, { name: 'mine now' }));
    notFound(await org.delete(`/v1/agents/${agentId}`));
    assert.equal(ok(await other.get(`/v1/agents/${agentId}`)).name, 'Mail helper');
  });

  for (const id of ['ag_01J00000000000000000000000', 'ag_', 'nonsense', 'areq_01J00000000000000000000000', 'x'.repeat(3000), '%F0%9F%8E%BB']) {
    test(`there is no agent ${id.slice(0, 40)}`, async (server) => {
      const org = await server.signUp();

      notFound(await org.get(`/v1/agents/${id}`));
      notFound(await org.patch(`/v1/agents/${id}`, { name: 'x' }));
      notFound(await org.delete(`/v1/agents/${id}`));
    });
  }

  for (const [what, fields] of Object.entries({
    'no name': {},
    'a blank name': { name: ' \t ' },
    'a name that is a number': { name: 1 },
    'a name that is null': { name: null },
    'a description that is null': { name: 'a', description: null },
    'scopes that are text': { name: 'a', scopes: 'email:read' },
    'scopes that are null': { name: 'a', scopes: null },
    'a scope that is a number': { name: 'a', scopes: [1] },
    'an empty scope': { name: 'a', scopes: [''] },
    'a scope of 257 characters': { name: 'a', scopes: ['x'.repeat(257)] },
    '101 scopes': { name: 'a', scopes: Array.from({ length: 101 }, (_, i) => `s${i}`) },
    'a redirect URI that is not one': { name: 'a', redirectUris: ['nonsense'] },
    'redirect URIs that are text': { name: 'a', redirectUris: 'https://app.example.test/' },
  })) {
    test(`registering refuses ${what}`, async (server) => {
      const org = await server.signUp();

      badRequest(await org.post('/v1/agents', fields));

      assert.deepEqual(ok(await org.get('/v1/agents')).agents, []);
    });
  }

  for (const [what, fields] of Object.entries({
    'nothing at all': {},
    'only unknown fields': { colour: 'red' },
    'a blank name': { name: '' },
    'a null description': { description: null },
    'a status that is not one': { status: 'revoked' },
    'a status of null': { status: null },
    'scopes that are not a list': { scopes: {} },
    'an array as body': [],
  })) {
    test(`changing refuses ${what}`, async (server) => {
      const org = await server.signUp();
      const agent = await org.agent();

      badRequest(await org.patch(`/v1/agents/${agent.agentId}`, fields));

      assert.deepEqual(ok(await org.get(`/v1/agents/${agent.agentId}`)), agent);
    });
  }

  test('the longest scopes and the most of them are accepted', async (server) => {
    const org = await server.signUp();
    const scopes = Array.from({ length: 100 }, (_, i) => `${i}:`.padEnd(256, 'x'));

    assert.deepEqual(ok(await org.post('/v1/agents', { name: 'a', scopes }), 201).scopes, scopes);
  });

  test('of 20 registrations with one place left on the plan, one succeeds', async (server) => {
    const org = await server.signUp();
    for (let made = 0; made < 499; made += 1) await org.agent({ name: `agent ${made}` });

    const answers = await Promise.all(Array.from({ length: 20 }, () => org.post('/v1/agents', { name: 'one of 20' })));

    assert.deepEqual(tally(answers), { 201: 1, 402: 19 });
    refused(answers.find(({ status }) => status === 402), 402, 'PLAN_LIMIT_EXCEEDED');
    assert.equal(ok(await org.get('/v1/agents')).agents.length, 500);
  });
});
