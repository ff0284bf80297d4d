// Webhooks and their deliveries (contract grantex-core.md 8, operations.md 5, standards.md 20; decisions 0016, 0017).
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { after, before } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { onEachEngine } from './support/engines.mjs';
import { TIME, badRequest, isId, notFound, nothing, ok, refused, unauthorized } from './support/expect.mjs';
import { send } from './support/http.mjs';
import { Receiver, status } from './support/receiver.mjs';
import { Server, eventually, freePort } from './support/server.mjs';

const ALL = ['grant.created', 'grant.revoked', 'token.issued'];
const FIRST_RETRY = 2;

/** As a developer's own code verifies the documented headers, from the contract's words. */
function legacyAccepts(secret, { headers, body }) {
  const hmac = (text) => `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;
  const fresh = /^\d{1,15}$/.test(headers['x-grantex-timestamp']) && Math.abs(Date.now() / 1000 - headers['x-grantex-timestamp']) <= 300;
  return fresh && headers['x-grantex-signature-v2'] === hmac(`${headers['x-grantex-timestamp']}.${body}`) && headers['x-grantex-signature'] === hmac(body);
}

const standardAccepts = (secret, { headers, body }) => new Webhook(secret).verify(body, headers);

onEachEngine('webhooks', (test) => {
  let receiver;
  before(async () => { receiver = await Receiver.start(); });
  after(() => receiver.close());

  let paths = 0;
  /** A receiver's address that no other test uses. */
  const somewhere = () => {
    paths += 1;
    return { path: `/hook/${paths}`, url: `http://127.0.0.1:${receiver.port}/hook/${paths}` };
  };
  const create = async (org, fields = {}) => ok(await org.post('/v1/webhooks', { url: somewhere().url, events: ALL, ...fields }), 201);
  const deliveries = async (org, id, query = '') => ok(await org.get(`/v1/webhooks/${id}/deliveries${query}`));

  test('are created with a secret that is shown once, and listed newest first without it', async (server) => {
    const org = await server.signUp();
    const { url } = somewhere();
    const made = await create(org, { url, events: ['grant.created', 'token.issued'] });
    isId('wh', made.id);
    assert.match(made.secret, /^[0-9a-f]{48}$/);
    assert.equal(made.signingSecret, `whsec_${Buffer.from(made.secret).toString('base64')}`);
    assert.match(made.createdAt, TIME);
    assert.deepEqual([made.url, made.events], [url, ['grant.created', 'token.issued']]);

    const other = await create(org);
    const { webhooks } = ok(await org.get('/v1/webhooks'));
    assert.deepEqual(webhooks.map(({ id }) => id), [other.id, made.id]);
    assert.deepEqual(webhooks[1], { id: made.id, url, events: made.events, createdAt: made.createdAt, active: true });
    assert.deepEqual(ok(await (await server.signUp()).get('/v1/webhooks')), { webhooks: [] });
    assert.ok(!server.logText.includes(made.secret), 'the secret is in no log');
  });

  test('refuse what cannot be delivered to, with what would do', async (server) => {
    const org = await server.signUp();
    const url = 'https://receiver.example/hook';
    const events = ALL;
    for (const body of [
      {}, { url }, { events }, { url, events: [] }, { url, events: ['audit.logged'] }, { url, events: 'grant.created' }, { url, events: [7] },
      { url: 7, events }, { url: 'ftp://127.0.0.1/x', events }, { url: 'nonsense', events }, { url: 'https://user@receiver.example/', events },
      { url: `https://receiver.example/${'x'.repeat(2048)}`, events }, { url, events, secret: 'fifteen letters' }, { url, events, secret: 'x'.repeat(257) },
      { url, events, secret: 7 }, { url, events, secret: 'whsec_not base64 but long' },
    ]) badRequest(await org.post('/v1/webhooks', body));
    assert.match(badRequest(await org.post('/v1/webhooks', { url, events: ['audit.logged'] })).message, /grant\.created, grant\.revoked, token\.issued/);
    unauthorized(await server.api('POST', '/v1/webhooks', { body: { url, events } }));
    unauthorized(await server.api('GET', '/v1/webhooks'));
  });

  test('tell of a grant, its token and its end, in a form that both kinds of receivers verify', async (server) => {
    const org = await server.signUp();
    const { path, url } = somewhere();
    const { secret, signingSecret } = await create(org, { url });
    const lender = await org.agent();
    const grant = await org.grant(lender.agentId);
    const child = await org.delegated(grant.grantToken, lender.agentId);
    nothing(await org.delete(`/v1/grants/${grant.grantId}`));

    const got = await receiver.got(5, { path });
    const events = got.map(({ body }) => JSON.parse(body)).sort((a, b) => a.createdAt.localeCompare(b.createdAt));
    assert.deepEqual(events.map(({ type }) => type).sort(), ['grant.created', 'grant.created', 'grant.revoked', 'token.issued', 'token.issued']);
    for (const delivery of got) {
      assert.equal(delivery.method, 'POST');
      assert.equal(delivery.headers['content-type'], 'application/json');
      assert.equal(delivery.headers['user-agent'], 'Grantex-Webhooks/0.1');
      assert.ok(legacyAccepts(secret, delivery));
      const event = standardAccepts(signingSecret, delivery);
      assert.deepEqual(Object.keys(event), ['id', 'type', 'createdAt', 'data']);
      assert.equal(delivery.headers['webhook-id'], event.id);
      isId('evt', event.id);
      assert.match(event.createdAt, TIME);
      const forged = { ...delivery, body: delivery.body.replace('"data"', '"date"') };
      assert.ok(!legacyAccepts(secret, forged));
      assert.throws(() => standardAccepts(signingSecret, forged));
    }

    const data = (type, grantId) => events.find((event) => event.type === type && event.data.grantId === grantId)?.data;
    const { expiresAt } = grant;
    const granted = { grantId: grant.grantId, agentId: lender.agentId, principalId: 'ada', scopes: ['email:read', 'email:send'], expiresAt };
    assert.deepEqual(data('grant.created', grant.grantId), granted);
    assert.deepEqual(data('token.issued', grant.grantId), { tokenId: grant.claims.jti, ...granted });
    const { delegationDepth, parentGrantId } = data('grant.created', child.grantId);
    assert.deepEqual({ delegationDepth, parentGrantId }, { delegationDepth: 1, parentGrantId: grant.grantId });
    assert.deepEqual(data('grant.revoked', grant.grantId), { grantId: grant.grantId, cascade: true });
  });

  test("sign with the caller's own secret, also with one made for Standard Webhooks", async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    for (const secret of ['sixteen letters!', 'ä secret of my own', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']) {
      const { path, url } = somewhere();
      const made = await create(org, { url, secret, events: ['token.issued'] });
      assert.equal(made.secret, secret);
      if (secret.startsWith('whsec_')) assert.equal(made.signingSecret, secret);
      await org.grant((await org.agent()).agentId);
      const [delivery] = await receiver.got(1, { path });
      assert.ok(legacyAccepts(secret, delivery));
      standardAccepts(made.signingSecret, delivery);
    }
  });

  test('try again after a failure, with the same body and id and a new signature', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { path, url } = somewhere();
    const { id, secret, signingSecret } = await create(org, { url: `${url}?token=not-for-logs`, events: ['grant.created'] });
    const answers = [status(500), status(302, { location: `http://127.0.0.1:${receiver.port}/private` }), status(204)];
    const before = receiver.answer;
    receiver.answer = (request, response, body) => (request.url.startsWith(`${path}?`) ? answers.shift()(request, response, body) : before(request, response, body));
    await org.grant((await org.agent()).agentId);

    const attempts = await receiver.got(1, { path: `${path}?token=not-for-logs` });
    await eventually(async () => (await deliveries(org, id)).deliveries[0]?.attempts === 1, 'the failure is written down');
    const { deliveries: [waiting] } = await deliveries(org, id, '?status=pending');
    assert.deepEqual([waiting.status, waiting.lastError, waiting.deliveredAt, waiting.maxAttempts], ['pending', 'HTTP 500', null, 5]);

    const [first, second, third] = await receiver.got(3, { path: `${path}?token=not-for-logs`, seconds: 30 });
    assert.equal(attempts[0], first);
    for (const [rest, from, to] of [[FIRST_RETRY, first, second], [2 * FIRST_RETRY, second, third]]) {
      assert.ok(to.at - from.at >= rest * 1000 - 100, `a rest of ${rest} s, was ${to.at - from.at} ms`);
    }
    for (const delivery of [second, third]) {
      assert.equal(delivery.body, first.body);
      assert.equal(delivery.headers['webhook-id'], first.headers['webhook-id']);
      assert.equal(delivery.headers['x-grantex-signature'], first.headers['x-grantex-signature']);
      assert.notEqual(delivery.headers['x-grantex-signature-v2'], first.headers['x-grantex-signature-v2']);
      assert.ok(legacyAccepts(secret, delivery));
      standardAccepts(signingSecret, delivery);
    }
    assert.deepEqual(receiver.at('/private'), [], 'a redirect is not followed');

    await eventually(async () => (await deliveries(org, id, '?status=delivered')).total === 1, 'it is delivered');
    const { deliveries: [done] } = await deliveries(org, id);
    assert.deepEqual([done.status, done.attempts, done.lastError], ['delivered', 3, null]);
    assert.match(done.deliveredAt, TIME);

    const failed = await server.logged((line) => line.msg === 'webhook.delivery_failed' && line.webhookId === id, 2);
    assert.deepEqual(failed.map(({ level, url: logged, statusCode, attempt }) => [level, logged, statusCode, attempt]), [['error', url, 500, 1], ['error', url, 302, 2]]);
    assert.ok(!server.logText.includes('not-for-logs'));
    server.takeComplaints();
    const metrics = (await server.api('GET', '/metrics')).text;
    for (const name of ['delivered', 'failed']) assert.match(metrics, new RegExp(`^grantex_webhook_deliveries_total\\{status="${name}"\\} [1-9]`, 'm'));
  });

  test('give a receiver that hangs, drips or sends too much no more than 10 s and 2 MiB, and keep none waiting for it', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const bad = {
      hang: () => {},
      drip: (request, response) => {
        const drops = setInterval(() => response.write('.'), 200);
        response.on('close', () => clearInterval(drops));
      },
      much: (request, response) => response.end(Buffer.alloc(2 * 1024 * 1024 + 1)),
    };
    const hooks = {};
    for (const name of Object.keys(bad)) hooks[name] = await create(org, { url: `http://127.0.0.1:${receiver.port}/${name}/${org.id}`, events: ['grant.created'] });
    const { path, url } = somewhere();
    await create(org, { url, events: ['grant.created'] });
    const before = receiver.answer;
    receiver.answer = (request, ...rest) => (request.url.endsWith(org.id) ? bad[request.url.split('/')[1]](request, ...rest) : before(request, ...rest));

    const began = Date.now();
    await org.grant((await org.agent()).agentId);
    await receiver.got(1, { path });
    assert.ok(Date.now() - began < 8_000, 'the fast one does not wait');
    const errors = { hang: 'No complete answer within 10 s', drip: 'No complete answer within 10 s', much: 'The answer is too large' };
    for (const [name, error] of Object.entries(errors)) {
      await eventually(async () => (await deliveries(org, hooks[name].id)).deliveries[0].attempts > 0, `${name} has failed`, 30);
      assert.equal((await deliveries(org, hooks[name].id)).deliveries[0].lastError, error);
    }
    receiver.answer = before;
    for (const { id } of Object.values(hooks)) nothing(await org.delete(`/v1/webhooks/${id}`));
    server.takeComplaints();
  });

  test('show their deliveries by page and status', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { path, url } = somewhere();
    const { id } = await create(org, { url });
    const { agentId } = await org.agent();
    for (let count = 0; count < 2; count += 1) await org.grant(agentId);
    await receiver.got(4, { path });
    await eventually(async () => (await deliveries(org, id, '?status=delivered')).total === 4, 'all are delivered');

    const page = await deliveries(org, id, '?page=2&pageSize=3');
    assert.deepEqual([page.total, page.page, page.pageSize, page.deliveries.length], [4, 2, 3, 1]);
    const all = await deliveries(org, id);
    assert.deepEqual([all.total, all.page, all.pageSize], [4, 1, 20]);
    assert.deepEqual(all.deliveries.map(({ createdAt }) => createdAt), all.deliveries.map(({ createdAt }) => createdAt).sort().reverse());
    assert.deepEqual(Object.keys(all.deliveries[0]), [
      'id', 'webhookId', 'eventId', 'eventType', 'status', 'attempts', 'maxAttempts', 'url', 'lastError', 'createdAt', 'deliveredAt']);
    isId('whd', all.deliveries[0].id);
    assert.equal((await deliveries(org, id, '?pageSize=5000')).pageSize, 100);
    assert.deepEqual((await deliveries(org, id, '?status=failed')).deliveries, []);
    assert.deepEqual((await deliveries(org, id, '?page=1000000')).deliveries, []);
    for (const query of ['?status=lost', '?page=0', '?page=1000001', '?page=x', '?pageSize=0', '?pageSize=-1']) badRequest(await org.get(`/v1/webhooks/${id}/deliveries${query}`));
    notFound(await (await server.signUp()).get(`/v1/webhooks/${id}/deliveries`));
    notFound(await org.get('/v1/webhooks/wh_nonsense/deliveries'));
  });

  test('are gone when they are deleted, for their owner alone to do', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { path, url } = somewhere();
    const { id } = await create(org, { url });
    notFound(await (await server.signUp()).delete(`/v1/webhooks/${id}`));
    nothing(await org.delete(`/v1/webhooks/${id}`));
    notFound(await org.delete(`/v1/webhooks/${id}`));
    notFound(await org.get(`/v1/webhooks/${id}/deliveries`));
    assert.deepEqual(ok(await org.get('/v1/webhooks')).webhooks, []);

    const other = somewhere();
    await create(org, { url: other.url });
    await org.grant((await org.agent()).agentId);
    await receiver.got(2, { path: other.path });
    assert.deepEqual(receiver.at(path), []);
  });

  test('can be changed, switched off and on, pinged, and given a new secret while the former one still signs', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { path, url } = somewhere();
    const made = await create(org, { url: 'http://127.0.0.1:9/nobody', events: ['grant.revoked'] });
    const address = `/v1/webhooks/${made.id}`;
    const changed = ok(await org.patch(address, { url, events: ['token.issued'], active: false }));
    assert.deepEqual([changed.url, changed.events, changed.active], [url, ['token.issued'], false]);
    for (const body of [{}, { url: 'nonsense' }, { events: [] }, { active: 'no' }]) badRequest(await org.patch(address, body));
    refused(await org.post(`${address}/ping`), 409, 'CONFLICT');
    ok(await org.patch(address, { active: true }));

    const { eventId, eventType } = ok(await org.post(`${address}/ping`), 202);
    assert.equal(eventType, 'webhook.ping');
    const [ping] = await receiver.got(1, { path });
    assert.equal(standardAccepts(made.signingSecret, ping).id, eventId);

    const rotated = ok(await org.post(`${address}/rotate-secret`, { overlap: '1h' }));
    assert.notEqual(rotated.secret, made.secret);
    const hours = (Date.parse(rotated.previousUntil) - Date.now()) / 3_600_000;
    assert.ok(hours > 0.9 && hours <= 1, rotated.previousUntil);
    badRequest(await org.post(`${address}/rotate-secret`, { overlap: '31d' }));
    await org.grant((await org.agent()).agentId);
    const [, event] = await receiver.got(2, { path });
    for (const secret of [rotated.signingSecret, made.signingSecret]) assert.equal(standardAccepts(secret, event).type, 'token.issued');
    assert.ok(legacyAccepts(made.secret, event), 'the documented headers are the former secret\'s until the overlap is over');

    await eventually(async () => (await deliveries(org, made.id)).deliveries[0].status === 'delivered', 'it is delivered');
    const { deliveries: [sent] } = await deliveries(org, made.id);
    const again = ok(await org.post(`${address}/deliveries/${sent.id}/redeliver`), 202);
    assert.notEqual(again.id, sent.id);
    assert.equal(again.eventId, sent.eventId);
    const [, , repeated] = await receiver.got(3, { path });
    assert.equal(repeated.body, event.body);
    notFound(await org.post(`${address}/deliveries/whd_nonsense/redeliver`));
    notFound(await (await server.signUp()).post(`${address}/deliveries/${sent.id}/redeliver`));
  });

  test('are printed and passed on by `credence webhooks listen`, if they are signed', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { path, url } = somewhere();
    const port = await freePort();
    const secret = 'what the developer chose';
    for (const wrong of [['--port', '0', '--secret', secret], ['--port', 'x', '--secret', secret], ['--port', '1', '--secret', 'short'], ['--port', '1', '--secret', secret, '--forward', 'ftp://x']]) {
      await assert.rejects(Server.command(['webhooks', 'listen', ...wrong]), /must/);
    }
    const listener = Server.run(['webhooks', 'listen', '--port', String(port), '--secret', secret, '--forward', url]);
    try {
      await eventually(() => listener.output.includes(`Listening on http://localhost:${port}`), () => listener.output, 60);
      const { id } = await create(org, { url: `http://127.0.0.1:${port}/`, secret, events: ['token.issued'] });
      await org.grant((await org.agent()).agentId);
      const [delivery] = await receiver.got(1, { path });
      assert.ok(legacyAccepts(secret, delivery), 'it is passed on as it came');
      await eventually(() => listener.output.includes(delivery.body), () => listener.output);
      assert.match(listener.output, /documented signature good, Standard Webhooks good, fresh, answered 200/);
      await eventually(async () => (await deliveries(org, id)).deliveries[0].status === 'delivered', 'it is delivered');

      const forged = await send(`http://127.0.0.1:${port}`, 'POST', '/', { body: delivery.body, headers: { 'x-grantex-signature-v2': 'sha256=00' } });
      assert.equal(forged.status, 401);
      assert.equal(receiver.at(path).length, 1);

      const jsonPort = await freePort();
      const json = Server.run(['webhooks', 'listen', '--port', String(jsonPort), '--secret', secret, '--json']);
      try {
        await eventually(() => json.output.includes('Listening on'), () => json.output, 60);
        const again = await send(`http://127.0.0.1:${jsonPort}`, 'POST', '/', { body: delivery.body, headers: delivery.headers });
        assert.equal(again.status, 200);
        await eventually(() => json.output.includes('\n{'), () => json.output);
        const { at, id: said, ...line } = JSON.parse(json.output.split('\n').find((text) => text.startsWith('{')));
        assert.match(at, TIME);
        assert.equal(said, delivery.headers['webhook-id']);
        assert.deepEqual(line, { documented: true, standard: true, fresh: true, answered: 200, body: delivery.body });
      } finally {
        await json.stop();
      }
    } finally {
      await listener.stop();
    }
  });

  test('are as many as the plan admits, and a read-only key makes none', async (server) => {
    const org = await server.signUp();
    const answers = await Promise.all(Array.from({ length: 40 }, () => org.post('/v1/webhooks', { url: 'https://receiver.example/', events: ALL })));
    assert.equal(answers.filter((answer) => answer.status === 201).length, 30);
    for (const answer of answers.filter(({ status: code }) => code !== 201)) refused(answer, 402, 'PLAN_LIMIT_EXCEEDED');
    const { apiKey } = ok(await org.post('/v1/keys', { readOnly: true }), 201);
    refused(await org.post('/v1/webhooks', { url: 'https://receiver.example/', events: ALL }, { key: apiKey }), 403, 'FORBIDDEN');
    ok(await org.get('/v1/webhooks', { key: apiKey }));
  });
}, { WEBHOOK_FIRST_RETRY: `${FIRST_RETRY}s` });

onEachEngine('webhooks where only the public internet may be reached', (test) => {
  test('refuse http, and hosts that are not public, when they are registered', async (server) => {
    const org = await server.signUp();
    for (const url of [
      'http://receiver.example/', 'https://127.0.0.1/', 'https://localhost/', 'https://10.0.0.1/', 'https://169.254.169.254/latest/meta-data/', 'https://[::1]/',
      'https://[::ffff:10.0.0.1]/', 'https://2130706433/', 'https://metadata.google.internal/',
    ]) badRequest(await org.post('/v1/webhooks', { url, events: ALL }));
    ok(await org.post('/v1/webhooks', { url: 'https://receiver.example/hook', events: ALL }), 201);
  });
}, { WEBHOOK_ALLOW_INSECURE_URLS: 'false', WEBHOOK_ALLOW_PRIVATE_HOSTS: 'false' });
