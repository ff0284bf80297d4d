// Principal sessions: a person sees and takes back what they granted (grantex-core.md 11, grantex.md 1.3 and 5.4; decision 0019).
import assert from 'node:assert/strict';
import { createHmac, createPrivateKey, generateKeyPairSync, sign as signBytes } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { withinOneMinute } from './support/clock.mjs';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, isId, notFound, nothing, ok, refused, tally, TIME, unauthorized } from './support/expect.mjs';

const PEM = { publicKeyEncoding: { type: 'spki', format: 'pem' }, privateKeyEncoding: { type: 'pkcs8', format: 'pem' } };
const OURS = generateKeyPairSync('rsa', { modulusLength: 2048, ...PEM });
const THEIRS = generateKeyPairSync('rsa', { modulusLength: 2048, ...PEM });
const encode = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
const rsa = ({ privateKey }) => (input) => signBytes('sha256', Buffer.from(input), createPrivateKey(privateKey));

/** A compact JWS of what it is given, right or wrong. */
function forge(header, claims, sign = rsa(OURS)) {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${Buffer.from(sign(input)).toString('base64url')}`;
}

/** An organization with an agent to which a person granted something, and a session of that person. */
async function granted(server, fields = {}, principalId = 'ada') {
  const org = await server.signUp({ name: 'Blue Harbour Travel', mode: 'sandbox', ...fields });
  const agent = await org.agent({ name: 'Mail helper', description: 'Sorts your mail.' });
  const grant = await org.grant(agent.agentId, { principalId });
  return { org, agent, grant, session: await open(org, principalId) };
}

const open = async (org, principalId = 'ada', fields = {}) => ok(await org.post('/v1/principal-sessions', { principalId, ...fields }), 201);
const grants = async (server, session) => ok(await server.api('GET', '/v1/principal/grants', { key: session.sessionToken })).grants.map(({ grantId }) => grantId);
const takeBack = (server, session, id) => server.api('DELETE', `/v1/principal/grants/${id}`, { key: session.sessionToken });

onEachEngine('principal sessions', (test) => {
  test('a session has its token, its link and its end', async (server) => {
    const { org } = await granted(server);
    const before = Math.floor(Date.now() / 1000);

    const session = await open(org, 'ada', { expiresIn: '2h' });

    isId('psess', session.sessionId);
    assert.match(session.expiresAt, TIME);
    const link = new URL(session.dashboardUrl);
    assert.equal(link.origin, server.base);
    assert.equal(link.pathname, '/permissions');
    assert.equal(link.search, '');
    assert.equal(link.hash, `#session=${encodeURIComponent(session.sessionToken)}`);

    const { alg, kid } = decodeProtectedHeader(session.sessionToken);
    assert.equal(alg, 'RS256');
    assert.ok(kid);
    const { iat, exp, jti, ...rest } = decodeJwt(session.sessionToken);
    assert.deepEqual(rest, { iss: server.base, sub: 'ada', dev: org.id, purpose: 'principal_dashboard' });
    assert.equal(jti, session.sessionId);
    assert.ok(iat >= before && iat <= before + 60);
    assert.equal(exp, iat + 7200);
    assert.equal(Date.parse(session.expiresAt), exp * 1000);
  });

  test('it lasts an hour, and never longer than a day', async (server) => {
    const { org } = await granted(server);
    for (const [expiresIn, seconds] of [[undefined, 3600], ['24h', 86_400], ['25h', 86_400], ['400d', 86_400], ['1s', 1]]) {
      const { iat, exp } = decodeJwt((await open(org, 'ada', { expiresIn })).sessionToken);
      assert.equal(exp - iat, seconds, expiresIn);
    }
  });

  test('the link is the public address, whatever the Host header says', async (server) => {
    const { org } = await granted(server);
    const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
    const { dashboardUrl } = ok(await org.post('/v1/principal-sessions', { principalId: 'ada' }, { headers }), 201);
    assert.equal(new URL(dashboardUrl).origin, server.base);
  });

  test('what is missing or malformed is a 400', async (server) => {
    const { org } = await granted(server);
    const bodies = [
      {}, { principalId: '' }, { principalId: 7 }, { principalId: null }, { principalId: 'x'.repeat(257) }, { principalId: 'a\0b' }, [],
      { principalId: 'ada', expiresIn: 'forever' }, { principalId: 'ada', expiresIn: '0s' }, { principalId: 'ada', expiresIn: 3600 }, { principalId: 'ada', expiresIn: null },
    ];
    for (const body of bodies) badRequest(await org.post('/v1/principal-sessions', body));
  });

  test('nobody gets one who has granted nothing that is still good', async (server) => {
    const { org, grant } = await granted(server);
    assert.equal(notFound(await org.post('/v1/principal-sessions', { principalId: 'nobody' })).message, 'No active grants found for this principal');
    nothing(await org.delete(`/v1/grants/${grant.grantId}`));
    notFound(await org.post('/v1/principal-sessions', { principalId: 'ada' }));

    await org.grant((await org.agent()).agentId, { principalId: 'bob', expiresIn: '1s' });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    notFound(await org.post('/v1/principal-sessions', { principalId: 'bob' }));
  });

  test('it takes an API key that may write', async (server) => {
    const { org, session } = await granted(server);
    const { apiKey } = ok(await org.post('/v1/keys', { label: 'looks only', readOnly: true }), 201);
    refused(await org.post('/v1/principal-sessions', { principalId: 'ada' }, { key: apiKey }), 403, 'FORBIDDEN');
    unauthorized(await org.post('/v1/principal-sessions', { principalId: 'ada' }, { key: undefined }));
    unauthorized(await org.post('/v1/principal-sessions', { principalId: 'ada' }, { key: session.sessionToken }));
  });

  test('the person sees every grant and who holds it, the newest first', async (server) => {
    const { org, agent, grant, session } = await granted(server);
    const child = await org.delegated(grant.grantToken, agent.agentId);

    const answer = ok(await server.api('GET', '/v1/principal/grants', { key: session.sessionToken }));

    assert.equal(answer.principalId, 'ada');
    assert.deepEqual(answer.grants.map(({ grantId }) => grantId), [child.grantId, grant.grantId]);
    const { issuedAt, expiresAt, ...rest } = answer.grants[1];
    assert.match(issuedAt, TIME);
    assert.equal(expiresAt, grant.expiresAt);
    assert.deepEqual(rest, {
      grantId: grant.grantId, agentId: agent.agentId, agentName: 'Mail helper', agentDescription: 'Sorts your mail.', agentDid: agent.did,
      scopes: ['email:read', 'email:send'], status: 'active', delegationDepth: 0, consentProof: 'sandbox',
    });
    assert.equal(answer.grants[0].delegationDepth, 1);
    assert.equal(answer.grants[0].parentGrantId, grant.grantId);
  });

  test('the list can be had in parts', async (server) => {
    const { org, agent, session } = await granted(server);
    for (let i = 0; i < 4; i += 1) await org.grant(agent.agentId, { principalId: 'ada' });
    const whole = await grants(server, session);
    const parts = [];
    let cursor = '';
    do {
      const part = ok(await server.api('GET', `/v1/principal/grants?limit=2${cursor}`, { key: session.sessionToken }));
      parts.push(...part.grants.map(({ grantId }) => grantId));
      cursor = part.nextCursor && `&cursor=${part.nextCursor}`;
    } while (cursor);
    assert.deepEqual(parts, whole);
    badRequest(await server.api('GET', '/v1/principal/grants?limit=0', { key: session.sessionToken }));
  });

  test('a grant past its time is shown, one that was taken back is not', async (server) => {
    const { org, agent, grant, session } = await granted(server);
    const short = await org.grant(agent.agentId, { principalId: 'ada', expiresIn: '1s' });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    assert.deepEqual(await grants(server, session), [short.grantId, grant.grantId]);
    nothing(await takeBack(server, session, grant.grantId));
    assert.deepEqual(await grants(server, session), [short.grantId]);
  });

  test('taking back ends the grant, all that was delegated from it, and nothing else', async (server) => {
    const { org, agent, grant, session } = await granted(server);
    const child = await org.delegated(grant.grantToken, agent.agentId);
    const other = await org.grant(agent.agentId, { principalId: 'ada' });

    nothing(await takeBack(server, session, grant.grantId));

    for (const { grantToken } of [grant, child]) assert.equal(await org.accepts(grantToken), false);
    assert.equal(await org.accepts(other.grantToken), true);
    badRequest(await org.refresh(grant.refreshToken, agent.agentId));
    notFound(await takeBack(server, session, grant.grantId));
    notFound(await takeBack(server, session, child.grantId));
    notFound(await takeBack(server, session, 'grnt_nope'));
    const [{ revokedBy, cascadeCount }] = await server.logged((line) => line.msg === 'grant.revoked' && line.grantId === grant.grantId, 1);
    assert.equal(revokedBy, 'principal');
    assert.equal(cascadeCount, 1);
  });

  test('one of many who take back is told that they did', async (server) => {
    const { grant, session } = await granted(server);
    const answers = await Promise.all(Array.from({ length: 20 }, () => takeBack(server, session, grant.grantId)));
    assert.deepEqual(tally(answers), { 204: 1, 404: 19 });
  });

  test('nobody sees or ends what another person granted, nor the same name of another organization', async (server) => {
    const [here, there] = [await granted(server), await granted(server)];
    const bob = await here.org.grant(here.agent.agentId, { principalId: 'bob' });
    const bobs = await open(here.org, 'bob');

    assert.deepEqual(await grants(server, here.session), [here.grant.grantId]);
    assert.deepEqual(await grants(server, bobs), [bob.grantId]);
    assert.deepEqual(await grants(server, there.session), [there.grant.grantId]);
    for (const session of [bobs, there.session]) notFound(await takeBack(server, session, here.grant.grantId));
    notFound(await there.org.delete(`/v1/principal-sessions/${here.session.sessionId}`));
    assert.equal(await here.org.accepts(here.grant.grantToken), true);
    assert.deepEqual(await grants(server, here.session), [here.grant.grantId]);
  });

  test('a session is no API key, and neither an API key nor a grant token a session', async (server) => {
    const { org, grant, session } = await granted(server);
    for (const path of ['/v1/agents', '/v1/grants', '/v1/me', '/audit/v1/entries']) unauthorized(await server.api('GET', path, { key: session.sessionToken }));
    unauthorized(await server.api('DELETE', `/v1/grants/${grant.grantId}`, { key: session.sessionToken }));
    assert.equal(await org.accepts(session.sessionToken), false);
    for (const key of [org.key, grant.grantToken, grant.refreshToken, undefined, 'x', session.sessionId]) {
      unauthorized(await server.api('GET', '/v1/principal/grants', { key }));
      unauthorized(await server.api('DELETE', `/v1/principal/grants/${grant.grantId}`, { key }));
    }
    assert.equal(await org.accepts(grant.grantToken), true);
  });

  test('the person sees what agents did for them, the newest hundred, without the chain of the organization', async (server) => {
    const { org, agent, grant, session } = await granted(server);
    const about = { agentId: agent.agentId, agentDid: agent.did, grantId: grant.grantId };
    const log = async (fields) => ok(await org.post('/v1/audit/log', { ...about, principalId: 'ada', action: 'email.read', ...fields }), 201);
    await log({ principalId: 'bob', action: 'of.bob' });
    for (let i = 0; i < 102; i += 1) await log({ action: `step.${i}` });
    const last = await log({ action: 'email.sent', metadata: { to: 2, at: 1.0 }, status: 'blocked' });

    const { entries, ...more } = ok(await server.api('GET', '/v1/principal/audit', { key: session.sessionToken }));

    assert.deepEqual(more, {});
    assert.equal(entries.length, 100);
    assert.deepEqual(entries.slice(1, 3).map(({ action }) => action), ['step.101', 'step.100']);
    const { hash, prevHash, developerId, ...rest } = last;
    assert.ok(hash && prevHash && developerId);
    assert.deepEqual(entries[0], rest);
    assert.deepEqual(Object.keys(entries[0].metadata), ['at', 'to']);

    const stranger = await granted(server);
    assert.deepEqual(ok(await server.api('GET', '/v1/principal/audit', { key: stranger.session.sessionToken })).entries, []);
    unauthorized(await server.api('GET', '/v1/principal/audit', { key: org.key }));
    unauthorized(await server.api('GET', '/v1/principal/audit'));
  });

  test('the organization can end it, once', async (server) => {
    const { org, session } = await granted(server);
    const other = await open(org);
    const answers = await Promise.all(Array.from({ length: 20 }, () => org.delete(`/v1/principal-sessions/${session.sessionId}`)));
    assert.deepEqual(tally(answers), { 204: 1, 404: 19 });
    unauthorized(await server.api('GET', '/v1/principal/grants', { key: session.sessionToken }));
    assert.equal((await grants(server, other)).length, 1);
    notFound(await org.delete('/v1/principal-sessions/nope'));
    unauthorized(await server.api('DELETE', `/v1/principal-sessions/${other.sessionId}`, { key: other.sessionToken }));
  });

  test('it ends by itself', async (server) => {
    const { org } = await granted(server);
    const session = await open(org, 'ada', { expiresIn: '1s' });
    await new Promise((resolve) => setTimeout(resolve, 1100));
    unauthorized(await server.api('GET', '/v1/principal/grants', { key: session.sessionToken }));
    notFound(await org.delete(`/v1/principal-sessions/${session.sessionId}`));
  });

  test('what was done with it is on record, with who did it, and its token nowhere', async (server) => {
    const { org, grant, session } = await granted(server);
    nothing(await takeBack(server, session, grant.grantId));
    nothing(await org.delete(`/v1/principal-sessions/${session.sessionId}`));

    const { entries } = ok(await org.get('/audit/v1/entries'));

    const done = entries.map(({ entry }) => entry).filter(({ subject }) => [session.sessionId, grant.grantId].includes(subject));
    const key = done[0].actor;
    assert.match(key, /^key_/);
    assert.deepEqual(done.map(({ type, actor, subject }) => [type, actor, subject]), [
      ['grant.created', key, grant.grantId],
      ['principal_session.opened', key, session.sessionId],
      ['grant.revoked', 'principal', grant.grantId],
      ['principal_session.ended', key, session.sessionId],
    ]);
    assert.equal(done[1].data.principal, 'ada');
    assert.ok(!JSON.stringify(entries).includes(session.sessionToken));
    assert.ok(!server.logText.includes(session.sessionToken.split('.')[2]), 'the token is in the log');
  });
});

