// The documented hash of a logged entry, made anew with nothing but Node's own JSON and SHA-256 (grantex-core.md 7).
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';

export const sha256 = (text) => createHash('sha256').update(text, 'utf8').digest('hex');

/** Keys sorted by UTF-16 code unit, which is how JavaScript compares strings; numbers and strings as JSON.stringify writes them. */
export function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`).join(',')}}`;
}

/** The text that is hashed. */
export function bodyOf({ entryId, agentId, agentDid, grantId, principalId, developerId, action, metadata, timestamp, prevHash, status }) {
  const members = { id: entryId, agentId, agentDid, grantId, principalId, developerId, action, metadata, timestamp, prevHash, status };
  return `{${Object.entries(members).map(([name, value]) => `"${name}":${canonical(value)}`).join(',')}}`;
}

/** Every hash and every link of a whole chain, and that it is sorted by (timestamp, id) as it is by its links. */
export function chainHolds(entries) {
  let before = null;
  for (const entry of entries) {
    assert.equal(entry.hash, sha256(bodyOf(entry)));
    assert.equal(entry.prevHash, before?.hash ?? null);
    if (before) assert.ok(`${entry.timestamp} ${entry.entryId}` > `${before.timestamp} ${before.entryId}`, `${entry.entryId} is behind ${before.entryId}`);
    before = entry;
  }
}
