// People who use a server all at once, each going the whole way of a grant again and again; every answer is kept.
import http from 'node:http';
import { sleep } from './children.mjs';
import { eventually } from './server.mjs';
import { send } from './http.mjs';

const UUID4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** Settings under which the limits are there, and in no one's way. Each walk comes from an address of its own. */
export const ROOMY = {
  LOG_LEVEL: 'warn',
  PLAN_FREE_ACTIVE_GRANTS: 'unlimited',
  PLAN_FREE_REQUESTS_PER_MINUTE: '10000000',
  RATE_LIMITS_ENABLED: 'true',
  RATE_LIMIT_AUTHORIZE_PER_MINUTE: '10000000',
  TRUST_PROXY: '1',
};

export class Load {
  /** One for each answer, or for none: {step, at, ms, status, error, good, body}. */
  answers = [];
  /** What the server said it did: the grants, and when those that it revoked were. */
  granted = new Set();
  revoked = new Map();
  #agent = new http.Agent({ keepAlive: true, maxSockets: Infinity });
  #walkers = [];
  #stopping = false;
  #walks = 0;

  /**
   * @param {import('./organization.mjs').Organization[]} seen the organization, through each server that is used
   * @param {{connections?: number, pause?: number}} options `pause` between two requests of a connection, in ms
   */
  static async start(seen, { connections = 32, pause = 30 } = {}) {
    const load = new Load();
    load.seen = seen;
    load.pause = pause;
    load.agentId = (await seen[0].agent()).agentId;
    load.known = await seen[0].grant(load.agentId); // a token that must count all the time
    load.#walkers = Array.from({ length: connections }, () => load.#walker());
    return load;
  }

  /** Sends nothing more, and waits for what is on its way. */
  async stop() {
    this.#stopping = true;
    await Promise.all(this.#walkers);
    this.#agent.destroy();
    return this;
  }

  /** Answers that began in a time, and how they ended. */
  between(from, to = Date.now()) {
    return this.answers.filter(({ at }) => at >= from && at < to);
  }

  bad(from, to) {
    return this.between(from, to).filter(({ good }) => !good);
  }

  /** Waits until whole walks succeed again and nothing fails any more: how long that took. */
  async recovers(what, seconds = 60) {
    const from = Date.now();
    await eventually(() => {
      const last = this.bad(from).at(-1);
      return this.between(last ? last.at + last.ms + 1 : from).filter(({ step }) => step === 'revoked is refused').length >= 32;
    }, () => `${what}: ${this.summary(from)}`, seconds);
    return Date.now() - from;
  }

  /** Counts by step and outcome, for people. */
  summary(from = 0, to = Date.now()) {
    const counts = {};
    for (const { step, status, error, good } of this.between(from, to)) {
      const key = `${step}: ${error ?? status}${good || error || status >= 500 ? '' : ' (wrong)'}`;
      counts[key] = (counts[key] ?? 0) + 1;
    }
    return JSON.stringify(counts);
  }

  async #walker() {
    while (!this.#stopping) {
      this.#walks += 1;
      const at = this.#walks;
      const way = { seen: this.seen[at % this.seen.length], from: `10.${(at >> 16) & 255}.${(at >> 8) & 255}.${at & 255}` };
      await this.#walk(way).catch((stopped) => {
        if (stopped !== STOPPED) throw stopped;
      });
    }
  }

  /** A person's whole way; it ends where the server does not answer as it should. */
  async #walk(way) {
    const { agentId } = this;
    await this.#ask(way, 'livez', 'GET', '/livez', { want: 200, key: null });
    await this.#ask(way, 'jwks', 'GET', '/.well-known/jwks.json', { want: 200, key: null });
    await this.#ask(way, 'known is good', 'POST', '/v1/tokens/verify', { want: 200, body: { token: this.known.grantToken }, holds: ({ valid }) => valid === true });

    const scopes = ['email:read', 'email:send'];
    const { authRequestId } = await this.#ask(way, 'authorize', 'POST', '/v1/authorize', { want: 201, body: { agentId, principalId: 'ada', scopes } });
    const { code } = await this.#ask(way, 'approve', 'POST', `/v1/consent/${authRequestId}/approve`, { want: 200, key: null });
    const first = await this.#ask(way, 'exchange', 'POST', '/v1/token', { want: 201, body: { code, agentId } });
    this.granted.add(first.grantId);
    const { refreshToken, grantToken } = first;
    await this.#ask(way, 'new is good', 'POST', '/v1/tokens/verify', { want: 200, body: { token: grantToken }, holds: ({ valid }) => valid === true });
    const next = await this.#ask(way, 'refresh', 'POST', '/v1/token/refresh', { want: 201, body: { refreshToken, agentId } });
    await this.#ask(way, 'revoke', 'DELETE', `/v1/grants/${first.grantId}`, { want: 204 });
    this.revoked.set(first.grantId, Date.now());
    await this.#ask(way, 'revoked is refused', 'POST', '/v1/tokens/verify', { want: 200, body: { token: next.grantToken }, holds: ({ valid }) => valid === false });
  }

  /** One request. Whatever comes is kept; what is not the wanted answer ends the walk. */
  async #ask({ seen, from }, step, method, path, { want, holds = () => true, body, key = seen.key }) {
    if (this.#stopping) throw STOPPED;
    const record = { step, at: Date.now() };
    const headers = { 'x-forwarded-for': from };
    const answer = await send(seen.server.base, method, path, { body, key: key ?? undefined, headers, agent: this.#agent })
      .catch((error) => { record.error = error.code ?? error.message; });
    record.ms = Date.now() - record.at;
    record.status = answer?.status;
    record.good = answer?.status === want && holds(answer.json ?? {});
    if (answer && !record.good) record.body = answer.text;
    this.answers.push(record);
    await sleep(this.pause);
    if (!record.good) throw STOPPED;
    return answer.json;
  }
}

const STOPPED = new Error('the walk ended');

/** Whether an answer is the documented one for a store that is away (operations O22). */
export function saysUnavailable({ status, body }) {
  if (status !== 503) return false;
  const { code, message, requestId, ...rest } = JSON.parse(body);
  return code === 'SERVICE_UNAVAILABLE' && typeof message === 'string' && UUID4.test(requestId) && Object.keys(rest).length === 0;
}
