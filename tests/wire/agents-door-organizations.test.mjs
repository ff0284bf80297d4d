// Organizations and members at the agents door (agent-idp AE-19 to AE-26), and the beginning of an installation (AE-00).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test as plainTest } from 'node:test';
import { AgentClient, API, BEGUN, invalid, oauthRefused, operator, refused, tenant } from './support/agents-door.mjs';
import { ENGINES, onEachEngine } from './support/engines.mjs';
import { isUuid, nothing, ok } from './support/expect.mjs';
import { Server } from './support/server.mjs';

const slug = () => `o-${randomUUID().slice(0, 20)}`;

onEachEngine('the agents door has organizations', (test) => {
  test('who runs the installation makes, reads, lists, changes and deletes them', async (server) => {
    const installer = operator(server);
    const name = slug();
    const answer = await installer.post('/organizations', { name: 'Acme', slug: name });
    const { organizationId, createdAt, updatedAt, ...rest } = ok(answer, 201);
    assert.deepEqual(rest, { name: 'Acme', slug: name, planTier: 'free', maxAgents: null, maxTokensPerMonth: 10_000, status: 'active' });
    assert.equal(updatedAt, createdAt);
    assert.equal(answer.headers.location, `${API}/organizations/${organizationId}`);
    refused(await installer.post('/organizations', { name: 'Other', slug: name }), 409, 'ORG_ALREADY_EXISTS');
    invalid(await installer.post('/organizations', { name: 'x', slug: 'Not Good', planTier: 'gold' }), 'slug', 'name', 'planTier');
    const path = `/organizations/${organizationId}`;
    assert.equal(ok(await installer.get(path)).name, 'Acme');
    const changed = ok(await installer.patch(path, { name: 'Acme Ltd', planTier: 'pro' }));
    assert.deepEqual([changed.name, changed.planTier, changed.maxAgents, changed.maxTokensPerMonth], ['Acme Ltd', 'pro', 100, null]);
    assert.deepEqual(ok(await installer.get(path)), changed);
    invalid(await installer.patch(path, { slug: slug() }), 'slug');
    invalid(await installer.patch(path, { status: 'deleted' }), 'status');
    invalid(await installer.patch(path, {}));
    assert.ok(ok(await installer.get('/organizations?limit=100')).data.some((each) => each.organizationId === organizationId));
    invalid(await installer.get('/organizations?status=odd'), 'status');
    nothing(await installer.delete(path));
    for (const again of [installer.delete(path), installer.patch(path, { name: 'Back' })]) refused(await again, 409, 'ORG_DELETED');
    assert.equal(ok(await installer.get('/organizations?status=deleted')).data[0].organizationId, organizationId);
    const unknown = `/organizations/${randomUUID()}`;
    for (const call of [installer.get(unknown), installer.patch(unknown, { name: 'Who' }), installer.delete(unknown)]) refused(await call, 404, 'ORG_NOT_FOUND');
  });

  test('twenty who want the same slug: one gets it', async (server) => {
    const installer = operator(server);
    await installer.bearer();
    const name = slug();
    const answers = await Promise.all(Array.from({ length: 20 }, () => installer.post('/organizations', { name: 'Race', slug: name })));
    assert.equal(answers.filter(({ status }) => status === 201).length, 1);
    for (const answer of answers) if (answer.status !== 201) refused(answer, 409, 'ORG_ALREADY_EXISTS');
  });

  test('a suspended organization\'s tokens are refused, and count again when it goes on', async (server) => {
    const [installer, agent] = [operator(server), await tenant(server)];
    const path = `/organizations/${agent.organizationId}`;
    ok(await agent.get(path));
    refused(await installer.delete(path), 409, 'ORG_HAS_AGENTS');
    assert.equal(ok(await installer.patch(path, { status: 'suspended' })).status, 'suspended');
    refused(await agent.get(path), 401, 'UNAUTHORIZED');
    oauthRefused(await agent.ask(), 400, 'unauthorized_client');
    ok(await installer.patch(path, { status: 'active' }));
    ok(await agent.get(path));
    ok(await agent.ask());
  });

  test('the organization that runs the installation cannot be stopped', async (server) => {
    const installer = operator(server);
    const own = ok(await installer.get('/organizations')).data.find((each) => each.slug === 'installation');
    refused(await installer.patch(`/organizations/${own.organizationId}`, { status: 'suspended' }), 409, 'ORG_RUNS_INSTALLATION');
    refused(await installer.delete(`/organizations/${own.organizationId}`), 409, 'ORG_RUNS_INSTALLATION');
  });

  test('admin:orgs is given to nobody else, and an organization\'s own admins see no other', async (server) => {
    const [one, other] = [await tenant(server), await tenant(server)];
    oauthRefused(await one.ask({ scope: 'admin:orgs' }), 400, 'invalid_scope');
    ok(await one.get(`/organizations/${one.organizationId}`));
    const member = await one.agent();
    refused(await member.get(`/organizations/${one.organizationId}`), 403, 'FORBIDDEN');
    refused(await one.get(`/organizations/${other.organizationId}`), 404, 'ORG_NOT_FOUND');
    for (const call of [one.get('/organizations'), one.post('/organizations', {}), one.patch(`/organizations/${one.organizationId}`, {})]) {
      const answer = await call;
      refused(answer, 403, 'FORBIDDEN');
      assert.deepEqual(answer.json.details, { requiredScope: 'admin:orgs' });
    }
  });

  test('members join, are listed, get another role and leave; who left gets nothing there', async (server) => {
    const admin = await tenant(server);
    const path = `/organizations/${admin.organizationId}/members`;
    const agent = await admin.agent();
    const { joinedAt: _, ...joined } = ok(await admin.post(path, { agentId: agent.id, role: 'admin' }), 201);
    assert.deepEqual(joined, { organizationId: admin.organizationId, agentId: agent.id, role: 'admin' });
    const { data, ...page } = ok(await admin.get(`${path}?role=admin`));
    assert.deepEqual(data.map(({ agentId }) => agentId).sort(), [admin.id, agent.id].sort());
    assert.deepEqual(page, { total: 2, page: 1, limit: 20 });
    assert.equal(ok(await admin.get(`${path}?role=member`)).total, 0);
    invalid(await admin.get(`${path}?role=king`), 'role');
    invalid(await admin.post(path, { agentId: 'x', role: 'king' }), 'agentId', 'role');
    refused(await admin.post(path, { agentId: randomUUID(), role: 'member' }), 404, 'AGENT_NOT_FOUND');

    ok(await agent.get(path));
    nothing(await admin.delete(`${path}/${agent.id}`));
    refused(await agent.get(path), 401, 'UNAUTHORIZED');
    oauthRefused(await agent.ask(), 400, 'unauthorized_client');
    refused(await admin.delete(`${path}/${agent.id}`), 404, 'AGENT_NOT_FOUND');
    refused(await admin.delete(`${path}/${admin.id}`), 409, 'LAST_ADMIN');
    ok(await admin.post(path, { agentId: agent.id, role: 'member' }), 201);
    ok(await agent.ask());
  });

  test('an agent is handed over by the installation, and belongs to one organization', async (server) => {
    const [installer, one, other] = [operator(server), await tenant(server), await tenant(server)];
    const { agentId } = await one.register();
    refused(await installer.post(`/organizations/${other.organizationId}/members`, { agentId, role: 'member' }), 409, 'MEMBER_ELSEWHERE');
    refused(await other.post(`/organizations/${other.organizationId}/members`, { agentId, role: 'member' }), 404, 'AGENT_NOT_FOUND');
    const handed = await installer.agent();
    await handed.bearer();
    ok(await installer.post(`/organizations/${other.organizationId}/members`, { agentId: handed.id, role: 'member' }), 201);
    refused(await handed.get(`/agents/${handed.id}`), 401, 'UNAUTHORIZED'); // its token speaks for where it was
    handed.forget();
    assert.equal(ok(await handed.get(`/agents/${handed.id}`)).organizationId, other.organizationId);
    refused(await installer.post(`/organizations/${randomUUID()}/members`, { agentId, role: 'member' }), 404, 'ORG_NOT_FOUND');
  });

  test('of two admins who remove each other at once one stays', async (server) => {
    const admin = await tenant(server);
    const path = `/organizations/${admin.organizationId}/members`;
    const second = await admin.agent();
    ok(await admin.post(path, { agentId: second.id, role: 'admin' }), 201);
    await second.bearer();
    const answers = await Promise.all([admin.delete(`${path}/${second.id}`), second.delete(`${path}/${admin.id}`)]);
    assert.equal(answers.filter(({ status }) => status === 204).length, 1, answers.map(({ text }) => text).join());
  });
}, BEGUN);

