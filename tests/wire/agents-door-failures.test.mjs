// Every endpoint of the agents door, and every failure that agent-idp "Std" (B.3) gives all of them: each is caused on each. What an endpoint refuses besides
// is with its own tests.
import assert from 'node:assert/strict';
import { API, BEGUN, customer, oauthRefused, operator, refused, tenant } from './support/agents-door.mjs';
import { OAUTH, ROUTES, UNKNOWN, call, each, form } from './support/agents-door-routes.mjs';
import { onEachEngine } from './support/engines.mjs';
import { ok } from './support/expect.mjs';

onEachEngine('what every endpoint of the agents door refuses', (test) => {
  test('401: no token, none of this door, one that is forged, one that was revoked', async (server) => {
    const admin = operator(server);
    const revoked = await admin.token('agents:read');
    ok(await form(server, { path: '/token/revoke', form: `token=${revoked}` }, revoked));
    const organization = await server.signUp();
    const cases = [
      [undefined, 'Authorization header is missing or malformed.', 'Bearer'],
      [organization.apiKey ?? organization.key ?? 'gx_live_nobody', 'Token signature is invalid.', 'Bearer error="invalid_token"'],
      [`${(await admin.token()).slice(0, -4)}AAAA`, 'Token signature is invalid.', 'Bearer error="invalid_token"'],
      [revoked, 'Token has been revoked.', 'Bearer error="invalid_token"'],
    ];
    await each(ROUTES, async (route) => {
      for (const [key, message, challenge] of cases) {
        const answer = await call(server, route, key);
        assert.equal(refused(answer, 401, 'UNAUTHORIZED').message, message);
        assert.equal(answer.headers['www-authenticate'], challenge);
      }
    });
    for (const [key, message] of cases) {
      const answer = await form(server, OAUTH[2], key);
      oauthRefused(answer, 401, 'invalid_token');
      assert.equal(answer.json.error_description, message);
    }
  });

  test('403: a token without the scope, and which one it lacks; routes that need none say so', async (server) => {
    const every = ['agents:read', 'agents:write', 'tokens:read', 'audit:read', 'webhooks:read', 'webhooks:write', 'admin:orgs', 'openid'];
    const admin = operator(server);
    await each(ROUTES.filter(({ scope }) => scope), async (route) => {
      const answer = await call(server, route, await admin.token(every.filter((one) => one !== route.scope).join(' ')));
      const { details } = refused(answer, 403, 'FORBIDDEN');
      assert.deepEqual(details, { requiredScope: route.scope });
      assert.equal(answer.headers['www-authenticate'], `Bearer error="insufficient_scope", scope="${route.scope}"`);
    });
    oauthRefused(await form(server, OAUTH[2], await admin.token('agents:read')), 403, 'insufficient_scope');
    const any = await admin.token('audit:read');
    await each(ROUTES.filter(({ scope }) => !scope), async (route) => {
      const { status, text } = await call(server, route, any, { expected: [501] });
      assert.ok(status !== 401 && !text.includes('requiredScope'), `${status} ${text}`);
    });
    await server.forgive(1);
  });

  test('400: an id that is none, a body or a query that cannot be taken, and which member it is', async (server) => {
    const admin = operator(server);
    const key = await admin.token('agents:read agents:write audit:read webhooks:read webhooks:write admin:orgs openid');
    await each(ROUTES.filter(({ path }) => path.includes('{}')), async (route) => {
      const { details } = refused(await call(server, route, key, { id: 'x' }), 400, 'VALIDATION_ERROR');
      assert.ok(details.errors.every(({ field, message }) => field && message));
    });
    await each(ROUTES.filter(({ bad }) => bad), async (route) => {
      for (const one of route.bad) {
        const answer = await call(server, route, key, typeof one === 'string' ? { query: one } : { body: one });
        const { details } = refused(answer, 400, 'VALIDATION_ERROR');
        assert.ok(details.errors.length > 0, JSON.stringify(one));
      }
    });
    await each(ROUTES.filter(({ method, unknown }) => ['POST', 'PATCH'].includes(method) && !unknown), async (route) => {
      for (const body of ['{"a":', '[]', '{"a":1,"a":2}']) {
        refused(await call(server, route, key, { body, headers: { 'content-type': 'application/json' } }), 400, 'VALIDATION_ERROR');
      }
    });
    await each(OAUTH, async (route) => {
      const sent = (body, type = 'application/x-www-form-urlencoded') => server.api('POST', API + route.path, { key: route.scope && key, body, headers: { 'content-type': type } });
      for (const [body, type] of [['{}', 'application/json'], ['a=1&a=2'], ['a=%00']]) {
        if (route.scope) continue;
        oauthRefused(await sent(body, type), 400, 'invalid_request');
      }
    });
    oauthRefused(await form(server, { path: '/token/introspect', form: 'a=b' }, await admin.bearer()), 400, 'invalid_request');
    oauthRefused(await form(server, { path: '/token/revoke', form: 'a=b' }, await admin.bearer()), 400, 'invalid_request');
  });

  test('404: what is not there', async (server) => {
    const key = await operator(server).token('agents:read agents:write audit:read webhooks:read webhooks:write admin:orgs');
    await each(ROUTES.filter(({ unknown }) => unknown), async (route) => refused(await call(server, route, key), 404, route.unknown));
    for (const id of ['AE-28', 'AE-29', 'AE-31']) {
      const path = { 'AE-28': `${API}/agents/${UNKNOWN}/did`, 'AE-29': `/agents/${UNKNOWN}/did.json`, 'AE-31': `${API}/agents/${UNKNOWN}/did/card` }[id];
      refused(await server.api('GET', path), 404, 'AGENT_NOT_FOUND');
    }
    const admin = await tenant(server);
    refused(await admin.post(`/agents/${admin.id}/credentials/${UNKNOWN}/rotate`, {}), 404, 'CREDENTIAL_NOT_FOUND');
    refused(await admin.delete(`/agents/${admin.id}/credentials/${UNKNOWN}`), 404, 'CREDENTIAL_NOT_FOUND');
  });

  test('409: a credential, or an agent, that is over already', async (server) => {
    const admin = await tenant(server);
    const one = await admin.agent();
    const path = `/agents/${admin.id}/credentials/${(await admin.equip(admin.id)).credentialId}`;
    assert.equal((await admin.delete(path)).status, 204);
    refused(await admin.delete(path), 409, 'CREDENTIAL_REVOKED');
    refused(await admin.post(`${path}/rotate`, {}), 409, 'CREDENTIAL_REVOKED');
    assert.equal((await admin.delete(`/agents/${one.id}`)).status, 204);
    oauthRefused(await one.ask(), 401, 'invalid_client'); // its credentials went with it
  });
}, BEGUN);

