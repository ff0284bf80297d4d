// Anomalies, alerts, rules and channels, and grants that are paused and resumed (contract grantex-enterprise.md 1, grantex.md 10; decisions 0023, 0024).
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { readFile, readdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before } from 'node:test';
import { onEachEngine } from './support/engines.mjs';
import { TIME, badRequest, isId, notFound, nothing, ok, refused, unauthorized } from './support/expect.mjs';
import { Receiver } from './support/receiver.mjs';
import { eventually } from './support/server.mjs';

const CONDITION = { metric: 'entries', windowMinutes: 60, threshold: 1 };

const log = async (org, count, fields = {}) => {
  const entry = { agentId: 'ag_1', agentDid: 'did:example:1', grantId: 'grnt_1', principalId: 'ada', action: 'mail.send', ...fields };
  await Promise.all(Array.from({ length: count }, async () => ok(await org.post('/v1/audit/log', entry), 201)));
};

const detect = async (org) => ok(await org.post('/v1/anomalies/detect'));

const alerts = async (org, query = '') => ok(await org.get(`/v1/anomaly/alerts${query}`)).data;

/** Whether it would be found at noon too: from 22 to 6 o'clock UTC whatever a test logs is off-hours activity besides. */
const byDay = (text) => !text.includes('off_hours_activity');

const mail = await mkdtemp(path.join(os.tmpdir(), 'credence-mail-'));

