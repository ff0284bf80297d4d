// Agents trade what another gave them for a token that says whose authority it is and who acts with it (agent-idp AE-13, standards 5.5; RFC 8693).
import assert from 'node:assert/strict';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import * as openid from 'openid-client';
import { API, BEGUN, elsewhere, oauthRefused, operator, postForm, profile, refused, tenant } from './support/agents-door.mjs';
import { ENGINES, onEachEngine } from './support/engines.mjs';
import { isUuid, none, nothing, ok } from './support/expect.mjs';
import { eventually, Server } from './support/server.mjs';

const GRANT = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS = 'urn:ietf:params:oauth:token-type:access_token';
const JWT = 'urn:ietf:params:oauth:token-type:jwt';

/** Agents of one organization. */
async function agents(admin, count) {
  const made = [];
  for (let at = 0; at < count; at += 1) made.push(await admin.agent());
  return made;
}

const exchange = (by, subject, fields = {}) => by.ask({ grant_type: GRANT, subject_token: subject, subject_token_type: ACCESS, ...fields });

async function exchanged(by, subject, fields) {
  const answer = await exchange(by, subject, fields);
  assert.equal(answer.status, 200, answer.text);
  return answer.json.access_token;
}

async function delegated(from, to, scopes = ['agents:read']) {
  const answer = await from.post('/oauth2/token/delegate', { delegateeAgentId: to.id, scopes, ttlSeconds: 600 });
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
}

const introspected = async (by, token) => ok(await postForm(by.server, `${API}/token/introspect`, { token }, { key: await by.bearer() }));

