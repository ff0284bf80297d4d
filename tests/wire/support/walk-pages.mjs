// A walk through the pages on which people decide, with plain posts: consent, permissions, and the agents of an account (contract grantex-core 3 and 11; design D9).
import { nothing, ok } from './expect.mjs';
import { Visit, codeShown, shown } from './visit.mjs';
import { deviceOf } from './walk-passkeys.mjs';

const ELSEWHERE = { client: { origin: 'https://evil.example.com' } };

/** @param {{visit: Visit, device: import('./authenticator.mjs').Authenticator}} account of somebody signed in, who has a passkey */
export async function consentPages(walk, { visit, device }) {
  const org = await walk.signUp();
  const { agentId } = await org.agent();
  await byLink(walk, org, agentId);
  await bySignIn(walk, org, agentId, visit);
  ok(await org.patch('/v1/me', { fidoRequired: true }));
  await byPasskey(walk, org, agentId, visit, device);
  await permissions(walk, org, agentId);
}

const ask = (org, agentId, principalId) => org.authorize(agentId, { principalId, scopes: ['email:read'] });

/** What is granted with a code, and told of it. */
async function granted(walk, org, agentId, principalId, code) {
  const { grantId } = ok(await org.exchange(code, agentId), 201);
  walk.told('grant.created', { grantId, agentId, principalId });
  walk.told('token.exchanged', { grantId, agentId });
  return grantId;
}

function stopped(walk, grantId) {
  walk.did('grantex_grants_revoked_total');
  walk.told('grant.revoked', { grantId, revokedBy: 'principal', cascadeCount: 0 });
}

/** Whoever holds the link decides. */
async function byLink(walk, org, agentId) {
  const [principalId, stranger] = [walk.principal(), new Visit(walk)];
  const decide = ({ authRequestId }, decision, headers) => stranger.post('/consent', { req: authRequestId, decision }, headers);
  shown(await stranger.get('/consent?req=areq_01M7XM3QJ2JMM4M9863SXR3ET4'));
  const [first, second] = [await ask(org, agentId, principalId), await ask(org, agentId, principalId)];
  shown(await stranger.get(first.consentUrl));
  shown(await decide(first, 'approve', { origin: 'https://evil.example.com' }), 403);
  const grantId = await granted(walk, org, agentId, principalId, codeShown(shown(await decide(first, 'approve'))));
  shown(await decide(first, 'approve'), 410);
  shown(await decide(second, 'deny'));
  walk.told('authorize.denied', { agentId, principalId, reason: 'denied by the person' });
  nothing(await org.delete(`/v1/grants/${grantId}`));
  walk.did('grantex_grants_revoked_total');
}

/** Somebody signed in decides as themselves, and stops the agent on the page of their agents. */
async function bySignIn(walk, org, agentId, visit) {
  const principalId = walk.principal();
  ok(await org.patch('/v1/me', { consentMinimum: 'person' }));
  const { authRequestId, consentUrl } = await ask(org, agentId, principalId);
  shown(await visit.get(consentUrl));
  shown(await visit.post('/consent', { req: authRequestId, decision: 'approve', token: 'written for somebody else' }), 403);
  shown(await visit.get(consentUrl));
  const grantId = await granted(walk, org, agentId, principalId, codeShown(shown(await visit.post('/consent', { req: authRequestId, decision: 'approve' }))));
  const whose = shown(await visit.get('/account/agents')).text.match(/name="whose" value="([^"]+)"/)[1];
  shown(await visit.post('/account/agents', { do: 'stop-agent', whose: 'nobody', what: agentId }), 400);
  shown(await visit.get('/account/agents'));
  shown(await visit.post('/account/agents', { do: 'stop-agent', whose, what: agentId }), 303);
  stopped(walk, grantId);
}

/** Where it takes a passkey, that of the account proves it. */
async function byPasskey(walk, org, agentId, visit, device) {
  const principalId = walk.principal();
  const { authRequestId, consentUrl } = await ask(org, agentId, principalId);
  const decide = (fields) => visit.post('/consent', { req: authRequestId, decision: 'approve', ...fields });
  shown(await visit.get(consentUrl));
  const [forged, token] = [visit.used(device, ELSEWHERE), visit.page.text.match(/name="token" value="([^"]+)"/)[1]];
  shown(await decide({ token }), 403);
  shown(await decide({ token, passkey: forged }), 403);
  shown(await visit.get(consentUrl));
  const grantId = await granted(walk, org, agentId, principalId, codeShown(shown(await decide({ passkey: visit.used(device) }))));
  nothing(await org.delete(`/v1/grants/${grantId}`));
  walk.did('grantex_grants_revoked_total');
}

/** The link to somebody's permissions: opened, used to stop an agent and to add a passkey, and over. */
async function permissions(walk, org, agentId) {
  const [at, principalId, visit, device] = ['/permissions', walk.principal(), new Visit(walk), deviceOf(walk)];
  ok(await org.patch('/v1/me', { fidoRequired: false, consentMinimum: 'link' }));
  const grantId = await granted(walk, org, agentId, principalId, await org.code(agentId, { principalId }));
  const { dashboardUrl } = ok(await org.post('/v1/principal-sessions', { principalId }), 201);

  shown(await visit.get(at));
  shown(await visit.post(at, { do: 'stop-all' }), 401);
  shown(await visit.post(at, { do: 'open', what: 'no.such.link' }), 303);
  shown(await visit.get(dashboardUrl.replace('#session=', '?session=')), 303);
  shown(await visit.get(at));
  shown(await visit.post(at, { do: 'stop-grant', what: grantId }, { origin: 'https://evil.example.com' }), 403);
  shown(await visit.post(at, { do: 'stop-grant', what: grantId }), 303);
  stopped(walk, grantId);

  shown(await visit.get(`${at}?ask=passkey`));
  shown(await visit.post(at, { do: 'add-passkey', name: 'Laptop', what: visit.made(device, ELSEWHERE) }), 400);
  shown(await visit.get(`${at}?ask=passkey`));
  shown(await visit.post(at, { do: 'add-passkey', name: 'Laptop', what: visit.made(device) }), 303);
  shown(await visit.post(at, { do: 'sign-out' }), 303);
  shown(await visit.post(at, { do: 'sign-out' }), 401);
}
