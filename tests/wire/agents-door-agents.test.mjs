// The registry of the agents door (agent-idp AE-04 to AE-08), and that the grants door sees and stops the same agents.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import { API, BEGUN, invalid, operator, profile, refused, tenant } from './support/agents-door.mjs';
import { onEachEngine } from './support/engines.mjs';
import { nothing, ok, TIME } from './support/expect.mjs';

onEachEngine('the agents door registers agents', (test) => {
  test('an agent is what it was registered as, and has a place', async (server) => {
    const admin = await tenant(server);
    const sent = profile({ organization_id: randomUUID() });
    const answer = await admin.post('/agents', sent);
    const { agentId, createdAt, updatedAt, did, ...rest } = ok(answer, 201);
    assert.equal(answer.headers.location, `${API}/agents/${agentId}`);
    const { organization_id: _, ...said } = sent;
    assert.deepEqual(rest, { ...said, status: 'active', organizationId: admin.organizationId });
    assert.match(createdAt, TIME);
    assert.equal(updatedAt, createdAt);
    assert.equal(did, `did:web:${new URL(server.base).host.replace(':', '%3A')}:agents:${agentId}`);
  });

  test('everything that is wrong is told at once, member by member', async (server) => {
    const admin = await tenant(server);
    invalid(await admin.post('/agents', {}), 'email', 'agentType', 'version', 'capabilities', 'owner', 'deploymentEnv');
    invalid(await admin.post('/agents', profile({ email: 'nobody', version: '1.2', capabilities: ['Bad Word'], agentType: 'wizard' })), 'email', 'agentType', 'version', 'capabilities');
    invalid(await admin.post('/agents', profile({ capabilities: ['a:b', 'a:b'] })), 'capabilities');
    invalid(await admin.post('/agents', profile({ capabilities: [] })), 'capabilities');
    invalid(await admin.post('/agents', profile({ owner: 'x'.repeat(129) })), 'owner');
    invalid(await admin.post('/agents', profile({ publicKey: { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' } })), 'publicKey');
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    invalid(await admin.post('/agents', profile({ publicKey: await exportJWK(privateKey) })), 'publicKey');
    invalid(await admin.post('/agents', '{"email":'));
    refused(await admin.post('/agents', profile(), { key: await admin.token('agents:read') }), 403, 'FORBIDDEN');
  });

  test('an address is taken once in the installation, whatever the case of its letters', async (server) => {
    const [one, other] = [await tenant(server), await tenant(server)];
    const { email } = await one.register({ email: `Same-${randomUUID()}@Example.test` });
    refused(await other.post('/agents', profile({ email: email.toLowerCase() })), 409, 'AGENT_ALREADY_EXISTS');
  });

  test('lists are newest first, in pages, and narrowed', async (server) => {
    const admin = await tenant(server);
    const made = [];
    for (const fields of [{ owner: 'blue', agentType: 'monitor' }, { owner: 'green' }, { owner: 'blue' }]) made.unshift(await admin.register(fields));
    ok(await admin.patch(`/agents/${made[1].agentId}`, { status: 'suspended' }));
    const ids = async (query) => ok(await admin.get(`/agents${query}`)).data.map(({ agentId }) => agentId);
    assert.deepEqual(await ids(''), [...made.map(({ agentId }) => agentId), admin.id]);
    assert.deepEqual(await ids('?owner=blue'), [made[0].agentId, made[2].agentId]);
    assert.deepEqual(await ids('?owner=blue&agentType=monitor'), [made[2].agentId]);
    assert.deepEqual(await ids('?status=suspended'), [made[1].agentId]);
    const { data, ...page } = ok(await admin.get('/agents?page=2&limit=2'));
    assert.equal(data.length, 2);
    assert.deepEqual(page, { total: 4, page: 2, limit: 2 });
    invalid(await admin.get('/agents?limit=101'), 'limit');
    invalid(await admin.get('/agents?page=0&status=asleep'), 'status', 'page');
  });

  test('what an agent is may change, its address and id may not', async (server) => {
    const admin = await tenant(server);
    const agent = await admin.register();
    const changes = { agentType: 'router', version: '2.0.0-rc.1', capabilities: ['mail:send'], owner: 'others', deploymentEnv: 'production' };
    const after = ok(await admin.patch(`/agents/${agent.agentId}`, changes));
    assert.deepEqual({ ...after, updatedAt: agent.updatedAt }, { ...agent, ...changes });
    invalid(await admin.patch(`/agents/${agent.agentId}`, { email: 'other@example.test', agentId: randomUUID() }), 'agentId', 'email');
    invalid(await admin.patch(`/agents/${agent.agentId}`, {}));
    refused(await admin.patch(`/agents/${randomUUID()}`, changes), 404, 'AGENT_NOT_FOUND');
  });

  test('a suspended agent is stopped at once, and goes on when it is active again', async (server) => {
    const admin = await tenant(server);
    const agent = await admin.agent();
    ok(await agent.get(`/agents/${agent.id}`));
    ok(await admin.patch(`/agents/${agent.id}`, { status: 'suspended' }));
    const answer = await agent.get(`/agents/${agent.id}`);
    refused(answer, 401, 'UNAUTHORIZED');
    assert.equal(answer.json.message, 'Token has been revoked.');
    assert.equal((await agent.ask()).json.error, 'unauthorized_client');
    refused(await admin.post(`/agents/${agent.id}/credentials`, {}), 409, 'AGENT_SUSPENDED');
    ok(await admin.patch(`/agents/${agent.id}`, { status: 'active' }));
    ok(await agent.get(`/agents/${agent.id}`));
    ok(await agent.ask());
  });

  test('a decommissioned agent is gone for good, and stays to be seen', async (server) => {
    const admin = await tenant(server);
    const agent = await admin.agent();
    await agent.bearer();
    nothing(await admin.delete(`/agents/${agent.id}`));
    refused(await agent.get(`/agents/${agent.id}`), 401, 'UNAUTHORIZED');
    assert.equal((await agent.ask()).status, 401, 'its credentials are revoked');
    assert.equal(ok(await admin.get(`/agents/${agent.id}`)).status, 'decommissioned');
    for (const again of [
      () => admin.delete(`/agents/${agent.id}`),
      () => admin.patch(`/agents/${agent.id}`, { status: 'active' }),
      () => admin.post(`/agents/${agent.id}/credentials`, {}),
    ]) refused(await again(), 409, 'AGENT_DECOMMISSIONED');
    refused(await admin.delete(`/agents/${randomUUID()}`), 404, 'AGENT_NOT_FOUND');
    const other = await admin.register();
    assert.equal(ok(await admin.patch(`/agents/${other.agentId}`, { status: 'decommissioned' })).status, 'decommissioned');
  });

  test('an agent made at one door is seen, takes grants and is stopped at the other', async (server) => {
    const developer = await server.signUp({ mode: 'sandbox' });
    const installer = operator(server);
    const { agentId } = await developer.agent();
    const agent = await installer.equip(agentId); // the grants door's spelling of the id
    ok(await agent.ask());
    const found = ok(await agent.get(`/agents/${agentId}`));
    assert.equal(found.email, null);
    assert.equal(found.status, 'active');
    const grant = await developer.grant(agentId);
    assert.equal(await developer.accepts(grant.grantToken), true);

    const here = await agent.register();
    const seen = ok(await developer.get('/v1/agents')).agents;
    const shown = seen.find(({ name }) => name === here.email);
    assert.deepEqual([shown.description, shown.scopes, shown.status], ['', [], 'active']);
    const theirs = await developer.grant(shown.agentId);
    ok(await agent.patch(`/agents/${here.agentId}`, { status: 'suspended' }));
    assert.equal(await developer.accepts(theirs.grantToken), false);
    assert.equal(ok(await developer.get(`/v1/agents/${shown.agentId}`)).status, 'suspended');
    ok(await developer.patch(`/v1/agents/${shown.agentId}`, { status: 'active' }));
    assert.equal(await developer.accepts(theirs.grantToken), true);
    nothing(await agent.delete(`/agents/${here.agentId}`));
    assert.equal(await developer.accepts(theirs.grantToken), false);
    assert.equal(ok(await developer.get(`/v1/grants/${theirs.grantId}`)).status, 'revoked');

    nothing(await developer.delete(`/v1/agents/${agentId}`));
    refused(await agent.get(`/agents/${here.agentId}`), 401, 'UNAUTHORIZED');
    assert.equal(await developer.accepts(grant.grantToken), false);
  });
}, BEGUN);

onEachEngine('a tier allows so many agents', (test) => {
  test('the eleventh agent of the free tier is refused, whichever door made the ten', async (server) => {
    const developer = await server.signUp({ mode: 'sandbox' });
    const first = await developer.agent();
    const agent = await operator(server).equip(first.agentId);
    for (let count = 1; count < 10; count += 1) await (count % 2 ? developer.agent() : agent.register());
    const answers = await Promise.all(Array.from({ length: 5 }, () => agent.post('/agents', profile())));
    for (const answer of answers) {
      refused(answer, 403, 'FREE_TIER_LIMIT_EXCEEDED');
      assert.deepEqual(answer.json.details, { limit: 10 });
    }
    nothing(await developer.delete(`/v1/agents/${ok(await developer.get('/v1/agents')).agents.find(({ agentId }) => agentId !== first.agentId).agentId}`));
    const raced = await Promise.all(Array.from({ length: 5 }, () => agent.post('/agents', profile())));
    assert.deepEqual(raced.map(({ status }) => status).sort(), [201, 403, 403, 403, 403]);
  });
}, { ...BEGUN, TIER_FREE_AGENTS: undefined });
