// Real nginx and real Caddy, and exactly the requests that Traefik documents, in front of a service (contract forward-auth A.5, B.11; standards 11).
import assert from 'node:assert/strict';
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { BEGUN, customer } from './support/agents-door.mjs';
import { onEachEngine } from './support/engines.mjs';
import { none, ok } from './support/expect.mjs';
import { visitor } from './support/forward-auth.mjs';
import { HOST, PROXIES, behind, middlewares } from './support/gateways.mjs';
import { BEHIND_PROXY, newcomer } from './support/people.mjs';
import { eventually } from './support/server.mjs';

const ROUTES = path.join(mkdtempSync(path.join(os.tmpdir(), 'credence-routes-')), 'routes.json');
const SETTINGS = { ...BEHIND_PROXY, ...BEGUN, FORWARD_AUTH_ROUTES_FILE: ROUTES, FORWARD_AUTH_COOKIE: 'credence', LOG_LEVEL: 'error' };
const IDENTITY = ['auth-subject', 'auth-agent', 'auth-actor-chain', 'auth-client', 'auth-scope', 'auth-grant', 'auth-tenant', 'auth-acr', 'auth-assertion'];
const FORGED = { ...Object.fromEntries(IDENTITY.map((name) => [name, 'forged'])), 'x-user-id': 'forged', 'x-user-role': 'forged' };

const rules = (routes) => writeFileSync(ROUTES, JSON.stringify({ routes }));
rules([]);

/** Everything that was made of a good token and is none, as the values of an Authorization header. */
function malformed(token) {
  const [head, body, tail] = token.split('.');
  const json = (part) => JSON.parse(Buffer.from(part, 'base64url'));
  const text = (value) => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
  const header = (fields) => text({ ...json(head), ...fields });
  const claims = (fields) => text({ ...json(body), ...fields });
  const tokens = [
    '', '.', '..', '...', 'x', 'null', 'undefined', `${head}`, `${head}.`, `${head}.${body}`, `${head}.${body}.`, `.${body}.${tail}`, `${head}..${tail}`, `${token}.`, `.${token}`,
    `${token}.${tail}`, `${token}=`, `${head}=.${body}.${tail}`, token.slice(0, -1), token.slice(1), token.toUpperCase(), token.replaceAll('.', ','), token.replaceAll('.', '%2e'),
    `${head}.${body}.${tail.split('').reverse().join('')}`, `${head}.${body}.${'A'.repeat(tail.length)}`, `${body}.${head}.${tail}`,
    ...['none', 'None', 'NONE', 'HS256', 'RS512', 'PS256', 'ES256', 'EdDSA', '', null, 7, ['RS256']].map((alg) => `${header({ alg })}.${body}.${tail}`),
    ...['none', 'NONE'].map((alg) => `${header({ alg })}.${body}.`),
    ...[undefined, '', 'x', '../../keys', 'legacy-x', 7, ['x'], { a: 1 }].map((kid) => `${header({ kid })}.${body}.${tail}`),
    ...['at+jwt', 'jwt', '', 7, null].map((typ) => `${header({ typ })}.${body}.${tail}`),
    ...[{ crit: ['exp'] }, { jku: 'http://127.0.0.1/' }, { jwk: { kty: 'RSA' } }, { b64: false }].map((more) => `${header(more)}.${body}.${tail}`),
    ...[{ sub: randomUUID() }, { role: 'admin' }, { exp: 9_999_999_999 }, { sub: 'a\r\nX-User-Id: b' }, { iss: 'x' }, { legacy: true }].map((more) => `${head}.${claims(more)}.${tail}`),
    ...['[]', '7', '"x"', '{', '{"alg":"RS256","alg":"none"}', '\u0000', '{"alg":"RS256"'].flatMap((raw) => [`${text(raw)}.${body}.${tail}`, `${head}.${text(raw)}.${tail}`]),
    `${header({ alg: 'HS256' })}.${body}.${createHmac('sha256', 'secret').update(`${header({ alg: 'HS256' })}.${body}`).digest('base64url')}`,
    'x'.repeat(12_000), `${head}.${'A'.repeat(8_000)}.${tail}`, 'ÿþ', `${token}\u00e9`,
  ];
  const values = tokens.map((one) => `Bearer ${one}`);
  return [...values, 'Bearer', 'Basic YTpi', `Basic ${token}`, token, `Bearer${token}`, `Bearer: ${token}`, `DPoP ${token}`, `Bearer ${token} ${token}`, `Bearer ${token}, Bearer ${token}`, `Negotiate ${token}`, '"'];
}

