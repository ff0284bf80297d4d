// The agents door's token endpoint and what its tokens are worth (agent-idp AE-13).
import assert from 'node:assert/strict';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { API, BEGUN, invalid, oauthRefused, operator, postForm, refused } from './support/agents-door.mjs';
import { onEachEngine } from './support/engines.mjs';
import { isUuid, nothing, ok } from './support/expect.mjs';
import { eventually } from './support/server.mjs';

const basic = (id, secret) => ({ authorization: `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}` });
const USUAL = 'agents:read agents:write tokens:read audit:read webhooks:read webhooks:write';

onEachEngine('the agents door gives tokens', (test) => {
  test('an agent is registered, gets a credential, proves itself and is read with its own token', async (server) => {
    const admin = operator(server);
    const made = await admin.register({ email: 'Reader@Example.test' });
    assert.equal(made.status, 'active');
    const agent = await admin.equip(made.agentId);
    assert.match(agent.secret, /^sk_live_[0-9a-f]{64}$/);

    const answer = await agent.ask();
    const { access_token: token, ...rest } = ok(answer);
    assert.deepEqual(rest, { token_type: 'Bearer', expires_in: 3600, scope: USUAL });
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(answer.headers.pragma, 'no-cache');
    assert.equal(decodeProtectedHeader(token).typ, 'at+jwt');
    assert.equal(decodeProtectedHeader(token).alg, 'RS256');
    const { iat, exp, jti, ...claims } = decodeJwt(token);
    assert.equal(exp - iat, 3600);
    isUuid(jti);
    assert.deepEqual(claims, {
      iss: server.base, aud: `${server.base}/api/v1`, sub: agent.id, client_id: agent.id, organization_id: made.organizationId, scope: USUAL, cid: agent.credentialId,
    });

    const found = ok(await server.api('GET', `${API}/agents/${agent.id}`, { key: token }));
    assert.deepEqual(found, made);
    assert.equal(found.email, 'Reader@Example.test');
  });

  test('a client proves itself in the body or with Basic, and never both', async (server) => {
    const agent = await operator(server).agent();
    ok(await agent.ask({ client_id: undefined, client_secret: undefined }, { headers: basic(agent.id, agent.secret) }));
    ok(await agent.ask({ client_secret: undefined }, { headers: basic(agent.id, agent.secret) }));
    oauthRefused(await agent.ask({}, { headers: basic(agent.id, agent.secret) }), 400, 'invalid_request');
    const wrong = await agent.ask({ client_id: undefined, client_secret: undefined }, { headers: basic(agent.id, 'sk_live_wrong_but_long_enough') });
    oauthRefused(wrong, 401, 'invalid_client');
    assert.match(wrong.headers['www-authenticate'], /^Basic /);
    const unknown = await agent.ask({ client_secret: 'sk_live_wrong_but_long_enough' });
    oauthRefused(unknown, 401, 'invalid_client');
    assert.equal(unknown.headers['www-authenticate'], undefined);
    oauthRefused(await agent.ask({ client_id: '0197a000-0000-7000-8000-000000000000' }), 401, 'invalid_client');
    oauthRefused(await agent.ask({ client_secret: undefined }), 401, 'invalid_client');
  });

  test('what cannot be asked for is refused in the words of RFC 6749', async (server) => {
    const agent = await operator(server).agent();
    oauthRefused(await agent.ask({ grant_type: undefined }), 400, 'invalid_request');
    oauthRefused(await agent.ask({ grant_type: 'password' }), 400, 'unsupported_grant_type');
    oauthRefused(await agent.ask({ scope: 'agents:read nonsense' }), 400, 'invalid_scope');
    const json = await server.api('POST', `${API}/token`, { body: { grant_type: 'client_credentials' } });
    oauthRefused(json, 400, 'invalid_request');
    assert.equal(ok(await agent.ask({ scope: 'agents:read' })).scope, 'agents:read');
  });

  test('without a good token or the scope nothing is shown', async (server) => {
    const agent = await operator(server).agent();
    const path = `${API}/agents/${agent.id}`;
    const none = await server.api('GET', path);
    refused(none, 401, 'UNAUTHORIZED');
    assert.equal(none.json.message, 'Authorization header is missing or malformed.');
    assert.equal(none.headers['www-authenticate'], 'Bearer');
    const forged = await server.api('GET', path, { key: `${(await agent.token()).slice(0, -4)}AAAA` });
    refused(forged, 401, 'UNAUTHORIZED');
    assert.equal(forged.json.message, 'Token signature is invalid.');
    assert.equal(forged.headers['www-authenticate'], 'Bearer error="invalid_token"');
    const narrow = await server.api('GET', path, { key: await agent.token('audit:read') });
    refused(narrow, 403, 'FORBIDDEN');
    assert.deepEqual(narrow.json.details, { requiredScope: 'agents:read' });
    assert.equal(narrow.headers['www-authenticate'], 'Bearer error="insufficient_scope", scope="agents:read"');
  });

  test('what happens is in the audit log of the organization it happens in', async (server) => {
    const developer = await server.signUp();
    const { agentId } = await developer.agent();
    const agent = await operator(server).equip(agentId);
    await agent.ask({ client_secret: 'sk_live_wrong_but_long_enough' });
    const token = await agent.token();
    const other = await agent.register();
    ok(await agent.patch(`/agents/${other.agentId}`, { owner: 'others' }));
    ok(await agent.patch(`/agents/${other.agentId}`, { status: 'suspended' }));
    ok(await agent.patch(`/agents/${other.agentId}`, { status: 'active' }));
    nothing(await agent.delete(`/agents/${other.agentId}`));
    const second = await agent.equip(agentId);
    ok(await agent.post(`/agents/${agentId}/credentials/${second.credentialId}/rotate`));
    nothing(await agent.delete(`/agents/${agentId}/credentials/${second.credentialId}`));
    await postForm(server, `${API}/token/introspect`, { token }, { key: await agent.bearer() });
    await postForm(server, `${API}/token/revoke`, { token }, { key: await agent.bearer() });
    const wanted = [
      'auth.failed', 'token.issued', 'agent.created', 'agent.updated', 'agent.suspended', 'agent.reactivated', 'agent.decommissioned', 'credential.generated',
      'credential.rotated', 'credential.revoked', 'token.introspected', 'token.revoked',
    ];
    const types = async () => ok(await developer.get('/audit/v1/entries?start=0&end=1000')).entries.map(({ entry }) => entry.type);
    await eventually(async () => {
      const there = await types();
      return wanted.every((type) => there.includes(type));
    }, 'all of it is there');
  });

  test('an id is a UUID or the spelling of the other doors; a malformed one is 400, an unknown one 404', async (server) => {
    const agent = await operator(server).agent();
    invalid(await agent.get('/agents/nonsense'), 'agentId');
    refused(await agent.get('/agents/0197a000-0000-7000-8000-000000000000'), 404, 'AGENT_NOT_FOUND');
    refused(await server.api('GET', `${API}/nothing/here`), 404, 'NOT_FOUND');
  });
}, BEGUN);
