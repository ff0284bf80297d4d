// What the contract says of every answer of the grants door, in one place.
import assert from 'node:assert/strict';

export const ULID = '[0-7][0-9A-HJKMNP-TV-Z]{25}';
export const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
export const SECRET = '[A-Za-z0-9_-]{43}';
const UUID4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** `prefix_` and a ULID. */
export function isId(prefix, value) {
  assert.match(value, new RegExp(`^${prefix}_${ULID}$`));
}

/** The answer's body, once its status is the wanted one. */
export function ok(answer, status = 200) {
  assert.equal(answer.status, status, answer.text);
  return answer.json;
}

/** 204 and not a byte more. */
export function nothing(answer) {
  assert.equal(answer.status, 204, answer.text);
  assert.equal(answer.text, '');
}

/** A refusal in the door's one shape (grantex.md 2.1). */
export function refused(answer, status, code) {
  assert.equal(answer.status, status, answer.text);
  assert.match(answer.headers['content-type'] ?? '', /^application\/json/);
  assert.equal(answer.json.code, code, answer.text);
  assert.equal(typeof answer.json.message, 'string');
  assert.notEqual(answer.json.message, '');
  assert.match(answer.json.requestId, UUID4);
  assert.equal(answer.headers['x-request-id'], answer.json.requestId);
  return answer.json;
}

export const badRequest = (answer) => refused(answer, 400, 'BAD_REQUEST');
export const notFound = (answer) => refused(answer, 404, 'NOT_FOUND');
export const unauthorized = (answer) => refused(answer, 401, 'UNAUTHORIZED');

/** The answer to a route that does not exist: another shape, without a code. */
export function noRoute(answer) {
  assert.equal(answer.status, 404, answer.text);
  const { message, ...rest } = answer.json;
  assert.equal(typeof message, 'string');
  assert.deepEqual(rest, { error: 'Not Found', statusCode: 404 });
}

/** Counts how often each status came. */
export function tally(answers) {
  const counts = {};
  for (const { status } of answers) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

/** Nothing at all; what is there all the same is counted and shown in part: the runner's comparison of long lists takes minutes. */
export function none(found, what) {
  assert.equal(found.length, 0, `${what}: ${found.length} of\n${found.slice(0, 5).map((one) => JSON.stringify(one)).join('\n')}`);
}

/** A UUID as the agents door writes ids. */
export function isUuid(value) {
  assert.match(value, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
}
