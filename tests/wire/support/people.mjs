// The people door as its callers know it (contract identity): somebody who signs up, signs in, and calls with their token.
import assert from 'node:assert/strict';
import { randomBytes, randomInt, randomUUID } from 'node:crypto';
import { Server } from './server.mjs';

export const API = '/v1/api/identity';

/** Settings for a server that believes what a proxy says of addresses, so that each person of a test comes from an address of their own. */
export const BEHIND_PROXY = { TRUST_PROXY: '1', PASSWORD_MEMORY_KIB: '19456' };

/** A name that nobody has. */
export const someName = () => `u${randomBytes(8).toString('hex')}`;

/** An address that no other test comes from. */
export const someAddress = () => `10.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`;

/** Somebody at the people door. */
export class Person {
  constructor(server, fields = {}) {
    Object.assign(this, { server, name: someName(), password: `pw ${randomUUID()}`, address: someAddress() }, fields);
  }

  call(method, path, { headers = {}, ...options } = {}) {
    return this.server.api(method, `${API}${path}`, { headers: { 'x-forwarded-for': this.address, ...headers }, ...options });
  }

  post(path, body, options = {}) {
    return this.call('POST', path, { body, ...options });
  }

  signUp(fields = {}) {
    return this.post('/auth/sign-up', { username: this.name, credential: this.password, ...fields });
  }

  /** Signs in with the user name; `fields` go over the usual ones. */
  signIn(fields = {}) {
    return this.post('/auth/sign-in', {
      identifier: { scheme: 'USERNAME', value: this.name }, credential: { scheme: 'BASIC', value: this.password }, ...fields,
    });
  }

  /** Signs in: the answer's body, whose token the calls with `mine` show from now on. */
  async enter(fields) {
    const answer = await this.signIn(fields);
    assert.equal(answer.status, 200, answer.text);
    this.token = answer.json.token.value;
    return answer.json;
  }

  /** A call with the token of the last sign-in, or another. */
  mine(method, path, { key = this.token, ...options } = {}) {
    return this.call(method, path, { key, ...options });
  }
}

/** Somebody new, who is signed in. */
export async function newcomer(server, fields = {}) {
  const person = new Person(server);
  const answer = await person.signUp(fields);
  assert.equal(answer.status, 201, answer.text);
  person.id = answer.json.userId;
  await person.enter();
  return person;
}

/** A refusal in the door's one shape (identity B.3). */
export function refused(answer, status, messageCode) {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers['content-type'] ?? '', /^application\/json/);
  const { message, statusCode, requestId, messageCode: code, details, verification, ...rest } = answer.json;
  assert.deepEqual(rest, {});
  assert.equal(typeof message, 'string');
  assert.notEqual(message, '');
  assert.equal(statusCode, status);
  assert.equal(requestId, answer.headers['x-request-id']);
  assert.equal(code, messageCode, answer.text);
  if (status === 401) assert.match(answer.headers['www-authenticate'] ?? '', /^Bearer/);
  return answer.json;
}

/** 422, and which members are wrong. */
export function invalid(answer, ...paths) {
  const { message, details } = refused(answer, 422, undefined);
  assert.equal(message, 'ValidationError');
  assert.deepEqual(details.cause.map(({ path }) => path), paths, answer.text);
  for (const cause of details.cause) {
    assert.deepEqual(Object.keys(cause), ['path', 'message', 'code']);
    assert.match(cause.code, /^(required|invalid)$/);
  }
}

/** Gives somebody a role as an operator does at a terminal, and signs them in anew. */
export async function grant(person, ...roles) {
  for (const role of roles) await Server.command(['user', 'grant-role', person.id, role], person.server.settings);
  if (person.token) await person.enter();
  return person;
}

const operators = new WeakMap();

/** The super administrator of a server, one for all tests of a suite. */
export function superAdmin(server) {
  if (!operators.has(server)) operators.set(server, newcomer(server).then((person) => grant(person, 'SUPER_ADMIN')));
  return operators.get(server);
}

/** The id of a role that came with the server. */
export async function roleId(admin, identifier) {
  const { data } = (await admin.mine('GET', '/roles?limit=100')).json;
  return data.find((role) => role.identifier === identifier).id;
}

/** The body of an edge by which somebody has a role. */
export const membership = (subject, role, fields = {}) => ({ variant: 'group', subjectType: 'User', subjectId: subject.id, targetType: 'Role', targetId: role, ...fields });

/** The body of an edge that lets somebody do something, or forbids it. */
export const permission = (subject, code, fields = {}) => ({ variant: 'policy', subjectType: 'User', subjectId: subject.id, targetType: 'Permission', targetId: code, ...fields });
