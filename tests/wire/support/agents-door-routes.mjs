// Every endpoint of the agents door, in one table, for what all of them refuse alike (agent-idp B.3 "Std").
import assert from 'node:assert/strict';
import { API } from './agents-door.mjs';

export const UNKNOWN = '0197a000-0000-7000-8000-000000000000';
const agent = 'AGENT_NOT_FOUND';
const organization = 'ORG_NOT_FOUND';
const none = 'NOT_FOUND';

/**
 * The endpoints that take an access token. `path` with `{}` where an id stands; `scope` is the one it needs; `body` is one that is looked at after the path;
 * `bad` are bodies, or queries, that are refused with 400; `unknown` is the code of 404; `remembered` ones answer from memory, whatever the database does.
 */
export const ROUTES = [
  { id: 'AE-04', method: 'POST', path: '/agents', scope: 'agents:write', bad: [{}, { email: 1 }] },
  { id: 'AE-05', method: 'GET', path: '/agents', scope: 'agents:read', bad: ['?limit=0', '?page=x', '?status=odd', '?agentType=wizard'] },
  { id: 'AE-06', method: 'GET', path: '/agents/{}', scope: 'agents:read', unknown: agent },
  { id: 'AE-07', method: 'PATCH', path: '/agents/{}', scope: 'agents:write', body: { owner: 'others' }, unknown: agent },
  { id: 'AE-08', method: 'DELETE', path: '/agents/{}', scope: 'agents:write', unknown: agent },
  { id: 'AE-09', method: 'POST', path: '/agents/{}/credentials', scope: 'agents:write', body: {}, unknown: agent },
  { id: 'AE-10', method: 'GET', path: '/agents/{}/credentials', scope: 'agents:read', unknown: agent },
  { id: 'AE-11', method: 'POST', path: '/agents/{}/credentials/{}/rotate', scope: 'agents:write', body: {}, unknown: agent },
  { id: 'AE-12', method: 'DELETE', path: '/agents/{}/credentials/{}', scope: 'agents:write', unknown: agent },
  { id: 'AE-16', method: 'GET', path: '/audit', scope: 'audit:read', bad: ['?limit=201', '?outcome=odd', '?fromDate=odd', '?agentId=x'] },
  { id: 'AE-17', method: 'GET', path: '/audit/{}', scope: 'audit:read', unknown: 'AUDIT_EVENT_NOT_FOUND' },
  { id: 'AE-18', method: 'GET', path: '/audit/verify', scope: 'audit:read', bad: ['?fromDate=odd'] },
  { id: 'AE-19', method: 'POST', path: '/organizations', scope: 'admin:orgs', bad: [{}, { name: 'x', slug: 'NO' }] },
  { id: 'AE-20', method: 'GET', path: '/organizations', scope: 'admin:orgs', bad: ['?status=odd', '?limit=101'] },
  { id: 'AE-21', method: 'GET', path: '/organizations/{}', unknown: organization },
  { id: 'AE-22', method: 'PATCH', path: '/organizations/{}', scope: 'admin:orgs', body: { name: 'Other' }, unknown: organization },
  { id: 'AE-23', method: 'DELETE', path: '/organizations/{}', scope: 'admin:orgs', unknown: organization },
  { id: 'AE-24', method: 'POST', path: '/organizations/{}/members', body: { agentId: UNKNOWN, role: 'member' }, unknown: organization },
  { id: 'AE-25', method: 'GET', path: '/organizations/{}/members', unknown: organization },
  { id: 'AE-26', method: 'DELETE', path: '/organizations/{}/members/{}', unknown: organization },
  { id: 'AE-30', method: 'GET', path: '/agents/{}/did/resolve', scope: 'agents:read', unknown: agent },
  { id: 'AE-36', method: 'POST', path: '/oauth2/token/delegate', bad: [{}, { delegateeAgentId: 'x', scopes: ['agents:read'], ttlSeconds: 60 }] },
  { id: 'AE-37', method: 'POST', path: '/oauth2/token/verify-delegation', bad: [{}], remembered: true },
  { id: 'AE-38', method: 'DELETE', path: '/oauth2/token/delegate/{}', unknown: none },
  { id: 'AE-39', method: 'GET', path: '/oauth2/token/delegations?direction=given', bad: ['&limit=0', '&active=odd'] },
  { id: 'AE-40', method: 'POST', path: '/federation/trust', scope: 'admin:orgs', bad: [{}, { name: 'x' }] },
  { id: 'AE-41', method: 'GET', path: '/federation/partners', scope: 'admin:orgs', bad: ['?status=odd'] },
  { id: 'AE-42', method: 'GET', path: '/federation/partners/{}', scope: 'admin:orgs', unknown: none },
  { id: 'AE-43', method: 'PATCH', path: '/federation/partners/{}', scope: 'admin:orgs', body: { name: 'Other' }, unknown: none },
  { id: 'AE-44', method: 'DELETE', path: '/federation/partners/{}', scope: 'admin:orgs', unknown: none },
  { id: 'AE-45', method: 'POST', path: '/federation/verify', bad: [{}, { token: 1 }] },
  { id: 'AE-46', method: 'POST', path: '/oidc/trust-policies', scope: 'agents:write', bad: [{}, { provider: 'other' }] },
  { id: 'AE-47', method: 'GET', path: '/oidc/trust-policies', scope: 'agents:read', bad: ['?agentId=x'] },
  { id: 'AE-48', method: 'DELETE', path: '/oidc/trust-policies/{}', scope: 'agents:write', unknown: none },
  { id: 'AE-50', method: 'GET', path: '/compliance/report' },
  { id: 'AE-51', method: 'GET', path: '/compliance/agent-cards' },
  { id: 'AE-53', method: 'GET', path: '/analytics/tokens', bad: ['?days=0', '?days=91', '?days=x'] },
  { id: 'AE-54', method: 'GET', path: '/analytics/agents/activity' },
  { id: 'AE-55', method: 'GET', path: '/analytics/agents', bad: ['?month=2026-13', '?month=march'] },
  { id: 'AE-56', method: 'GET', path: '/tiers/status' },
  { id: 'AE-57', method: 'POST', path: '/tiers/upgrade', body: { targetTier: 'pro' }, bad: [{ targetTier: 'gold' }], remembered: true },
  { id: 'AE-58', method: 'POST', path: '/billing/checkout', body: {}, bad: [{ successUrl: 'https://elsewhere.example.test/' }], remembered: true },
  { id: 'AE-59', method: 'GET', path: '/billing/usage' },
  { id: 'AE-61', method: 'POST', path: '/webhooks', scope: 'webhooks:write', bad: [{}, { name: 1, url: 2, events: [3] }] },
  { id: 'AE-62', method: 'GET', path: '/webhooks', scope: 'webhooks:read', bad: ['?limit=0'] },
  { id: 'AE-63', method: 'GET', path: '/webhooks/{}', scope: 'webhooks:read', unknown: none },
  { id: 'AE-64', method: 'PATCH', path: '/webhooks/{}', scope: 'webhooks:write', body: { name: 'Other' }, unknown: none },
  { id: 'AE-65', method: 'DELETE', path: '/webhooks/{}', scope: 'webhooks:write', unknown: none },
  { id: 'AE-66', method: 'POST', path: '/webhooks/{}/deliveries/{}/redeliver', scope: 'webhooks:write', unknown: none },
  { id: 'AE-67', method: 'POST', path: '/webhooks/{}/test', scope: 'webhooks:write', body: {}, unknown: none },
  { id: 'AE-68', method: 'GET', path: '/webhooks/{}/deliveries', scope: 'webhooks:read', unknown: none },
  { id: 'AE-35', method: 'GET', path: '/agent-info', scope: 'openid', outside: true },
];

