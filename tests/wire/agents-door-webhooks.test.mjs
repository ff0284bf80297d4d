// Webhooks of the agents door (agent-idp AE-61 to AE-68, B.13).
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { API, BEGUN, customer, invalid, operator, refused } from './support/agents-door.mjs';
import { onEachEngine } from './support/engines.mjs';
import { TIME, isUuid, none, nothing, ok } from './support/expect.mjs';
import { Receiver, status } from './support/receiver.mjs';
import { eventually } from './support/server.mjs';

const SECRET = 'a secret of the receiver, which is long enough';
const hex = (secret, text) => createHmac('sha256', secret).update(text).digest('hex');

/**
 * A webhook of an agent's organization, at a receiver of its own. What happened just before may still be told to it, so it asks for nothing that has
 * happened there yet.
 */
async function subscribe(agent, receiver, fields = {}) {
  return ok(await agent.post('/webhooks', { name: 'Wire', url: receiver.url, events: ['agent.suspended', 'agent.decommissioned'], secret: SECRET, ...fields }), 201);
}

/** What the usual webhook is told of, once. */
async function suspend(agent) {
  return ok(await agent.patch(`/agents/${(await agent.register()).agentId}`, { status: 'suspended' }));
}

/** The signatures of an attempt, once its time is near and every one is hexadecimal. */
function signatures({ headers, at }) {
  const [time, ...rest] = headers['x-sentryagent-signature'].split(',');
  const seconds = Number(/^t=(\d+)$/.exec(time)[1]);
  assert.ok(Math.abs(at / 1000 - seconds) < 30);
  return { seconds, all: rest.map((each) => /^v1=([0-9a-f]{64})$/.exec(each)[1]) };
}

