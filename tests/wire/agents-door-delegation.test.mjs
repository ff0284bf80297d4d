// Agents pass authority on to agents (agent-idp AE-36 to AE-39).
import assert from 'node:assert/strict';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { API, BEGUN, elsewhere, invalid, operator, refused } from './support/agents-door.mjs';
import { ENGINES, onEachEngine } from './support/engines.mjs';
import { TIME, isUuid, none, ok } from './support/expect.mjs';
import { Server } from './support/server.mjs';

const PATH = '/oauth2/token';
const UNKNOWN = '0197a000-0000-7000-8000-000000000000';

async function agents(server, count) {
  const admin = operator(server);
  const made = [];
  for (let at = 0; at < count; at += 1) made.push(await admin.agent());
  return made;
}

const ask = (from, to, fields = {}) => from.post(`${PATH}/delegate`, { delegateeAgentId: to.id, scopes: ['agents:read'], ttlSeconds: 600, ...fields });

async function delegated(from, to, fields) {
  const answer = await ask(from, to, fields);
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
}

const verified = async (by, delegationToken) => ok(await by.post(`${PATH}/verify-delegation`, { delegationToken }));

onEachEngine('agents delegate to agents', (test) => {
  test('an agent passes a scope on, a third one checks it, and it is taken back', async (server) => {
    const [ada, bob, carl] = await agents(server, 3);
    const { delegationToken, ...made } = await delegated(ada, bob);
    isUuid(made.chainId);
    assert.match(made.expiresAt, TIME);
    assert.deepEqual(made, {
      chainId: made.chainId, delegatorAgentId: ada.id, delegateeAgentId: bob.id, scopes: ['agents:read'], expiresAt: made.expiresAt,
    });

    const keys = createRemoteJWKSet(new URL('/oauth2/jwks', server.base));
    const { payload } = await jwtVerify(delegationToken, keys, { issuer: server.base, typ: 'delegation+jwt' });
    assert.deepEqual([payload.sub, payload.azp, payload.act, payload.jti, payload.scope], [ada.id, bob.id, { sub: bob.id }, made.chainId, 'agents:read']);

    const { issuedAt, ...live } = await verified(carl, delegationToken);
    assert.match(issuedAt, TIME);
    assert.deepEqual(live, { valid: true, ...made, revokedAt: null });

    assert.equal((await ada.delete(`${PATH}/delegate/${made.chainId}`)).status, 204);
    assert.equal((await ada.delete(`${PATH}/delegate/${made.chainId}`)).status, 204);
    assert.deepEqual(await verified(carl, delegationToken), { valid: false, reason: 'revoked' });
    refused(await ada.get(`/agents/${UNKNOWN}`), 404, 'AGENT_NOT_FOUND');
  });

  test('what is passed on is no access token, and an access token is no delegation', async (server) => {
    const [ada, bob] = await agents(server, 2);
    const { delegationToken } = await delegated(ada, bob);
    refused(await server.api('GET', `${API}/agents/${bob.id}`, { key: delegationToken }), 401, 'UNAUTHORIZED');
    assert.deepEqual(await verified(ada, await ada.bearer()), { valid: false, reason: 'invalid_token' });
    assert.deepEqual(await verified(ada, `${delegationToken}x`), { valid: false, reason: 'invalid_token' });
  });

  test('a chain only shrinks, has no circle, and ends from above', async (server) => {
    const all = await agents(server, 7);
    const links = [await delegated(all[0], all[1], { scopes: ['agents:read', 'tokens:read'], ttlSeconds: 600 })];
    for (let at = 1; at < 5; at += 1) {
      links.push(await delegated(all[at], all[at + 1], { ttlSeconds: 86_400, parentDelegationToken: links[at - 1].delegationToken }));
    }

    assert.equal(links[4].expiresAt, links[0].expiresAt);
    const because = async (from, to, fields, reason) => {
      const { details } = refused(await ask(from, to, fields), 422, 'INVALID_DELEGATION');
      assert.deepEqual(details, { reason });
    };
    await because(all[5], all[6], { parentDelegationToken: links[4].delegationToken }, 'chain_too_deep');
    await because(all[2], all[0], { parentDelegationToken: links[1].delegationToken }, 'cycle');
    await because(all[3], all[6], { parentDelegationToken: links[1].delegationToken }, 'not_delegatee');
    await because(all[2], all[6], { parentDelegationToken: links[1].delegationToken, scopes: ['tokens:read'] }, 'scope_exceeded');
    await because(all[1], all[6], { parentDelegationToken: 'no token' }, 'parent_invalid');
    await because(all[0], all[0], {}, 'self_delegation');
    await because(all[0], all[1], { scopes: ['admin:orgs'] }, 'scope_exceeded');

    assert.equal((await verified(all[6], links[4].delegationToken)).valid, true);
    assert.equal((await all[1].delete(`${PATH}/delegate/${links[1].chainId}`)).status, 204);
    assert.deepEqual(await verified(all[6], links[4].delegationToken), { valid: false, reason: 'revoked' });
    assert.equal((await verified(all[6], links[0].delegationToken)).valid, true);
    await because(all[2], all[6], { parentDelegationToken: links[1].delegationToken }, 'parent_ended');
  });

  test('it rests while an agent of it is suspended, and ends when one is decommissioned', async (server) => {
    const { org, agents: [ada, bob, carl, dora] } = await elsewhere(server, 4);
    const set = async (agent, status) => ok(await org.patch(`/v1/agents/${agent.id}`, { status }));
    const first = await delegated(ada, bob);
    const second = await delegated(bob, carl, { parentDelegationToken: first.delegationToken });
    await set(ada, 'suspended'); // at the other door
    assert.deepEqual(await verified(dora, second.delegationToken), { valid: false, reason: 'party_inactive' });
    refused(await ask(bob, ada), 422, 'INVALID_DELEGATION');
    await set(ada, 'active');
    assert.equal((await verified(dora, second.delegationToken)).valid, true);

    assert.equal((await org.delete(`/v1/agents/${bob.id}`)).status, 204);
    assert.equal((await verified(dora, second.delegationToken)).valid, false);
    const { data } = ok(await carl.get(`${PATH}/delegations?direction=received`));
    assert.match(data[0].revokedAt, TIME);
  });

  test('what was given and received is listed, without tokens', async (server) => {
    const [ada, bob, carl] = await agents(server, 3);
    const first = await delegated(ada, bob);
    const second = await delegated(ada, carl);
    const third = await delegated(carl, bob, { parentDelegationToken: second.delegationToken });
    await ada.delete(`${PATH}/delegate/${first.chainId}`);

    const given = ok(await ada.get(`${PATH}/delegations?direction=given`));
    assert.deepEqual([given.total, given.page, given.limit], [2, 1, 20]);
    assert.deepEqual(given.data.map(({ chainId, depth }) => [chainId, depth]), [[second.chainId, 1], [first.chainId, 1]]);
    assert.deepEqual(Object.keys(given.data[0]), ['chainId', 'delegatorAgentId', 'delegateeAgentId', 'scopes', 'issuedAt', 'expiresAt', 'revokedAt', 'depth']);
    const received = ok(await bob.get(`${PATH}/delegations?direction=received&active=true`));
    assert.deepEqual(received.data.map(({ chainId, depth }) => [chainId, depth]), [[third.chainId, 2]]);
    const paged = ok(await ada.get(`${PATH}/delegations?direction=given&limit=1&page=2`));
    assert.deepEqual([paged.total, paged.data.map(({ chainId }) => chainId)], [2, [first.chainId]]);
    assert.equal(ok(await ada.get(`${PATH}/delegations?direction=given&active=false`)).total, 1);
    none(ok(await ada.get(`${PATH}/delegations?direction=received`)).data, 'given to the first of the chain');
  });

  test('what cannot be taken is refused, and another organization sees nothing', async (server) => {
    const [ada, bob] = await agents(server, 2);
    const { agent: stranger } = await elsewhere(server);
    invalid(await ask(ada, bob, { ttlSeconds: 59 }), 'ttlSeconds');
    invalid(await ask(ada, bob, { ttlSeconds: 86_401 }), 'ttlSeconds');
    invalid(await ask(ada, bob, { scopes: [] }), 'scopes');
    invalid(await ask(ada, { id: 'x' }), 'delegateeAgentId');
    invalid(await ada.post(`${PATH}/delegate`, {}), 'delegateeAgentId', 'scopes', 'ttlSeconds');
    invalid(await ada.post(`${PATH}/verify-delegation`, {}), 'delegationToken');
    invalid(await ada.get(`${PATH}/delegations`), 'direction');
    invalid(await ada.get(`${PATH}/delegations?direction=up`), 'direction');
    invalid(await ada.delete(`${PATH}/delegate/x`), 'chainId');
    refused(await ask(ada, { id: UNKNOWN }), 404, 'AGENT_NOT_FOUND');
    refused(await ask(ada, stranger), 404, 'AGENT_NOT_FOUND');
    refused(await server.api('POST', `${API}${PATH}/delegate`, { body: {} }), 401, 'UNAUTHORIZED');

    const { chainId, delegationToken } = await delegated(ada, bob);
    refused(await bob.delete(`${PATH}/delegate/${chainId}`), 403, 'FORBIDDEN');
    refused(await stranger.delete(`${PATH}/delegate/${chainId}`), 404, 'NOT_FOUND');
    refused(await ada.delete(`${PATH}/delegate/${UNKNOWN}`), 404, 'NOT_FOUND');
    assert.deepEqual(await verified(stranger, delegationToken), { valid: false, reason: 'invalid_token' });
    assert.equal((await verified(ada, delegationToken)).valid, true);
    assert.equal((await operator(server).delete(`${PATH}/delegate/${chainId}`)).status, 204);
    assert.equal((await verified(ada, delegationToken)).valid, false);
  });

  test('without A2A_ENABLED there is nothing of it', async (server) => {
    const database = await ENGINES.sqlite();
    const without = await Server.start({ ...server.settings, ...database.settings, A2A_ENABLED: 'false' });
    try {
      const there = operator(without);
      for (const [method, path] of [['POST', 'delegate'], ['POST', 'verify-delegation'], ['DELETE', `delegate/${UNKNOWN}`], ['GET', 'delegations?direction=given']]) {
        refused(await there.api(method, `${PATH}/${path}`, method === 'POST' ? { body: {} } : {}), 404, 'NOT_FOUND');
      }
    } finally {
      await without.kill();
      await database.remove();
    }
  });
}, BEGUN);
