// An authenticator in software, written from WebAuthn Level 3 and RFC 8949 alone: it does what it is told, also what no real one would.
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { attestationCertificate } from './certificate.mjs';

export const FLAGS = { present: 0x01, verified: 0x04, eligible: 0x08, backedUp: 0x10, made: 0x40, extensions: 0x80 };
export const AAGUID = Buffer.from('6d44ba9b6ec24ee0a5a1d5b4e2d8f3c1', 'hex');

const sha256 = (data) => createHash('sha256').update(data).digest();

/** CBOR of whole numbers, texts, bytes, arrays and Maps. */
export function cbor(value) {
  const head = (major, length) => {
    if (length < 24) return Buffer.from([(major << 5) | length]);
    if (length < 256) return Buffer.from([(major << 5) | 24, length]);
    return Buffer.from([(major << 5) | 25, length >> 8, length & 255]);
  };
  if (typeof value === 'number') return value < 0 ? head(1, -1 - value) : head(0, value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  if (Array.isArray(value)) return Buffer.concat([head(4, value.length), ...value.map(cbor)]);
  return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, item]) => [cbor(key), cbor(item)])]);
}

const KINDS = {
  ES256: {
    make: () => generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    cose: ({ x, y }) => new Map([[1, 2], [3, -7], [-1, 1], [-2, Buffer.from(x, 'base64url')], [-3, Buffer.from(y, 'base64url')]]),
    hash: 'sha256', alg: -7,
  },
  RS256: {
    make: () => generateKeyPairSync('rsa', { modulusLength: 2048 }),
    cose: ({ n, e }) => new Map([[1, 3], [3, -257], [-1, Buffer.from(n, 'base64url')], [-2, Buffer.from(e, 'base64url')]]),
    hash: 'sha256', alg: -257,
  },
  EdDSA: {
    make: () => generateKeyPairSync('ed25519'),
    cose: ({ x }) => new Map([[1, 1], [3, -8], [-1, 6], [-2, Buffer.from(x, 'base64url')]]),
    hash: null, alg: -8,
  },
};

export class Authenticator {
  /** @param {{origin: string, rpId: string, kind?: 'ES256' | 'RS256' | 'EdDSA', counts?: boolean}} where */
  constructor({ origin, rpId, kind = 'ES256', counts = true }) {
    Object.assign(this, { origin, rpId, kind: KINDS[kind], counts, signCount: 0, id: randomBytes(32) });
    this.keys = this.kind.make();
    this.cose = this.kind.cose(this.keys.publicKey.export({ format: 'jwk' }));
  }

  /** Answers creation options. `lies` replaces parts of the truth: see `#said`; `attestation` is none, self, x5c or another format. */
  create(options, lies = {}) {
    this.userHandle = options.user.id;
    const key = cbor(lies.cose ?? this.cose);
    const id = lies.credentialId ?? this.id;
    const made = Buffer.concat([lies.aaguid ?? AAGUID, Buffer.from([id.length >> 8, id.length & 255]), id, key]);
    const { clientData, data } = this.#said('webauthn.create', options.challenge, { flags: FLAGS.present | FLAGS.verified | FLAGS.made, made, ...lies });
    const { format, statement } = this.#attest(lies, Buffer.concat([data, sha256(clientData)]));
    const attestation = cbor(new Map([['fmt', format], ['attStmt', statement], ['authData', data]]));
    return this.#json({
      clientDataJSON: clientData.toString('base64url'), attestationObject: (lies.attestationObject ?? attestation).toString('base64url'), transports: ['internal', 'hybrid'],
    });
  }

  /** Answers request options. */
  get(options, lies = {}) {
    if (this.counts) this.signCount += 1;
    const { clientData, data } = this.#said('webauthn.get', options.challenge, { flags: FLAGS.present | FLAGS.verified, rpId: options.rpId, ...lies });
    const signature = this.#sign(lies.signed ?? Buffer.concat([data, sha256(clientData)]), lies.key);
    return this.#json({
      clientDataJSON: clientData.toString('base64url'), authenticatorData: data.toString('base64url'), signature: signature.toString('base64url'),
      userHandle: lies.userHandle ?? this.userHandle,
    });
  }

  #said(type, challenge, lies) {
    const { flags, made = Buffer.alloc(0), rpId = this.rpId, signCount = this.signCount, tail = Buffer.alloc(0), client = {} } = lies;
    const clientData = Buffer.from(lies.clientText ?? JSON.stringify({ type, challenge, origin: this.origin, crossOrigin: false, ...client }));
    const head = Buffer.alloc(5);
    head[0] = flags;
    head.writeUInt32BE(signCount, 1);
    return { clientData, data: Buffer.concat([sha256(rpId), head, made, tail]) };
  }

  #attest({ attestation = 'none', signed, key, certificate = {}, statement }, true_) {
    if (attestation === 'none') return { format: 'none', statement: statement ?? new Map() };
    if (attestation === 'self') return { format: 'packed', statement: statement ?? new Map([['alg', this.kind.alg], ['sig', this.#sign(signed ?? true_, key)]]) };
    if (attestation !== 'x5c') return { format: attestation, statement: new Map([['sig', randomBytes(64)]]) };
    const maker = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const leaf = attestationCertificate(maker, { aaguid: AAGUID, ...certificate });
    return { format: 'packed', statement: new Map([['alg', -7], ['sig', sign('sha256', signed ?? true_, key ?? maker.privateKey)], ['x5c', [leaf]]]) };
  }

  #sign(data, key) {
    return sign(this.kind.hash, data, key ?? this.keys.privateKey);
  }

  #json(response) {
    const id = this.id.toString('base64url');
    return { id, rawId: id, type: 'public-key', response, clientExtensionResults: {} };
  }
}
