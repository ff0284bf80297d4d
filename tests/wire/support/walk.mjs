// One walk through every door: each flow as it succeeds, and as it is refused. It keeps what it did, in the words of the metrics, and everything it used
// that is nobody else's business, so that a test can compare the one and search for the other.
import { randomUUID } from 'node:crypto';
import { AgentClient, operator, postForm, tenant } from './agents-door.mjs';
import { ok } from './expect.mjs';
import { Visitor, verify } from './forward-auth.mjs';
import { sample } from './metrics.mjs';
import { Organization } from './organization.mjs';
import { API, superAdmin } from './people.mjs';
import { templateOf } from './routes.mjs';
import { secretsIn } from './secrets.mjs';
import { eventually } from './server.mjs';
import { accountPages } from './walk-account.mjs';
import { directory, singleSignOn } from './walk-directory.mjs';
import { behindProxy } from './walk-gateway.mjs';
import { consentPages } from './walk-pages.mjs';
import { principalPasskeys } from './walk-passkeys.mjs';
import { peopleDoor, telephone } from './walk-people.mjs';
import { eventStreams } from './walk-streams.mjs';

/** Wraps a server: what it is asked and what it answers is counted, and the secrets in it are kept. */
export class Walk {
  /** Counters by name{labels}, as often as they must have counted. */
  counts = new Map();

  /** Secrets, and the word under which each went over the wire. */
  secrets = new Map();

  /** Names, addresses and numbers of people. */
  personal = new Set();

  /** Events that must be in the log: how often, by what must stand in their line. */
  events = new Map();

  constructor(server, { sink, receiver, texts, idp }) {
    Object.assign(this, { server, sink, receiver, texts, idp, settings: server.settings, base: server.base });
  }

  did(name, labels = {}, times = 1) {
    const key = sample(name, labels);
    this.counts.set(key, (this.counts.get(key) ?? 0) + times);
  }

  /** Something happened of which the log tells, with at least these fields. */
  told(msg, fields, times = 1) {
    const key = JSON.stringify({ msg, ...fields });
    this.events.set(key, (this.events.get(key) ?? 0) + times);
  }

  /** A name that an organization has for somebody; it stands in the log's events (O37), and nowhere else. */
  principal() {
    const name = `ada-${randomUUID()}@example.test`;
    this.personal.add(name);
    return name;
  }

  async api(method, path, options = {}) {
    if (options.key) this.secrets.set(options.key, 'bearer');
    const body = typeof options.body === 'string' && options.body.includes('=') ? Object.fromEntries(new URLSearchParams(options.body)) : options.body;
    this.keep(body);
    this.keep(Object.fromEntries(new URLSearchParams(path.split('?')[1])));
    const answer = await this.server.api(method, path, options);
    if (answer.status < 300) this.keep(answer.json);
    for (const cookie of [answer.headers['set-cookie'] ?? []].flat()) this.keep(cookie.split(';')[0].split('=').slice(1).join('='), 'cookie');
    this.answered(method, path, answer);
    return answer;
  }

  /** A new organization. */
  async signUp(fields = {}) {
    return new Organization(this, ok(await this.api('POST', '/v1/signup', { body: { name: 'A walk', ...fields } }), 201));
  }

  /** Gives short messages a provider: development would otherwise show them in its log. */
  async haveTexts() {
    const admin = await superAdmin(this);
    ok(await admin.mine('PUT', '/configurations/SMS/provider', {
      body: { value: { url: this.texts.url, headers: { authorization: 'Bearer {{credential}}' }, body: '{"to":"{{to}}","text":"{{text}}"}' }, credential: 'key-of-the-provider' },
    }));
    this.did('identity_sign_up_total', { result: 'success' });
    this.did('identity_sign_in_total', { scheme: 'username', result: 'success' }, 2); // before and after the role
  }

  /** Everything, once. */
  async everything() {
    await this.grantsDoor();
    await principalPasskeys(this);
    await eventStreams(this);
    await directory(this);
    await singleSignOn(this);
    const account = await accountPages(this);
    await consentPages(this, account);
    await behindProxy(this, account);
    await peopleDoor(this);
    await telephone(this);
    await this.forwardAuthDoor();
    await this.agentsDoor();
    for (const path of ['/health', '/livez', '/readyz', '/.well-known/jwks.json', '/jw-certs', '/no/such/path']) await this.api('GET', path);
    this.did('identity_jwks_requests_total');
  }

