// Asking for consent (grantex-core.md 2).
import assert from 'node:assert/strict';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, isId, notFound, ok, refused, SECRET, TIME } from './support/expect.mjs';

const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';

onEachEngine('authorize', (test) => {
  test('a live request waits for the person: an id, where to decide, until when, and no code', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const asked = Date.now();

    const request = await org.authorize(agentId, { expiresIn: '2h' });

    isId('areq', request.authRequestId);
    assert.equal(request.consentUrl, `${server.base}/consent?req=${request.authRequestId}`);
    assert.match(request.expiresAt, TIME);
    assert.ok(Math.abs(Date.parse(request.expiresAt) - asked - 2 * 3600_000) < 60_000, request.expiresAt);
    assert.deepEqual(Object.keys(request).sort(), ['authRequestId', 'consentUrl', 'expiresAt']);
  });

  test('without expiresIn a request stands for 24 hours', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();

    const { expiresAt } = await org.authorize(agentId);

    assert.ok(Math.abs(Date.parse(expiresAt) - Date.now() - 24 * 3600_000) < 60_000, expiresAt);
  });

  test('a sandbox request is approved at once', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent();

    const request = await org.authorize(agentId);

    assert.equal(request.sandbox, true);
    assert.match(request.code, new RegExp(`^${SECRET}$`));
  });

  test('all optional fields are accepted together', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();

    await org.authorize(agentId, {
      redirectUri: 'https://app.example.test/callback?tab=1',
      state: 's'.repeat(1024),
      audience: 'https://api.example.test',
      expiresIn: '30m',
      codeChallenge: CHALLENGE,
      codeChallengeMethod: 'S256',
      somethingUnknown: { is: 'ignored' },
    });
  });

  test('an agent without registered scopes may ask for any', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent({ scopes: [] });

    await org.authorize(agentId, { scopes: ['anything:at-all'] });
  });

  test('an agent with registered scopes may ask only for those', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent({ scopes: ['email:read'] });

    badRequest(await org.post('/v1/authorize', { agentId, principalId: 'ada', scopes: ['email:read', 'email:delete'] }));
  });

  test('an agent with a redirect list may use only what is on it, to the letter', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent({ redirectUris: ['https://app.example.test/callback'] });
    const ask = (redirectUri) => org.post('/v1/authorize', { agentId, principalId: 'ada', scopes: ['email:read'], redirectUri });

    ok(await ask('https://app.example.test/callback'), 201);
    for (const other of ['https://app.example.test/callback/', 'https://app.example.test/callback?x=1', 'https://app.example.test:8443/callback', 'https://evil.example.test/callback']) {
      badRequest(await ask(other));
    }
  });

  for (const [what, fields] of Object.entries({
    'no agent': { agentId: undefined },
    'an agent that is a number': { agentId: 1 },
    'an agent id of 257 characters': { agentId: 'x'.repeat(257) },
    'no principal': { principalId: undefined },
    'an empty principal': { principalId: '' },
    'a principal that is a list': { principalId: ['ada'] },
    'a principal of 257 characters': { principalId: 'x'.repeat(257) },
    'no scopes': { scopes: undefined },
    'an empty list of scopes': { scopes: [] },
    'scopes that are text': { scopes: 'email:read' },
    'a blank scope': { scopes: [' '] },
    'a scope that is null': { scopes: [null] },
    'a scope of 257 characters': { scopes: ['x'.repeat(257)] },
    '101 scopes': { scopes: Array.from({ length: 101 }, (_, i) => `s${i}`) },
    'a redirect that is not a URI': { redirectUri: 'nonsense' },
    'a relative redirect': { redirectUri: '/callback' },
    'a script as redirect': { redirectUri: 'javascript:alert(1)' },
    'a file as redirect': { redirectUri: 'file:///etc/passwd' },
    'a redirect with user info': { redirectUri: 'https://user@app.example.test/' },
    'a redirect with a password': { redirectUri: 'https://user:pass@app.example.test/' },
    'a redirect of 2049 characters': { redirectUri: `https://app.example.test/${'x'.repeat(2049 - 25)}` },
    'a redirect that is a number': { redirectUri: 1 },
    'a state of 1025 characters': { state: 's'.repeat(1025) },
    'a state that is an object': { state: {} },
    'an empty audience': { audience: '' },
    'an audience of 1025 characters': { audience: 'a'.repeat(1025) },
    'an audience that is a list': { audience: ['a'] },
    'a duration without unit': { expiresIn: '10' },
    'a duration without number': { expiresIn: 'h' },
    'a duration of zero': { expiresIn: '0s' },
    'a negative duration': { expiresIn: '-1h' },
    'a duration with a fraction': { expiresIn: '1.5h' },
    'a duration in weeks': { expiresIn: '1w' },
    'a duration with space around': { expiresIn: ' 1h' },
    'a duration in other digits': { expiresIn: '١h' },
    'a duration that is a number': { expiresIn: 3600 },
    'a duration beyond any calendar': { expiresIn: '99999999999999999999d' },
    'a challenge without a method': { codeChallenge: CHALLENGE },
    'a method without a challenge': { codeChallengeMethod: 'S256' },
    'the method plain': { codeChallenge: CHALLENGE, codeChallengeMethod: 'plain' },
    'a challenge of 42 characters': { codeChallenge: CHALLENGE.slice(1), codeChallengeMethod: 'S256' },
    'a challenge of 44 characters': { codeChallenge: `${CHALLENGE}A`, codeChallengeMethod: 'S256' },
    'a challenge in plain base64': { codeChallenge: CHALLENGE.replace(/-/g, '+'), codeChallengeMethod: 'S256' },
  })) {
    test(`asking refuses ${what}`, async (server) => {
      const org = await server.signUp();
      const { agentId } = await org.agent({ scopes: [] });

      badRequest(await org.post('/v1/authorize', { agentId, principalId: 'ada', scopes: ['email:read'], ...fields }));
    });
  }

  test('an unknown agent, and another organization\'s, look the same', async (server) => {
    const [org, other] = [await server.signUp(), await server.signUp()];
    const foreign = await other.agent();

    const answers = [];
    for (const agentId of ['ag_01J00000000000000000000000', 'nonsense', foreign.agentId]) {
      answers.push(notFound(await org.post('/v1/authorize', { agentId, principalId: 'ada', scopes: ['email:read'] })).message);
    }

    assert.equal(new Set(answers).size, 1, answers.join(' | '));
  });

  test('a live developer can neither approve nor deny in the person\'s place', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const { authRequestId } = await org.authorize(agentId);

    refused(await org.post(`/v1/authorize/${authRequestId}/approve`), 403, 'CONSENT_REQUIRED');
    refused(await org.post(`/v1/authorize/${authRequestId}/deny`), 403, 'CONSENT_REQUIRED');

    assert.equal(ok(await server.api('GET', `/v1/consent/${authRequestId}`)).status, 'pending');
  });

  test('a sandbox developer finds no request that never was', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });

    notFound(await org.post('/v1/authorize/areq_01J00000000000000000000000/approve'));
    notFound(await org.post('/v1/authorize/areq_01J00000000000000000000000/deny'));
  });
});