onEachEngine('anomalies', (test) => {
  let receiver;
  before(async () => { receiver = await Receiver.start(); });
  after(() => receiver.close());

  test('a detection without a body answers as documented', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    await org.grant(agentId, { principalId: 'user_5' });

    const answer = await detect(org);

    assert.match(answer.detectedAt, TIME);
    const [{ id, detectedAt, ...rest }] = answer.anomalies;
    isId('anm', id);
    assert.equal(detectedAt, answer.detectedAt);
    assert.deepEqual({ ...answer, anomalies: [rest] }, {
      detectedAt: answer.detectedAt,
      total: 1,
      autoRevokedGrants: 0,
      anomalies: [{
        type: 'new_principal',
        severity: 'low',
        agentId,
        principalId: 'user_5',
        description: `Agent ${agentId} received a grant from previously-unseen principal user_5.`,
        metadata: { windowHours: 24 },
        acknowledgedAt: null,
      }],
    });
  });

  test('the detectors fire above their thresholds and not at them', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    await log(org, 40, { agentId });
    await log(org, 10, { agentId, status: 'failure' }); // exactly a fifth of fifty
    const found = async () => (await detect(org)).anomalies.map(({ type }) => type).filter(byDay).sort();
    assert.deepEqual(await found(), []);

    await log(org, 1, { agentId, status: 'blocked' });
    assert.deepEqual(await found(), ['high_failure_rate', 'rate_spike']);
    const { anomalies } = ok(await org.get('/v1/anomalies'));
    assert.deepEqual(anomalies.find(({ type }) => type === 'rate_spike').metadata, { count: 51, windowHours: 1, threshold: 50 });
    assert.deepEqual(anomalies.find(({ type }) => type === 'high_failure_rate').metadata, {
      badCount: 11, totalCount: 51, percentFailure: 22, windowHours: 24, threshold: 0.2,
    });
  });

  test('are listed newest first, stay the same while they go on, and leave the unacknowledged ones when acknowledged', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    await org.grant(agentId, { principalId: 'ada' });
    await detect(org);
    await org.grant(agentId, { principalId: 'bob' });
    await detect(org);
    const { anomalies, total } = ok(await org.get('/v1/anomalies'));
    assert.deepEqual(anomalies.map(({ principalId }) => principalId), ['bob', 'ada']);
    assert.equal(total, 2);

    const acknowledged = ok(await org.patch(`/v1/anomalies/${anomalies[0].id}/acknowledge`));
    assert.match(acknowledged.acknowledgedAt, TIME);
    assert.deepEqual({ ...acknowledged, acknowledgedAt: null }, anomalies[0]);
    assert.equal(ok(await org.get(`/v1/anomaly/alerts/${anomalies[0].id}`)).status, 'open', 'the alert keeps its status');
    await detect(org);

    assert.deepEqual(ok(await org.get('/v1/anomalies?unacknowledged=true')).anomalies.map(({ id }) => id), [anomalies[1].id]);
    assert.equal(ok(await org.get('/v1/anomalies')).total, 2);
  });

  test('acknowledge unknown ids, and another organization\'s, as not found', async (server) => {
    const [org, other] = [await server.signUp(), await server.signUp()];
    const { agentId } = await org.agent();
    await org.grant(agentId);
    const [{ id }] = (await detect(org)).anomalies;

    for (const unknown of [id, 'anm_01M7XKXHZHRCBPMYE3WHM992E2', 'nothing']) {
      notFound(await other.patch(`/v1/anomalies/${unknown}/acknowledge`));
      notFound(await other.get(`/v1/anomaly/alerts/${unknown}`));
      notFound(await other.post(`/v1/anomaly/alerts/${unknown}/acknowledge`));
      notFound(await other.post(`/v1/anomaly/alerts/${unknown}/resolve`, {}));
    }
    assert.deepEqual(ok(await other.get('/v1/anomalies')), { anomalies: [], total: 0 });
    assert.deepEqual(await alerts(other), []);
    assert.equal(ok(await other.get('/v1/anomaly/metrics')).total, 0);
  });

  test('an alert is the same row in another shape; it is acknowledged and resolved with a note', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    await org.grant(agentId);
    const [{ id, detectedAt, description }] = (await detect(org)).anomalies;

    const alert = ok(await org.get(`/v1/anomaly/alerts/${id}`));
    assert.deepEqual(alert, {
      alertId: id, ruleId: null, ruleName: 'new_principal', severity: 'low', status: 'open', agentId, detectedAt, description,
      context: { windowHours: 24 }, acknowledgedAt: null, resolvedAt: null,
    });

    const acknowledged = ok(await org.post(`/v1/anomaly/alerts/${id}/acknowledge`, { note: 'we know her' }));
    assert.deepEqual([acknowledged.status, acknowledged.note, acknowledged.resolvedAt], ['acknowledged', 'we know her', null]);
    const resolved = ok(await org.post(`/v1/anomaly/alerts/${id}/resolve`));
    assert.deepEqual([resolved.status, resolved.note, resolved.acknowledgedAt], ['resolved', 'we know her', acknowledged.acknowledgedAt]);
    assert.match(resolved.resolvedAt, TIME);
    assert.equal(ok(await org.post(`/v1/anomaly/alerts/${id}/acknowledge`)).status, 'resolved', 'what is over stays over');
    badRequest(await org.post(`/v1/anomaly/alerts/${id}/resolve`, { note: 1 }));
  });

  test('alerts are narrowed by status, severity, agent and number, and counted by window', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    for (const principalId of ['ada', 'bob']) await org.grant(agentId, { principalId });
    await log(org, 1, { agentId: 'ag_nobody' });
    const [{ id }] = (await detect(org)).anomalies;
    ok(await org.post(`/v1/anomaly/alerts/${id}/acknowledge`));

    const number = async (query) => (await alerts(org, query)).length;
    assert.deepEqual(
      [await number(''), await number('?status=open'), await number('?status=acknowledged'), await number('?status=resolved')], [3, 2, 1, 0]);
    assert.deepEqual([await number('?severity=critical'), await number('?severity=low'), await number(`?agentId=${agentId}`), await number('?limit=1')], [1, 2, 2, 1]);
    for (const window of ['1h', '6h', '24h']) {
      assert.deepEqual(ok(await org.get(`/v1/anomaly/metrics?window=${window}`)), {
        window, total: 3, byStatus: { open: 2, acknowledged: 1, resolved: 0 }, bySeverity: { critical: 1, high: 0, medium: 0, low: 2 },
      });
    }
    const ofAgent = ok(await org.get(`/v1/anomaly/metrics?agentId=${agentId}`));
    assert.deepEqual([ofAgent.window, ofAgent.total], ['24h', 2]);

    for (const query of ['status=closed', 'severity=huge', 'limit=0', 'limit=1001', 'limit=x', 'status=open&status=open']) {
      badRequest(await org.get(`/v1/anomaly/alerts?${query}`));
    }
    for (const query of ['window=2h', 'window=', 'window=1h&window=1h']) badRequest(await org.get(`/v1/anomaly/metrics?${query}`));
  });

  test('the built-in rules are listed first, then the organization\'s own, newest first', async (server) => {
    const org = await server.signUp();
    const make = async (ruleId) => ok(await org.post('/v1/anomaly/rules', { ruleId, name: 'Too many', condition: CONDITION }), 201);
    const made = [await make('first'), await make('second')];
    isId('arule', made[0].id);
    assert.match(made[0].createdAt, TIME);
    assert.deepEqual({ ...made[0], id: '', createdAt: '' }, {
      id: '', ruleId: 'first', name: 'Too many', severity: 'medium', condition: CONDITION, alertChannels: [], enabled: true, builtIn: false, createdAt: '',
    });

    const { rules } = ok(await org.get('/v1/anomaly/rules'));

    assert.deepEqual(rules.map(({ ruleId }) => ruleId), [...Array.from({ length: 10 }, (_, i) => `AD-${String(i + 1).padStart(3, '0')}`), 'second', 'first']);
    assert.deepEqual(rules[11], made[0]);
    for (const rule of rules.slice(0, 10)) {
      assert.deepEqual(Object.keys(rule).sort(), ['builtIn', 'description', 'enabled', 'name', 'ruleId', 'severity']);
      assert.equal(rule.builtIn, true);
    }
    assert.deepEqual(rules.filter(({ enabled }) => !enabled).map(({ ruleId }) => ruleId), ['AD-002', 'AD-003', 'AD-007', 'AD-010']);
    assert.equal(ok(await (await server.signUp()).get('/v1/anomaly/rules')).rules.length, 10);
  });

  test('a custom rule fires, is switched off and on, and is deleted', async (server) => {
    const org = await server.signUp();
    const rule = ok(await org.post('/v1/anomaly/rules', {
      ruleId: 'deletes', name: 'Deletes', description: 'Mails go', severity: 'critical', condition: { ...CONDITION, action: 'mail.delete' },
    }), 201);
    const { agentId } = await org.agent();
    await log(org, 1, { agentId, action: 'mail.delete' });
    await log(org, 5, { agentId });
    await detect(org);
    assert.deepEqual(await alerts(org), []);

    assert.equal(ok(await org.patch(`/v1/anomaly/rules/${rule.id}`, { enabled: false })).enabled, false);
    await log(org, 1, { agentId, action: 'mail.delete' });
    await detect(org);
    assert.deepEqual(await alerts(org), []);

    assert.equal(ok(await org.patch(`/v1/anomaly/rules/${rule.id}`, { enabled: true })).enabled, true);
    assert.deepEqual((await detect(org)).anomalies, [], 'the documented list is of the documented detectors');
    const [alert] = await alerts(org);
    assert.deepEqual([alert.ruleId, alert.ruleName, alert.severity, alert.agentId], ['deletes', 'Deletes', 'critical', agentId]);
    assert.deepEqual(alert.context, { metric: 'entries', count: 2, windowMinutes: 60, threshold: 1 });

    nothing(await org.delete(`/v1/anomaly/rules/${rule.id}`));
    notFound(await org.delete(`/v1/anomaly/rules/${rule.id}`));
    await detect(org);
    assert.equal(ok(await org.get(`/v1/anomaly/alerts/${alert.alertId}`)).status, 'resolved');
  });

  test('rules refuse what is not understood; built-in ones and those of others cannot be changed', async (server) => {
    const [org, other] = [await server.signUp(), await server.signUp()];
    const body = { ruleId: 'r', name: 'Rule', condition: CONDITION };
    for (const bad of [
      {}, { ...body, ruleId: undefined }, { ...body, name: ' ' }, { ...body, condition: undefined }, { ...body, condition: 'entries' }, { ...body, condition: [] },
      { ...body, condition: {} }, { ...body, condition: { ...CONDITION, metric: 'mood' } }, { ...body, condition: { ...CONDITION, threshold: -1 } },
      { ...body, condition: { ...CONDITION, threshold: 1.5 } }, { ...body, condition: { ...CONDITION, windowMinutes: 0 } },
      { ...body, condition: { ...CONDITION, windowMinutes: 1441 } }, { ...body, condition: { ...CONDITION, agent: 'ag_1' } },
      { ...body, condition: { ...CONDITION, metric: 'grants', action: 'mail.send' } }, { ...body, severity: 'huge' }, { ...body, alertChannels: 'ops' },
      { ...body, alertChannels: [1] }, { ...body, ruleId: 'AD-001' }, { ...body, description: 1 },
    ]) badRequest(await org.post('/v1/anomaly/rules', bad));
    badRequest(await org.post('/v1/anomaly/rules'));

    const { id } = ok(await org.post('/v1/anomaly/rules', body), 201);
    for (const bad of [{}, { enabled: 'yes' }, { enabled: null }]) badRequest(await org.patch(`/v1/anomaly/rules/${id}`, bad));
    for (const unknown of ['AD-001', 'arule_01M7XKXHZHRCBPMYE3WHM992E2']) {
      notFound(await org.patch(`/v1/anomaly/rules/${unknown}`, { enabled: false }));
      notFound(await org.delete(`/v1/anomaly/rules/${unknown}`));
    }
    notFound(await other.patch(`/v1/anomaly/rules/${id}`, { enabled: false }));
    notFound(await other.delete(`/v1/anomaly/rules/${id}`));
  });

  test('each kind of channel gets the alerts of its severities', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const at = (name) => `http://127.0.0.1:${receiver.port}/${org.id}/${name}`;
    const make = async (body) => ok(await org.post('/v1/anomaly/channels', body), 201);
    const secret = 'a secret of our own';
    await make({ type: 'webhook', name: 'hook', config: { url: at('hook'), secret } });
    await make({ type: 'slack', name: 'chat', config: { url: at('chat') }, severities: ['low', 'high'] });
    await make({ type: 'email', name: 'mail', config: { to: [`${org.id.toLowerCase()}@example.com`] } });
    await org.grant(agentId);
    await log(org, 51, { agentId });
    await detect(org);
    await detect(org);

    const [hook] = await receiver.got(1, { path: `/${org.id}/hook` });
    const event = JSON.parse(hook.body);
    assert.deepEqual([event.type, event.data.type, event.data.agentId, event.data.context.count], ['anomaly.detected', 'rate_spike', agentId, 51]);
    const mac = createHmac('sha256', secret).update(`${hook.headers['x-grantex-timestamp']}.${hook.body}`).digest('hex');
    assert.equal(hook.headers['x-grantex-signature-v2'], `sha256=${mac}`);
    const chats = () => receiver.at(`/${org.id}/chat`).map(({ body }) => JSON.parse(body).text.split('\n')[0]).filter(byDay);
    await eventually(() => chats().length >= 2, 'both are told');
    assert.deepEqual(chats().sort(), ['[high] rate_spike', '[low] new_principal']);
    let mails;
    await eventually(async () => {
      const all = await Promise.all((await readdir(mail)).map((file) => readFile(path.join(mail, file), 'utf8')));
      mails = all.filter((text) => text.includes(`${org.id.toLowerCase()}@example.com`));
      return mails.length > 0;
    }, 'the mail is there');
    assert.match(mails[0], /^Subject: \[high\] rate_spike/m);

    assert.equal(receiver.at(`/${org.id}/hook`).length, 1);
    assert.equal(mails.length, 1);
  });

  test('channels show what is secret once, and refuse what cannot be told', async (server) => {
    const [org, other] = [await server.signUp(), await server.signUp()];
    const config = { url: 'https://hooks.example.com/T0/B0/letmein' };
    const slack = ok(await org.post('/v1/anomaly/channels', { type: 'slack', name: 'chat', config }), 201);
    isId('achan', slack.id);
    assert.deepEqual({ ...slack, id: '', createdAt: '' }, {
      id: '', type: 'slack', name: 'chat', config, severities: ['critical', 'high'], enabled: true, createdAt: '',
    });
    const hook = { url: 'https://receiver.example.com/hook', secret: 'sixteen characters' };
    ok(await org.post('/v1/anomaly/channels', { type: 'webhook', name: 'hook', config: hook, severities: ['low'] }), 201);

    const { channels } = ok(await org.get('/v1/anomaly/channels'));
    assert.deepEqual(channels.map((channel) => channel.config), [
      { url: hook.url, secret: '[secret]' }, { url: 'https://hooks.example.com/[secret]' },
    ]);

    const body = { type: 'webhook', name: 'hook', config: hook };
    for (const bad of [
      {}, { ...body, type: 'pager' }, { ...body, type: undefined }, { ...body, name: undefined }, { ...body, config: undefined }, { ...body, config: 'x' },
      { ...body, config: {} }, { ...body, config: { url: 'ftp://receiver.example.com' } }, { ...body, config: { ...hook, secret: 'short' } },
      { ...body, type: 'email' }, { ...body, type: 'email', config: { to: ['nobody'] } }, { ...body, type: 'email', config: { to: [] } },
      { ...body, severities: [] }, { ...body, severities: ['huge'] }, { ...body, severities: 'high' },
    ]) badRequest(await org.post('/v1/anomaly/channels', bad));

    assert.deepEqual(ok(await other.get('/v1/anomaly/channels')), { channels: [] });
    notFound(await other.delete(`/v1/anomaly/channels/${slack.id}`));
    nothing(await org.delete(`/v1/anomaly/channels/${slack.id}`));
    notFound(await org.delete(`/v1/anomaly/channels/${slack.id}`));
  });

  test('a grant is paused where the organization asks for it, and resumed', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const grant = await org.grant(agentId);
    const passedOn = await org.delegated(grant.grantToken, agentId);
    assert.equal(ok(await org.get('/v1/me')).anomalyResponse, 'advise');
    badRequest(await org.patch('/v1/me', { anomalyResponse: 'panic' }));
    ok(await org.patch('/v1/me', { anomalyResponse: 'pause' }));
    refused(await org.post(`/v1/grants/${grant.grantId}/resume`), 409, 'CONFLICT');
    await log(org, 51, { agentId });

    assert.equal((await detect(org)).autoRevokedGrants, 2);

    assert.deepEqual([await org.accepts(grant.grantToken), await org.accepts(passedOn.grantToken)], [false, false]);
    const shown = ok(await org.get(`/v1/grants/${grant.grantId}`));
    assert.equal(shown.status, 'paused');
    assert.match(shown.pausedAt, TIME);
    badRequest(await org.refresh(grant.refreshToken, agentId));
    badRequest(await org.delegate(grant.grantToken, agentId));
    refused(await org.post(`/v1/grants/${passedOn.grantId}/resume`), 409, 'CONFLICT');
    notFound(await (await server.signUp()).post(`/v1/grants/${grant.grantId}/resume`));

    const { sessionToken } = ok(await org.post('/v1/principal-sessions', { principalId: 'ada' }), 201);
    const held = async () => ok(await server.api('GET', '/v1/principal/grants', { key: sessionToken })).grants.map(({ grantId, status }) => [grantId, status]);
    assert.deepEqual(await held(), [[passedOn.grantId, 'paused'], [grant.grantId, 'paused']], 'the person still sees them');

    const resumed = ok(await org.post(`/v1/grants/${grant.grantId}/resume`));
    assert.deepEqual([resumed.status, resumed.pausedAt], ['active', undefined]);
    assert.deepEqual([await org.accepts(grant.grantToken), await org.accepts(passedOn.grantToken)], [true, true]);
    ok(await org.refresh(grant.refreshToken, agentId), 201);
  });

  test('every route needs a key', async (server) => {
    for (const [method, route] of [
      ['POST', '/v1/anomalies/detect'], ['GET', '/v1/anomalies'], ['PATCH', '/v1/anomalies/x/acknowledge'], ['GET', '/v1/anomaly/alerts'],
      ['GET', '/v1/anomaly/alerts/x'], ['POST', '/v1/anomaly/alerts/x/acknowledge'], ['POST', '/v1/anomaly/alerts/x/resolve'], ['GET', '/v1/anomaly/metrics'],
      ['POST', '/v1/anomaly/rules'], ['GET', '/v1/anomaly/rules'], ['PATCH', '/v1/anomaly/rules/x'], ['DELETE', '/v1/anomaly/rules/x'],
      ['POST', '/v1/anomaly/channels'], ['GET', '/v1/anomaly/channels'], ['DELETE', '/v1/anomaly/channels/x'], ['POST', '/v1/grants/x/resume'],
    ]) unauthorized(await server.api(method, route));
  });
}, { MAIL_PICKUP_DIR: mail, WEBHOOK_ALLOW_INSECURE_URLS: 'true', WEBHOOK_ALLOW_PRIVATE_HOSTS: 'true' });

