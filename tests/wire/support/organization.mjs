// A developer's organization, seen through its API key: the calls that most tests begin with.
import assert from 'node:assert/strict';
import { decodeJwt } from 'jose';

export class Organization {
  constructor(server, { apiKey, developerId }) {
    this.server = server;
    this.key = apiKey;
    this.id = developerId;
  }

  get(path, options) {
    return this.server.api('GET', path, { key: this.key, ...options });
  }

  post(path, body, options) {
    return this.server.api('POST', path, { key: this.key, body, ...options });
  }

  patch(path, body) {
    return this.server.api('PATCH', path, { key: this.key, body });
  }

  delete(path) {
    return this.server.api('DELETE', path, { key: this.key });
  }

  /** Registers an agent. */
  async agent(fields = {}) {
    return created(await this.post('/v1/agents', { name: 'Mail helper', scopes: ['email:read', 'email:send'], ...fields }));
  }

  /** Asks for consent; in a sandbox the answer has a code at once. */
  async authorize(agentId, fields = {}) {
    return created(await this.post('/v1/authorize', { agentId, principalId: 'ada', scopes: ['email:read', 'email:send'], ...fields }));
  }

  /** Asks for consent and has it: the code to exchange. */
  async code(agentId, fields = {}) {
    const request = await this.authorize(agentId, fields);
    return request.code ?? (await this.approve(request.authRequestId)).code;
  }

  /** Approves as whoever holds the request id: no key, no body. */
  async approve(authRequestId) {
    const answer = await this.server.api('POST', `/v1/consent/${authRequestId}/approve`);
    assert.equal(answer.status, 200, answer.text);
    return answer.json;
  }

  exchange(code, agentId, fields = {}) {
    return this.post('/v1/token', { code, agentId, ...fields });
  }

  refresh(refreshToken, agentId) {
    return this.post('/v1/token/refresh', { refreshToken, agentId });
  }

  /** Walks the whole way to a grant: the answer of the exchange, with its decoded claims. */
  async grant(agentId, fields = {}) {
    const answer = created(await this.exchange(await this.code(agentId, fields), agentId));
    return { ...answer, claims: decodeJwt(answer.grantToken) };
  }

  /** Lends part of a grant on; by default to the same agent, which is allowed. */
  delegate(parentGrantToken, subAgentId, fields = {}) {
    return this.post('/v1/grants/delegate', { parentGrantToken, subAgentId, scopes: ['email:read'], ...fields });
  }

  async delegated(parentGrantToken, subAgentId, fields = {}) {
    const answer = created(await this.delegate(parentGrantToken, subAgentId, fields));
    return { ...answer, claims: decodeJwt(answer.grantToken) };
  }

  /** Whether the token counts, at both verify routes, which must agree; asked twice, lest the answer change in between. */
  async accepts(token) {
    const short = await this.post('/v1/tokens/verify', { token });
    const long = await this.post('/v1/grants/verify', { token });
    const again = await this.post('/v1/tokens/verify', { token });
    assert.equal(short.status, 200, short.text);
    if (short.json.valid !== again.json.valid) return this.accepts(token);
    const active = long.status === 200 && long.json.active === true;
    assert.equal(short.json.valid, active, `tokens/verify said ${short.text}, grants/verify ${long.status} ${long.text}`);
    return active;
  }
}

function created(answer) {
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
}
