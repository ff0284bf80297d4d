// An attestation certificate (WebAuthn 8.2.1) in DER, signed by its own key: whoever checks no chain takes it for a maker's.
import { sign } from 'node:crypto';

function der(tag, ...parts) {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : body.length < 256 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
}

const sequence = (...parts) => der(0x30, ...parts);
const set = (...parts) => der(0x31, ...parts);
const text = (words) => der(0x0c, Buffer.from(words));
const octets = (bytes) => der(0x04, bytes);
const yes = der(0x01, Buffer.from([0xff]));

function oid(dotted) {
  const [first, second, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second];
  for (const number of rest) {
    const groups = [number & 127];
    for (let left = number >>> 7; left > 0; left >>>= 7) groups.unshift((left & 127) | 128);
    bytes.push(...groups);
  }
  return der(0x06, Buffer.from(bytes));
}

const ECDSA_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

/** @param {{unit?: string, authority?: boolean, aaguid?: Buffer | null, version?: number}} facts */
export function attestationCertificate({ publicKey, privateKey }, { unit = 'Authenticator Attestation', authority = false, aaguid = null } = {}) {
  const name = sequence(...[['2.5.4.6', 'DE'], ['2.5.4.10', 'Example'], ['2.5.4.11', unit], ['2.5.4.3', 'Example Key']]
    .map(([type, words]) => set(sequence(oid(type), text(words)))));
  const extensions = [sequence(oid('2.5.29.19'), yes, octets(authority ? sequence(yes) : sequence()))];
  if (aaguid) extensions.push(sequence(oid('1.3.6.1.4.1.45724.1.1.4'), octets(octets(aaguid))));
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), der(0x02, Buffer.from([1])), ECDSA_SHA256, name,
    sequence(der(0x17, Buffer.from('250101000000Z')), der(0x17, Buffer.from('450101000000Z'))), name,
    publicKey.export({ type: 'spki', format: 'der' }), der(0xa3, sequence(...extensions)),
  );
  return sequence(body, ECDSA_SHA256, der(0x03, Buffer.from([0]), sign('sha256', body, privateKey)));
}
