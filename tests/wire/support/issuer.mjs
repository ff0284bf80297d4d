// Another issuer on a loopback port: it publishes a key set and signs tokens, GitHub-shaped ones too.
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { randomUUID } from 'node:crypto';
import { Receiver } from './receiver.mjs';

export class Issuer {
  /** What it publishes. */
  keys = [];

  /** How it answers in place of its key set: (request, response). */
  publish;

  static async start(alg = 'ES256') {
    const issuer = new Issuer();
    issuer.receiver = await Receiver.start();
    issuer.url = `http://127.0.0.1:${issuer.receiver.port}`;
    issuer.jwksUri = `${issuer.url}/.well-known/jwks`;
    issuer.receiver.answer = (request, response) => {
      if (issuer.publish) return issuer.publish(request, response);
      response.setHeader('content-type', 'application/json');
      return response.end(JSON.stringify({ keys: issuer.keys }));
    };
    await issuer.rotate(alg);
    return issuer;
  }

  /** How often it was asked for its keys. */
  get asked() {
    return this.receiver.received.length;
  }

  /** A new key that signs from now on, published unless it is `hidden`. */
  async rotate(alg = 'ES256', { hidden = false } = {}) {
    const { privateKey, publicKey } = await generateKeyPair(alg);
    this.signer = { privateKey, alg, kid: randomUUID() };
    if (!hidden) this.keys.push({ ...(await exportJWK(publicKey)), kid: this.signer.kid, alg, use: 'sig' });
  }

  /** A token of five minutes; undefined takes a claim away. */
  token(claims = {}) {
    const now = Math.floor(Date.now() / 1000);
    const all = { iss: this.url, sub: 'robot', iat: now, exp: now + 300, ...claims };
    const payload = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
    return new SignJWT(payload).setProtectedHeader({ alg: this.signer.alg, kid: this.signer.kid, typ: 'JWT' }).sign(this.signer.privateKey);
  }

  /** What a CI provider signs for a job. */
  job(claims = {}) {
    return this.token({ jti: randomUUID(), repository: 'example/robots', repository_owner: 'example', repository_owner_id: '4711', ref: 'refs/heads/main', ...claims });
  }

  close() {
    return this.receiver.close();
  }
}
