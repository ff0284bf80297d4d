// Lending on what one was lent (grantex-core.md 6, Delegate).
import assert from 'node:assert/strict';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, isId, notFound, nothing, ok, refused, SECRET } from './support/expect.mjs';

onEachEngine('delegation', (test) => {
  test('part of a grant is lent to a second agent, and the token says from whom', async (server) => {
    const org = await server.signUp();
    const [lender, borrower] = [await org.agent(), await org.agent({ scopes: [] })];
    const parent = await org.grant(lender.agentId, { principalId: 'ada', audience: 'https://api.example.test' });

    const child = await org.delegated(parent.grantToken, borrower.agentId, { scopes: ['email:read'], expiresIn: '30m' });

    isId('grnt', child.grantId);
    assert.notEqual(child.grantId, parent.grantId);
    assert.match(child.refreshToken, new RegExp(`^ref_${SECRET}$`));
    assert.deepEqual(child.scopes, ['email:read']);
    assert.ok(Math.abs(Date.parse(child.expiresAt) - Date.now() - 30 * 60_000) < 60_000, child.expiresAt);
    assert.equal(child.claims.sub, 'ada');
    assert.equal(child.claims.agt, borrower.did);
    assert.deepEqual(child.claims.scp, ['email:read']);
    assert.equal(child.claims.grnt, child.grantId);
    assert.equal(child.claims.parentAgt, lender.did);
    assert.equal(child.claims.parentGrnt, parent.grantId);
    assert.strictEqual(child.claims.delegationDepth, 1);
    assert.equal(await org.accepts(child.grantToken), true);
  });

  test('what is lent on ends with the parent at the latest', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const parent = await org.grant(agentId, { expiresIn: '10m' });

    const child = await org.delegated(parent.grantToken, agentId, { expiresIn: '30d' });

    assert.equal(child.claims.exp, parent.claims.exp);
  });

  test('without expiresIn it is lent for an hour', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const parent = await org.grant(agentId);

    const child = await org.delegated(parent.grantToken, agentId);

    assert.ok(Math.abs(Date.parse(child.expiresAt) - Date.now() - 3600_000) < 60_000, child.expiresAt);
  });

  test('three hops are allowed, the fourth is not', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    let { grantToken } = await org.grant(agentId);
    for (const depth of [1, 2, 3]) {
      const child = await org.delegated(grantToken, agentId);
      assert.equal(child.claims.delegationDepth, depth);
      grantToken = child.grantToken;
    }

    refused(await org.delegate(grantToken, agentId), 403, 'DELEGATION_DEPTH_EXCEEDED');
  });

  test('nobody lends more than they have', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent({ scopes: ['email:read', 'email:*'] });
    const parent = await org.grant(agentId, { scopes: ['email:*'] });

    badRequest(await org.delegate(parent.grantToken, agentId, { scopes: ['email:*', 'email:read'] }));
    badRequest(await org.delegate(parent.grantToken, agentId, { scopes: ['EMAIL:*'] }));
  });

  test('any good token of the parent grant will do, and no other', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const parent = await org.grant(agentId);
    const fresh = ok(await org.refresh(parent.refreshToken, agentId), 201);
    nothing(await org.post('/v1/tokens/revoke', { jti: parent.claims.jti }));

    badRequest(await org.delegate(parent.grantToken, agentId));

    await org.delegated(fresh.grantToken, agentId);
  });

  test('a revoked parent lends nothing', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const parent = await org.grant(agentId);
    nothing(await org.delete(`/v1/grants/${parent.grantId}`));

    badRequest(await org.delegate(parent.grantToken, agentId));
  });

  test('an expired parent lends nothing', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const parent = await org.grant(agentId, { expiresIn: '2s' });
    await new Promise((resolve) => setTimeout(resolve, 2_100));

    badRequest(await org.delegate(parent.grantToken, agentId));
  });

  test('another organization\'s token lends nothing here', async (server) => {
    const [org, other] = [await server.signUp({ mode: 'sandbox' }), await server.signUp({ mode: 'sandbox' })];
    const [own, foreign] = [await org.agent(), await other.agent()];
    const parent = await other.grant(foreign.agentId);

    refused(await org.delegate(parent.grantToken, own.agentId), 403, 'FORBIDDEN');
  });

  test('it is lent only to an own, active agent', async (server) => {
    const [org, other] = [await server.signUp({ mode: 'sandbox' }), await server.signUp()];
    const [own, foreign, deleted] = [await org.agent(), await other.agent(), await org.agent()];
    const parent = await org.grant(own.agentId);
    await org.delete(`/v1/agents/${deleted.agentId}`);

    for (const agentId of [foreign.agentId, deleted.agentId, 'ag_01J00000000000000000000000', 'nonsense']) {
      notFound(await org.delegate(parent.grantToken, agentId));
    }
  });

  for (const [what, fields] of Object.entries({
    'no parent token': { parentGrantToken: undefined },
    'a parent token that is garbage': { parentGrantToken: 'not.a.token' },
    'a parent token that is a number': { parentGrantToken: 1 },
    'no agent': { subAgentId: undefined },
    'an agent that is a list': { subAgentId: [] },
    'no scopes': { scopes: undefined },
    'an empty list of scopes': { scopes: [] },
    'scopes that are text': { scopes: 'email:read' },
    'a scope that is an object': { scopes: [{}] },
    'a scope of 257 characters': { scopes: ['x'.repeat(257)] },
    '101 scopes': { scopes: Array.from({ length: 101 }, () => 'email:read') },
    'a duration that is not one': { expiresIn: 'soon' },
    'a duration of zero': { expiresIn: '0h' },
    'a duration beyond any calendar': { expiresIn: '99999999999999999999d' },
    'a credential format that is not one': { credentialFormat: 'sd-jwt' },
  })) {
    test(`delegating refuses ${what}`, async (server) => {
      const org = await server.signUp({ mode: 'sandbox' });
      const { agentId } = await org.agent();
      const { grantToken } = await org.grant(agentId);

      badRequest(await org.delegate(grantToken, agentId, fields));

      assert.equal(ok(await org.get('/v1/grants')).grants.length, 1);
    });
  }

  test('when a parent is revoked while it lends, nothing that was lent survives', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    for (let round = 0; round < 5; round += 1) {
      const parent = await org.grant(agentId);

      const [revoked, ...lent] = await Promise.all([
        org.delete(`/v1/grants/${parent.grantId}`),
        ...Array.from({ length: 20 }, () => org.delegate(parent.grantToken, agentId)),
      ]);

      nothing(revoked);
      for (const answer of lent) {
        if (answer.status === 201) assert.equal(await org.accepts(answer.json.grantToken), false);
        else badRequest(answer);
      }
      assert.deepEqual(ok(await org.get('/v1/grants?status=active')).grants, []);
    }
  });
});

onEachEngine('delegation with a depth of one', (test) => {
  test('the setting decides how deep', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const child = await org.delegated((await org.grant(agentId)).grantToken, agentId);

    refused(await org.delegate(child.grantToken, agentId), 403, 'DELEGATION_DEPTH_EXCEEDED');
  });
}, { MAX_DELEGATION_DEPTH: '1' });
