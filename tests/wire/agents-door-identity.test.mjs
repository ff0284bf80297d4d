// Who agents are, for everybody: DID documents, cards, discovery, ID tokens (agent-idp AE-27 to AE-35).
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, createRemoteJWKSet, decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { API, BEGUN, elsewhere, invalid, operator, refused } from './support/agents-door.mjs';
import { onEachEngine } from './support/engines.mjs';
import { TIME, ok } from './support/expect.mjs';

const UNKNOWN = '0197a000-0000-7000-8000-000000000000';
const didWeb = (server, agent) => `did:web:${new URL(server.base).host.replace(':', '%3A')}:agents:${agent}`;

async function publicKey() {
  const { kty, crv, x, y } = await exportJWK((await generateKeyPair('ES256')).publicKey);
  return { kty, crv, x, y };
}

const metric = async (server, name) => {
  const { text } = await server.api('GET', '/metrics');
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1]);
};

onEachEngine('who an agent is, for everybody', (test) => {
  test('its DID document has the key it brought, at both places, and is resolved', async (server) => {
    const admin = operator(server);
    const key = await publicKey();
    const made = await admin.register({ publicKey: key });
    const did = didWeb(server, made.agentId);
    assert.equal(made.did, did);
    const kid = await calculateJwkThumbprint(key);
    const before = await metric(server, 'agentidp_did_documents_generated_total');

    const answer = await server.api('GET', `/agents/${made.agentId}/did.json`);
    const document = ok(answer);
    assert.deepEqual(document, {
      '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/suites/jws-2020/v1'],
      id: did,
      controller: did.slice(0, did.indexOf(':agents:')),
      verificationMethod: [{ id: `${did}#${kid}`, type: 'JsonWebKey2020', controller: did, publicKeyJwk: { ...key, alg: 'ES256', use: 'sig', kid } }],
      authentication: [`${did}#${kid}`],
      assertionMethod: [`${did}#${kid}`],
      service: [{ id: `${did}#card`, type: 'AgentCard', serviceEndpoint: `${server.base}${API}/agents/${made.agentId}/did/card` }],
    });
    assert.deepEqual(ok(await server.api('GET', `${API}/agents/${made.agentId}/did`)), document);
    const resolved = ok(await admin.get(`/agents/${made.agentId}/did/resolve`));
    assert.deepEqual(resolved.didDocument, document);
    assert.deepEqual(resolved.didResolutionMetadata, { contentType: 'application/did+json' });
    assert.match(resolved.didDocumentMetadata.created, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.equal(await metric(server, 'agentidp_did_documents_generated_total'), before + 3);
  });

  test('an agent without a key has a document without one, whichever door made it', async (server) => {
    const plain = await operator(server).register();
    for (const member of ['verificationMethod', 'authentication', 'assertionMethod']) {
      assert.equal(ok(await server.api('GET', `/agents/${plain.agentId}/did.json`))[member], undefined);
    }

    const org = await server.signUp();
    const { agentId } = ok(await server.api('POST', '/v1/agents', { key: org.key, body: { name: 'from the other door' } }), 201);
    assert.match(ok(await server.api('GET', `/agents/${agentId}/did.json`)).id, /^did:web:.*:agents:[0-9a-f-]{36}$/);
    const card = ok(await server.api('GET', `${API}/agents/${agentId}/did/card`));
    assert.deepEqual([card.name, card.agentType, card.owner], ['from the other door', null, null]);
  });

  test('its card says what it is; one that is decommissioned is gone, an unknown one was never there', async (server) => {
    const made = await operator(server).register({ owner: 'cards team' });
    const paths = [`/agents/${made.agentId}/did.json`, `${API}/agents/${made.agentId}/did`, `${API}/agents/${made.agentId}/did/card`];
    const { issuedAt, ...card } = ok(await server.api('GET', paths[2]));
    assert.match(issuedAt, TIME);
    assert.deepEqual(card, {
      did: made.did, name: made.email, agentType: made.agentType, capabilities: made.capabilities, owner: 'cards team', version: made.version,
      deploymentEnv: made.deploymentEnv, identityProvider: server.base,
    });

    const { agent: gone, org } = await elsewhere(server);
    assert.equal((await org.delete(`/v1/agents/${gone.id}`)).status, 204);
    for (const path of paths) {
      refused(await server.api('GET', path.replace(made.agentId, gone.id)), 410, 'AGENT_DECOMMISSIONED');
      refused(await server.api('GET', path.replace(made.agentId, UNKNOWN)), 404, 'AGENT_NOT_FOUND');
      invalid(await server.api('GET', path.replace(made.agentId, 'x')), 'agentId');
    }

    const admin = operator(server);
    refused(await admin.get(`/agents/${gone.id}/did/resolve`), 404, 'AGENT_NOT_FOUND'); // another organization's
    refused(await admin.get(`/agents/${UNKNOWN}/did/resolve`), 404, 'AGENT_NOT_FOUND');
    refused(await server.api('GET', `${API}/agents/${made.agentId}/did/resolve`), 401, 'UNAUTHORIZED');
  });

  test('the server names its keys and its open doors', async (server) => {
    const document = ok(await server.api('GET', '/.well-known/did.json'));
    assert.deepEqual(document.service.map(({ type }) => type), ['JsonWebKeySet', 'GrantexProtocol', 'AgentIdentityProvider']);
    const all = ok(await server.api('GET', '/oauth2/jwks')).keys;
    assert.deepEqual(document.verificationMethod.map(({ publicKeyJwk }) => publicKeyJwk), all);
    assert.deepEqual(ok(await server.api('GET', '/.well-known/jwks.json')).keys, all.filter(({ kty }) => kty === 'RSA'));
    for (const [path, kept] of [['/oauth2/jwks', true], ['/.well-known/openid-configuration', true], ['/.well-known/jwks.json', false], ['/.well-known/did.json', false]]) {
      const { headers } = await server.api('GET', path);
      assert.equal(headers['cache-control'], kept ? 'public, max-age=300' : 'no-store', path); // the grants protocol wants the latter of its two
      assert.equal(headers['access-control-allow-origin'], '*', path);
    }
  });

  test('discovery names what there is, and nothing else, at both of its places', async (server) => {
    const document = ok(await server.api('GET', '/.well-known/openid-configuration'));
    assert.deepEqual(ok(await server.api('GET', '/.well-known/oauth-authorization-server')), document);
    assert.equal(document.issuer, server.base);
    assert.deepEqual(document.response_types_supported, []);
    assert.deepEqual(document.subject_types_supported, ['public']);
    assert.deepEqual(document.id_token_signing_alg_values_supported, ['RS256', 'ES256']);
    assert.equal(document.authorization_endpoint, undefined);
    const endpoints = Object.entries(document).filter(([name]) => /_endpoint$|^jwks_uri$/.test(name));
    for (const name of ['token_endpoint', 'jwks_uri', 'userinfo_endpoint']) assert.ok(document[name], name);
    for (const [name, address] of endpoints) {
      const { status } = await server.api(/token|introspection|revocation/.test(name) ? 'POST' : 'GET', new URL(address).pathname);
      assert.ok([200, 400, 401].includes(status), `${name} answers ${status}`);
    }

    for (const [name, path] of [['introspection_endpoint', '/api/v1/token/introspect'], ['revocation_endpoint', '/api/v1/token/revoke']]) {
      const { status } = await server.api('POST', path);
      assert.equal(document[name], status === 404 ? undefined : server.base + path);
    }
  });

  test('openid-client discovers the issuer and gets a token by each way to prove a client', async (server) => {
    const agent = await operator(server).agent();
    for (const how of [client.ClientSecretPost(agent.secret), client.ClientSecretBasic(agent.secret)]) {
      const config = await client.discovery(new URL(server.base), agent.id, undefined, how, { execute: [client.allowInsecureRequests] });
      assert.equal(config.serverMetadata().issuer, server.base);
      const tokens = await client.clientCredentialsGrant(config, { scope: 'agents:read openid' });
      assert.equal(tokens.scope, 'agents:read openid');
      assert.equal(tokens.claims().agent_id, agent.id);
      const info = await client.fetchUserInfo(config, tokens.access_token, agent.id);
      assert.equal(info.agent_id, agent.id);
    }
  });

  test('openid is answered with an ID token: who, for whom, with the nonce, and never good for a call', async (server) => {
    const admin = operator(server);
    const made = await admin.register({ owner: 'id team' });
    const agent = await admin.equip(made.agentId);
    const before = await metric(server, 'agentidp_oidc_tokens_issued_total');
    assert.equal(ok(await agent.ask()).id_token, undefined);
    const answer = ok(await agent.ask({ scope: 'agents:read openid', nonce: 'n-0S6_WzA2Mj' }));
    const { payload, protectedHeader } = await jwtVerify(answer.id_token, createRemoteJWKSet(new URL('/oauth2/jwks', server.base)), { issuer: server.base, audience: agent.id });
    assert.deepEqual([protectedHeader.alg, protectedHeader.typ], ['RS256', 'JWT']);
    const { iat, exp, ...claims } = payload;
    assert.equal(exp - iat, 3600);
    assert.deepEqual(claims, {
      iss: server.base, sub: agent.id, aud: agent.id, azp: agent.id, nonce: 'n-0S6_WzA2Mj',
      at_hash: createHash('sha256').update(answer.access_token).digest().subarray(0, 16).toString('base64url'),
      agent_id: agent.id, agent_type: made.agentType, organization_id: made.organizationId, capabilities: made.capabilities, deployment_env: made.deploymentEnv, owner: 'id team',
    });
    assert.equal(await metric(server, 'agentidp_oidc_tokens_issued_total'), before + 1);
    refused(await server.api('GET', `${API}/agents/${agent.id}`, { key: answer.id_token }), 401, 'UNAUTHORIZED');
    assert.equal(decodeJwt(ok(await agent.ask({ scope: 'openid' })).id_token).nonce, undefined);

    const elliptic = await admin.equip(made.agentId, { signingAlg: 'ES256' });
    assert.equal(decodeProtectedHeader(ok(await elliptic.ask({ scope: 'openid' })).id_token).alg, 'ES256');
  });

  test('/agent-info tells an agent who it is, with openid', async (server) => {
    const admin = operator(server);
    const made = await admin.register({ owner: 'info team' });
    const agent = await admin.equip(made.agentId);
    const info = ok(await server.api('GET', '/agent-info', { key: await agent.token('openid') }));
    assert.deepEqual(info, {
      sub: agent.id, agent_id: agent.id, agent_type: made.agentType, organization_id: made.organizationId, capabilities: made.capabilities,
      deployment_env: made.deploymentEnv, owner: 'info team',
    });
    const without = await server.api('GET', '/agent-info', { key: await agent.token('agents:read') });
    refused(without, 403, 'FORBIDDEN');
    assert.equal(without.headers['www-authenticate'], 'Bearer error="insufficient_scope", scope="openid"');
    refused(await server.api('GET', '/agent-info'), 401, 'UNAUTHORIZED');
  });

  test('the counters are there before anything is counted, under their exact names', async (server) => {
    const { text } = await server.api('GET', '/metrics');
    for (const name of ['agentidp_did_documents_generated_total', 'agentidp_oidc_tokens_issued_total', 'agentidp_federation_events_total', 'agentidp_delegation_chains_created_total']) {
      assert.match(text, new RegExp(`^# TYPE ${name} counter$`, 'm'));
    }

    for (const event of ['partner_registered', 'partner_updated', 'partner_removed', 'partner_expired', 'token_verified', 'token_rejected', 'jwks_refreshed', 'jwks_failed']) {
      assert.match(text, new RegExp(`^agentidp_federation_events_total\\{event_type="${event}"\\} \\d+$`, 'm'));
    }
  });
}, BEGUN);
