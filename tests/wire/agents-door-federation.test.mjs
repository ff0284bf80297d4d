// Other issuers' tokens count here: partners (agent-idp AE-40 to AE-45) and CI workloads (AE-46 to AE-49).
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after } from 'node:test';
import { decodeJwt } from 'jose';
import { API, BEGUN, elsewhere, invalid, operator, refused } from './support/agents-door.mjs';
import { ENGINES, onEachEngine } from './support/engines.mjs';
import { TIME, isUuid, ok } from './support/expect.mjs';
import { Issuer } from './support/issuer.mjs';
import { Server } from './support/server.mjs';

const UNKNOWN = '0197a000-0000-7000-8000-000000000000';

const trust = (admin, issuer, fields = {}) => admin.post('/federation/trust', { name: 'Partner', issuer: issuer.url, jwksUri: issuer.jwksUri, ...fields });

async function partner(admin, issuer, fields) {
  const answer = await trust(admin, issuer, fields);
  assert.equal(answer.status, 201, answer.text);
  return answer.json;
}

const check = (agent, token, expectedAudience) => agent.post('/federation/verify', { token, expectedAudience });

async function distrusted(agent, token, expectedAudience) {
  const answer = await check(agent, token, expectedAudience);
  refused(answer, 401, 'FEDERATION_TOKEN_INVALID');
  assert.equal(answer.headers['www-authenticate'], 'Bearer');
}

