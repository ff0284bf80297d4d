// An external engine decides (grantex-core.md 10, grantex.md 8): what it says, and what is done when it says nothing.
import assert from 'node:assert/strict';
import http from 'node:http';
import { onEachEngine } from './support/engines.mjs';
import { notFound, ok } from './support/expect.mjs';
import { allowed, ask, asked, audited, denied, policy } from './support/policies.mjs';

// An Open Policy Agent: answers what a test says, and remembers what it was asked.
const opa = http.createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  opa.asked = { path: `${request.method} ${request.url}`, body: JSON.parse(Buffer.concat(chunks).toString()) };
  opa.answer(response);
});
await new Promise((resolve) => opa.listen(0, '127.0.0.1', resolve));
opa.unref();
const OPA = { POLICY_BACKEND: 'opa', OPA_URL: `http://127.0.0.1:${opa.address().port}` };
const says = (body, status = 200) => (response) => response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

const FAILURES = {
  'a 500': says({ result: { allow: true } }, 500),
  'no JSON': (response) => response.end('nonsense'),
  'a word where a boolean belongs': says({ result: { allow: 'yes' } }),
  'more than anybody reads': (response) => response.end(JSON.stringify({ result: { allow: true, padding: 'x'.repeat(200_000) } })),
  'a closed connection': (response) => response.destroy(),
};

onEachEngine('an external policy engine', (test) => {
  test('is asked in its own protocol, and its word is done', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    await policy(org); // the organization's own rules do not count here

    opa.answer = says({ result: { allow: true } });
    allowed(await ask(org, agentId));
    assert.deepEqual(opa.asked, {
      path: 'POST /v1/data/grantex/authz',
      body: { input: { agent_id: agentId, principal_id: 'ada', scopes: ['email:read'], developer_id: org.id } },
    });
    opa.answer = says({ result: { allow: false } });
    denied(await ask(org, agentId));
    assert.equal((await audited(org, 'authorize.denied'))[0].data.policy, 'opa');
    for (const nothingSaid of [{}, { result: {} }]) {
      opa.answer = says(nothingSaid);
      asked(await ask(org, agentId));
    }
  });

  test('is what trying out asks too', async (server) => {
    const org = await server.signUp();
    opa.answer = says({ result: { allow: false } });

    const { at, ...tried } = ok(await org.post('/v1/policies/evaluate', { agentId: 'ag_1', principalId: 'ada', scopes: ['a'] }));

    assert.deepEqual(tried, { effect: 'deny', policyId: null, engine: 'opa', rules: [] });
  });

  for (const [what, answer] of Object.entries(FAILURES)) {
    test(`denies when it answers ${what}, and says so in log and metrics`, async (server) => {
      const org = await server.signUp();
      const { agentId } = await org.agent();
      const before = server.log((line) => line.msg === 'policy.engine_failed').length;
      opa.answer = answer;

      denied(await ask(org, agentId));

      const line = (await server.logged((each) => each.msg === 'policy.engine_failed', before + 1)).at(-1);
      assert.deepEqual([line.level, line.engine, line.then], ['warn', 'opa', 'denied']);
      assert.match((await server.api('GET', '/metrics')).text, /^grantex_policy_engine_total\{status="(status|malformed|unreachable)"\} [1-9]/m);
    });
  }

  test('holds a request up for 5 seconds when it says nothing, and then denies', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    opa.answer = () => {};
    const started = performance.now();

    denied(await ask(org, agentId));

    const seconds = (performance.now() - started) / 1000;
    assert.ok(seconds > 4.5 && seconds < 30, `${seconds} s`);
  });

  test('is not asked about an agent that is none', async (server) => {
    const org = await server.signUp();
    opa.answer = says({ result: { allow: true } });
    opa.asked = undefined;

    notFound(await ask(org, 'ag_01J00000000000000000000000'));

    assert.equal(opa.asked, undefined);
  });
}, OPA);

onEachEngine('an external policy engine with a fallback', (test) => {
  for (const [what, answer] of Object.entries(FAILURES)) {
    test(`leaves it to the organization's own rules when it answers ${what}`, async (server) => {
      const org = await server.signUp();
      const { agentId } = await org.agent();
      opa.answer = answer;

      asked(await ask(org, agentId));
      await policy(org, { effect: 'allow' });
      allowed(await ask(org, agentId));
    });
  }

  test('is still the one that decides while it answers', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    await policy(org, { effect: 'allow' });
    opa.answer = says({ result: { allow: false } });

    denied(await ask(org, agentId));
  });
}, { ...OPA, OPA_FALLBACK_TO_BUILTIN: 'true' });
