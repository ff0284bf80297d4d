// Rate limits and what is said of them (grantex.md 3.1, 3.2). Plan sizes are with the things they limit: agents, grants.
import assert from 'node:assert/strict';
import { withinOneMinute } from './support/clock.mjs';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, ok, refused, tally, unauthorized } from './support/expect.mjs';

/** The three headers as numbers. */
function limits(answer) {
  const numbers = {};
  for (const name of ['limit', 'remaining', 'reset']) {
    const text = answer.headers[`x-ratelimit-${name}`];
    assert.match(text ?? '', /^\d+$/, `x-ratelimit-${name}`);
    numbers[name] = Number(text);
  }
  assert.ok(numbers.reset <= 60, `reset in ${numbers.reset} s`);
  return numbers;
}

/** A 429 says how many seconds to wait, in a header and in its text, the same. */
function limited(answer, code, limit) {
  const { message } = refused(answer, 429, code);
  const seconds = Number(answer.headers['retry-after']);
  assert.ok(seconds >= 1 && seconds <= 60, `retry-after ${answer.headers['retry-after']}`);
  assert.match(message, new RegExp(`retry in ${seconds} seconds`));
  assert.deepEqual({ ...limits(answer), reset: 0 }, { limit, remaining: 0, reset: 0 });
}

const all = (count, call) => Promise.all(Array.from({ length: count }, call));

onEachEngine('rate limits', (test) => {
  test('the free plan admits 100 calls a minute, and counts down', async (server) => {
    const org = await server.signUp();
    const started = performance.now();
    const first = limits(await org.get('/v1/me'));
    assert.deepEqual({ ...first, reset: 0 }, { limit: 100, remaining: 99, reset: 0 });

    const answers = await all(149, () => org.get('/v1/me'));

    // The window slides: when the clock's minute ends in the middle of this, a call more is due every 0.6 s; and what a node had drawn
    // of the minute before and not used, at most 5 % of the limit, counts as used.
    const due = Math.ceil((performance.now() - started) / 600);
    const { 200: admitted, 429: turnedAway } = tally(answers);
    assert.ok(admitted >= 99 - 5 && admitted <= 99 + due, `${admitted} admitted, ${due} more would be due at most`);
    assert.equal(admitted + turnedAway, 149);
    limited(answers.find(({ status }) => status === 429), 'RATE_LIMIT_EXCEEDED', 100);
  });

  test('each organization has its own', async (server) => {
    await withinOneMinute();
    const [org, other] = [await server.signUp(), await server.signUp()];
    await all(100, () => org.get('/v1/me'));

    refused(await org.get('/v1/me'), 429, 'RATE_LIMIT_EXCEEDED');
    ok(await other.get('/v1/me'));
  });

  test('10 requests for consent a minute, the faulty ones too, but not what is no object', async (server) => {
    await withinOneMinute();
    const org = await server.signUp();
    await all(3, async () => badRequest(await org.post('/v1/authorize', [])));

    const answers = [];
    for (let i = 0; i < 11; i += 1) answers.push(await org.post('/v1/authorize', {}));

    assert.deepEqual(tally(answers), { 400: 10, 429: 1 });
    limited(answers[10], 'RATE_LIMITED', 10);
    ok(await org.get('/v1/me'));
  });

  test('a refused call that reaches its route shows the plan, one without a key the address', async (server) => {
    const org = await server.signUp();

    assert.equal(limits(await org.post('/v1/tokens/verify', { token: 'bad' })).limit, 100);
    assert.equal(limits(await org.post('/v1/agents', {})).limit, 100);
    assert.equal(limits(await org.get('/v1/agents/nonsense')).limit, 100);
    const stranger = await server.api('GET', '/v1/agents');
    unauthorized(stranger);
    assert.equal(limits(stranger).limit, 5000);
  });

  test('key set and health carry no limit', async (server) => {
    for (const path of ['/.well-known/jwks.json', '/.well-known/jwks.json?fresh=1']) {
      const answer = await server.api('GET', path);
      ok(answer);
      assert.deepEqual(Object.keys(answer.headers).filter((name) => name.startsWith('x-ratelimit')), []);
    }
    ok(await server.api('GET', '/health'));
  });

  test('5 rotations a minute from one address', async (server) => {
    await withinOneMinute();
    let { key } = await server.signUp();
    for (let i = 0; i < 5; i += 1) key = ok(await server.api('POST', '/v1/keys/rotate', { key })).apiKey;

    limited(await server.api('POST', '/v1/keys/rotate', { key }), 'BAD_REQUEST', 5);

    ok(await server.api('GET', '/v1/me', { key }));
  });

  test('20 exchanges a minute from one address, and 20 refreshes', async (server) => {
    await withinOneMinute();
    const org = await server.signUp();
    for (const path of ['/v1/token', '/v1/token/refresh']) {
      const answers = await all(21, () => org.post(path, { code: 'x', refreshToken: 'x', agentId: 'x' }));

      assert.deepEqual(tally(answers), { 400: 20, 429: 1 }, path);
      limited(answers.find(({ status }) => status === 429), 'BAD_REQUEST', 20);
    }
  });

  test('every limit that was hit is in the log', async (server) => {
    assert.ok(server.log((line) => line.level === 'warn' && JSON.stringify(line).includes('rate_limit.hit')).length >= 3);
  });
}, { RATE_LIMITS_ENABLED: 'true' });

onEachEngine('sign-up limit', (test) => {
  test('30 sign-ups a minute from one address', async (server) => {
    await withinOneMinute();
    const answers = await all(31, () => server.api('POST', '/v1/signup', { body: {} }));

    assert.deepEqual(tally(answers), { 400: 30, 429: 1 });
    limited(answers.find(({ status }) => status === 429), 'BAD_REQUEST', 30);
  });
}, { RATE_LIMITS_ENABLED: 'true' });
