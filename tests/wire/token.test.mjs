// A code becomes a grant and its first token (grantex-core.md 4, grantex.md 5.1).
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, isId, ok, SECRET, tally, TIME } from './support/expect.mjs';

onEachEngine('code exchange', (test) => {
  test('a code gives a grant: its token, a refresh token, scopes and an end', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const code = await org.code(agentId, { expiresIn: '8h' });

    const answer = ok(await org.exchange(code, agentId), 201);

    isId('grnt', answer.grantId);
    assert.match(answer.refreshToken, new RegExp(`^ref_${SECRET}$`));
    assert.deepEqual(answer.scopes, ['email:read', 'email:send']);
    assert.match(answer.expiresAt, TIME);
    assert.ok(Math.abs(Date.parse(answer.expiresAt) - Date.now() - 8 * 3600_000) < 60_000, answer.expiresAt);
    assert.deepEqual(Object.keys(answer).sort(), ['expiresAt', 'grantId', 'grantToken', 'refreshToken', 'scopes']);
  });

  test('the token ends when the grant does, and says whose it is', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const agent = await org.agent();

    const grant = await org.grant(agent.agentId, { principalId: 'Ada Lovelace', audience: 'https://api.example.test' });

    const { claims } = grant;
    assert.equal(claims.exp, Math.floor(Date.parse(grant.expiresAt) / 1000));
    assert.equal(claims.sub, 'Ada Lovelace');
    assert.equal(claims.agt, agent.did);
    assert.equal(claims.dev, org.id);
    assert.equal(claims.aud, 'https://api.example.test');
    assert.equal(claims.grnt, grant.grantId);
    isId('tok', claims.jti);
  });

  test('a payload is plain ASCII whatever the principal is called', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent({ scopes: [] });

    const { grantToken } = await org.grant(agentId, { principalId: 'Zoë 日本 🎻', scopes: ['é'] });

    assert.match(Buffer.from(grantToken.split('.')[1], 'base64url').toString('latin1'), /^[\x20-\x7e]+$/);
    assert.equal(decodeJwt(grantToken).sub, 'Zoë 日本 🎻');
    assert.deepEqual(decodeJwt(grantToken).scp, ['é']);
    assert.equal(await org.accepts(grantToken), true);
  });

  test('the header names algorithm and key', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const { keys } = ok(await server.api('GET', '/.well-known/jwks.json'));

    const header = decodeProtectedHeader((await org.grant(agentId)).grantToken);

    assert.equal(header.alg, 'RS256');
    assert.ok(keys.some(({ kid }) => kid === header.kid));
  });

  test('a code works once', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const code = await org.code(agentId);
    ok(await org.exchange(code, agentId), 201);

    badRequest(await org.exchange(code, agentId));

    assert.equal(ok(await org.get('/v1/grants')).grants.length, 1);
  });

  test('of 50 exchanges of one code, one succeeds and one grant exists', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const code = await org.code(agentId);

    const answers = await Promise.all(Array.from({ length: 50 }, () => org.exchange(code, agentId)));

    assert.deepEqual(tally(answers), { 201: 1, 400: 49 });
    assert.equal(ok(await org.get('/v1/grants')).grants.length, 1);
  });

  test('a code of another agent or organization is no code, and stays good for its own', async (server) => {
    const [org, other] = [await server.signUp({ mode: 'sandbox' }), await server.signUp({ mode: 'sandbox' })];
    const [agent, sibling, stranger] = [await org.agent(), await org.agent(), await other.agent()];
    const code = await org.code(agent.agentId);

    const texts = new Set();
    for (const attempt of [
      org.exchange(code, sibling.agentId),
      other.exchange(code, stranger.agentId),
      other.exchange(code, agent.agentId),
      org.exchange(randomBytes(32).toString('base64url'), agent.agentId),
      org.exchange('01J00000000000000000000000', agent.agentId),
    ]) {
      texts.add(badRequest(await attempt).message);
    }

    assert.equal(texts.size, 1, [...texts].join(' | '));
    ok(await org.exchange(code, agent.agentId), 201);
  });

  test('a code of a deleted agent is no code', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();
    const code = await org.code(agentId);
    await org.delete(`/v1/agents/${agentId}`);

    badRequest(await org.exchange(code, agentId));
  });

  for (const [what, fields] of Object.entries({
    'no code': { code: undefined },
    'an empty code': { code: '' },
    'a code that is a number': { code: 1 },
    'a code of 513 characters': { code: 'x'.repeat(513) },
    'no agent': { agentId: undefined },
    'an agent id of 257 characters': { agentId: 'x'.repeat(257) },
    'a credential format that is not one': { credentialFormat: 'xml' },
    'a verifier that is a number': { codeVerifier: 1 },
  })) {
    test(`exchanging refuses ${what}, and the code stays good`, async (server) => {
      const org = await server.signUp({ mode: 'sandbox' });
      const { agentId } = await org.agent();
      const code = await org.code(agentId);

      badRequest(await org.post('/v1/token', { code, agentId, ...fields }));

      ok(await org.exchange(code, agentId), 201);
    });
  }

  test('the passport label names the grant', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();

    const answer = ok(await org.exchange(await org.code(agentId), agentId, { credentialFormat: 'agent-passport' }), 201);

    assert.equal(answer.agentPassportId, `urn:grantex:passport:token-exchange:${answer.grantId}`);
  });
});

const verifier = randomBytes(32).toString('base64url');
const PKCE = { codeChallenge: createHash('sha256').update(verifier).digest('base64url'), codeChallengeMethod: 'S256' };

onEachEngine('code exchange with PKCE', (test) => {
  test('the right verifier opens it, after any number of wrong ones', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const code = await org.code(agentId, PKCE);

    badRequest(await org.exchange(code, agentId));
    for (const codeVerifier of [randomBytes(32).toString('base64url'), '', verifier.slice(1), 'x'.repeat(129), `${verifier.slice(1)}+`, PKCE.codeChallenge]) {
      badRequest(await org.exchange(code, agentId, { codeVerifier }));
    }

    ok(await org.exchange(code, agentId, { codeVerifier: verifier }), 201);
  });

  test('a verifier that nobody asked for is ignored', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const code = await org.code(agentId);

    ok(await org.exchange(code, agentId, { codeVerifier: verifier }), 201);
  });

  for (const length of [43, 128]) {
    test(`a verifier of ${length} characters from the whole alphabet works`, async (server) => {
      const org = await server.signUp();
      const { agentId } = await org.agent();
      const codeVerifier = 'AZaz09-._~'.repeat(13).slice(0, length);
      const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
      const code = await org.code(agentId, { codeChallenge, codeChallengeMethod: 'S256' });

      ok(await org.exchange(code, agentId, { codeVerifier }), 201);
    });
  }
});
