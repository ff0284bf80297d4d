// Online verification and the end of a single token (grantex-core.md 5, 6).
import assert from 'node:assert/strict';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, notFound, nothing, ok } from './support/expect.mjs';

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

onEachEngine('verification', (test) => {
  test('a good token is valid, with what a service needs to decide', async (server) => {
    const org = await server.signUp();
    const agent = await org.agent();
    const grant = await org.grant(agent.agentId, { principalId: 'ada' });

    assert.deepEqual(ok(await org.post('/v1/tokens/verify', { token: grant.grantToken })), {
      valid: true,
      grantId: grant.grantId,
      scopes: ['email:read', 'email:send'],
      principal: 'ada',
      agent: agent.did,
      expiresAt: new Date(grant.claims.exp * 1000).toISOString(),
    });
  });

  test('the second route gives the claims', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const grant = await org.grant(agentId, { audience: 'https://api.example.test' });

    assert.deepEqual(ok(await org.post('/v1/grants/verify', { token: grant.grantToken })), { active: true, claims: grant.claims });
  });

  test('a delegated token shows where it comes from', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const child = await org.delegated((await org.grant(agentId)).grantToken, agentId);

    const { claims } = ok(await org.post('/v1/grants/verify', { token: child.grantToken }));

    assert.deepEqual(claims, child.claims);
  });

  test('another organization\'s token is not valid here, and there is no way to tell why at the first route', async (server) => {
    const [org, other] = [await server.signUp({ mode: 'sandbox' }), await server.signUp()];
    const { agentId } = await org.agent();
    const { grantToken } = await org.grant(agentId);

    assert.deepEqual(ok(await other.post('/v1/tokens/verify', { token: grantToken })), { valid: false });
    assert.deepEqual(ok(await other.post('/v1/grants/verify', { token: grantToken })), { active: false, reason: 'wrong_developer' });
  });

  for (const token of ['not.a.valid.jwt.token', 'a', '..', 'a.b.c', 'eyJhbGciOiJub25lIn0..', '{}', `${'a'.repeat(9000)}.b.c`, 'é.é.é']) {
    test(`garbage is not valid: ${JSON.stringify(token.slice(0, 30))}`, async (server) => {
      const org = await server.signUp();

      assert.deepEqual(ok(await org.post('/v1/tokens/verify', { token })), { valid: false });
      badRequest(await org.post('/v1/grants/verify', { token }));
    });
  }

  for (const [what, body] of Object.entries({
    'no token': {},
    'an empty token': { token: '' },
    'a token that is null': { token: null },
    'a token that is a number': { token: 1 },
    'a list': [],
    'no body': undefined,
  })) {
    test(`both routes refuse ${what}`, async (server) => {
      const org = await server.signUp();

      badRequest(await org.post('/v1/tokens/verify', body));
      badRequest(await org.post('/v1/grants/verify', body));
    });
  }

  test('an expired token is not valid', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const { grantToken } = await org.grant(agentId, { expiresIn: '2s' });
    assert.equal(await org.accepts(grantToken), true);
    await wait(2_100);

    assert.deepEqual(ok(await org.post('/v1/tokens/verify', { token: grantToken })), { valid: false });
    badRequest(await org.post('/v1/grants/verify', { token: grantToken }));
  });

  test('a revoked token ends alone: its grant, its siblings and the refresh token live on', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const grant = await org.grant(agentId);
    const sibling = ok(await org.refresh(grant.refreshToken, agentId), 201);

    nothing(await org.post('/v1/tokens/revoke', { jti: grant.claims.jti }));

    assert.deepEqual(ok(await org.post('/v1/tokens/verify', { token: grant.grantToken })), { valid: false });
    assert.deepEqual(ok(await org.post('/v1/grants/verify', { token: grant.grantToken })), { active: false, reason: 'revoked' });
    assert.equal(await org.accepts(sibling.grantToken), true);
    assert.equal(ok(await org.get(`/v1/grants/${grant.grantId}`)).status, 'active');
    ok(await org.refresh(sibling.refreshToken, agentId), 201);
  });

  test('a token is revoked once', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const { claims } = await org.grant(agentId);
    nothing(await org.post('/v1/tokens/revoke', { jti: claims.jti }));

    notFound(await org.post('/v1/tokens/revoke', { jti: claims.jti }));
  });

  test('nobody revokes another organization\'s token', async (server) => {
    const [org, other] = [await server.signUp({ mode: 'sandbox' }), await server.signUp()];
    const { agentId } = await org.agent();
    const { claims, grantToken } = await org.grant(agentId);

    notFound(await other.post('/v1/tokens/revoke', { jti: claims.jti }));

    assert.equal(await org.accepts(grantToken), true);
  });

  test('there is nothing to revoke where there is no token', async (server) => {
    const org = await server.signUp();

    notFound(await org.post('/v1/tokens/revoke', { jti: 'tok_01J00000000000000000000000' }));
    notFound(await org.post('/v1/tokens/revoke', { jti: 'nonsense' }));
    for (const body of [{}, { jti: '' }, { jti: 1 }, { jti: null }, { jti: 'x'.repeat(513) }, [], undefined]) {
      badRequest(await org.post('/v1/tokens/revoke', body));
    }
  });

  test('50 services verify one token at once', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const { grantToken } = await org.grant(agentId);

    const answers = await Promise.all(Array.from({ length: 50 }, () => org.post('/v1/tokens/verify', { token: grantToken })));

    assert.ok(answers.every(({ status, json }) => status === 200 && json.valid));
  });
});
