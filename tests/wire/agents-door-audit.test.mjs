// What the server recorded, at the agents door (agent-idp AE-16 to AE-18).
import assert from 'node:assert/strict';
import { BEGUN, customer, invalid, operator, refused } from './support/agents-door.mjs';
import { onEachEngine } from './support/engines.mjs';
import { TIME, isUuid, ok } from './support/expect.mjs';

const HASH = /^[0-9a-f]{64}$/;

onEachEngine('the agents door shows what was recorded', (test) => {
  test('an event has the documented members, and says who did it from where', async (server) => {
    const admin = operator(server);
    const made = await admin.register();
    const page = ok(await admin.get(`/audit?agentId=${made.agentId}&action=agent.created`, { headers: { 'user-agent': 'wire/1' } }));
    assert.deepEqual({ ...page, data: page.data.length }, { data: 1, total: 1, page: 1, limit: 50 });
    const [event] = page.data;
    assert.deepEqual(Object.keys(event).sort(), [
      'action', 'agentId', 'eventId', 'hash', 'ipAddress', 'metadata', 'organizationId', 'outcome', 'previousHash', 'timestamp', 'userAgent',
    ]);
    isUuid(event.eventId);
    assert.match(event.timestamp, TIME);
    assert.match(event.hash, HASH);
    assert.match(event.previousHash, HASH);
    assert.deepEqual(
      [event.agentId, event.organizationId, event.action, event.outcome, event.ipAddress], [made.agentId, made.organizationId, 'agent.created', 'success', '127.0.0.1']);

    assert.deepEqual(ok(await admin.get(`/audit/${event.eventId}`)), event);
    refused(await admin.get('/audit/0197a000-0000-7000-8000-000000000000'), 404, 'AUDIT_EVENT_NOT_FOUND');
    invalid(await admin.get('/audit/nonsense'), 'eventId');
  });

  test('events follow each other, newest first, and are narrowed by what is asked for', async (server) => {
    const agent = await operator(server).agent();
    await agent.bearer();
    const all = ok(await agent.get(`/audit?agentId=${agent.id}&limit=200`)).data;
    assert.ok(all.length >= 3, 'created, equipped, token issued');
    assert.deepEqual(all.map(({ timestamp }) => timestamp), all.map(({ timestamp }) => timestamp).sort().reverse());
    const pages = [];
    for (let page = 1; page <= all.length; page += 1) pages.push(...ok(await agent.get(`/audit?agentId=${agent.id}&limit=1&page=${page}`)).data);
    assert.deepEqual(pages, all);
    const issued = ok(await agent.get(`/audit?agentId=${agent.id}&action=token.issued`)).data;
    assert.deepEqual(issued, all.filter(({ action }) => action === 'token.issued'));
    assert.equal(ok(await agent.get(`/audit?agentId=${agent.id}&outcome=failure`)).total, 0);
    const at = encodeURIComponent(issued[0].timestamp);
    assert.ok(ok(await agent.get(`/audit?agentId=${agent.id}&fromDate=${at}&toDate=${at}`)).data.some(({ eventId }) => eventId === issued[0].eventId));
    const before = encodeURIComponent(new Date(Date.parse(all.at(-1).timestamp) - 1).toISOString());
    assert.equal(ok(await agent.get(`/audit?agentId=${agent.id}&toDate=${before}`)).total, 0);
  });

  test('what cannot be asked is said', async (server) => {
    const admin = operator(server);
    invalid(await admin.get('/audit?limit=201'), 'limit');
    invalid(await admin.get('/audit?page=0'), 'page');
    invalid(await admin.get('/audit?outcome=blocked'), 'outcome');
    invalid(await admin.get('/audit?agentId=nobody'), 'agentId');
    invalid(await admin.get('/audit?fromDate=yesterday'), 'fromDate');
    refused(await admin.get('/audit?fromDate=2026-03-02T00:00:00Z&toDate=2026-03-01T00:00:00Z'), 400, 'INVALID_DATE_RANGE');
    refused(await admin.get('/audit/verify?fromDate=2026-03-02T00:00:00Z&toDate=2026-03-01T00:00:00Z'), 400, 'INVALID_DATE_RANGE');
    const long = new Date(Date.now() - 91 * 86_400_000).toISOString();
    refused(await (await customer(server)).get(`/audit?fromDate=${long}`), 400, 'RETENTION_WINDOW_EXCEEDED');
    const narrow = await server.api('GET', '/api/v1/audit', { key: await admin.token('agents:read') });
    refused(narrow, 403, 'FORBIDDEN');
    assert.equal(narrow.json.details.requiredScope, 'audit:read');
  });

  test('another organization sees its own events and no other, and they verify', async (server) => {
    const [mine, other] = [await customer(server), await customer(server)];
    const [event] = ok(await mine.get('/audit?action=token.issued')).data;
    assert.equal(event.agentId, mine.id);
    refused(await other.get(`/audit/${event.eventId}`), 404, 'AUDIT_EVENT_NOT_FOUND');
    assert.equal(ok(await other.get(`/audit?agentId=${mine.id}`)).total, 0);
    const verdict = ok(await other.get('/audit/verify'));
    assert.match(verdict.verifiedAt, TIME);
    assert.ok(verdict.checkedCount > 0);
    assert.deepEqual({ ...verdict, checkedCount: 0, verifiedAt: '' }, { verified: true, checkedCount: 0, brokenAtEventId: null, fromDate: null, toDate: null, verifiedAt: '' });
    const part = ok(await other.get(`/audit/verify?fromDate=${new Date(Date.now() + 60_000).toISOString()}`));
    assert.deepEqual([part.verified, part.checkedCount], [true, 0]);
  });
}, BEGUN);
