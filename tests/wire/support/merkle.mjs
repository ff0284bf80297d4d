// A second implementation of the audit log's proofs, written from the RFCs and with Node's own cryptography alone.
import { createHash, createPublicKey, verify } from 'node:crypto';

export const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();
export const leafHash = (body) => sha256(Buffer.of(0), Buffer.from(body));
const nodeHash = (left, right) => sha256(Buffer.of(1), left, right);

/** The largest power of two below `count`. */
function split(count) {
  let k = 1;
  while (k * 2 < count) k *= 2;
  return k;
}

/** RFC 9162 2.1.1, straight from its definition. */
export function root(leaves) {
  if (leaves.length === 0) return sha256('');
  if (leaves.length === 1) return leaves[0];
  const k = split(leaves.length);
  return nodeHash(root(leaves.slice(0, k)), root(leaves.slice(k)));
}

/** The root that a proof leads to, by following the path down (RFC 9162 2.1.3.1 backwards). */
export function rootOfInclusion(hash, leaf, size, proof) {
  if (size === 1) return proof.length === 0 ? hash : undefined;
  if (proof.length === 0) return undefined;
  const [rest, last] = [proof.slice(0, -1), proof.at(-1)];
  const k = split(size);
  if (leaf < k) {
    const left = rootOfInclusion(hash, leaf, k, rest);
    return left && nodeHash(left, last);
  }
  const right = rootOfInclusion(hash, leaf - k, size - k, rest);
  return right && nodeHash(last, right);
}

/** Both roots that a consistency proof leads to (RFC 9162 2.1.4.1 backwards). */
export function rootsOfConsistency(from, to, fromRoot, proof, whole = true) {
  if (from === to) {
    if (whole) return proof.length === 0 ? [fromRoot, fromRoot] : undefined;
    return proof.length === 1 ? [proof[0], proof[0]] : undefined;
  }
  if (proof.length === 0) return undefined;
  const [rest, last] = [proof.slice(0, -1), proof.at(-1)];
  const k = split(to);
  if (from <= k) {
    const below = rootsOfConsistency(from, k, fromRoot, rest, whole);
    return below && [below[0], nodeHash(below[1], last)];
  }
  const below = rootsOfConsistency(from - k, to - k, fromRoot, rest, false);
  return below && [nodeHash(last, below[0]), nodeHash(last, below[1])];
}

/** Reads a checkpoint after checking its signature by a raw Ed25519 key in base64 (C2SP signed-note, tlog-checkpoint); undefined when it is not good. */
export function openCheckpoint(note, publicKey) {
  const end = note.lastIndexOf('\n\n') + 1;
  const text = note.slice(0, end);
  const [origin, size, rootText, ...more] = text.trimEnd().split('\n');
  const raw = Buffer.from(publicKey, 'base64');
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }, format: 'jwk' });
  const keyId = sha256(`${origin}\n`, Buffer.of(1), raw).subarray(0, 4);
  const signed = note.slice(end + 1).split('\n').some((line) => {
    const [dash, name, signature] = line.split(' ');
    if (dash !== '—' || name !== origin) return false;
    const bytes = Buffer.from(signature, 'base64');
    return bytes.subarray(0, 4).equals(keyId) && verify(null, Buffer.from(text), key, bytes.subarray(4));
  });
  if (!signed) return undefined;
  const said = Object.fromEntries(more.map((line) => line.split(/ (.*)/s)));
  return { origin, size: Number(size), root: Buffer.from(rootText, 'base64'), textHash: sha256(text), ...said };
}
