// What a service can know of a token from the key set's address alone, and every way to forge one (grantex.md 5.1, 5.3).
import assert from 'node:assert/strict';
import { constants, createHmac, createPrivateKey, createPublicKey, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import http from 'node:http';
import { after, before } from 'node:test';
import { createRemoteJWKSet, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, isId, ok } from './support/expect.mjs';

const PEM = { publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } };
/** The server's own key: whoever forges with it proves that it is not the signature alone that is checked. */
const OURS = generateKeyPairSync('rsa', { modulusLength: 2048, ...PEM });
const THEIRS = generateKeyPairSync('rsa', { modulusLength: 2048, ...PEM });

const THEIR_JWK = createPublicKey(THEIRS.publicKey).export({ format: 'jwk' });

const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const rsa = (key, hash = 'sha256', padding = constants.RSA_PKCS1_PADDING) => (input) =>
  signBytes(hash, Buffer.from(input), { key: createPrivateKey(key.privateKey), padding, saltLength: constants.RSA_PSS_SALTLEN_DIGEST });
const hmac = (secret) => (input) => createHmac('sha256', secret).update(input).digest();

/** A compact JWS of what it is given, right or wrong. */
function forge(header, claims, sign = rsa(OURS)) {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${Buffer.from(sign(input)).toString('base64url')}`;
}

onEachEngine('tokens before a service that knows only the key set\'s address', (test) => {
  test('jose accepts a grant token, and every claim is what was granted', async (server) => {
    const org = await server.signUp();
    const agent = await org.agent();
    const before = Math.floor(Date.now() / 1000);
    const grant = await org.grant(agent.agentId, { principalId: 'user_123', audience: 'https://api.example.test', expiresIn: '1h' });
    const keys = createRemoteJWKSet(new URL(`${server.base}/.well-known/jwks.json`));

    const { payload, protectedHeader } = await jwtVerify(grant.grantToken, keys, {
      issuer: server.base,
      audience: 'https://api.example.test',
      algorithms: ['RS256'],
    });

    assert.equal(protectedHeader.alg, 'RS256');
    const { jti, iat, exp, ...rest } = payload;
    assert.deepEqual(rest, {
      iss: server.base,
      sub: 'user_123',
      agt: agent.did,
      dev: org.id,
      scp: ['email:read', 'email:send'],
      grnt: grant.grantId,
      aud: 'https://api.example.test',
    });
    isId('tok', jti);
    assert.ok(Number.isInteger(iat) && iat >= before - 1 && iat <= before + 60);
    assert.ok(Number.isInteger(exp) && exp > iat + 3500 && exp <= iat + 3660);
  });

  test('a delegated token has every claim of a grant token, its parents, and their audience', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const [lender, borrower, third] = [await org.agent(), await org.agent(), await org.agent()];
    const parent = await org.grant(lender.agentId, { principalId: 'user_123', audience: 'https://api.example.test', expiresIn: '1h' });
    const child = await org.delegated(parent.grantToken, borrower.agentId, { expiresIn: '30m' });
    const grandchild = await org.delegated(child.grantToken, third.agentId, { expiresIn: '10m' });
    const keys = createRemoteJWKSet(new URL(`${server.base}/.well-known/jwks.json`));

    for (const [token, agent, from, depth, life] of [[child, borrower, [lender, parent], 1, 1800], [grandchild, third, [borrower, child], 2, 600]]) {
      const { payload } = await jwtVerify(token.grantToken, keys, { issuer: server.base, audience: 'https://api.example.test', algorithms: ['RS256'] });

      const { jti, iat, exp, ...rest } = payload;
      assert.deepEqual(rest, {
        iss: server.base,
        sub: 'user_123',
        agt: agent.did,
        dev: org.id,
        scp: ['email:read'],
        grnt: token.grantId,
        aud: 'https://api.example.test',
        parentAgt: from[0].did,
        parentGrnt: from[1].grantId,
        delegationDepth: depth,
      });
      isId('tok', jti);
      assert.ok(Math.abs(exp - iat - life) <= 1, `${exp - iat} s`);
    }
  });

  test('a root token has no ancestry and no audience that nobody asked for', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();

    const { claims } = await org.grant(agentId);

    for (const name of ['aud', 'parentAgt', 'parentGrnt', 'delegationDepth', 'bdg', 'nbf']) assert.ok(!(name in claims), name);
  });

  test('jose refuses a token whose payload was touched', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const { grantToken, claims } = await org.grant(agentId);
    const [header, , signature] = grantToken.split('.');
    const keys = createRemoteJWKSet(new URL(`${server.base}/.well-known/jwks.json`));

    const touched = `${header}.${encode({ ...claims, scp: ['everything'] })}.${signature}`;

    await assert.rejects(jwtVerify(touched, keys), errors.JWSSignatureVerificationFailed);
  });
});

onEachEngine('an issuer that nobody configured', (test) => {
  test('is the key set\'s address without its path, as clients with default settings expect', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { grantToken } = await org.grant((await org.agent()).agentId);
    const address = `${server.base.replace('127.0.0.1', 'localhost')}/.well-known/jwks.json`;

    await jwtVerify(grantToken, createRemoteJWKSet(new URL(address)), { issuer: address.replace(/\/\.well-known\/jwks\.json$/, '') });
  });
}, { PUBLIC_BASE_URL: undefined, HOST: 'localhost' });

/** Each forgery is made of a good token's header and claims, with the reason that the log gives for its refusal. */
const FORGERIES = {
  'alg none': ['alg_not_allowed', ({ header, claims }) => `${encode({ ...header, alg: 'none' })}.${encode(claims)}.`],
  'alg none, over a good signature': ['alg_not_allowed', ({ header, parts }) => `${encode({ ...header, alg: 'none' })}.${parts[1]}.${parts[2]}`],
  'alg None, with a signature': ['alg_not_allowed', ({ header, claims }) => forge({ ...header, alg: 'None' }, claims)],
  'no alg': ['alg_not_allowed', ({ header: { kid }, claims }) => forge({ kid }, claims)],
  'HS256 with the public key\'s PEM as secret': ['alg_not_allowed', ({ header, claims }) => forge({ ...header, alg: 'HS256' }, claims, hmac(OURS.publicKey))],
  'HS256 with the public key\'s JWK as secret': ['alg_not_allowed', ({ header, claims, jwk }) => forge({ ...header, alg: 'HS256' }, claims, hmac(JSON.stringify(jwk)))],
  'HS256 with the modulus as secret': ['alg_not_allowed', ({ header, claims, jwk }) => forge({ ...header, alg: 'HS256' }, claims, hmac(Buffer.from(jwk.n, 'base64url')))],
  'HS256 with the modulus\'s text as secret': ['alg_not_allowed', ({ header, claims, jwk }) => forge({ ...header, alg: 'HS256' }, claims, hmac(jwk.n))],
  'the right key with RS512': ['alg_not_allowed', ({ header, claims }) => forge({ ...header, alg: 'RS512' }, claims, rsa(OURS, 'sha512'))],
  'the right key with PS256': ['alg_not_allowed', ({ header, claims }) => forge({ ...header, alg: 'PS256' }, claims, rsa(OURS, 'sha256', constants.RSA_PKCS1_PSS_PADDING))],
  'a PS256 signature said to be RS256': ['bad_signature', ({ header, claims }) => forge(header, claims, rsa(OURS, 'sha256', constants.RSA_PKCS1_PSS_PADDING))],
  'another key under our kid': ['bad_signature', ({ header, claims }) => forge(header, claims, rsa(THEIRS))],
  'another key under our kid, sent along as jwk': ['bad_signature', ({ header, claims }) => forge({ ...header, jwk: THEIR_JWK }, claims, rsa(THEIRS))],
  'another key, sent along as jwk without a kid': ['unknown_kid', ({ header: { kid, ...rest }, claims }) => forge({ ...rest, jwk: THEIR_JWK }, claims, rsa(THEIRS))],
  'another key, to be fetched from jku': ['unknown_kid', ({ header, claims, jku }) => forge({ ...header, kid: 'theirs', jku }, claims, rsa(THEIRS))],
  'another key, to be fetched from jku and x5u under our kid': ['bad_signature', ({ header, claims, jku }) => forge({ ...header, jku, x5u: jku }, claims, rsa(THEIRS))],
  'an unknown kid': ['unknown_kid', ({ header, claims }) => forge({ ...header, kid: 'unknown' }, claims)],
  'a kid that is a path': ['unknown_kid', ({ header, claims }) => forge({ ...header, kid: '../../etc/passwd' }, claims)],
  'a kid that is a number': ['unknown_kid', ({ header, claims }) => forge({ ...header, kid: 1 }, claims)],
  'no kid': ['unknown_kid', ({ header: { kid, ...rest }, claims }) => forge(rest, claims)],
  'a critical header that we do not know': ['crit_not_supported', ({ header, claims }) => forge({ ...header, crit: ['exp2'], exp2: 1 }, claims)],
  'a critical header that names nothing': ['crit_not_supported', ({ header, claims }) => forge({ ...header, crit: [] }, claims)],
  'another kind: an access token by its typ': ['wrong_typ', ({ header, claims }) => forge({ ...header, typ: 'at+jwt' }, claims)],
  'another kind: any JWT by its typ': ['wrong_typ', ({ header, claims }) => forge({ ...header, typ: 'JWT' }, claims)],
  'another kind: a principal session': ['invalid_claims', ({ header, claims }) =>
    forge(header, { iss: claims.iss, sub: claims.sub, dev: claims.dev, purpose: 'principal_dashboard', iat: claims.iat, exp: claims.exp })],
  'another issuer': ['wrong_issuer', ({ header, claims }) => forge(header, { ...claims, iss: 'https://issuer.example.test' })],
  'our issuer with a slash': ['wrong_issuer', ({ header, claims }) => forge(header, { ...claims, iss: `${claims.iss}/` })],
  'no issuer': ['invalid_claims', ({ header, claims: { iss, ...rest } }) => forge(header, rest)],
  'an end in the past': ['expired', ({ header, claims }) => forge(header, { ...claims, iat: claims.iat - 7200, exp: claims.iat - 3600 })],
  'an end that is text': ['invalid_claims', ({ header, claims }) => forge(header, { ...claims, exp: String(claims.exp) })],
  'no end': ['invalid_claims', ({ header, claims: { exp, ...rest } }) => forge(header, rest)],
  'an end beyond any calendar': ['invalid_claims', ({ header, claims }) => forge(header, JSON.stringify(claims).replace(/"exp":\d+/, '"exp":1e300'))],
  'no subject': ['invalid_claims', ({ header, claims: { sub, ...rest } }) => forge(header, rest)],
  'no agent': ['invalid_claims', ({ header, claims: { agt, ...rest } }) => forge(header, rest)],
  'no developer': ['invalid_claims', ({ header, claims: { dev, ...rest } }) => forge(header, rest)],
  'no scopes': ['invalid_claims', ({ header, claims: { scp, ...rest } }) => forge(header, rest)],
  'scopes that are text': ['invalid_claims', ({ header, claims }) => forge(header, { ...claims, scp: 'email:read' })],
  'no id': ['invalid_claims', ({ header, claims: { jti, ...rest } }) => forge(header, rest)],
  'a claim that comes twice': ['invalid_claims', ({ header, claims }) => forge(header, JSON.stringify(claims).replace('{', '{"sub":"eve",'))],
  'a payload that is a list': ['invalid_claims', ({ header }) => forge(header, '[]')],
  'a payload that is no JSON': ['invalid_claims', ({ header }) => forge(header, 'nonsense')],
  'a header that is no JSON': ['malformed', ({ claims }) => forge('nonsense', claims)],
  'a header that says alg twice': ['malformed', ({ header, claims }) => forge(JSON.stringify(header).replace('{', '{"alg":"none",'), claims)],
  'a header that was touched': ['bad_signature', ({ header, parts }) => `${encode({ ...header, extra: 1 })}.${parts[1]}.${parts[2]}`],
  'a payload that was touched': ['bad_signature', ({ parts, claims }) => `${parts[0]}.${encode({ ...claims, scp: ['everything'] })}.${parts[2]}`],
  'a signature of zeros': ['bad_signature', ({ parts }) => `${parts[0]}.${parts[1]}.${Buffer.alloc(256).toString('base64url')}`],
  'a signature with one bit turned': ['bad_signature', ({ parts }) => {
    const bytes = Buffer.from(parts[2], 'base64url');
    bytes[17] ^= 1;
    return `${parts[0]}.${parts[1]}.${bytes.toString('base64url')}`;
  }],
  'half a signature': ['bad_signature', ({ parts }) => `${parts[0]}.${parts[1]}.${parts[2].slice(0, 100)}`],
  'no signature': ['bad_signature', ({ parts }) => `${parts[0]}.${parts[1]}.`],
  'a signature in another spelling': ['malformed', ({ parts }) => `${parts.join('.')}==`],
  'a fourth part': ['malformed', ({ parts }) => `${parts.join('.')}.x`],
  'a space at the end': ['malformed', ({ parts }) => `${parts.join('.')} `],
};

onEachEngine('forged tokens', (test) => {
  const good = async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const { grantToken, claims } = await org.grant(agentId);
    const [jwk] = ok(await server.api('GET', '/.well-known/jwks.json')).keys;
    return { org, agentId, claims, jwk, jku, header: decodeProtectedHeader(grantToken), parts: grantToken.split('.') };
  };
  const isRefusal = (line) => line.msg === 'token.verification_failed';

  /** Serves the forger's key, to whoever asks. */
  let asked = 0;
  let jku;
  const bait = http.createServer((request, response) => {
    asked += 1;
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [{ ...THEIR_JWK, kid: 'theirs', alg: 'RS256', use: 'sig' }] }));
  });
  before(() => new Promise((resolve) => bait.listen(0, '127.0.0.1', () => {
    jku = `http://127.0.0.1:${bait.address().port}/jwks.json`;
    resolve();
  })));
  after(() => bait.close());

  test('a token signed again with the server\'s key is good, so what follows fails for its own reason', async (server) => {
    const token = await good(server);

    assert.equal(await token.org.accepts(forge(token.header, token.claims)), true);
  });

  for (const [what, [reason, make]] of Object.entries(FORGERIES)) {
    test(`refused everywhere, and only the log says why: ${what}`, async (server) => {
      const token = await good(server);
      const forged = make(token);
      const heard = server.log(isRefusal).length;

      const short = await token.org.post('/v1/tokens/verify', { token: forged });
      assert.deepEqual([short.status, short.text], [200, '{"valid":false}']);
      const { message } = badRequest(await token.org.post('/v1/grants/verify', { token: forged }));
      assert.equal(message, badRequest(await token.org.post('/v1/grants/verify', { token: 'not.a.token' })).message);
      const delegated = badRequest(await token.org.delegate(forged, token.agentId));
      const garbage = badRequest(await token.org.delegate('not.a.token', token.agentId));
      if (reason !== 'expired') assert.equal(delegated.message, garbage.message); // that a good token's time is over is no secret

      const reasons = (await server.logged(isRefusal, heard + 5)).slice(heard).map((line) => line.reason);
      assert.deepEqual(reasons, [reason, reason, 'malformed', reason, 'malformed']);
      for (const part of [forged.split('.').at(-1), token.parts[2]]) assert.ok(part === '' || part.length < 20 || !server.logText.includes(part), 'no token is logged');
      assert.deepEqual(ok(await token.org.get('/v1/grants')).grants.length, 1, 'nothing was delegated');
    });
  }

  test('nobody was asked for a key that a token brought the address of', async () => {
    assert.equal(asked, 0);
  });
}, { AUTO_GENERATE_KEYS: undefined, RSA_PRIVATE_KEY: OURS.privateKey.replaceAll('\n', '\\n') });