  async grantsDoor() {
    const org = await this.signUp();
    const nobody = new Organization(this, { apiKey: 'gx_live_nobodys_key_but_long_enough', developerId: org.id });
    await nobody.get('/v1/agents');
    const { agentId } = await org.agent();
    this.agent = agentId;
    const principalId = this.principal();
    await org.post('/v1/webhooks', { url: this.receiver.url, events: ['grant.created', 'token.issued', 'grant.revoked'] });
    await org.post('/v1/webhooks', { url: this.receiver.url.replace('/hook', '/broken?key=of-the-hook'), events: ['token.issued'] });
    this.secrets.set('key=of-the-hook', 'query of a webhook');

    const { authRequestId } = await org.authorize(agentId, { principalId });
    await this.api('POST', `/v1/consent/${authRequestId}/deny`);
    this.told('authorize.denied', { agentId, principalId, reason: 'denied by the person' });
    await org.post('/v1/authorize', { agentId, principalId, scopes: [] });
    const code = await org.code(agentId, { principalId });
    const issued = ok(await org.exchange(code, agentId), 201);
    const { grantId } = issued;
    this.told('grant.created', { grantId, agentId, principalId });
    this.told('token.exchanged', { grantId, agentId });
    await org.exchange(code, agentId); // spent
    await org.exchange('nobodys-code-that-is-long-enough', agentId);
    await nobody.exchange(code, agentId);
    const again = ok(await org.refresh(issued.refreshToken, agentId), 201);
    this.told('token.refreshed', { grantId, agentId });
    await org.refresh('ref_nobodys_refresh_token_that_is_long_enough_0', agentId);
    await org.refresh(issued.refreshToken, agentId); // spent a moment ago: refused, and no theft yet
    await org.post('/v1/tokens/verify', { token: again.grantToken });
    await org.post('/v1/tokens/verify', { token: `${again.grantToken.slice(0, -6)}AAAAAA` });
    const part = ok(await org.delegate(again.grantToken, agentId), 201);
    await org.post('/v1/tokens/verify', { token: part.grantToken });
    this.told('grant.created', { grantId: part.grantId, agentId, principalId });
    await org.delete(`/v1/grants/${grantId}`);
    this.did('grantex_grants_revoked_total', {}, 2); // the delegated one went with it
    this.told('grant.revoked', { grantId, cascadeCount: 1 });
    await org.post('/v1/tokens/verify', { token: again.grantToken });
    const found = ok(await org.post('/v1/anomalies/detect')).anomalies;
    for (const { type, severity } of found) this.did('grantex_anomalies_detected_total', { type, severity });
    await org.get('/v1/agents');
    await eventually(() => this.receiver.at('/hook').length >= 5 && this.receiver.at('/broken?key=of-the-hook').length >= 3, 'the webhooks were told', 30);
    for (const { headers } of this.receiver.received) this.secrets.set(headers['x-grantex-signature'], 'signature');
    this.organization = org;
  }

  async forwardAuthDoor() {
    const ada = new Visitor(this);
    this.personal.add(ada.email);
    ok(await ada.register(), 201);
    await ada.register();
    await ada.register({ email: 'no address' });
    await ada.login({ password: 'not the password' });
    await ada.login({ password: '' });
    await ada.enter();
    for (const [name, result] of [['register', 'created'], ['register', 'conflict'], ['register', 'invalid'], ['login', 'bad_credentials'], ['login', 'invalid'], ['login', 'ok']]) {
      this.did(`auth_${name}_total`, { result });
    }
    ok(await verify(this, ada.token));
    await verify(this);
    await verify(this, `${ada.token.slice(0, -6)}AAAAAA`);
    for (const result of ['ok', 'missing', 'invalid']) this.did('auth_verify_total', { result });
    this.did('auth_verify_duration_seconds_count', {}, 3);
  }

  async agentsDoor() {
    const admin = await tenant(this);
    const agent = await admin.agent({ deploymentEnv: 'production' });
    await agent.token('agents:read');
    await agent.ask({ scope: 'openid agents:read' });
    await agent.ask({ client_secret: 'sk_live_wrong_but_long_enough' });
    await new AgentClient(this, agent.id, agent.secret).ask({ scope: 'nonsense' });
    await agent.post('/oauth2/token/delegate', { delegateeAgentId: (await admin.agent()).id, scopes: ['agents:read'], ttlSeconds: 60 });
    await this.api('GET', `/api/v1/agents/${agent.id}/did`);
    await admin.get('/compliance/report');
    await postForm(this, '/api/v1/token/revoke', { token: await agent.token('agents:read') }, { key: await agent.bearer() });
    await admin.get('/tiers/status');
    await operator(this).post('/federation/trust', { name: 'Nobody', issuer: 'http://127.0.0.1:1', jwksUri: 'http://127.0.0.1:1/jwks' });
  }

  /** These mails were sent. */
  mailed(...templates) {
    for (const template of templates) this.did('identity_mail_send_total', { template, result: 'sent' });
  }

  /** Keeps the secrets in a value that goes over the wire. */
  keep(value, name) {
    for (const [secret, itsName] of secretsIn(value, name)) this.secrets.set(secret, itsName);
  }

  /** Counts a request, whoever sent it. */
  answered(method, path, { status, json }) {
    const route = templateOf(path);
    const labels = { method, route, status_code: status };
    this.did('grantex_http_request_duration_seconds_count', labels);
    this.did('agentidp_http_requests_total', labels);
    if (path.startsWith(API) || path === '/jw-certs') this.did('identity_http_requests_total', labels);
    const outcome = status < 300 ? 'success' : json?.code?.toLowerCase();
    const measured = { '/v1/authorize': 'authorize', '/v1/token': 'token_exchange', '/v1/token/refresh': 'token_refresh' }[route];
    if (!measured || method !== 'POST') return;
    this.did(`grantex_${measured}_total`, { status: outcome });
    if (outcome === 'success' && measured !== 'token_refresh') this.did(`grantex_${measured}_duration_seconds_count`);
  }
}