onEachEngine('another issuer is trusted', (test) => {
  test('a partner is registered, listed, changed and removed, and its tokens count meanwhile', async (server) => {
    const admin = operator(server);
    const agent = await admin.agent();
    const issuer = await Issuer.start('RS256');
    try {
      const answer = await trust(admin, issuer, { name: ' Partner ' });
      assert.equal(answer.status, 201, answer.text);
      const made = answer.json;
      isUuid(made.id);
      assert.equal(answer.headers.location, `${API}/federation/partners/${made.id}`);
      assert.deepEqual(made, {
        id: made.id, name: 'Partner', issuer: issuer.url, jwks_uri: issuer.jwksUri, allowed_organizations: [], status: 'active',
        created_at: made.created_at, updated_at: made.created_at, expires_at: null,
      });
      assert.match(made.created_at, TIME);
      const path = `/federation/partners/${made.id}`;
      assert.deepEqual(ok(await admin.get(path)), made);
      assert.ok(ok(await admin.get('/federation/partners?status=active&limit=100')).data.some(({ id }) => id === made.id));

      const token = await issuer.token({ organization_id: 'acme', aud: server.base });
      const good = ok(await check(agent, token));
      assert.deepEqual(good, { valid: true, issuer: issuer.url, subject: 'robot', organizationId: 'acme', claims: decodeJwt(token) });
      assert.equal(ok(await check(agent, await issuer.token())).organizationId, null);

      const changed = ok(await admin.patch(path, { name: 'Renamed', status: 'suspended', allowedOrganizations: ['acme'] }));
      assert.deepEqual([changed.name, changed.status, changed.allowed_organizations], ['Renamed', 'suspended', ['acme']]);
      await distrusted(agent, token);
      ok(await admin.patch(path, { status: 'active' }));
      ok(await check(agent, token));
      await distrusted(agent, await issuer.token({ organization_id: 'other' }));

      assert.equal((await admin.delete(path)).status, 204);
      await distrusted(agent, token);
      for (const gone of [await admin.get(path), await admin.patch(path, {}), await admin.delete(path)]) refused(gone, 404, 'NOT_FOUND');
    } finally {
      await issuer.close();
    }
  });

  test('a wrong issuer, audience, time or key is refused, and a rotated key is found', async (server) => {
    const admin = operator(server);
    const agent = await admin.agent();
    const [issuer, stranger] = [await Issuer.start(), await Issuer.start()];
    try {
      await partner(admin, issuer);
      ok(await check(agent, await issuer.token()));
      ok(await check(agent, await issuer.token({ aud: ['https://api.example', 'https://b.example'] }), 'https://api.example'));
      const now = Math.floor(Date.now() / 1000);
      await distrusted(agent, await stranger.token());
      await distrusted(agent, await stranger.token({ iss: issuer.url }));
      await distrusted(agent, await issuer.token({ aud: 'https://api.example' }));
      await distrusted(agent, await issuer.token({ aud: server.base }), 'https://api.example');
      await distrusted(agent, await issuer.token(), 'https://api.example');
      await distrusted(agent, await issuer.token({ exp: now - 1 }));
      await distrusted(agent, await issuer.token({ exp: undefined }));
      await distrusted(agent, await issuer.token({ nbf: now + 300 }));
      await distrusted(agent, 'nothing');
      invalid(await check(agent, 'a'.repeat(8193)), 'token');
      invalid(await agent.post('/federation/verify', {}), 'token');
    } finally {
      await Promise.all([issuer.close(), stranger.close()]);
    }
  });

  test('a key that was rotated in is fetched, a key nobody knows is asked for once', async (server) => {
    const admin = operator(server);
    const agent = await admin.agent();
    const issuer = await Issuer.start();
    try {
      await partner(admin, issuer);
      const before = issuer.asked;
      await issuer.rotate('RS256');
      ok(await check(agent, await issuer.token())); // the first look at this partner's keys on this node
      await issuer.rotate('ES256', { hidden: true });
      const unknown = await issuer.token();
      for (let at = 0; at < 5; at += 1) await distrusted(agent, unknown);
      assert.equal(issuer.asked, before + 1, 'a minute between two looks');
    } finally {
      await issuer.close();
    }
  });

  test('an expired partner is one no longer', async (server) => {
    const admin = operator(server);
    const agent = await admin.agent();
    const issuer = await Issuer.start();
    try {
      invalid(await trust(admin, issuer, { expiresAt: new Date(Date.now() - 1000).toISOString() }), 'expiresAt');
      const ends = Date.now() + 3000;
      const made = await partner(admin, issuer, { expiresAt: new Date(ends).toISOString() });
      ok(await check(agent, await issuer.token()));
      await new Promise((resolve) => setTimeout(resolve, ends - Date.now() + 50));
      await distrusted(agent, await issuer.token());
      assert.equal(ok(await admin.get(`/federation/partners/${made.id}`)).status, 'expired');
      assert.ok(ok(await admin.get('/federation/partners?status=expired')).data.some(({ id }) => id === made.id));
      assert.equal(ok(await admin.patch(`/federation/partners/${made.id}`, { expiresAt: null })).status, 'active');
      ok(await check(agent, await issuer.token()));
    } finally {
      await issuer.close();
    }
  });

  test('keys that cannot be had keep a partner out: an error, no key set, too much, too slow, a redirect', async (server) => {
    const admin = operator(server);
    const issuer = await Issuer.start();
    const answers = {
      error: (request, response) => response.writeHead(500).end(),
      html: (request, response) => response.end('<html>'),
      empty: (request, response) => response.end('{"keys":[]}'),
      large: (request, response) => response.end(' '.repeat(257 * 1024)),
      redirect: (request, response) => response.writeHead(302, { location: issuer.jwksUri }).end(),
      slow: () => {},
    };
    try {
      for (const [name, publish] of Object.entries(answers)) {
        issuer.publish = publish;
        const begun = Date.now();
        refused(await trust(admin, issuer), 422, 'PARTNER_JWKS_UNREACHABLE');
        assert.ok(Date.now() - begun < 15_000, name);
      }

      issuer.publish = undefined;
      await partner(admin, issuer);
      refused(await trust(admin, issuer), 409, 'PARTNER_ALREADY_EXISTS');
    } finally {
      await issuer.close();
    }
  });

  test('keys in private space are not fetched where that is forbidden', async (server) => {
    const database = await ENGINES.sqlite();
    const strict = await Server.start({ ...server.settings, ...database.settings, FEDERATION_ALLOW_PRIVATE_HOSTS: 'false' });
    const issuer = await Issuer.start();
    const admin = operator(strict);
    try {
      for (const jwksUri of [issuer.jwksUri, issuer.jwksUri.replace('127.0.0.1', 'localhost'), 'http://169.254.169.254/latest', 'http://[::ffff:10.0.0.1]/']) {
        refused(await trust(admin, issuer, { jwksUri }), 422, 'PARTNER_JWKS_UNREACHABLE');
      }

      assert.equal(issuer.asked, 0);
    } finally {
      await strict.kill();
      await database.remove();
      await issuer.close();
    }
  });

  test('only the operator manages partners, and what it sends is looked at', async (server) => {
    const admin = operator(server);
    const agent = await admin.agent();
    const issuer = { url: 'https://issuer.example', jwksUri: 'https://issuer.example/jwks' };
    refused(await trust(agent, issuer), 403, 'FORBIDDEN');
    refused(await agent.get('/federation/partners'), 403, 'FORBIDDEN');
    refused(await agent.delete(`/federation/partners/${UNKNOWN}`), 403, 'FORBIDDEN');
    invalid(await admin.post('/federation/trust', {}), 'name', 'issuer', 'jwksUri');
    invalid(await trust(admin, issuer, { name: 'x' }), 'name');
    invalid(await trust(admin, issuer, { issuer: 'ftp://x.example' }), 'issuer');
    invalid(await trust(admin, issuer, { jwksUri: 'nonsense' }), 'jwksUri');
    invalid(await trust(admin, issuer, { allowedOrganizations: 'acme' }), 'allowedOrganizations');
    invalid(await admin.get('/federation/partners?status=gone'), 'status');
    invalid(await admin.get('/federation/partners/x'), 'partnerId');
    refused(await admin.get(`/federation/partners/${UNKNOWN}`), 404, 'NOT_FOUND');
  });
}, BEGUN);

const github = await Issuer.start('RS256');
after(() => github.close());

