// Grants: what was given, and taking it back (grantex-core.md 6).
import assert from 'node:assert/strict';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, notFound, nothing, ok, refused, tally, TIME } from './support/expect.mjs';

onEachEngine('grants', (test) => {
  test('a grant shows who, what, since when and until when', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const { grantId, expiresAt } = await org.grant(agentId, { principalId: 'ada' });

    const grant = ok(await org.get(`/v1/grants/${grantId}`));

    assert.equal(grant.grantId, grantId);
    assert.equal(grant.agentId, agentId);
    assert.equal(grant.principalId, 'ada');
    assert.equal(grant.developerId, org.id);
    assert.deepEqual(grant.scopes, ['email:read', 'email:send']);
    assert.equal(grant.status, 'active');
    assert.match(grant.issuedAt, TIME);
    assert.equal(grant.expiresAt, expiresAt);
    assert.equal(grant.delegationDepth, 0);
    assert.ok(!('revokedAt' in grant) && !('parentGrantId' in grant), JSON.stringify(grant));
  });

  test('a delegated grant shows its parent and its depth, alone and in the list', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const root = await org.grant(agentId);
    const child = await org.delegated(root.grantToken, agentId);

    const grant = ok(await org.get(`/v1/grants/${child.grantId}`));

    assert.equal(grant.parentGrantId, root.grantId);
    assert.equal(grant.delegationDepth, 1);
    assert.deepEqual(ok(await org.get('/v1/grants')).grants[0], grant);
  });

  test('the list has the newest first and only the own', async (server) => {
    const [org, other] = [await server.signUp({ mode: 'sandbox' }), await server.signUp({ mode: 'sandbox' })];
    await other.grant((await other.agent()).agentId);
    const { agentId } = await org.agent();
    const made = [];
    for (let i = 0; i < 3; i += 1) made.unshift((await org.grant(agentId)).grantId);

    const { grants } = ok(await org.get('/v1/grants'));

    assert.deepEqual(grants.map(({ grantId }) => grantId), made);
    for (const grant of grants) assert.deepEqual(grant, ok(await org.get(`/v1/grants/${grant.grantId}`)));
  });

  test('the list is narrowed by agent, principal and status', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const [first, second] = [await org.agent(), await org.agent()];
    const ada = await org.grant(first.agentId, { principalId: 'ada' });
    const bob = await org.grant(second.agentId, { principalId: 'bob & co' });
    nothing(await org.delete(`/v1/grants/${bob.grantId}`));
    const ids = async (query) => ok(await org.get(`/v1/grants?${query}`)).grants.map(({ grantId }) => grantId);

    assert.deepEqual(await ids(`agentId=${first.agentId}`), [ada.grantId]);
    assert.deepEqual(await ids(`principalId=${encodeURIComponent('bob & co')}`), [bob.grantId]);
    assert.deepEqual(await ids('status=active'), [ada.grantId]);
    assert.deepEqual(await ids('status=revoked'), [bob.grantId]);
    assert.deepEqual(await ids('status=expired'), []);
    assert.deepEqual(await ids(`status=active&principalId=${encodeURIComponent('bob & co')}`), []);
    assert.deepEqual(await ids('principalId=nobody'), []);
  });

  test('what is narrowed can be paged too', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    for (let i = 0; i < 5; i += 1) await org.grant(agentId, { principalId: i % 2 ? 'bob' : 'ada' });
    const whole = ok(await org.get('/v1/grants?principalId=ada')).grants;
    assert.equal(whole.length, 3);

    const first = ok(await org.get('/v1/grants?principalId=ada&limit=2'));
    const second = ok(await org.get(`/v1/grants?principalId=ada&limit=2&cursor=${encodeURIComponent(first.nextCursor)}`));

    assert.deepEqual([...first.grants, ...second.grants], whole);
    assert.equal(second.nextCursor, undefined);
  });

  for (const query of ['limit=0', 'limit=1001', 'limit=abc', 'limit=2&cursor=nonsense', 'agentId=a&agentId=b']) {
    test(`the list refuses ?${query}`, async (server) => {
      const org = await server.signUp();

      badRequest(await org.get(`/v1/grants?${query}`));
    });
  }

  test('a revoked grant stays to be seen, and its tokens end at once', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const grant = await org.grant(agentId);
    const fresh = ok(await org.refresh(grant.refreshToken, agentId), 201);

    nothing(await org.delete(`/v1/grants/${grant.grantId}`));

    assert.equal(await org.accepts(grant.grantToken), false);
    assert.equal(await org.accepts(fresh.grantToken), false);
    const shown = ok(await org.get(`/v1/grants/${grant.grantId}`));
    assert.equal(shown.status, 'revoked');
    assert.match(shown.revokedAt, TIME);
    assert.deepEqual(ok(await org.post('/v1/grants/verify', { token: grant.grantToken })), { active: false, reason: 'revoked' });
  });

  test('revoking the root ends everything below it, revoking a branch leaves the rest', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const root = await org.grant(agentId);
    const left = await org.delegated(root.grantToken, agentId);
    const right = await org.delegated(root.grantToken, agentId);
    const leaf = await org.delegated(left.grantToken, agentId);

    nothing(await org.delete(`/v1/grants/${left.grantId}`));
    assert.deepEqual(await Promise.all([root, left, right, leaf].map(({ grantToken }) => org.accepts(grantToken))), [true, false, true, false]);

    nothing(await org.delete(`/v1/grants/${root.grantId}`));
    assert.deepEqual(await Promise.all([root, left, right, leaf].map(({ grantToken }) => org.accepts(grantToken))), [false, false, false, false]);
    for (const { grantId } of [root, left, right, leaf]) assert.equal(ok(await org.get(`/v1/grants/${grantId}`)).status, 'revoked');
  });

  test('a grant is revoked once', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const { grantId } = await org.grant(agentId);

    const answers = await Promise.all(Array.from({ length: 20 }, () => org.delete(`/v1/grants/${grantId}`)));

    assert.deepEqual(tally(answers), { 204: 1, 404: 19 });
    notFound(await org.delete(`/v1/grants/${grantId}`));
  });

  test('another organization\'s grant looks like none', async (server) => {
    const [org, other] = [await server.signUp({ mode: 'sandbox' }), await server.signUp()];
    const { agentId } = await org.agent();
    const { grantId, grantToken } = await org.grant(agentId);

    notFound(await other.get(`/v1/grants/${grantId}`));
    notFound(await other.delete(`/v1/grants/${grantId}`));
    assert.deepEqual(ok(await other.get(`/v1/grants?agentId=${agentId}`)).grants, []);

    assert.equal(await org.accepts(grantToken), true);
  });

  for (const id of ['grnt_01J00000000000000000000000', 'nonsense', 'x'.repeat(3000)]) {
    test(`there is no grant ${id.slice(0, 40)}`, async (server) => {
      const org = await server.signUp();

      notFound(await org.get(`/v1/grants/${id}`));
      notFound(await org.delete(`/v1/grants/${id}`));
    });
  }
});

