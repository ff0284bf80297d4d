// A refresh token becomes a fresh grant token (grantex-core.md 4, design D17).
import assert from 'node:assert/strict';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, nothing, ok, SECRET, tally } from './support/expect.mjs';
import { decodeJwt } from 'jose';

const GRACE_MS = 10_000;

onEachEngine('refresh', (test) => {
  test('it gives the same grant a new token and a new refresh token; the old token stays good', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const grant = await org.grant(agentId, { audience: 'https://api.example.test' });

    const fresh = ok(await org.refresh(grant.refreshToken, agentId), 201);

    assert.deepEqual(Object.keys(fresh).sort(), ['expiresAt', 'grantId', 'grantToken', 'refreshToken', 'scopes']);
    assert.equal(fresh.grantId, grant.grantId);
    assert.deepEqual(fresh.scopes, grant.scopes);
    assert.equal(fresh.expiresAt, grant.expiresAt);
    assert.match(fresh.refreshToken, new RegExp(`^ref_${SECRET}$`));
    assert.notEqual(fresh.refreshToken, grant.refreshToken);
    const claims = decodeJwt(fresh.grantToken);
    assert.deepEqual({ ...claims, jti: '', iat: 0 }, { ...grant.claims, jti: '', iat: 0 });
    assert.notEqual(claims.jti, grant.claims.jti);
    assert.equal(await org.accepts(fresh.grantToken), true);
    assert.equal(await org.accepts(grant.grantToken), true);
  });

  test('a delegated grant keeps its ancestry', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const child = await org.delegated((await org.grant(agentId)).grantToken, agentId);

    const fresh = ok(await org.refresh(child.refreshToken, agentId), 201);

    const claims = decodeJwt(fresh.grantToken);
    for (const name of ['parentAgt', 'parentGrnt', 'delegationDepth']) assert.equal(claims[name], child.claims[name], name);
  });

  test('of 50 uses of one refresh token, one succeeds, and the grant lives on', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const { refreshToken, grantToken } = await org.grant(agentId);

    const answers = await Promise.all(Array.from({ length: 50 }, () => org.refresh(refreshToken, agentId)));

    assert.deepEqual(tally(answers), { 201: 1, 400: 49 });
    const winner = answers.find(({ status }) => status === 201).json;
    assert.equal(await org.accepts(grantToken), true);
    ok(await org.refresh(winner.refreshToken, agentId), 201);
  });

  test('a spent token that comes late is a theft: refused, and the grant with all its tokens ends', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const grant = await org.grant(agentId);
    const fresh = ok(await org.refresh(grant.refreshToken, agentId), 201);
    const child = await org.delegated(fresh.grantToken, agentId);
    badRequest(await org.refresh(grant.refreshToken, agentId)); // at once: a race, no more
    assert.equal(await org.accepts(fresh.grantToken), true);
    await new Promise((resolve) => setTimeout(resolve, GRACE_MS + 500));

    badRequest(await org.refresh(grant.refreshToken, agentId));

    for (const token of [grant.grantToken, fresh.grantToken, child.grantToken]) assert.equal(await org.accepts(token), false);
    badRequest(await org.refresh(fresh.refreshToken, agentId));
    assert.equal(ok(await org.get(`/v1/grants/${grant.grantId}`)).status, 'revoked');
  });

  test('it belongs to its agent and its organization, and a stranger does not spend it', async (server) => {
    const [org, other] = [await server.signUp({ mode: 'sandbox' }), await server.signUp({ mode: 'sandbox' })];
    const [agent, sibling] = [await org.agent(), await org.agent()];
    const { refreshToken } = await org.grant(agent.agentId);

    badRequest(await org.refresh(refreshToken, sibling.agentId));
    badRequest(await other.refresh(refreshToken, agent.agentId));

    ok(await org.refresh(refreshToken, agent.agentId), 201);
  });

  test('a revoked grant is not refreshed', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const { refreshToken, grantId } = await org.grant(agentId);
    nothing(await org.delete(`/v1/grants/${grantId}`));

    badRequest(await org.refresh(refreshToken, agentId));
  });

  test('an expired grant is not refreshed', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const { refreshToken } = await org.grant(agentId, { expiresIn: '2s' });
    await new Promise((resolve) => setTimeout(resolve, 2_100));

    badRequest(await org.refresh(refreshToken, agentId));
  });

  test('a revoked token does not take its grant along: the refresh token stays good', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const { refreshToken, claims } = await org.grant(agentId);
    nothing(await org.post('/v1/tokens/revoke', { jti: claims.jti }));

    const fresh = ok(await org.refresh(refreshToken, agentId), 201);

    assert.equal(await org.accepts(fresh.grantToken), true);
  });

  for (const [what, fields] of Object.entries({
    'no refresh token': { refreshToken: undefined },
    'no agent': { agentId: undefined },
    'a refresh token that is a number': { refreshToken: 1 },
    'a refresh token of 513 characters': { refreshToken: `ref_${'x'.repeat(509)}` },
    'a refresh token that never was': { refreshToken: `ref_${'A'.repeat(43)}` },
    'a grant id for a refresh token': { refreshToken: 'grnt_01J00000000000000000000000' },
    'an agent id of 257 characters': { agentId: 'x'.repeat(257) },
  })) {
    test(`refreshing refuses ${what}`, async (server) => {
      const org = await server.signUp({ mode: 'sandbox' });
      const { agentId } = await org.agent();
      const { refreshToken } = await org.grant(agentId);

      badRequest(await org.post('/v1/token/refresh', { refreshToken, agentId, ...fields }));

      ok(await org.refresh(refreshToken, agentId), 201);
    });
  }
});
