// The checks that the protocol's own conformance package makes (grantex.md 12), in its order and with its habits: an agent shared by all
// suites, consent approved without a credential, one more try after a 429. Statuses are compared exactly; more fields than named are fine.
import assert from 'node:assert/strict';
import { send } from './http.mjs';

const JSON_PARTS = (token) => JSON.parse(atob(token.split('.')[1])); // as the package does: the raw segment, no base64url

/** One account on one server, as the package sees it. */
export class Subject {
  #made = { grants: [], agents: [], policies: [], webhooks: [] };

  constructor(base, key, headers = {}) {
    this.base = base;
    this.key = key;
    this.headers = headers;
  }

  /** A call with the account's key, another credential, or (`key: null`) none. */
  async call(method, path, body, { key = this.key } = {}) {
    const ask = () => send(this.base, method, path, { body, headers: { ...this.headers }, key: key ?? undefined });
    const answer = await ask();
    const wait = answer.status === 429 && /retry in (\d+)/i.exec(answer.text)?.[1];
    if (!wait) return answer;
    await new Promise((resolve) => setTimeout(resolve, Math.min(60, Number(wait)) * 1000));
    return ask();
  }

  /** The agent that the suites share: the first that may read and write; all others of the account go. */
  async prepare() {
    const { agents } = expect(await this.call('GET', '/v1/agents'), 200);
    if (agents.length === 0) {
      this.agent = expect(await this.call('POST', '/v1/agents', { name: 'conformance-shared', scopes: ['read', 'write'] }), 201);
      return;
    }
    this.agent = agents.find(({ scopes }) => scopes.includes('read') && scopes.includes('write')) ?? agents[0];
    for (const { agentId } of agents) {
      if (agentId !== this.agent.agentId) expect(await this.call('DELETE', `/v1/agents/${agentId}`), 204);
    }
    if (!this.agent.scopes.includes('write')) expect(await this.call('PATCH', `/v1/agents/${this.agent.agentId}`, { scopes: ['read', 'write'] }), 200);
  }

  async code(scopes = ['read'], principalId = 'conformance-user') {
    const request = expect(await this.call('POST', '/v1/authorize', { agentId: this.agent.agentId, principalId, scopes }), 201);
    if (request.code) return { ...request };
    const approved = expect(await this.call('POST', `/v1/consent/${request.authRequestId}/approve`, undefined, { key: null }), 200);
    return { ...request, code: approved.code };
  }

  /** A grant by the full flow. */
  async grant(scopes = ['read'], principalId = undefined) {
    const { code } = await this.code(scopes, principalId);
    const grant = expect(await this.call('POST', '/v1/token', { code, agentId: this.agent.agentId }), 201);
    this.#made.grants.push(grant.grantId);
    return grant;
  }

  refresh(refreshToken, agentId = this.agent.agentId) {
    return this.call('POST', '/v1/token/refresh', { refreshToken, agentId });
  }

  delegate(parentGrantToken, scopes) {
    return this.call('POST', '/v1/grants/delegate', { parentGrantToken, subAgentId: this.agent.agentId, scopes, expiresIn: '1h' });
  }

  log(action) {
    const { agentId, did } = this.agent;
    return this.call('POST', '/v1/audit/log', { agentId, agentDid: did, grantId: 'grnt_conformance', principalId: 'conformance-user', action });
  }

  keep(kind, id) {
    this.#made[kind].push(id);
    return id;
  }