onEachEngine('agents exchange tokens', (test) => {
  test('an access token becomes one that names both agents, within what both may do, and counts at the door and at a service', async (server) => {
    const admin = operator(server);
    const [ada, bob] = await agents(admin, 2);
    const subject = await ada.token('agents:read tokens:read openid');
    const answer = await exchange(bob, subject, { scope: 'agents:read audit:read openid' });
    const { access_token: token, expires_in: life, ...rest } = ok(answer);
    assert.deepEqual(rest, { token_type: 'Bearer', scope: 'agents:read', issued_token_type: ACCESS });
    assert.ok(life > 0 && life <= 3600);
    assert.equal(answer.headers['cache-control'], 'no-store');

    const { payload } = await jwtVerify(token, createRemoteJWKSet(new URL('/oauth2/jwks', server.base)), { issuer: server.base, audience: server.base + API, typ: 'at+jwt' });
    assert.deepEqual([payload.sub, payload.client_id, payload.act, payload.scope], [ada.id, bob.id, { sub: bob.id }, 'agents:read']);
    assert.equal(payload.exp, Math.min(payload.exp, decodeJwt(subject).exp));
    isUuid(payload.jti);

    ok(await server.api('GET', `${API}/agents/${ada.id}`, { key: token }));
    refused(await server.api('GET', `${API}/audit`, { key: token }), 403, 'FORBIDDEN');
    const told = await introspected(admin, token);
    assert.deepEqual([told.active, told.sub, told.client_id, told.act], [true, ada.id, bob.id, { sub: bob.id }]);
    assert.equal((await introspected(admin, subject)).act, undefined);
  });

  test('openid-client asks for it as for any other grant, and discovery names it', async (server) => {
    const [ada, bob] = await agents(operator(server), 2);
    const options = { execute: [openid.allowInsecureRequests] };
    const config = await openid.discovery(new URL(server.base), bob.id, undefined, openid.ClientSecretBasic(bob.secret), options);
    assert.deepEqual(config.serverMetadata().grant_types_supported, ['client_credentials', GRANT]);
    const answer = await openid.genericGrantRequest(config, GRANT, { subject_token: await ada.token('agents:read'), subject_token_type: ACCESS, requested_token_type: JWT });
    assert.deepEqual([answer.issued_token_type, answer.token_type.toLowerCase(), answer.scope], [JWT, 'bearer', 'agents:read']);
    assert.deepEqual(decodeJwt(answer.access_token).act, { sub: bob.id });
  });

  test('a delegation token becomes one in the hands of its delegatee, and a chain is told link by link', async (server) => {
    const [ada, bob, carl, dora] = await agents(operator(server), 4);
    const { delegationToken, chainId } = await delegated(ada, bob);
    const first = await exchanged(bob, delegationToken, { subject_token_type: JWT });
    const second = await exchanged(carl, first, { actor_token: await carl.token('agents:read'), actor_token_type: ACCESS, audience: server.base + API, resource: server.base + API });
    assert.deepEqual(decodeJwt(second).act, { sub: carl.id, act: { sub: bob.id } });
    assert.equal(decodeJwt(second).sub, ada.id);
    assert.deepEqual((await introspected(dora, second)).act, { sub: carl.id, act: { sub: bob.id } });

    oauthRefused(await exchange(carl, delegationToken, { subject_token_type: JWT }), 400, 'invalid_grant');
    oauthRefused(await exchange(ada, second), 400, 'invalid_grant');
    oauthRefused(await exchange(dora, second, { actor_token: await ada.bearer(), actor_token_type: ACCESS }), 400, 'invalid_grant');
    nothing(await ada.delete(`/oauth2/token/delegate/${chainId}`));
    for (const token of [first, second]) {
      assert.deepEqual(await introspected(dora, token), { active: false });
      assert.equal(refused(await server.api('GET', `${API}/agents`, { key: token }), 401, 'UNAUTHORIZED').message, 'Token has been revoked.');
      oauthRefused(await exchange(dora, token), 400, 'invalid_request');
    }
  });

  test('a chain ends at five, whether it is passed on or cut down', async (server) => {
    const all = await agents(operator(server), 7);
    let token = await all[0].token('agents:read tokens:read');
    let cut = token;
    for (let at = 1; at <= 5; at += 1) token = await exchanged(all[at], token);
    for (let at = 1; at <= 5; at += 1) cut = await exchanged(all[0], cut, { scope: 'tokens:read' });
    assert.equal(decodeJwt(cut).act, undefined, 'it acts for itself');
    oauthRefused(await exchange(all[6], token), 400, 'invalid_grant');
    oauthRefused(await exchange(all[0], cut), 400, 'invalid_grant');
    ok(await server.api('GET', `${API}/agents`, { key: token }));
  });

  test('whatever it came of ends it: the token, the credential, an agent of the chain', async (server) => {
    const endings = {
      'the token it came of': async (admin, ada, bob, subject) => ok(await postForm(server, `${API}/token/revoke`, { token: subject }, { key: subject })),
      'the token itself, by whose authority it is': async (admin, ada, bob, subject, token) => ok(await postForm(server, `${API}/token/revoke`, { token }, { key: subject })),
      'the credential it was had with': async (admin, ada) => nothing(await admin.delete(`/agents/${ada.id}/credentials/${ada.credentialId}`)),
      'the agent whose authority it is': async (admin, ada) => ok(await admin.patch(`/agents/${ada.id}`, { status: 'suspended' })),
      'the agent that acts': async (admin, ada, bob) => nothing(await admin.delete(`/agents/${bob.id}`)),
    };
    const admin = await tenant(server);
    for (const [what, end] of Object.entries(endings)) {
      const [ada, bob] = await agents(admin, 2);
      const subject = await ada.token('agents:read');
      const token = await exchanged(bob, subject);
      assert.equal((await introspected(admin, token)).active, true, what);
      await end(admin, ada, bob, subject, token);
      assert.deepEqual(await introspected(admin, token), { active: false }, what);
    }
  });

  test('every failure is told in the words of RFC 8693 and RFC 6749', async (server) => {
    const admin = operator(server);
    const [ada, bob] = await agents(admin, 2);
    const { agent: stranger } = await elsewhere(server);
    const subject = await ada.token('agents:read');
    const bad = async (fields, error, status = 400) => oauthRefused(await exchange(bob, subject, fields), status, error);
    await bad({ subject_token: undefined }, 'invalid_request');
    await bad({ subject_token_type: undefined }, 'invalid_request');
    await bad({ subject_token_type: 'urn:ietf:params:oauth:token-type:saml2' }, 'invalid_request');
    await bad({ subject_token_type: JWT }, 'invalid_request');
    await bad({ subject_token: 'nonsense' }, 'invalid_request');
    await bad({ subject_token: `${subject.slice(0, -4)}AAAA` }, 'invalid_request');
    await bad({ subject_token: await stranger.token('agents:read') }, 'invalid_request');
    await bad({ requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' }, 'invalid_request');
    await bad({ actor_token: subject }, 'invalid_request');
    await bad({ actor_token_type: ACCESS }, 'invalid_request');
    await bad({ actor_token: 'nonsense', actor_token_type: ACCESS }, 'invalid_request');
    await bad({ actor_token: await bob.bearer(), actor_token_type: JWT }, 'invalid_request');
    await bad({ actor_token: subject, actor_token_type: ACCESS }, 'invalid_grant');
    await bad({ scope: 'agents:write' }, 'invalid_scope');
    await bad({ scope: 'nonsense' }, 'invalid_scope');
    await bad({ audience: 'https://elsewhere.example' }, 'invalid_target');
    await bad({ resource: 'https://elsewhere.example' }, 'invalid_target');
    await bad({ client_secret: 'sk_live_wrong_but_long_enough' }, 'invalid_client', 401);
    await bad({ client_secret: undefined }, 'invalid_client', 401);
    ok(await admin.patch(`/agents/${bob.id}`, { status: 'suspended' }));
    await bad({}, 'unauthorized_client');
  });

  test('a failed exchange spends nothing of the day\'s tokens; one that succeeds is counted, and the log says who acts for whom', async (server) => {
    const admin = await tenant(server);
    const [ada, bob] = await agents(admin, 2);
    const subject = await ada.token('agents:write');
    const used = async () => ok(await admin.get('/tiers/status')).usage.tokensToday;
    const before = await used();
    oauthRefused(await exchange(bob, subject, { scope: 'agents:read' }), 400, 'invalid_scope');
    assert.equal(await used(), before);
    const token = await exchanged(bob, subject);
    assert.equal(await used(), before + 1);

    ok(await server.api('POST', `${API}/agents`, { key: token, body: profile() }), 201);
    const inLog = async (agent) => ok(await admin.get(`/audit?agentId=${agent.id}&action=token.issued`)).data[0].metadata.actor;
    const [lender, holder] = [await inLog(ada), await inLog(bob)];
    for (const action of ['token.issued', 'agent.created']) {
      await eventually(async () => ok(await admin.get(`/audit?action=${action}&limit=100`)).data
        .some(({ metadata }) => metadata.actor === holder && metadata.for === lender), `${action}, by its holder for its lender`);
    }
  });

  test('without A2A_ENABLED the grant type is not offered, nor named', async (server) => {
    const database = await ENGINES.sqlite();
    const without = await Server.start({ ...server.settings, ...database.settings, A2A_ENABLED: 'false' });
    try {
      const there = operator(without);
      oauthRefused(await exchange(there, await there.bearer()), 400, 'unsupported_grant_type');
      assert.deepEqual(ok(await without.api('GET', '/.well-known/oauth-authorization-server')).grant_types_supported, ['client_credentials']);
    } finally {
      await without.kill();
      await database.remove();
    }
  });

  test('nothing of the tokens is in the log', async (server) => {
    const [ada, bob] = await agents(operator(server), 2);
    const subject = await ada.token('agents:read');
    const token = await exchanged(bob, subject);
    none([subject, token].filter((secret) => server.logText.includes(secret)), 'tokens in the log');
  });
}, { ...BEGUN, TIER_FREE_TOKENS_PER_DAY: '100000' });