onEachEngine('the limits of every endpoint of the agents door', (test) => {
  test('429: the window is used up, whatever is called, and the answer says when to come again', async (server) => {
    const one = await operator(server).agent();
    const key = await one.token('agents:read'); // which is the first of its calls
    let last;
    for (let count = 0; count < 40 && last?.status !== 429; count += 1) last = await server.api('GET', `${API}/agents?limit=1`, { key });
    await each(ROUTES, async (route) => {
      const answer = await call(server, route, key);
      refused(answer, 429, 'RATE_LIMIT_EXCEEDED');
      assert.equal(answer.headers['x-ratelimit-limit'], '30');
      assert.equal(answer.headers['x-ratelimit-remaining'], '0');
      const wait = Number(answer.headers['retry-after']);
      assert.ok(wait > 0 && wait <= 3600);
      assert.ok(Math.abs(Number(answer.headers['x-ratelimit-reset']) - (Date.now() / 1000 + wait)) < 30);
    });
    await each(OAUTH.slice(2), async (route) => assert.equal((await form(server, route, key)).status, 429));
    refused(await one.ask(), 429, 'RATE_LIMIT_EXCEEDED');
  });
}, { ...BEGUN, RATE_LIMITS_ENABLED: undefined, RATE_LIMIT_MAX_REQUESTS: '30', RATE_LIMIT_WINDOW_MS: '3600000', RATE_LIMIT_ADDRESS_PER_MINUTE: '1000000' });

onEachEngine('the tiers at every endpoint of the agents door', (test) => {
  test('429: the calls of the day are used up, whatever is called', async (server) => {
    const one = await customer(server);
    const key = await one.token();
    for (let count = 0; count < 10; count += 1) ok(await server.api('GET', `${API}/tiers/status`, { key }));
    await each(ROUTES, async (route) => {
      const { details } = refused(await call(server, route, key), 429, 'tier_limit_exceeded');
      assert.deepEqual([details.limitType, details.limit, details.tier], ['api_calls', 10, 'free']);
    });
    await each(OAUTH.slice(2), async (route) => assert.equal((await form(server, route, key)).json.code ?? 'tier_limit_exceeded', 'tier_limit_exceeded'));
  });
}, { ...BEGUN, TIER_FREE_CALLS_PER_DAY: '10' });
