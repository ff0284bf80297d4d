// A walk through passkeys at the grants door: enrolled, used to prove a consent, used wrongly, and removed (contract grantex-enterprise 10).
import { Authenticator } from './authenticator.mjs';
import { badRequest, notFound, nothing, ok, refused, unauthorized } from './expect.mjs';
import { enrol, enrolByKey, person, prove } from './passkeys.mjs';

/** An authenticator in which the server's own pages would find it. */
export const deviceOf = (walk) => new Authenticator({ origin: walk.base, rpId: new URL(walk.base).hostname });

const ELSEWHERE = { client: { origin: 'https://evil.example.com' } };

export async function principalPasskeys(walk) {
  const org = await walk.signUp();
  ok(await org.patch('/v1/me', { fidoRequired: true }));
  const [{ agentId }, principalId, device] = [await org.agent(), walk.principal(), deviceOf(walk)];

  badRequest(await enrol(org, device, principalId, ELSEWHERE));
  badRequest(await enrolByKey(org, device, principalId, ELSEWHERE));
  ok(await enrolByKey(org, deviceOf(walk), principalId), 201); // proves nothing: nobody was asked
  const passkey = ok(await enrol(org, device, principalId), 201);

  const { authRequestId } = await org.authorize(agentId, { principalId });
  refused(await walk.api('POST', `/v1/consent/${authRequestId}/approve`), 403, 'FIDO_REQUIRED');
  badRequest(await prove(walk, authRequestId, device, ELSEWHERE));
  ok(await prove(walk, authRequestId, device));
  badRequest(await prove(walk, authRequestId, device, { signCount: 1 }));
  walk.told('passkey.counter_went_back', { passkeyId: passkey.id, signCount: 1 });
  const { code } = await org.approve(authRequestId);
  const { grantId } = ok(await org.exchange(code, agentId), 201);
  walk.told('grant.created', { grantId, agentId, principalId });
  walk.told('token.exchanged', { grantId, agentId });

  const ada = await person(org, principalId);
  nothing(await walk.api('DELETE', `/v1/principal/grants/${grantId}`, { key: ada.token }));
  notFound(await walk.api('DELETE', `/v1/principal/grants/${grantId}`, { key: ada.token }));
  walk.did('grantex_grants_revoked_total');
  walk.told('grant.revoked', { grantId, revokedBy: 'principal', cascadeCount: 0 });
  ok(await org.get(`/v1/webauthn/credentials?principalId=${encodeURIComponent(principalId)}`));
  nothing(await ada.call('DELETE', `/${passkey.id}`));
  notFound(await ada.call('DELETE', `/${passkey.id}`));
  nothing(await org.delete(`/v1/principal-sessions/${ada.sessionId}`));
  unauthorized(await ada.call('GET', ''));
  walk.told('token.verification_failed', { tokenId: ada.sessionId });
}
