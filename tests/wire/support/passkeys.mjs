// Passkeys of an organization's principals as its application and a person's browser use them (contract grantex-enterprise 10).
import assert from 'node:assert/strict';

/** What a person does with the session that their organization opened for them. */
export async function person(org, principalId = 'ada') {
  const { json, status, text } = await org.post('/v1/principal-sessions', { principalId });
  assert.equal(status, 201, text);
  const call = (method, path, body) => org.server.api(method, `/v1/principal/passkeys${path}`, { key: json.sessionToken, body });
  return { call, options: async () => (await call('POST', '/options')).json, sessionId: json.sessionId, token: json.sessionToken };
}

/** Enrols `device` in a session of the person's own. */
export async function enrol(org, device, principalId = 'ada', lies = {}) {
  const { call, options } = await person(org, principalId);
  const { challengeId, publicKey } = await options();
  return call('POST', '', { challengeId, response: device.create(publicKey, lies), deviceName: 'Laptop' });
}

/** The same with the organization's key. */
export async function enrolByKey(org, device, principalId = 'ada', lies = {}) {
  const { challengeId, publicKey } = (await org.post('/v1/webauthn/register/options', { principalId })).json;
  return org.post('/v1/webauthn/register/verify', { challengeId, response: device.create(publicKey, lies) });
}

export const ask = (server, authRequestId) => server.api('POST', '/v1/webauthn/assert/options', { body: { authRequestId } });
export const answer = (server, challengeId, response) => server.api('POST', '/v1/webauthn/assert/verify', { body: { challengeId, response } });

/** Proves a consent request with `device`. */
export async function prove(server, authRequestId, device, lies = {}) {
  const { challengeId, publicKey } = (await ask(server, authRequestId)).json;
  return answer(server, challengeId, device.get(publicKey, lies));
}