onEachEngine('forged session tokens', (test) => {
  test('each is refused alike', async (server) => {
    const { org, grant, session } = await granted(server);
    const header = decodeProtectedHeader(session.sessionToken);
    const claims = decodeJwt(session.sessionToken);
    const without = (name) => Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));
    const [head, body, signature] = session.sessionToken.split('.');
    const now = Math.floor(Date.now() / 1000);

    const good = forge(header, claims);
    assert.deepEqual(await grants(server, { sessionToken: good }), [grant.grantId], 'the forger has the right key: nothing but what is wrong below is');

    const forgeries = {
      'another key': forge(header, claims, rsa(THEIRS)),
      'no signature': `${head}.${body}.`,
      'alg none': `${encode({ ...header, alg: 'none' })}.${body}.`,
      'HMAC with the public key': forge({ ...header, alg: 'HS256' }, claims, (input) => createHmac('sha256', OURS.publicKey).update(input).digest()),
      'a touched payload': `${head}.${encode({ ...claims, sub: 'bob' })}.${signature}`,
      'no typ': forge({ alg: header.alg, kid: header.kid }, claims),
      'typ JWT': forge({ ...header, typ: 'JWT' }, claims),
      'unknown kid': forge({ ...header, kid: 'nobody' }, claims),
      'another issuer': forge(header, { ...claims, iss: 'https://evil.example' }),
      'another purpose': forge(header, { ...claims, purpose: 'admin' }),
      'expired': forge(header, { ...claims, iat: now - 100, exp: now - 1 }),
      'exp as text': forge(header, { ...claims, exp: String(claims.exp) }),
      'exp beyond time': forge(header, { ...claims, exp: 1e18 }),
      'sub as number': forge(header, { ...claims, sub: 7 }),
      'dev of nobody': forge(header, { ...claims, dev: 'nobody' }),
      'jti of another kind': forge(header, { ...claims, jti: grant.grantId }),
      'a claim twice': forge(header, `{"iss":"x",${JSON.stringify(claims).slice(1)}`),
      'a list': forge(header, [claims]),
      'a grant token with a purpose': forge(decodeProtectedHeader(grant.grantToken), { ...grant.claims, purpose: 'principal_dashboard' }),
      ...Object.fromEntries(['iss', 'sub', 'dev', 'purpose', 'jti', 'iat', 'exp'].map((name) => [`no ${name}`, forge(header, without(name))])),
      'not a token': 'a.b.c',
      'too long': `${head}.${body}.${'A'.repeat(17_000)}`,
    };
    for (const [what, token] of Object.entries(forgeries)) {
      const answer = await server.api('DELETE', `/v1/principal/grants/${grant.grantId}`, { key: token });
      assert.equal(answer.status, 401, what);
      unauthorized(answer);
    }
    assert.equal(await org.accepts(grant.grantToken), true);
  });
}, { RSA_PRIVATE_KEY: OURS.privateKey, AUTO_GENERATE_KEYS: undefined });

onEachEngine('the limit of principal sessions', (test) => {
  test('an address opens ten a minute, and their use counts against no plan', async (server) => {
    await withinOneMinute();
    const { org, session } = await granted(server);
    const answers = await Promise.all(Array.from({ length: 15 }, () => org.post('/v1/principal-sessions', { principalId: 'ada' })));
    assert.deepEqual(tally(answers), { 201: 9, 429: 6 });
    refused(answers.find(({ status }) => status === 429), 429, 'BAD_REQUEST');

    const left = (await server.api('GET', '/v1/principal/grants', { key: session.sessionToken })).headers;
    assert.equal(left['x-ratelimit-limit'], '5000');
  });
}, { RATE_LIMITS_ENABLED: 'true' });
