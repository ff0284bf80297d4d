// What the tests of policies begin with.
import assert from 'node:assert/strict';
import { ok, refused, SECRET } from './expect.mjs';

/** Makes a policy; a deny rule without conditions, unless told otherwise. */
export const policy = async (org, fields = {}) => ok(await org.post('/v1/policies', { name: 'A rule', effect: 'deny', ...fields }), 201);

/** Asks for consent. */
export const ask = (org, agentId, fields = {}) => org.post('/v1/authorize', { agentId, principalId: 'ada', scopes: ['email:read'], ...fields });

/** Denied by a policy. */
export const denied = (answer) => assert.equal(refused(answer, 403, 'POLICY_DENIED').message, 'Authorization denied by policy');

/** Allowed by a policy: approved at once, and said so. */
export function allowed(answer) {
  const { policyEnforced, effect, code, ...rest } = ok(answer, 201);
  assert.deepEqual({ policyEnforced, effect }, { policyEnforced: true, effect: 'allow' });
  assert.match(code, new RegExp(`^${SECRET}$`));
  assert.deepEqual(Object.keys(rest).sort(), ['authRequestId', 'consentUrl', 'expiresAt']);
  return code;
}

/** Neither allowed nor denied: the person is asked. */
export const asked = (answer) => assert.deepEqual(Object.keys(ok(answer, 201)).sort(), ['authRequestId', 'consentUrl', 'expiresAt']);

/** The entries of the server's own chain that are of a type. */
export const audited = async (org, type) => ok(await org.get('/audit/v1/entries')).entries.map(({ entry }) => entry).filter((entry) => entry.type === type);