for (const [engine, prepare] of Object.entries(ENGINES)) {
  plainTest(`an installation is begun once, by the command or by a setting, on ${engine}`, { timeout: 120_000 }, async () => {
    const database = await prepare();
    try {
      await Server.command(['migrate'], database.settings);
      const words = ['bootstrap', '--org-name', 'Acme', '--org-slug', 'acme', '--email', 'root@example.test'];
      const [, id, secret] = /^client_id=(\S+)\nclient_secret=(sk_live_[0-9a-f]{64})$/m.exec(await Server.command(words, database.settings));
      isUuid(id);
      await assert.rejects(Server.command(words, database.settings), ({ code, stderr }) => code === 1 && /bootstrap organization already/.test(stderr));
      const settings = { ...database.settings, ...BEGUN };
      const servers = await Promise.all(engine === 'postgres' ? [Server.start(settings), Server.start(settings)] : [Server.start(settings)]);
      const root = Object.assign(new AgentClient(servers[0], id, secret), { scope: 'admin:orgs' });
      assert.deepEqual(ok(await root.get('/organizations')).data.map((each) => [each.slug, each.planTier]), [['acme', 'enterprise']]);
      oauthRefused(await operator(servers[0]).ask(), 401, 'invalid_client'); // the setting came too late
      for (const server of servers) await server.stop();
    } finally {
      await database.remove();
    }
  });
}

plainTest('two servers that start at once begin one installation', { timeout: 120_000 }, async () => {
  const database = await ENGINES.postgres();
  try {
    const servers = await Promise.all([1, 2, 3].map(() => Server.start({ ...database.settings, ...BEGUN })));
    for (const server of servers) assert.equal(ok(await operator(server).get('/organizations')).total, 1);
    for (const server of servers) await server.stop();
  } finally {
    await database.remove();
  }
});