const PLACES = 25;

onEachEngine(`a plan of ${PLACES} grants`, (test) => {
  test('of 20 approved requests with one place left, one becomes a grant', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const codes = [];
    for (let i = 0; i < 20; i += 1) codes.push(await org.code(agentId));
    for (let made = 0; made < PLACES - 1; made += 1) await org.grant(agentId);

    const answers = await Promise.all(codes.map((code) => org.exchange(code, agentId)));

    assert.deepEqual(tally(answers), { 201: 1, 402: 19 });
    refused(answers.find(({ status }) => status === 402), 402, 'PLAN_LIMIT_EXCEEDED');
    refused(await org.post('/v1/authorize', { agentId, principalId: 'ada', scopes: ['email:read'] }), 402, 'PLAN_LIMIT_EXCEEDED');
    assert.equal(ok(await org.get('/v1/grants')).grants.length, PLACES);
  });

  test('a revoked grant and an expired one give their places back', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const full = () => org.post('/v1/authorize', { agentId, principalId: 'ada', scopes: ['email:read'] });
    const { grantId } = await org.grant(agentId);
    for (let made = 2; made < PLACES; made += 1) await org.grant(agentId);
    await org.grant(agentId, { expiresIn: '3s' });
    refused(await full(), 402, 'PLAN_LIMIT_EXCEEDED');

    nothing(await org.delete(`/v1/grants/${grantId}`));
    await org.grant(agentId);
    refused(await full(), 402, 'PLAN_LIMIT_EXCEEDED');

    await new Promise((resolve) => setTimeout(resolve, 3_100));
    await org.grant(agentId);
  });
}, { PLAN_FREE_ACTIVE_GRANTS: String(PLACES) });