onEachEngine('the round', (test) => {
  test('finds by itself what goes on, logs and counts it once, and the gauge follows', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    await log(org, 51, { agentId });

    const found = async () => (await alerts(org)).filter(({ ruleName }) => byDay(ruleName));
    await eventually(async () => (await found()).length > 0, 'a round finds it');

    const [alert] = await found();
    assert.deepEqual([alert.ruleName, alert.agentId], ['rate_spike', agentId]);
    const others = (await alerts(org)).length - 1;
    const value = async (line) => (await server.api('GET', '/metrics')).text.split('\n').find((text) => text.startsWith(line))?.split(' ')[1];
    await eventually(async () => await value('grantex_anomalies_detected_total{type="rate_spike",severity="high"}') === '1', 'the counter says one');
    assert.equal(await value('grantex_anomalies_unacknowledged'), String(1 + others));
    const lines = server.logText.split('\n').filter((line) => line.includes('anomaly.detected') && byDay(line));
    assert.equal(lines.length, 1);
    assert.match(lines[0], /rate_spike.*high|high.*rate_spike/);
    assert.ok(lines[0].includes(agentId));
    ok(await org.patch(`/v1/anomalies/${alert.alertId}/acknowledge`));
    assert.equal(await value('grantex_anomalies_unacknowledged'), String(others));
  });
}, { ANOMALY_INTERVAL_SECONDS: '1' });

after(() => rm(mail, { recursive: true }));
