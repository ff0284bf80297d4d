// What a service can know of a token from the key set's address alone, and every way to forge one (grantex.md 5.1, 5.3).
import assert from 'node:assert/strict';
import { createHmac, createPrivateKey, generateKeyPairSync, sign as signBytes, constants } from 'node:crypto';
import { createRemoteJWKSet, decodeProtectedHeader, errors, jwtVerify } from 'jose';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, isId, ok } from './support/expect.mjs';

const PEM = { publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } };
/** The server's own key: whoever forges with it proves that it is not the signature alone that is checked. */
const OURS = generateKeyPairSync('rsa', { modulusLength: 2048, ...PEM });
const THEIRS = generateKeyPairSync('rsa', { modulusLength: 2048, ...PEM });

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

  test('a delegated token names its parents and no audience', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const [lender, borrower] = [await org.agent(), await org.agent()];
    const parent = await org.grant(lender.agentId);
    const child = await org.delegated(parent.grantToken, borrower.agentId);
    const keys = createRemoteJWKSet(new URL(`${server.base}/.well-known/jwks.json`));

    const { payload } = await jwtVerify(child.grantToken, keys, { issuer: server.base, algorithms: ['RS256'] });

    assert.equal(payload.parentAgt, lender.did);
    assert.equal(payload.parentGrnt, parent.grantId);
    assert.equal(payload.delegationDepth, 1);
    assert.equal(payload.aud, undefined);
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

/** Each forgery is made of a good token's header and claims. The first is no forgery: it shows that the others fail for their own reason. */
const FORGERIES = {
  'alg none': ({ header, claims }) => `${encode({ ...header, alg: 'none' })}.${encode(claims)}.`,
  'alg None, with a signature': ({ header, claims }) => forge({ ...header, alg: 'None' }, claims),
  'no alg': ({ header: { kid }, claims }) => forge({ kid }, claims),
  'HS256 with the public key\'s PEM as secret': ({ header, claims }) => forge({ ...header, alg: 'HS256' }, claims, hmac(OURS.publicKey)),
  'HS256 with the public key\'s JWK as secret': ({ header, claims, jwk }) => forge({ ...header, alg: 'HS256' }, claims, hmac(JSON.stringify(jwk))),
  'HS256 with the modulus as secret': ({ header, claims, jwk }) => forge({ ...header, alg: 'HS256' }, claims, hmac(Buffer.from(jwk.n, 'base64url'))),
  'the right key with RS512': ({ header, claims }) => forge({ ...header, alg: 'RS512' }, claims, rsa(OURS, 'sha512')),
  'the right key with PS256': ({ header, claims }) => forge({ ...header, alg: 'PS256' }, claims, rsa(OURS, 'sha256', constants.RSA_PKCS1_PSS_PADDING)),
  'another key under our kid': ({ header, claims }) => forge(header, claims, rsa(THEIRS)),
  'another key, sent along in the header': ({ header, claims }) =>
    forge({ ...header, jwk: createPrivateKey(THEIRS.privateKey).export({ format: 'jwk' }) }, claims, rsa(THEIRS)),
  'an unknown kid': ({ header, claims }) => forge({ ...header, kid: 'unknown' }, claims),
  'a kid that is a path': ({ header, claims }) => forge({ ...header, kid: '../../etc/passwd' }, claims),
  'a kid that is a number': ({ header, claims }) => forge({ ...header, kid: 1 }, claims),
  'no kid': ({ header: { kid, ...rest }, claims }) => forge(rest, claims),
  'a critical header that we do not know': ({ header, claims }) => forge({ ...header, crit: ['exp2'], exp2: 1 }, claims),
  'another kind: an access token by its typ': ({ header, claims }) => forge({ ...header, typ: 'at+jwt' }, claims),
  'another kind: a principal session': ({ header, claims }) =>
    forge(header, { iss: claims.iss, sub: claims.sub, dev: claims.dev, purpose: 'principal_dashboard', iat: claims.iat, exp: claims.exp }),
  'another issuer': ({ header, claims }) => forge(header, { ...claims, iss: 'https://issuer.example.test' }),
  'our issuer with a slash': ({ header, claims }) => forge(header, { ...claims, iss: `${claims.iss}/` }),
  'no issuer': ({ header, claims: { iss, ...rest } }) => forge(header, rest),
  'an end in the past': ({ header, claims }) => forge(header, { ...claims, iat: claims.iat - 7200, exp: claims.iat - 3600 }),
  'an end that is text': ({ header, claims }) => forge(header, { ...claims, exp: String(claims.exp) }),
  'no end': ({ header, claims: { exp, ...rest } }) => forge(header, rest),
  'an end beyond any calendar': ({ header, claims }) => forge(header, JSON.stringify(claims).replace(/"exp":\d+/, '"exp":1e300')),
  'no subject': ({ header, claims: { sub, ...rest } }) => forge(header, rest),
  'no agent': ({ header, claims: { agt, ...rest } }) => forge(header, rest),
  'no developer': ({ header, claims: { dev, ...rest } }) => forge(header, rest),
  'no scopes': ({ header, claims: { scp, ...rest } }) => forge(header, rest),
  'scopes that are text': ({ header, claims }) => forge(header, { ...claims, scp: 'email:read' }),
  'no id': ({ header, claims: { jti, ...rest } }) => forge(header, rest),
  'a claim that comes twice': ({ header, claims }) => forge(header, JSON.stringify(claims).replace('{', '{"sub":"eve",')),
  'a payload that is a list': ({ header }) => forge(header, '[]'),
  'a payload that is no JSON': ({ header }) => forge(header, 'nonsense'),
  'a header that is no JSON': ({ claims }) => forge('nonsense', claims),
  'a signature of zeros': ({ parts }) => `${parts[0]}.${parts[1]}.${'A'.repeat(parts[2].length)}`,
  'no signature': ({ parts }) => `${parts[0]}.${parts[1]}.`,
  'half a signature': ({ parts }) => `${parts[0]}.${parts[1]}.${parts[2].slice(0, 100)}`,
  'a signature with one bit turned': ({ parts }) => {
    const bytes = Buffer.from(parts[2], 'base64url');
    bytes[17] ^= 1;
    return `${parts[0]}.${parts[1]}.${bytes.toString('base64url')}`;
  },
  'more scopes under the old signature': ({ parts, claims }) => `${parts[0]}.${encode({ ...claims, scp: ['everything'] })}.${parts[2]}`,
  'a fourth part': ({ parts }) => `${parts.join('.')}.x`,
  'a space at the end': ({ parts }) => `${parts.join('.')} `,
};

onEachEngine('forged tokens', (test) => {
  const good = async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const { grantToken, claims } = await org.grant(agentId);
    const [jwk] = ok(await server.api('GET', '/.well-known/jwks.json')).keys;
    return { org, agentId, claims, jwk, header: decodeProtectedHeader(grantToken), parts: grantToken.split('.') };
  };

  test('a token signed again with the server\'s key is good, so what follows fails for its own reason', async (server) => {
    const token = await good(server);

    assert.equal(await token.org.accepts(forge(token.header, token.claims)), true);
  });

  for (const [what, make] of Object.entries(FORGERIES)) {
    test(`refused everywhere, without a word of why: ${what}`, async (server) => {
      const token = await good(server);
      const forged = make(token);

      assert.deepEqual(ok(await token.org.post('/v1/tokens/verify', { token: forged })), { valid: false });
      const { message } = badRequest(await token.org.post('/v1/grants/verify', { token: forged }));
      assert.equal(message, badRequest(await token.org.post('/v1/grants/verify', { token: 'not.a.token' })).message);
      badRequest(await token.org.delegate(forged, token.agentId));
    });
  }

  test('the log has the reasons, and none of the tokens', async (server) => {
    const token = await good(server);
    const forged = FORGERIES['another issuer'](token);
    await token.org.post('/v1/tokens/verify', { token: forged });

    const refusals = server.log((line) => line.level === 'warn' && JSON.stringify(line).includes('token.verification_failed'));
    assert.ok(refusals.length > 0);
    for (const { reason } of refusals) assert.ok(typeof reason === 'string' && reason !== '', 'a reason');
    assert.ok(!server.logText.includes(forged.split('.')[2]));
    assert.ok(!server.logText.includes(token.parts[2]));
  });
}, { AUTO_GENERATE_KEYS: undefined, RSA_PRIVATE_KEY: OURS.privateKey.replaceAll('\n', '\\n') });
