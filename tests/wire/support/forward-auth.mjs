// The forward-auth door as its callers know it (contract forward-auth): somebody with an address and a password, and the door's one shape of refusal.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { someAddress } from './people.mjs';

/** Somebody at this door, who comes from an address of their own. */
export class Visitor {
  constructor(server, fields = {}) {
    Object.assign(this, { server, email: `v-${randomUUID()}@example.test`, password: `pw ${randomUUID()}`, address: someAddress() }, fields);
  }

  post(path, body, { headers = {}, ...options } = {}) {
    return this.server.api('POST', path, { body, headers: { 'x-forwarded-for': this.address, ...headers }, ...options });
  }

  register(fields = {}, options) {
    return this.post('/auth/register', { email: this.email, password: this.password, ...fields }, options);
  }

  login(fields = {}, options) {
    return this.post('/auth/login', { email: this.email, password: this.password, ...fields }, options);
  }

  /** Logs in: the token. */
  async enter() {
    const answer = await this.login();
    assert.equal(answer.status, 200, answer.text);
    this.token = answer.json.token;
    return this.token;
  }
}

/** Somebody new, who has a token. */
export async function visitor(server) {
  const somebody = new Visitor(server);
  const answer = await somebody.register();
  assert.equal(answer.status, 201, answer.text);
  somebody.id = answer.json.id;
  await somebody.enter();
  return somebody;
}

/** A refusal in the door's one shape (forward-auth B). */
export function refused(answer, status, error) {
  assert.equal(answer.status, status, answer.text);
  assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
  assert.deepEqual(answer.json, { error });
  return answer;
}

/** A question such as a proxy asks. */
export const verify = (server, token, options = {}) =>
  server.api('GET', '/verify', { ...options, headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...options.headers } });