onEachEngine('the agents door tells of events', (test) => {
  test('a webhook is made, read, listed, changed and deleted; its secret is shown once', async (server) => {
    const agent = await customer(server);
    const made = ok(await agent.post('/webhooks', { name: 'One', url: 'https://hooks.example.test/a', events: ['agent.suspended', 'agent.reactivated'] }), 201);
    const { secret, ...webhook } = made;
    assert.ok(secret.length >= 32);
    isUuid(webhook.id);
    assert.match(webhook.createdAt, TIME);
    assert.deepEqual({ ...webhook, id: '', createdAt: '', updatedAt: '' }, {
      id: '', name: 'One', url: 'https://hooks.example.test/a', events: ['agent.suspended', 'agent.reactivated'], active: true, failureCount: 0, createdAt: '', updatedAt: '',
    });
    assert.deepEqual(ok(await agent.get(`/webhooks/${webhook.id}`)), webhook);
    assert.deepEqual(ok(await agent.get('/webhooks')), { data: [webhook], total: 1, page: 1, limit: 20 });

    const changed = ok(await agent.patch(`/webhooks/${webhook.id}`, { name: 'Two', active: false, events: ['agent.suspended'], rotateSecret: true }));
    assert.notEqual(changed.secret, secret);
    assert.deepEqual([changed.name, changed.active, changed.events], ['Two', false, ['agent.suspended']]);
    nothing(await agent.delete(`/webhooks/${webhook.id}`));
    refused(await agent.get(`/webhooks/${webhook.id}`), 404, 'NOT_FOUND');
    none(ok(await agent.get('/webhooks')).data, 'webhooks');
  });

  test('what cannot be taken is said, and the twenty-first is one too many', async (server) => {
    const agent = await customer(server);
    const good = { name: 'One', url: 'https://hooks.example.test/a', events: ['agent.suspended'] };
    invalid(await agent.post('/webhooks', { ...good, name: '' }), 'name');
    invalid(await agent.post('/webhooks', { ...good, name: 'n'.repeat(101) }), 'name');
    invalid(await agent.post('/webhooks', { ...good, events: [] }), 'events');
    invalid(await agent.post('/webhooks', { ...good, events: ['grant.created'] }), 'events');
    invalid(await agent.post('/webhooks', { ...good, events: ['agent.suspended', 'agent.suspended'] }), 'events');
    invalid(await agent.post('/webhooks', { ...good, secret: 's'.repeat(31) }), 'secret');
    invalid(await agent.post('/webhooks', { ...good, url: 'ftp://hooks.example.test' }));
    invalid(await agent.post('/webhooks', {}), 'name', 'url', 'events');
    for (let made = 0; made < 20; made += 1) ok(await agent.post('/webhooks', good), 201);
    refused(await agent.post('/webhooks', good), 409, 'WEBHOOK_LIMIT_REACHED');
    const [first] = ok(await agent.get('/webhooks?limit=1')).data;
    invalid(await agent.patch(`/webhooks/${first.id}`, {}), 'body');
    invalid(await agent.patch(`/webhooks/${first.id}`, { events: ['nothing'] }), 'events');
  });

  test('an event arrives in this door\'s envelope, signed, and the former secret signs on after a rotation', async (server) => {
    const [receiver, agent] = [await Receiver.start(), await customer(server)];
    const webhook = await subscribe(agent, receiver);
    assert.equal(webhook.secret, SECRET);
    const made = await suspend(agent);
    const [first] = await receiver.got(1);
    const { seconds, all } = signatures(first);
    assert.deepEqual(all, [hex(SECRET, `${seconds}.${first.body}`)]);
    assert.equal(first.headers['x-sentryagent-event'], 'agent.suspended');
    assert.equal(first.headers['content-type'], 'application/json');
    const event = JSON.parse(first.body);
    isUuid(event.id);
    assert.match(event.timestamp, TIME);
    assert.deepEqual({ ...event, id: '', timestamp: '', data: event.data.agentId }, {
      id: '', event: 'agent.suspended', timestamp: '', organizationId: made.organizationId, data: made.agentId,
    });

    await eventually(async () => ok(await agent.get(`/webhooks/${webhook.id}/deliveries`)).data[0]?.status === 'delivered', 'it is written down');
    const page = ok(await agent.get(`/webhooks/${webhook.id}/deliveries`));
    const [delivery] = page.data;
    assert.equal(delivery.id, first.headers['x-sentryagent-delivery']);
    assert.deepEqual({ ...delivery, id: '', createdAt: '', deliveredAt: '' }, {
      id: '', eventType: 'agent.suspended', status: 'delivered', attempts: 1, httpStatus: 200, nextAttemptAt: null, lastError: null, createdAt: '', deliveredAt: '',
    });
    none(ok(await agent.get(`/webhooks/${webhook.id}/deliveries?status=dead_letter`)).data, 'dead letters');
    invalid(await agent.get(`/webhooks/${webhook.id}/deliveries?status=lost`), 'status');

    const { secret } = ok(await agent.patch(`/webhooks/${webhook.id}`, { rotateSecret: true }));
    const again = ok(await agent.post(`/webhooks/${webhook.id}/deliveries/${delivery.id}/redeliver`), 202);
    assert.notEqual(again.id, delivery.id);
    const [, second] = await receiver.got(2);
    assert.equal(second.body, first.body);
    const both = signatures(second);
    assert.deepEqual(both.all, [secret, SECRET].map((each) => hex(each, `${both.seconds}.${second.body}`)));
    refused(await agent.post(`/webhooks/${webhook.id}/deliveries/0197a000-0000-7000-8000-000000000000/redeliver`), 404, 'NOT_FOUND');

    const sample = ok(await agent.post(`/webhooks/${webhook.id}/test`, { event: 'credential.rotated' }), 202);
    assert.deepEqual([sample.eventType, sample.status], ['credential.rotated', 'pending']);
    const [, , third] = await receiver.got(3);
    assert.deepEqual([third.headers['x-sentryagent-event'], JSON.parse(third.body).data.test], ['credential.rotated', true]);
    invalid(await agent.post(`/webhooks/${webhook.id}/test`, { event: 'nothing' }), 'event');
    ok(await agent.post(`/webhooks/${webhook.id}/test`), 202);
    await receiver.got(4);
    await receiver.close();
  });

  test('a failing receiver is tried again after two seconds, and its failures are counted', async (server) => {
    const [receiver, agent] = [await Receiver.start(), await customer(server)];
    receiver.answer = status(500);
    const webhook = await subscribe(agent, receiver);
    await suspend(agent);
    const [first, second] = await receiver.got(2);
    assert.ok(second.at - first.at >= 1_900, `${second.at - first.at} ms`);
    assert.equal(first.headers['x-sentryagent-delivery'], second.headers['x-sentryagent-delivery']);
    await eventually(async () => ok(await agent.get(`/webhooks/${webhook.id}`)).failureCount === 2, 'two failures');
    const [delivery] = ok(await agent.get(`/webhooks/${webhook.id}/deliveries?status=pending`)).data;
    assert.deepEqual([delivery.attempts, delivery.httpStatus, delivery.lastError], [2, 500, 'HTTP 500']);
    receiver.answer = status(204);
    await receiver.got(3);
    await eventually(async () => ok(await agent.get(`/webhooks/${webhook.id}`)).failureCount === 0, 'recovered');
    await receiver.close();
    await server.forgive(2);
  });

  test('the doors do not tell each other\'s listeners', async (server) => {
    const [receiver, agent] = [await Receiver.start(), await customer(server)];
    const webhook = await subscribe(agent, receiver, { events: ['token.issued'] });
    const { webhooks } = ok(await agent.organization.get('/v1/webhooks'));
    none(webhooks, 'webhooks of the agents door at the grants door');
    const grants = ok(await agent.organization.post('/v1/webhooks', { url: `${receiver.url.replace('/hook', '/grants')}`, events: ['token.issued'] }), 201);
    assert.equal(ok(await agent.get('/webhooks')).total, 1);
    await agent.ask();
    await receiver.got(1);
    refused(await agent.delete(`/webhooks/${uuidOf(grants.id)}`), 404, 'NOT_FOUND');
    nothing(await agent.delete(`/webhooks/${webhook.id}`));
    none(receiver.at('/grants'), 'events of the agents door at a webhook of the grants door');
    await receiver.close();
  });

  test('another organization sees and changes nothing', async (server) => {
    const [receiver, agent, other] = [await Receiver.start(), await customer(server), await customer(server)];
    const webhook = await subscribe(agent, receiver);
    await suspend(agent);
    const [{ headers }] = await receiver.got(1);
    const path = `/webhooks/${webhook.id}`;
    const delivery = headers['x-sentryagent-delivery'];
    for (const answer of [
      await other.get(path), await other.patch(path, { active: false }), await other.delete(path), await other.get(`${path}/deliveries`),
      await other.post(`${path}/test`), await other.post(`${path}/deliveries/${delivery}/redeliver`),
    ]) refused(answer, 404, 'NOT_FOUND');
    const narrow = await server.api('GET', `${API}${path}`, { key: await agent.token('agents:read') });
    assert.equal(refused(narrow, 403, 'FORBIDDEN').details.requiredScope, 'webhooks:read');
    assert.equal(ok(await agent.get(path)).active, true);
    assert.equal(receiver.received.length, 1);
    await receiver.close();
  });
}, { ...BEGUN, WEBHOOK_ALLOW_INSECURE_URLS: 'true', WEBHOOK_ALLOW_PRIVATE_HOSTS: 'true' });

onEachEngine('the agents door sends events to nobody inside', (test) => {
  test('plain http and private addresses are refused', async (server) => {
    const admin = operator(server);
    const webhook = (url) => admin.post('/webhooks', { name: 'Inside', url, events: ['agent.suspended'] });
    for (const url of ['http://hooks.example.test/', 'https://127.0.0.1/', 'https://10.0.0.1/', 'https://[::1]/', 'https://169.254.169.254/']) invalid(await webhook(url));
  });
}, { ...BEGUN, WEBHOOK_ALLOW_INSECURE_URLS: 'false', WEBHOOK_ALLOW_PRIVATE_HOSTS: 'false' });

/** An id of the grants door as this door writes it. */
function uuidOf(id) {
  const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  let bits = 0n;
  for (const letter of id.slice(id.indexOf('_') + 1)) bits = (bits << 5n) + BigInt(digits.indexOf(letter));
  const text = bits.toString(16).padStart(32, '0');
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}