/** The endpoints of RFC 6749, 7009 and 7662, whose refusals have other words. */
export const OAUTH = [
  { id: 'AE-13', path: '/token', form: 'grant_type=client_credentials' },
  { id: 'AE-13', path: '/oauth2/token', form: 'grant_type=client_credentials' },
  { id: 'AE-14', path: '/token/introspect', form: 'token=x', scope: 'tokens:read' },
  { id: 'AE-15', path: '/token/revoke', form: 'token=x' },
];

const at = (route, id = UNKNOWN) => (route.outside ? '' : API) + route.path.replaceAll('{}', id);
export const named = (route) => `${route.id} ${route.method ?? 'POST'} ${route.path}`;
/** Calls a route with a token; what is not said is the usual. */
export const call = (server, route, key, { id, query = '', body = route.body, ...options } = {}) =>
  server.api(route.method, at(route, id) + query, { key, ...(route.method === 'GET' || route.method === 'DELETE' ? {} : { body: body ?? {} }), ...options });
/** Posts a route's form. */
export const form = (server, route, key, options = {}) =>
  server.api('POST', API + route.path, { key, body: route.form, headers: { 'content-type': 'application/x-www-form-urlencoded' }, ...options });

/** Asks each route in turn, and says which one it was when the answer is not the one wanted. */
export async function each(routes, ask) {
  const wrong = [];
  for (const route of routes) {
    try {
      await ask(route);
    } catch (error) {
      wrong.push(`${named(route)}: ${error.message.split('\n').slice(0, 3).join(' ')}`);
    }
  }
  assert.equal(wrong.join('\n'), '');
}