onEachEngine('behind proxies', (test) => {
  for (const proxy of Object.keys(PROXIES)) {
    test(`behind ${proxy} a person passes with X-User-Id, a forged header never reaches the service, and nothing malformed passes`, async (server) => {
      const ada = await visitor(server);
      await behind(proxy, server, async ({ get, reached }) => {
        const passed = await get('/orders/7?x=1', { ...FORGED, authorization: `Bearer ${ada.token}` });
        assert.deepEqual([passed.status, passed.text], [200, 'the service']);
        assert.equal(reached.length, 1);
        assert.equal(reached[0]['x-user-id'], ada.id);
        assert.equal(reached[0]['x-user-role'], 'user');
        assert.equal(reached[0].authorization, `Bearer ${ada.token}`);
        for (const name of IDENTITY) assert.ok(!reached[0][name], name);

        ok({ ...(await get('/public/page', FORGED)), json: {} });
        for (const name of Object.keys(FORGED)) assert.ok(!reached[1][name], name); // nobody was asked, and nobody is named
        reached.length = 0;

        const answers = [await get('/orders/7'), await get('/orders/7', FORGED), await get('/orders/7', { cookie: `credence=${ada.token}` })];
        for (const authorization of malformed(ada.token)) answers.push({ ...(await get('/orders/7', { ...FORGED, authorization })), authorization });
        none(answers.filter(({ status }) => status !== 401).map(({ status, authorization }) => [status, authorization]), 'not refused with 401');
        none(reached, 'reached the service');
        if (proxy !== 'nginx') assert.deepEqual(answers[0].json, { error: 'missing bearer token' }); // nginx has words of its own
        assert.match(answers[0].headers['www-authenticate'], /^Bearer realm="auth-service"/);
      });
    });

    test(`behind ${proxy} people and agents reach what the rules name, with a whole set of identity headers`, async (server) => {
      const [ada, person, agent, other] = [await visitor(server), await newcomer(server), await customer(server), await customer(server)];
      const grants = await agent.organization.agent();
      const granted = await agent.organization.grant(grants.agentId);
      const strangers = await other.organization.grant((await other.organization.agent()).agentId);
      await behind(proxy, server, async ({ get, reached, port }) => {
        const host = `${HOST}:${port}`;
        const lent = { organizations: [agent.organization.id] };
        rules([
          { host, path: '/files', admit: ['people'] },
          { host, path: '/files/agents', admit: ['agents'], scopes: ['agents:read'], ...lent },
          { host, path: '/files/mail', methods: ['GET'], admit: ['grants'], scopes: ['email:read'], ...lent },
          { host, path: '/files/secret', admit: ['grants'], scopes: ['email:read', 'email:delete'], ...lent },
          { host, path: '/files/staff', admit: ['people'], roles: ['ADMIN'] },
        ]);
        const as = (token, headers = {}) => ({ ...FORGED, authorization: `Bearer ${token}`, ...headers });
        await eventually(async () => (await get('/files/x', as(ada.token))).status === 200, 'the rules are in force');
        reached.length = 0;

        const access = await agent.token('agents:read');
        const [mail] = [granted.grantToken ?? granted.token];
        const cases = [
          ['/files/x', ada.token, { 'auth-subject': `user:${ada.id}` }],
          ['/files/x', person.token, { 'auth-subject': `person:${person.id}`, 'auth-acr': 'urn:credence:acr:pwd' }],
          ['/files/agents/7', access, { 'auth-tenant': agent.organization.id, 'auth-scope': 'agents:read', 'auth-client': agent.id }],
          ['/files/mail', mail, { 'auth-subject': `principal:${agent.organization.id}:ada`, 'auth-agent': grants.did, 'auth-grant': granted.grantId, 'auth-scope': 'email:read email:send' }],
        ];
        const keys = createRemoteJWKSet(new URL('/oauth2/jwks', server.base));
        for (const [target, token, expected] of cases) {
          const answer = await get(target, as(token));
          assert.equal(answer.status, 200, `${target} ${answer.text}`);
          const [told] = reached.splice(0);
          for (const name of IDENTITY) assert.notEqual(told[name], 'forged', name);
          for (const [name, value] of Object.entries(expected)) assert.equal(told[name], value);
          assert.ok(!told['x-user-id']);
          const { payload } = await jwtVerify(told['auth-assertion'], keys, { issuer: server.base, audience: `http://${host}`, typ: 'auth-assertion+jwt' });
          assert.equal(payload.sub, told['auth-subject']);
          assert.equal(payload.exp - payload.iat, 60);
        }

        const refused = async (status, target, headers, method) => assert.equal((await get(target, headers, method)).status, status, `${method ?? 'GET'} ${target} ${JSON.stringify(headers)}`);
        const not = proxy === 'nginx' ? 403 : 400;
        await refused(403, '/files/mail', as(mail), 'POST');
        await refused(403, '/files/secret', as(mail));
        await refused(403, '/files/agents', as(mail));
        await refused(403, '/files/x', as(mail));
        await refused(403, '/files/mail', as(strangers.grantToken ?? strangers.token)); // the same scopes, by an organization that nobody named
        await refused(403, '/files/agents/7', as(await other.token('agents:read')));
        await refused(403, '/files/mail', as(ada.token));
        await refused(403, '/files/staff', as(person.token));
        for (const target of ['/files/%2e%2e/files/x', '/files/a%2fb', '/files/a;b/..;/x', '/files/%5c', '/files/MAIL/../x', '/files/Mail']) await refused(403, target, as(ada.token));
        await refused(401, '/files/x', FORGED);
        await refused(not, '/files/x', as(ada.token, { cookie: `credence=${ada.token}` }));
        for (const authorization of ['Bearer', 'Basic YTpi', 'Bearer x', `DPoP ${ada.token}`, `Bearer ${ada.token}x`, `Bearer ${ada.token} x`]) await refused(401, '/files/x', { ...FORGED, authorization });
        await refused(401, '/files/x', { cookie: 'credence=' });
        none(reached, 'reached the service');
        assert.equal((await get('/files/x', { cookie: `a=b; credence=${ada.token}` })).status, 200);
        reached.length = 0;

        const browser = await get('/files/x?q=1', { accept: 'text/html,*/*;q=0.8' });
        assert.equal(browser.status, 302);
        const where = new URL(browser.headers.location);
        assert.equal(`${where.origin}${where.pathname}`, `${server.base}/account/sign-in`);
        const { payload } = await jwtVerify(where.searchParams.get('return'), keys, { audience: `${server.base}/sign-in`, typ: 'return+jwt' });
        assert.deepEqual([payload.scheme, payload.host, payload.target], ['http', host, '/files/x?q=1']);

        assert.equal((await agent.organization.delete(`/v1/grants/${granted.grantId}`)).status, 204);
        await refused(401, '/files/mail', as(mail)); // revoked, and at once
        none(reached, 'reached the service');
        rules([]);
        await eventually(async () => (await get('/files/x', as(ada.token))).status === 403, 'the rules are gone');
      });
    });
  }

  test('/forward-auth hears nobody but a proxy that says clearly what it asks about', async (server) => {
    const ada = await visitor(server);
    const ask = (headers) => server.api('GET', '/forward-auth', { key: ada.token, headers });
    const whole = { 'x-forwarded-method': 'GET', 'x-forwarded-host': HOST, 'x-forwarded-uri': '/', 'x-forwarded-for': '10.0.0.1' };
    for (const missing of ['x-forwarded-method', 'x-forwarded-host', 'x-forwarded-uri']) {
      const { [missing]: _, ...rest } = whole;
      assert.equal((await ask(rest)).status, 403);
    }
    for (const bad of [{ 'x-original-url': `http://${HOST}/` }, { 'x-forwarded-uri': ['/a', '/b'] }, { 'x-forwarded-host': 'a b' }, { 'x-forwarded-uri': 'x' }, { 'x-forwarded-uri': '//x' }]) {
      assert.equal((await ask({ ...whole, ...bad })).status, 403);
    }
    for (const address of ['x', 'ftp://a/', 'http://', `http://${HOST}`, 'http:///x', `http://a@${HOST}/`]) assert.equal((await ask({ 'x-original-url': address, 'x-original-method': 'GET' })).status, 403);
  });

  test('the Traefik file says what the contract says', async () => {
    const all = await middlewares();
    assert.deepEqual(Object.keys(all), ['auth', 'auth-any', 'strip-identity', 'cors', 'rate-limit', 'retry']);
    assert.match(all.auth.forwardAuth.address, /\/verify$/);
    assert.ok(all.auth.forwardAuth.authResponseHeaders.includes('X-User-Id'));
    assert.deepEqual(all['auth-any'].forwardAuth.authResponseHeaders.map((name) => name.toLowerCase()), IDENTITY);
    const stripped = all['strip-identity'].headers.customRequestHeaders;
    assert.deepEqual(Object.keys(stripped).map((name) => name.toLowerCase()).sort(), Object.keys(FORGED).sort());
    assert.ok(Object.values(stripped).every((value) => value === ''));
    const cors = all.cors.headers;
    assert.deepEqual([cors.accessControlAllowMethods, cors.accessControlMaxAge, cors.addVaryHeader], [['GET', 'POST', 'OPTIONS'], 7200, true]);
    for (const name of ['Content-Type', 'Authorization', 'Connect-Protocol-Version', 'Connect-Timeout-Ms', 'Grpc-Timeout', 'X-Grpc-Web', 'X-User-Agent', 'traceparent', 'tracestate', 'Idempotency-Key']) assert.ok(cors.accessControlAllowHeaders.includes(name), name);
    assert.deepEqual(cors.accessControlExposeHeaders, ['Grpc-Status', 'Grpc-Message', 'Grpc-Status-Details-Bin']);
    assert.ok(Array.isArray(cors.accessControlAllowOriginList));
    assert.deepEqual(all['rate-limit'].rateLimit, { average: 100, burst: 50 });
    assert.deepEqual(all.retry.retry, { attempts: 3, initialInterval: '100ms' });
  });
}, SETTINGS);
