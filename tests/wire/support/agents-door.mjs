// The agents door as its callers know it (contract agent-idp): an installation with its operator, organizations with agents, tokens by secret.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { isUuid } from './expect.mjs';

export const API = '/api/v1';
const OPERATOR = { id: '0197a000-0000-7000-8000-00000000aaaa', secret: 'sk_live_of_the_operator_of_the_wire_tests' };

/** Settings for a server whose installation is begun at its start. */
export const BEGUN = {
  BOOTSTRAP_ADMIN_CLIENT: `${OPERATOR.id}:${OPERATOR.secret}`,
  TIER_FREE_AGENTS: 'unlimited',
  TIER_FREE_CALLS_PER_DAY: 'unlimited',
  TIER_FREE_TOKENS_PER_DAY: 'unlimited',
  RATE_LIMIT_MAX_REQUESTS: '1000000',
};

/** Form-encodes the parameters that are there. */
export const form = (fields) => new URLSearchParams(Object.entries(fields).filter(([, value]) => value !== undefined)).toString();

/** POSTs a form; an object is encoded. */
export function postForm(server, path, fields, { headers = {}, ...options } = {}) {
  const body = typeof fields === 'string' ? fields : form(fields);
  return server.api('POST', path, { body, headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers }, ...options });
}

/** An agent that can prove itself, and what it calls with its token. */
export class AgentClient {
  #token;

  constructor(server, id, secret, credentialId) {
    Object.assign(this, { server, id, secret, credentialId });
  }

  /** The token endpoint, with `fields` over the usual ones. */
  ask(fields = {}, options = {}) {
    return postForm(this.server, `${API}/token`, { grant_type: 'client_credentials', client_id: this.id, client_secret: this.secret, ...fields }, options);
  }

  /** A new access token; without a scope, the usual ones. */
  async token(scope) {
    const answer = await this.ask({ scope });
    assert.equal(answer.status, 200, answer.text);
    return answer.json.access_token;
  }

  /** The token that the calls below use, had once. */
  async bearer() {
    this.#token ??= await this.token(this.scope);
    return this.#token;
  }

  /** Forgets the token; the next call has a new one. */
  forget() {
    this.#token = undefined;
  }

  async api(method, path, options = {}) {
    return this.server.api(method, `${API}${path}`, { ...options, key: options.key ?? (await this.bearer()) });
  }

  get(path, options) {
    return this.api('GET', path, options);
  }

  post(path, body, options) {
    return this.api('POST', path, { body, ...options });
  }

  patch(path, body, options) {
    return this.api('PATCH', path, { body, ...options });
  }

  delete(path, options) {
    return this.api('DELETE', path, options);
  }

  /** The same agent, seen through another server. */
  through(server) {
    return Object.assign(new AgentClient(server, this.id, this.secret, this.credentialId), { scope: this.scope });
  }

  /** Registers an agent in this one's organization: its object. */
  async register(fields = {}) {
    const answer = await this.post('/agents', profile(fields));
    assert.equal(answer.status, 201, answer.text);
    isUuid(answer.json.agentId);
    return answer.json;
  }

  /** Gives an agent a credential: the agent as a client. */
  async equip(agentId, fields = {}) {
    const answer = await this.post(`/agents/${agentId}/credentials`, fields);
    assert.equal(answer.status, 201, answer.text);
    return new AgentClient(this.server, agentId, answer.json.clientSecret, answer.json.credentialId);
  }

  /** A new agent of this one's organization, as a client. */
  async agent(fields = {}) {
    return this.equip((await this.register(fields)).agentId);
  }
}

/** What a new agent says of itself. */
export const profile = (fields = {}) => ({
  email: `agent-${randomUUID()}@example.test`,
  agentType: 'extractor',
  version: '1.2.0',
  capabilities: ['documents:read', 'documents:*'],
  owner: 'platform team',
  deploymentEnv: 'staging',
  ...fields,
});

/** Who runs the installation; its tokens have every scope. */
export function operator(server) {
  return Object.assign(new AgentClient(server, OPERATOR.id, OPERATOR.secret), {
    scope: 'agents:read agents:write tokens:read audit:read webhooks:read webhooks:write admin:orgs',
  });
}

/** Another organization, made at the grants door, whose agents can prove themselves here; `agent` is the first. */
export async function elsewhere(server, count = 1) {
  const org = await server.signUp();
  const agents = [];
  for (let at = 0; at < count; at += 1) {
    agents.push(await operator(server).equip((await org.agent()).agentId));
  }

  return { org, agents, agent: agents[0] };
}

/** The only agent of an organization that signed up at the grants door, which is `organization`; named as this door names it. */
export async function customer(server) {
  const organization = await server.signUp();
  const { status, text, json } = await operator(server).post(`/agents/${(await organization.agent()).agentId}/credentials`, {});
  assert.equal(status, 201, text);
  return Object.assign(new AgentClient(server, json.clientId, json.clientSecret, json.credentialId), { organization });
}

/** A refusal in the door's one shape (agent-idp B.3). */
export function refused(answer, status, code) {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers['content-type'] ?? '', /^application\/json/);
  assert.equal(answer.json.code, code, answer.text);
  assert.equal(typeof answer.json.message, 'string');
  assert.notEqual(answer.json.message, '');
  const { code: _, message: __, details, ...rest } = answer.json;
  assert.deepEqual(rest, {});
  return answer.json;
}

/** 400, and which members are wrong. */
export function invalid(answer, ...fields) {
  const { details } = refused(answer, 400, 'VALIDATION_ERROR');
  if (fields.length > 0) assert.deepEqual(details.errors.map(({ field }) => field), fields, answer.text);
  for (const { message } of details?.errors ?? []) assert.equal(typeof message, 'string');
}

/** A refusal in the words of RFC 6749 5.2. */
export function oauthRefused(answer, status, error) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.json.error, error, answer.text);
  assert.equal(typeof answer.json.error_description, 'string');
  assert.equal(answer.headers['cache-control'], 'no-store');
  assert.deepEqual(Object.keys(answer.json).sort(), ['error', 'error_description']);
}

/** A new organization of its own, seen by its first agent, which is an admin there. */
export async function tenant(server, { planTier, ...fields } = {}) {
  const installer = operator(server);
  const answer = await installer.post('/organizations', { name: 'Tenant', slug: `t-${randomUUID().slice(0, 18)}`, planTier });
  assert.equal(answer.status, 201, answer.text);
  const { agentId } = await installer.register(fields);
  const joined = await installer.post(`/organizations/${answer.json.organizationId}/members`, { agentId, role: 'admin' });
  assert.equal(joined.status, 201, joined.text);
  return Object.assign(await installer.equip(agentId), { organizationId: answer.json.organizationId });
}
