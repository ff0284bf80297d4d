// A company directory as SCIM clients speak to it, and what a refusal of SCIM looks like (grantex-enterprise.md 3, RFC 7643/7644).
import assert from 'node:assert/strict';
import { ok } from './expect.mjs';

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const SCIM = 'application/scim+json';

/** A directory: one SCIM token of an organization. */
export class Directory {
  static async of(org, label = 'Directory') {
    const made = ok(await org.post('/v1/scim/tokens', { label }), 201);
    return Object.assign(new Directory(), { server: org.server, org, ...made });
  }

  call(method, path, body, headers = {}) {
    const media = body === undefined ? {} : { 'content-type': SCIM };
    return this.server.api(method, `/scim/v2${path}`, { key: this.token, body, headers: { accept: SCIM, ...media, ...headers } });
  }

  async user(fields) {
    return ok(await this.call('POST', '/Users', { schemas: [USER], ...fields }), 201);
  }

  async group(displayName, members = []) {
    return ok(await this.call('POST', '/Groups', { schemas: [GROUP], displayName, members: members.map((value) => ({ value })) }), 201);
  }

  patch(path, Operations, headers) {
    return this.call('PATCH', path, { schemas: [PATCH], Operations }, headers);
  }

  async find(path, filter) {
    return ok(await this.call('GET', `${path}?filter=${encodeURIComponent(filter)}`));
  }
}

/** A refusal in SCIM's shape. */
export function refused(answer, status, scimType) {
  assert.equal(answer.status, status, answer.text);
  assert.deepEqual(answer.json.schemas, ['urn:ietf:params:scim:api:messages:2.0:Error']);
  assert.equal(answer.json.status, status);
  assert.equal(answer.json.scimType, scimType, answer.text);
  assert.equal(typeof answer.json.detail, 'string');
}
