// The templates of the routes that walks ask for, as they stand in the label `route`.
const TEMPLATES = [
  '/metrics', '/health', '/livez', '/readyz', '/.well-known/jwks.json', '/jw-certs', '/.well-known/did.json', '/agent-info', '/agents/{agentId}/did.json',
  ...[
    '/signup', '/me', '/keys', '/keys/{id}', '/agents', '/agents/{id}', '/authorize', '/consent/{id}/approve', '/consent/{id}/deny', '/token', '/token/refresh', '/tokens/verify',
    '/tokens/revoke', '/grants', '/grants/delegate', '/grants/verify', '/grants/{id}', '/webhooks', '/webhooks/{id}/deliveries', '/anomalies/detect', '/audit/log',
    '/principal-sessions', '/principal-sessions/{id}', '/principal/grants', '/principal/grants/{id}', '/principal/passkeys', '/principal/passkeys/options', '/principal/passkeys/{id}',
    '/webauthn/register/options', '/webauthn/register/verify', '/webauthn/credentials', '/webauthn/credentials/{id}', '/webauthn/assert/options', '/webauthn/assert/verify',
    '/events/stream', '/events/ws', '/scim/tokens', '/scim/tokens/{id}', '/sso/connections', '/sso/connections/{id}', '/sso/enforce', '/sso/config', '/sso/sessions', '/sso/sessions/{id}',
  ].map((path) => `/v1${path}`),
  '/sso/login', '/sso/callback', '/sso/callback/oidc', '/sso/callback/saml', '/sso/callback/ldap',
  ...['/Users', '/Users/.search', '/Users/{id}', '/Groups', '/Groups/{id}', '/ServiceProviderConfig'].map((path) => `/scim/v2${path}`),
  ...[
    '/token', '/oauth2/token', '/token/revoke', '/token/introspect', '/introspect', '/oauth2/token/delegate', '/audit/verify', '/compliance/report', '/tiers/status', '/agents',
    '/agents/{agentId}', '/agents/{agentId}/did', '/agents/{agentId}/did/resolve', '/agents/{agentId}/credentials', '/agents/{agentId}/credentials/{credentialId}', '/federation/trust',
    '/federation/verify', '/federation/partners/{partnerId}', '/organizations', '/organizations/{orgId}/members', '/webhooks', '/webhooks/{webhookId}/deliveries',
  ].map((path) => `/api/v1${path}`),
  ...[
    '/auth/sign-up', '/auth/sign-in', '/auth/sign-out', '/auth/refresh', '/auth/who-am-i', '/auth/verify-email/confirm', '/auth/verify-email/request', '/auth/forgot-password/request',
    '/auth/forgot-password/verify', '/auth/forgot-password/reset', '/auth/verify-phone/confirm', '/configurations/{group}/{code}',
  ].map((path) => `/v1/api/identity${path}`),
  '/auth/register', '/auth/login', '/verify', '/forward-auth', '/consent', '/permissions', '/account',
  ...[
    '/sign-in', '/sign-in/passkey', '/sign-in/second-step', '/sign-up', '/recover', '/profile', '/identifiers', '/password', '/passkeys', '/two-step', '/two-step/app', '/agents', '/onward',
  ].map((path) => `/account${path}`),
].map((template) => ({ template, matches: new RegExp(`^${template.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`) }));

/** The template that a path matches; the first, and those without a parameter stand before those with one. */
export const templateOf = (path) => TEMPLATES.find(({ matches }) => matches.test(path.split('?')[0]))?.template ?? 'unmatched';