onEachEngine('a CI job acts as an agent', (test) => {
  const exchange = (server, fields) => server.api('POST', `${API}/oidc/token`, { body: fields });
  const repository = () => `example/robots-${randomUUID()}`;

  async function policy(admin, agent, fields) {
    const answer = await admin.post('/oidc/trust-policies', { provider: 'github', agentId: agent.id, ...fields });
    assert.equal(answer.status, 201, answer.text);
    return answer.json;
  }

  test('a job of a trusted branch gets a token once, and calls with it', async (server) => {
    const admin = operator(server);
    const agent = await admin.agent();
    const repo = repository();
    const made = await policy(admin, agent, { repository: repo, branch: 'main' });
    isUuid(made.id);
    assert.match(made.createdAt, TIME);
    assert.deepEqual(made, { id: made.id, provider: 'github', repository: repo, branch: 'main', agentId: agent.id, createdAt: made.createdAt, updatedAt: made.createdAt });

    const token = await github.job({ aud: server.base, repository: repo });
    const answer = await exchange(server, { token });
    const { access_token: access, ...rest } = ok(answer);
    assert.deepEqual([rest.token_type, rest.expires_in], ['Bearer', 3600]);
    assert.equal(answer.headers['cache-control'], 'no-store');
    assert.equal(decodeJwt(access).sub, agent.id);
    ok(await server.api('GET', `${API}/agents/${agent.id}`, { key: access }));
    refused(await exchange(server, { token }), 401, 'UNAUTHORIZED');
    ok(await exchange(server, { token: await github.job({ aud: server.base, repository: repo }), agentId: agent.id }));
  });

  test('another branch, repository, owner, audience or issuer gets none', async (server) => {
    const { org, agents: [admin, agent] } = await elsewhere(server, 2);
    const repo = repository();
    await policy(admin, agent, { repository: repo, branch: 'main' });
    const job = (claims) => github.job({ aud: server.base, repository: repo, ...claims });
    refused(await exchange(server, { token: await job({ ref: 'refs/heads/evil' }) }), 403, 'FORBIDDEN');
    refused(await exchange(server, { token: await job({ repository: repository() }) }), 403, 'FORBIDDEN');
    ok(await exchange(server, { token: await job() }));
    refused(await exchange(server, { token: await job({ repository_owner_id: '666' }) }), 403, 'FORBIDDEN');
    refused(await exchange(server, { token: await job(), agentId: UNKNOWN }), 403, 'FORBIDDEN');
    refused(await exchange(server, { token: await job({ aud: 'https://elsewhere.example' }) }), 401, 'UNAUTHORIZED');
    const forged = await Issuer.start('RS256');
    try {
      refused(await exchange(server, { token: await forged.job({ aud: server.base, repository: repo }) }), 401, 'UNAUTHORIZED');
      refused(await exchange(server, { token: await forged.job({ iss: github.url, aud: server.base, repository: repo }) }), 401, 'UNAUTHORIZED');
    } finally {
      await forged.close();
    }

    invalid(await exchange(server, {}), 'token');
    ok(await org.patch(`/v1/agents/${agent.id}`, { status: 'suspended' })); // at the other door
    refused(await exchange(server, { token: await job() }), 403, 'FORBIDDEN');
  });

  test('policies are listed and removed, are there once, and are an organization\'s own', async (server) => {
    const admin = operator(server);
    const agent = await admin.agent();
    const repo = repository();
    const made = await policy(admin, agent, { repository: repo });
    assert.equal(made.branch, null);
    refused(await admin.post('/oidc/trust-policies', { provider: 'github', agentId: agent.id, repository: repo.toUpperCase() }), 409, 'TRUST_POLICY_ALREADY_EXISTS');
    const listed = ok(await admin.get(`/oidc/trust-policies?agentId=${agent.id}`));
    assert.deepEqual([listed.data, listed.total], [[made], 1]);

    const { agent: stranger } = await elsewhere(server);
    refused(await stranger.post('/oidc/trust-policies', { provider: 'github', agentId: agent.id, repository: repo }), 404, 'AGENT_NOT_FOUND');
    refused(await stranger.delete(`/oidc/trust-policies/${made.id}`), 404, 'NOT_FOUND');
    assert.equal(ok(await stranger.get('/oidc/trust-policies')).total, 0);

    invalid(await admin.post('/oidc/trust-policies', {}), 'provider', 'repository', 'agentId');
    invalid(await admin.post('/oidc/trust-policies', { provider: 'gitlab', agentId: agent.id, repository: repo }), 'provider');
    invalid(await admin.post('/oidc/trust-policies', { provider: 'github', agentId: agent.id, repository: 'a/b/c' }), 'repository');
    invalid(await admin.get('/oidc/trust-policies?agentId=x'), 'agentId');
    refused(await admin.post('/oidc/trust-policies', { provider: 'github', agentId: UNKNOWN, repository: repo }), 404, 'AGENT_NOT_FOUND');
    assert.equal((await admin.delete(`/oidc/trust-policies/${made.id}`)).status, 204);
    refused(await admin.delete(`/oidc/trust-policies/${made.id}`), 404, 'NOT_FOUND');
    refused(await exchange(server, { token: await github.job({ aud: server.base, repository: repo }) }), 403, 'FORBIDDEN');
  });
}, { ...BEGUN, GITHUB_OIDC_ISSUER: github.url });
