// Identity providers in the test process: a real one (npm oidc-provider), and one made with jose that misbehaves as it is told.
import http from 'node:http';
import { randomUUID } from 'node:crypto';
import { SignJWT, exportJWK, generateKeyPair } from 'jose';
import Provider from 'oidc-provider';

export const BACK = 'https://app.example.test/back'; // where browsers are sent; nobody is there, a test reads the address
export const CLIENT = { client_id: 'credence', client_secret: 'a secret of the client, with & and % in it' };

/** An HTTP server on a free port of loopback; what answers can be exchanged. */
class Host {
  static async listen(host) {
    host.server = http.createServer((request, response) => host.handler(request, response));
    await new Promise((resolve, reject) => host.server.once('error', reject).listen(host.port ?? 0, '127.0.0.1', resolve));
    host.port = host.server.address().port;
    host.issuer = `http://127.0.0.1:${host.port}`;
    return host;
  }

  async close() {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

async function privateJwk(alg, kid = randomUUID()) {
  const { privateKey } = await generateKeyPair(alg, { extractable: true });
  return { ...(await exportJWK(privateKey)), alg, kid, use: 'sig' };
}

/** A company's provider. `accounts` are claims by subject; whoever a test says signs in does. */
export class Idp extends Host {
  static async start(accounts, { alg = 'RS256' } = {}) {
    const idp = await Host.listen(Object.assign(new Idp(), { accounts, alg }));
    await idp.rotate();
    return idp;
  }

  /** Signs with a new key from now on; the old one is published no more. Codes given before are still good. */
  async rotate() {
    const provider = new Provider(this.issuer, {
      clients: [{ ...CLIENT, redirect_uris: [BACK], id_token_signed_response_alg: this.alg }],
      jwks: { keys: [await privateJwk(this.alg)] },
      cookies: { keys: ['of the tests'] },
      claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups', 'teams'] },
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_, { uid }) => `/interaction/${uid}` },
      findAccount: (_, sub) => ({ accountId: sub, claims: () => ({ sub, ...this.accounts[sub] }) }),
      loadExistingGrant: async ({ oidc }) => {
        const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
        grant.addOIDCScope('openid email profile');
        await grant.save();
        return grant;
      },
    });
    const answer = provider.callback();
    this.handler = (request, response) => request.url.startsWith('/interaction/')
      ? provider.interactionFinished(request, response, { login: { accountId: this.person } })
      : answer(request, response);
  }

  /** The person's browser goes where it is sent and comes back with a code. */
  async signIn(authorizeUrl, person) {
    this.person = person;
    const cookies = new Map();
    for (let url = authorizeUrl; ;) {
      const answer = await fetch(url, { redirect: 'manual', headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join('; ') } });
      for (const set of answer.headers.getSetCookie()) {
        const [name, value] = set.split(';')[0].split(/=(.*)/s);
        cookies.set(name, value);
      }
      const next = answer.headers.get('location');
      if (!next) throw new Error(`the provider answered ${answer.status}: ${await answer.text()}`);
      url = new URL(next, this.issuer);
      if (url.href.startsWith(BACK)) return Object.fromEntries(url.searchParams);
    }
  }
}

/** A provider that gives the ID tokens a test wants. */
export class Rogue extends Host {
  /** The claims of the next token, from the good ones. */
  claims = (good) => good;
  /** How it is signed. */
  sign = async (claims) => new SignJWT(claims).setProtectedHeader({ alg: this.key.alg, kid: this.key.kid }).sign(this.privateKey);
  /** What the token endpoint answers, apart from the ID token. */
  answer = async (response, token) => json(response, 200, { token_type: 'Bearer', id_token: token });
  discovery = {};
  /** What answers at a path in place of the provider. */
  at = {};
  /** What the token endpoint was asked. */
  asked = [];
  nonces = new Map(); // of logins, by the code that they come back with
  fetched = { keys: 0, token: 0, discovery: 0 };

  static async start({ alg = 'ES256' } = {}) {
    const rogue = Object.assign(new Rogue(), { alg });
    await rogue.rotate();
    rogue.handler = (request, response) => rogue.#handle(request, response);
    return Host.listen(rogue);
  }

  async rotate() {
    const { privateKey, publicKey } = await generateKeyPair(this.alg, { extractable: true });
    this.privateKey = privateKey;
    this.key = { ...(await exportJWK(publicKey)), alg: this.alg, kid: randomUUID(), use: 'sig' };
  }

  async #handle(request, response) {
    const { pathname } = new URL(request.url, this.issuer);
    if (this.at[pathname]) return this.at[pathname](response, request);
    if (pathname === '/.well-known/openid-configuration') {
      this.fetched.discovery += 1;
      return json(response, 200, {
        issuer: this.issuer, authorization_endpoint: `${this.issuer}/authorize`, token_endpoint: `${this.issuer}/token`, jwks_uri: `${this.issuer}/keys`, ...this.discovery,
      });
    }
    if (pathname === '/keys') {
      this.fetched.keys += 1;
      return json(response, 200, { keys: [this.key] });
    }
    if (pathname === '/token') {
      this.fetched.token += 1;
      let form = '';
      for await (const part of request) form += part;
      form = new URLSearchParams(form);
      this.asked.push({ authorization: request.headers.authorization, form });
      const nonce = this.nonces.get(form.get('code'));
      const now = Math.floor(Date.now() / 1000);
      const good = { iss: this.issuer, aud: CLIENT.client_id, sub: 'ada', exp: now + 300, iat: now, nonce, email: 'ada@example.test', name: 'Ada' };
      return this.answer(response, await this.sign(this.claims(good)));
    }
    return json(response, 404, {});
  }
}

export function json(response, status, body) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