  /** What a suite made goes with it, as far as it still can. */
  async tidy() {
    for (const [kind, ids] of Object.entries(this.#made)) {
      for (const id of ids.splice(0)) await this.call('DELETE', `/v1/${kind}/${id}`);
    }
  }
}

function expect(answer, status) {
  assert.equal(answer.status, status, answer.text);
  return answer.json;
}

function text(value, name) {
  assert.equal(typeof value, 'string', name);
  assert.notEqual(value, '', name);
}

const has = (object, ...names) => names.forEach((name) => assert.ok(name in object, `${name} in ${JSON.stringify(object)}`));
const isDate = (value) => assert.ok(!Number.isNaN(Date.parse(value)), value);

function issued(grant) {
  for (const name of ['grantToken', 'refreshToken', 'grantId']) text(grant[name], name);
  assert.ok(Array.isArray(grant.scopes));
  isDate(grant.expiresAt);
}

const hasLimits = ({ headers }) => ['limit', 'remaining', 'reset'].forEach((name) => assert.match(headers[`x-ratelimit-${name}`] ?? '', /^\d+$/));

/** Suites by name: each a list of [what it says, how it is checked, how many of the package's checks that is, where it is more than one]. */
export const CORE = {
  health: [
    ['health says its status', async (on) => text(expect(await on.call('GET', '/health', undefined, { key: null }), 200).status, 'status')],
    ['the key set holds an RSA key', async (on) => {
      const { keys } = expect(await on.call('GET', '/.well-known/jwks.json', undefined, { key: null }), 200);
      assert.ok(keys.some(({ kty }) => kty === 'RSA'));
    }],
  ],
  agents: [
    ['an agent lives from create to delete', async (on) => {
      const agent = expect(await on.call('POST', '/v1/agents', { name: 'conformance-agent', scopes: ['read'] }), 201);
      has(agent, 'name', 'scopes', 'status', 'createdAt');
      text(agent.agentId, 'agentId');
      text(agent.did, 'did');
      assert.ok(Array.isArray(expect(await on.call('GET', '/v1/agents'), 200).agents));
      has(expect(await on.call('GET', `/v1/agents/${agent.agentId}`), 200), 'agentId', 'did', 'name', 'scopes', 'status');
      has(expect(await on.call('PATCH', `/v1/agents/${agent.agentId}`, { name: 'renamed' }), 200), 'agentId', 'name');
      expect(await on.call('DELETE', `/v1/agents/${agent.agentId}`), 204);
    }, 5],
  ],
  authorize: [
    ['a request is made', async (on) => {
      const request = expect(await on.call('POST', '/v1/authorize', { agentId: on.agent.agentId, principalId: 'conformance-user', scopes: ['read'] }), 201);
      text(request.authRequestId, 'authRequestId');
      text(request.consentUrl, 'consentUrl');
      isDate(request.expiresAt);
    }],
    ['an empty one is refused', async (on) => expect(await on.call('POST', '/v1/authorize', {}), 400)],
    ['an unknown agent is refused', async (on) =>
      expect(await on.call('POST', '/v1/authorize', { agentId: 'ag_unknown', principalId: 'conformance-user', scopes: ['read'] }), 404)],
    ['consent gives a code', async (on) => text((await on.code()).code, 'code')],
  ],
  token: [
    ['the full flow gives a grant', async (on) => issued(await on.grant())],
    ['a bad code is refused', async (on) => expect(await on.call('POST', '/v1/token', { code: 'nonsense', agentId: on.agent.agentId }), 400)],
    ['a code counts once', async (on) => {
      const { code } = await on.code();
      const input = { code, agentId: on.agent.agentId };
      on.keep('grants', expect(await on.call('POST', '/v1/token', input), 201).grantId);
      expect(await on.call('POST', '/v1/token', input), 400);
    }],
    ['a refresh gives the next token, a spent one nothing', async (on) => {
      const grant = await on.grant();
      const next = expect(await on.refresh(grant.refreshToken), 201);
      issued(next);
      assert.equal(next.grantId, grant.grantId);
      assert.notEqual(next.refreshToken, grant.refreshToken);
      expect(await on.refresh(grant.refreshToken), 400);
    }, 2],
  ],
  tokens: [
    ['a token verifies until it is revoked', async (on) => {
      const { grantToken } = await on.grant();
      const verified = expect(await on.call('POST', '/v1/tokens/verify', { token: grantToken }), 200);
      has(verified, 'valid', 'grantId', 'scopes', 'principal', 'agent', 'expiresAt');
      assert.equal(verified.valid, true);
      expect(await on.call('POST', '/v1/tokens/revoke', { jti: JSON_PARTS(grantToken).jti }), 204);
      assert.equal(expect(await on.call('POST', '/v1/tokens/verify', { token: grantToken }), 200).valid, false);
    }, 3],
    ['garbage is not valid', async (on) =>
      assert.equal(expect(await on.call('POST', '/v1/tokens/verify', { token: 'not.a.valid.jwt.token' }), 200).valid, false)],
  ],
  grants: [
    ['a grant is listed, read and revoked', async (on) => {
      const { grantId } = await on.grant();
      assert.ok(Array.isArray(expect(await on.call('GET', '/v1/grants'), 200).grants));
      const grant = expect(await on.call('GET', `/v1/grants/${grantId}`), 200);
      has(grant, 'agentId', 'scopes', 'status');
      assert.equal(grant.grantId, grantId);
      expect(await on.call('DELETE', `/v1/grants/${grantId}`), 204);
      assert.equal(expect(await on.call('GET', `/v1/grants/${grantId}`), 200).status, 'revoked');
    }, 4],
  ],
  delegation: [
    ['part of a grant is lent on, twice', async (on) => {
      const child = expect(await on.delegate((await on.grant(['read', 'write'])).grantToken, ['read']), 201);
      has(child, 'grantToken', 'expiresAt', 'scopes', 'grantId');
      const claims = JSON_PARTS(child.grantToken);
      text(claims.parentAgt, 'parentAgt');
      text(claims.parentGrnt, 'parentGrnt');
      assert.strictEqual(claims.delegationDepth, 1);
      const second = await on.delegate(child.grantToken, ['read']);
      if (second.status !== 400) assert.strictEqual(JSON_PARTS(expect(second, 201).grantToken).delegationDepth, 2);
    }, 3],
    ['no more than one has', async (on) => expect(await on.delegate((await on.grant(['read'])).grantToken, ['read', 'admin']), 400)],
    ['it ends with the parent', async (on) => {
      const parent = await on.grant(['read', 'write']);
      const child = expect(await on.delegate(parent.grantToken, ['read']), 201);
      expect(await on.call('DELETE', `/v1/grants/${parent.grantId}`), 204);
      assert.equal(expect(await on.call('POST', '/v1/tokens/verify', { token: child.grantToken }), 200).valid, false);
    }],
  ],
  audit: [
    ['entries are chained, listed and read', async (on) => {
      const first = expect(await on.log('conformance.first'), 201);
      text(first.entryId, 'entryId');
      assert.match(first.hash, /^[0-9a-f]{64}$/);
      has(first, 'prevHash');
      const second = expect(await on.log('conformance.second'), 201);
      if (second.prevHash) assert.equal(second.prevHash, first.hash);
      assert.ok(Array.isArray(expect(await on.call('GET', '/v1/audit/entries'), 200).entries));
      const read = expect(await on.call('GET', `/v1/audit/${first.entryId}`), 200);
      has(read, 'hash', 'action');
      assert.equal(read.entryId, first.entryId);
    }, 5],
  ],
  security: [
    ['no credential, no answer', async (on) => expect(await on.call('GET', '/v1/agents', undefined, { key: null }), 401)],
    ['a wrong key, no answer', async (on) => expect(await on.call('GET', '/v1/agents', undefined, { key: 'invalid-api-key-12345' }), 401)],
    ['every published key is RSA and RS256', async (on) => {
      const { keys } = expect(await on.call('GET', '/.well-known/jwks.json', undefined, { key: null }), 200);
      for (const { kty, alg } of keys) assert.deepEqual({ kty, alg: alg ?? 'RS256' }, { kty: 'RSA', alg: 'RS256' });
    }],
    ['scopes do not grow on the way', async (on) => expect(await on.delegate((await on.grant(['read'])).grantToken, ['read', 'write']), 400)],
    ['an audit entry stays as it is', async (on) => {
      const { entryId } = expect(await on.log('conformance.immutable'), 201);
      for (const method of ['PUT', 'DELETE']) assert.ok([404, 405].includes((await on.call(method, `/v1/audit/${entryId}`)).status), method);
    }],
  ],
  'rate-limit-headers': [
    ['a call says what is left', async (on) => {
      const answer = await on.call('GET', '/v1/agents');
      expect(answer, 200);
      hasLimits(answer);
      assert.ok(Number(answer.headers['x-ratelimit-reset']) <= 3600);
    }],
    ['a verification too', async (on) => hasLimits(await on.call('POST', '/v1/tokens/verify', { token: 'bad' }))],
    ['the key set is not limited', async (on) => {
      const answer = await on.call('GET', '/.well-known/jwks.json', undefined, { key: null });
      expect(answer, 200);
      assert.equal(answer.headers['x-ratelimit-limit'], undefined);
    }],
  ],
};

export const EXTENSIONS = {
  policies: [
    ['a policy lives from create to delete', async (on) => {
      const policy = expect(await on.call('POST', '/v1/policies', { name: 'conformance', effect: 'allow', scopes: ['read'] }), 201);
      has(policy, 'name', 'effect');
      text(policy.id, 'id');
      on.keep('policies', policy.id);
      assert.ok(Array.isArray(expect(await on.call('GET', '/v1/policies'), 200).policies));
      assert.equal(expect(await on.call('GET', `/v1/policies/${policy.id}`), 200).id, policy.id);
      assert.equal(expect(await on.call('PATCH', `/v1/policies/${policy.id}`, { effect: 'deny' }), 200).effect, 'deny');
      expect(await on.call('DELETE', `/v1/policies/${policy.id}`), 204);
    }, 5],
  ],
  webhooks: [
    ['a webhook is made, listed and deleted', async (on) => {
      const webhook = expect(await on.call('POST', '/v1/webhooks', { url: 'https://example.com/webhook', events: ['grant.created', 'grant.revoked'] }), 201);
      has(webhook, 'url', 'events', 'secret');
      text(webhook.id, 'id');
      on.keep('webhooks', webhook.id);
      assert.ok(Array.isArray(expect(await on.call('GET', '/v1/webhooks'), 200).webhooks));
      expect(await on.call('DELETE', `/v1/webhooks/${webhook.id}`), 204);
    }, 3],
  ],
  anomalies: [
    ['a round finds what there is', async (on) => {
      const found = expect(await on.call('POST', '/v1/anomalies/detect'), 200);
      has(found, 'detectedAt', 'total');
      assert.ok(Array.isArray(found.anomalies));
      const listed = expect(await on.call('GET', '/v1/anomalies'), 200);
      has(listed, 'total');
      assert.ok(Array.isArray(listed.anomalies));
      expect(await on.call('PATCH', '/v1/anomalies/anm_unknown/acknowledge'), 404);
    }, 3],
  ],
  compliance: [
    ['summary', async (on) => has(expect(await on.call('GET', '/v1/compliance/summary'), 200), 'generatedAt', 'agents', 'grants', 'auditEntries', 'policies')],
    ['grants are exported', async (on) => {
      const all = expect(await on.call('GET', '/v1/compliance/export/grants'), 200);
      has(all, 'generatedAt', 'total');
      assert.ok(Array.isArray(all.grants));
    }],
    ['audit entries are exported', async (on) => {
      const all = expect(await on.call('GET', '/v1/compliance/export/audit'), 200);
      has(all, 'generatedAt', 'total');
      assert.ok(Array.isArray(all.entries));
    }],
    ['the evidence pack', async (on) =>
      has(expect(await on.call('GET', '/v1/compliance/evidence-pack'), 200), 'meta', 'summary', 'grants', 'auditEntries', 'policies', 'chainIntegrity')],
  ],
  scim: [
    ['a directory gets its token, reads the configuration, and a user comes and goes', async (on) => {
      const made = expect(await on.call('POST', '/v1/scim/tokens', { label: 'conformance' }), 201);
      has(made, 'label');
      text(made.id, 'id');
      text(made.token, 'token');
      assert.ok(Array.isArray(expect(await on.call('GET', '/v1/scim/tokens'), 200).tokens));
      has(expect(await on.call('GET', '/scim/v2/ServiceProviderConfig', undefined, { key: null }), 200), 'schemas');
      const asDirectory = { key: made.token };
      const user = expect(await on.call('POST', '/scim/v2/Users', { userName: `conformance-${made.id}@example.com`, displayName: 'Conformance' }, asDirectory), 201);
      has(user, 'userName', 'schemas');
      text(user.id, 'id');
      const listed = expect(await on.call('GET', '/scim/v2/Users', undefined, asDirectory), 200);
      has(listed, 'totalResults');
      assert.ok(Array.isArray(listed.Resources));
      expect(await on.call('DELETE', `/scim/v2/Users/${user.id}`, undefined, asDirectory), 204);
      await on.call('DELETE', `/v1/scim/tokens/${made.id}`);
    }, 6],
  ],
  sso: [
    ['a provider is configured, shown and taken back; a login says of whom', async (on) => {
      const provider = { issuerUrl: 'https://accounts.google.com', clientId: 'conformance', clientSecret: 'conformance-secret', redirectUri: 'https://example.com/callback' };
      const made = expect(await on.call('POST', '/v1/sso/config', provider), 201);
      has(made, 'issuerUrl', 'clientId', 'redirectUri');
      has(expect(await on.call('GET', '/v1/sso/config'), 200), 'issuerUrl', 'clientId', 'redirectUri');
      expect(await on.call('GET', '/sso/login', undefined, { key: null }), 400);
      expect(await on.call('DELETE', '/v1/sso/config'), 204);
    }, 4],
  ],
  'principal-sessions': [
    ['a person sees their grants and stops one', async (on) => {
      const principalId = 'conformance-principal';
      const { grantId } = await on.grant(['read'], principalId);
      const session = expect(await on.call('POST', '/v1/principal-sessions', { principalId, expiresIn: '1h' }), 201);
      text(session.sessionToken, 'sessionToken');
      isDate(session.expiresAt);
      assert.ok(session.dashboardUrl.includes('/permissions#session='));
      expect(await on.call('POST', '/v1/principal-sessions', {}), 400);
      const asPerson = { key: session.sessionToken };
      const seen = expect(await on.call('GET', '/v1/principal/grants', undefined, asPerson), 200);
      assert.equal(seen.principalId, principalId);
      assert.ok(seen.grants.some((grant) => grant.grantId === grantId));
      assert.ok(Array.isArray(expect(await on.call('GET', '/v1/principal/audit', undefined, asPerson), 200).entries));
      expect(await on.call('DELETE', `/v1/principal/grants/${grantId}`, undefined, asPerson), 204);
      expect(await on.call('GET', '/v1/agents', undefined, asPerson), 401);
      expect(await on.call('GET', '/permissions', undefined, { key: null }), 200);
    }, 7],
  ],
  'token-refresh': [
    ['a refreshed token is the same grant', async (on) => {
      const grant = await on.grant();
      const next = expect(await on.refresh(grant.refreshToken), 201);
      issued(next);
      assert.equal(next.grantId, grant.grantId);
      assert.notEqual(next.refreshToken, grant.refreshToken);
      expect(await on.refresh(grant.refreshToken), 400);
      const verified = expect(await on.call('POST', '/v1/tokens/verify', { token: next.grantToken }), 200);
      assert.deepEqual({ valid: verified.valid, grantId: verified.grantId }, { valid: true, grantId: grant.grantId });
    }, 3],
    ['with what is wrong or missing it is refused', async (on) => {
      const { refreshToken } = await on.grant();
      expect(await on.refresh(refreshToken, 'ag_another'), 400);
      expect(await on.call('POST', '/v1/token/refresh', { agentId: on.agent.agentId }), 400);
      expect(await on.call('POST', '/v1/token/refresh', { refreshToken }), 400);
    }, 3],
  ],
};

/** How many of the package's checks some suites make: 42 in the core, 80 in all (grantex.md 12). */
export const countOf = (suites) => Object.values(suites).flat().reduce((sum, [, , count = 1]) => sum + count, 0);
