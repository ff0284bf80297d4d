// Event streams: what happens to an organization's grants, told as it happens (grantex-core.md 9, decision 0018).
import assert from 'node:assert/strict';
import { after, before, describe, test as nodeTest } from 'node:test';
import { ENGINES, onEachEngine } from './support/engines.mjs';
import { Sse, Socket } from './support/events.mjs';
import { isId, noRoute, nothing, ok, TIME, unauthorized } from './support/expect.mjs';
import { Organization } from './support/organization.mjs';
import { Redis } from './support/redis.mjs';
import { eventually, Server } from './support/server.mjs';

const LIMIT = { timeout: 120_000 };
const NO_EVENT = 'evt_01ARZ3NDEKTSV4RRFFQ69G5FAV';

/** An organization that is approved at once, and its agent. */
async function sandbox(server) {
  const org = await server.signUp({ mode: 'sandbox' });
  const { agentId } = await org.agent();
  return { org, agentId };
}

onEachEngine('event streams', (test) => {
  test('headers come at once, and each event is one data line', async (server) => {
    const { org, agentId } = await sandbox(server);
    const stream = await Sse.open(server, org.key, { headers: { 'accept-encoding': 'gzip, br' } });

    const { status, headers } = stream.answer;
    assert.equal(status, 200);
    assert.equal(headers.get('content-type'), 'text/event-stream');
    assert.equal(headers.get('cache-control'), 'no-cache');
    assert.equal(headers.get('x-accel-buffering'), 'no');
    assert.equal(headers.get('content-encoding'), null);
    assert.deepEqual([...headers.keys()].filter((name) => name.startsWith('x-ratelimit')), []);

    const grant = await org.grant(agentId);
    nothing(await org.delete(`/v1/grants/${grant.grantId}`));
    await stream.have(3);
    assert.deepEqual(stream.types.toSorted(), ['grant.created', 'grant.revoked', 'token.issued']);
    for (const event of stream.events) {
      assert.deepEqual(Object.keys(event), ['id', 'type', 'createdAt', 'data']);
      isId('evt', event.id);
      assert.match(event.createdAt, TIME);
    }
    const { data } = stream.events.find(({ type }) => type === 'token.issued');
    assert.deepEqual(Object.keys(data).toSorted(), ['agentId', 'expiresAt', 'grantId', 'principalId', 'scopes', 'tokenId']);
    assert.deepEqual(stream.events.find(({ type }) => type === 'grant.revoked').data, { grantId: grant.grantId, cascade: false });
    assert.match(stream.text, /^(data: \{.*\}\n\n|: keepalive\n\n)+$/);
    await stream.close();
  });

  test('a quiet stream says that it is alive, and its length poisons no histogram', async (server) => {
    const { org } = await sandbox(server);
    const stream = await Sse.open(server, org.key);
    const socket = await Socket.open(server, org.key);

    await eventually(() => stream.text.split(': keepalive\n\n').length > 2 && socket.pings > 1, 'comments and pings come');

    assert.equal(stream.text.replaceAll(': keepalive\n\n', ''), '');
    await stream.close();
    await socket.close();
    await eventually(async () => {
      const { text } = await server.api('GET', '/metrics');
      const route = (name, rest = '') => Number(text.match(new RegExp(`^grantex_http_request_duration_seconds_${name}\\{method="GET",route="/v1/events/ws",status_code="101"${rest}\\} (\\S+)$`, 'm'))?.[1] ?? NaN);
      return route('count') >= 1 && route('sum') < 1.5 * route('count');
    }, 'it is counted with the time until it began');
  });

  test('types chooses what is told', async (server) => {
    const { org, agentId } = await sandbox(server);
    const some = await Sse.open(server, org.key, { query: '?types=grant.revoked,%20budget.threshold' });
    const all = await Sse.open(server, org.key, { query: '?types=' });
    const none = await Sse.open(server, org.key, { query: '?types=nothing.has.this.name' });
    const socket = await Socket.open(server, org.key, { query: '?types=grant.created' });

    const { grantId } = await org.grant(agentId);
    nothing(await org.delete(`/v1/grants/${grantId}`));

    await all.have(3);
    await some.have(1);
    await socket.have(1);
    assert.deepEqual([some.types, none.types, socket.types], [['grant.revoked'], [], ['grant.created']]);
    for (const stream of [some, all, none, socket]) await stream.close();
  });

  test('nobody listens without a key, and what is not there is 404', async (server) => {
    const { org } = await sandbox(server);

    for (const path of ['/v1/events/stream', '/v1/events/ws']) unauthorized(await server.api('GET', path));
    assert.deepEqual((await Socket.open(server, undefined)).ended, { status: 401 });
    noRoute(await org.get('/v1/events/ws'));
    noRoute(await org.post('/v1/events/stream', {}));
    noRoute(await org.get('/v1/events'));
    const head = await server.api('HEAD', '/v1/events/stream', { key: org.key });
    assert.deepEqual([head.status, head.headers['content-type'], head.text], [200, 'text/event-stream', '']);
  });

  test('a read-only key listens', async (server) => {
    const { org, agentId } = await sandbox(server);
    const { apiKey } = ok(await org.post('/v1/keys', { label: 'dashboard', readOnly: true }), 201);
    const stream = await Sse.open(server, apiKey);

    await org.grant(agentId);

    await stream.have(2);
    await stream.close();
  });

  test('another organization sees nothing', async (server) => {
    const [ours, theirs] = [await sandbox(server), await sandbox(server)];
    const streams = [await Sse.open(server, theirs.org.key), await Socket.open(server, theirs.org.key)];
    const own = await Sse.open(server, ours.org.key);

    await ours.org.grant(ours.agentId);
    await own.have(2);
    const { grantId } = await theirs.org.grant(theirs.agentId);

    for (const stream of streams) {
      await stream.have(2);
      assert.deepEqual([...new Set(stream.events.map(({ data }) => data.grantId))], [grantId]);
    }
    const stolen = await Sse.open(server, theirs.org.key, { headers: { 'last-event-id': own.ids[0] } });
    assert.equal((await stolen.refusal()).status, 410);
    for (const stream of [...streams, own]) await stream.close();
  });

  test('a sixth stream of a kind is refused until one of the five ends', async (server) => {
    const { org } = await sandbox(server);
    const lines = await Promise.all(Array.from({ length: 5 }, () => Sse.open(server, org.key)));
    const sockets = await Promise.all(Array.from({ length: 5 }, () => Socket.open(server, org.key)));
    assert.deepEqual(lines.map(({ answer }) => answer.status), [200, 200, 200, 200, 200]);

    const refusal = await (await Sse.open(server, org.key)).refusal();
    assert.deepEqual([refusal.status, refusal.json.code], [429, 'TOO_MANY_CONNECTIONS']);
    assert.match(refusal.json.message, /retry in \d+ seconds/);
    assert.match(refusal.headers.get('retry-after'), /^\d+$/);
    assert.deepEqual(await (await Socket.open(server, org.key)).end(), { code: 1013, reason: 'TOO_MANY_CONNECTIONS' });
    assert.equal(sockets.every(({ ended }) => ended === undefined), true);

    await Promise.all([lines[3].close(), sockets[1].close()]);
    const again = [await Sse.open(server, org.key), await Socket.open(server, org.key)];
    assert.deepEqual([again[0].answer.status, again[1].ended], [200, undefined]);
    for (const stream of [...lines, ...sockets, ...again]) if (stream.ended === undefined) await stream.close();
  });

  test('a stream goes on after the event it is told, by header or query, and then says ids', async (server) => {
    const { org, agentId } = await sandbox(server);
    const whole = await Sse.open(server, org.key, { query: '?lastEventId=' });
    for (let grants = 0; grants < 3; grants++) await org.grant(agentId);
    await whole.have(6);
    assert.deepEqual(whole.idLines, whole.ids);

    const byHeader = await Sse.open(server, org.key, { query: `?lastEventId=${whole.ids[5]}`, headers: { 'last-event-id': whole.ids[1] } });
    const byQuery = await Sse.open(server, org.key, { query: `?lastEventId=${whole.ids[3]}` });
    const filtered = await Socket.open(server, org.key, { query: `?lastEventId=${whole.ids[0]}&types=grant.created` });
    await org.grant(agentId);

    await whole.have(8);
    assert.deepEqual((await byHeader.have(6)).map(({ id }) => id), whole.ids.slice(2));
    assert.deepEqual(byHeader.idLines, byHeader.ids);
    assert.deepEqual((await byQuery.have(4)).map(({ id }) => id), whole.ids.slice(4));
    await eventually(() => filtered.events.length >= 3, 'the filtered stream catches up');
    assert.deepEqual(filtered.ids, whole.events.slice(1).filter(({ type }) => type === 'grant.created').map(({ id }) => id));
    for (const stream of [whole, byHeader, byQuery, filtered]) await stream.close();
  });

  test('an event that is not known is no place to go on from', async (server) => {
    const { org } = await sandbox(server);

    const refusal = await (await Sse.open(server, org.key, { headers: { 'last-event-id': NO_EVENT } })).refusal();
    assert.deepEqual([refusal.status, refusal.json.code], [410, 'GONE']);
    assert.deepEqual((await Socket.open(server, org.key, { query: `?lastEventId=${NO_EVENT}` })).ended, { status: 410 });
    for (const query of ['?lastEventId=7', `?lastEventId=${NO_EVENT}x`, '?types=a&types=b', `?types=${'x'.repeat(101)}`, `?types=${'x,'.repeat(101)}`]) {
      assert.deepEqual([query, (await Sse.open(server, org.key, { query })).answer.status], [query, 400]);
      assert.deepEqual([query, (await Socket.open(server, org.key, { query })).ended], [query, { status: 400 }]);
    }
  });

  test('the end of a key is the end of its streams', async (server) => {
    const { org, agentId } = await sandbox(server);
    const { keyId, apiKey } = ok(await org.post('/v1/keys', { label: 'lost' }), 201);
    const [lines, socket, own] = [await Sse.open(server, apiKey), await Socket.open(server, apiKey), await Sse.open(server, org.key)];

    nothing(await org.delete(`/v1/keys/${keyId}`));

    assert.equal(await lines.end(5), 'clean');
    assert.deepEqual(await socket.end(5), { code: 1008, reason: 'the API key is no longer valid' });
    await org.grant(agentId);
    await own.have(2);
    await own.close();
  });

  test('a socket takes a new filter at any time', async (server) => {
    const { org, agentId } = await sandbox(server);
    const socket = await Socket.open(server, org.key);
    await org.grant(agentId);
    await socket.have(2);

    socket.send({ types: ['grant.revoked'] });
    socket.send({ types: ['grant.revoked', 'x'], more: true });
    await new Promise((resolve) => socket.ws.ping('', undefined, resolve));
    await new Promise((resolve) => socket.ws.once('pong', resolve)); // what was sent before it has been read
    const { grantId } = await org.grant(agentId);
    nothing(await org.delete(`/v1/grants/${grantId}`));

    await socket.sees(({ type }) => type === 'grant.revoked', 'the grant is revoked');
    assert.deepEqual(socket.types.slice(2), ['grant.revoked']);
    socket.send({ types: [] });
    await new Promise((resolve) => socket.ws.once('pong', resolve).ping());
    await org.grant(agentId);
    await socket.have(5);
    await socket.close();
  });

  for (const [what, message, code] of [
    ['no JSON', 'types', 1007],
    ['JSON without types', '{}', 1007],
    ['a filter that is no list', '{"types":"grant.created"}', 1007],
    ['a list of something else', '{"types":[1]}', 1007],
    ['types twice', '{"types":[],"types":[]}', 1007],
    ['deep JSON', '['.repeat(10_000), 1007],
    ['too much', JSON.stringify({ types: ['x'.repeat(20_000)] }), 1009],
    ['bytes', Buffer.from('{"types":[]}'), 1003],
  ]) {
    test(`a socket that sends ${what} is closed with ${code}`, async (server) => {
      const { org } = await sandbox(server);
      const socket = await Socket.open(server, org.key);
      socket.send(message);
      const ended = await socket.end();
      assert.equal(ended.code, code);
      assert.notEqual(ended.reason, '');
    });
  }

  test('a reader that stops for a while misses nothing, and costs others nothing', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const { agentId } = await org.agent({ scopes: [] });
    const scopes = Array.from({ length: 100 }, (_, number) => `${number}:${'x'.repeat(250)}`);
    const [slow, quick] = [await Sse.open(server, org.key), await Sse.open(server, org.key)];
    slow.paused = true;

    for (let grants = 0; grants < 250; grants++) await org.grant(agentId, { scopes }); // 13 MB: more than sockets hold
    await quick.have(500, 60);
    slow.paused = false;
    await slow.have(500, 60);

    assert.deepEqual(slow.ids, quick.ids);
    assert.equal(new Set(slow.ids).size, 500);
    await slow.close();
    await quick.close();
  });
}, { EVENT_STREAM_KEEPALIVE: '1s' });

/** Servers on one database, as many as the engine admits, each of which can be replaced. */
class Nodes {
  static async start(engine, settings = {}) {
    const nodes = new Nodes();
    nodes.database = await ENGINES[engine]();
    nodes.settings = { ...nodes.database.settings, PUBLIC_BASE_URL: 'https://credence.example.test', ...settings };
    nodes.servers = await Promise.all(Array.from({ length: engine === 'postgres' ? 2 : 1 }, () => Server.start(nodes.settings)));
    return nodes;
  }

  /** Ends the first by `how` and starts another in its place. */
  async replaceFirst(how) {
    await this.servers[0][how]();
    this.servers[0] = await Server.start(this.settings);
  }

  /** The organization through one server or another. */
  org({ key, id }, turn) {
    return new Organization(this.servers[turn % this.servers.length], { apiKey: key, developerId: id });
  }

  async end() {
    for (const server of this.servers) await server.kill();
    await this.database.remove();
  }
}

for (const engine of Object.keys(ENGINES)) {
  nodeTest(`a server that stops ends its streams, and they go on at the next one, on ${engine}`, LIMIT, async () => {
    const nodes = await Nodes.start(engine);
    try {
      const { org, agentId } = await sandbox(nodes.servers[0]);
      const [lines, socket] = [await Sse.open(nodes.servers[0], org.key), await Socket.open(nodes.servers[0], org.key)];
      await org.grant(agentId);
      await Promise.all([lines.have(2), socket.have(2)]);

      await nodes.replaceFirst('stop');
      assert.equal(await lines.end(), 'clean');
      assert.equal((await socket.end()).code, 1001);
      const { grantId } = await nodes.org(org, 0).grant(agentId);

      const [linesOn, socketOn] = await Promise.all([Sse, Socket].map((kind) => kind.open(nodes.servers[0], org.key, { query: `?lastEventId=${lines.ids[0]}` })));
      await Promise.all([linesOn.have(3), socketOn.have(3)]);
      assert.equal(linesOn.ids[0], lines.ids[1]);
      assert.deepEqual(linesOn.ids, socketOn.ids);
      assert.deepEqual(linesOn.events.slice(1).map(({ data }) => data.grantId), [grantId, grantId]);
      await Promise.all([linesOn.close(), socketOn.close()]);
      for (const server of nodes.servers) await server.stop();
    } finally {
      await nodes.end();
    }
  });

  nodeTest(`a reader that drops and resumes under load, over a kill, misses nothing and sees nothing twice, on ${engine}`, LIMIT, async () => {
    const nodes = await Nodes.start(engine);
    try {
      const { org, agentId } = await sandbox(nodes.servers[0]);
      const first = await Sse.open(nodes.servers[0], org.key);
      await org.grant(agentId);
      const [start] = await first.have(2);
      await first.close();

      const acknowledged = new Set();
      let loading = true;
      const load = Array.from({ length: 6 }, async (_, walker) => {
        for (let turn = walker; loading; turn++) {
          await nodes.org(org, turn).grant(agentId).then(({ grantId }) => acknowledged.add(grantId), () => new Promise((resolve) => setTimeout(resolve, 50)));
        }
      });
      const readers = [Sse, Socket, Sse].map((kind, number) => resume(nodes, org.key, kind, start.id, number, () => !loading && acknowledged));

      await eventually(() => acknowledged.size > 60, 'the load gets going', 60);
      await nodes.replaceFirst('kill');
      const before = acknowledged.size;
      await eventually(() => acknowledged.size > before + 60, 'the load goes on', 60);
      loading = false;
      await Promise.all(load);

      const seen = await Promise.all(readers);
      const replay = await Sse.open(nodes.servers[0], org.key, { query: `?lastEventId=${start.id}` });
      await replay.have(Math.max(...seen.map(({ length }) => length)));
      for (const ids of seen) assert.deepEqual(ids, replay.ids.slice(0, ids.length));
      assert.equal(new Set(replay.ids).size, replay.ids.length);
      await replay.close();
    } finally {
      await nodes.end();
    }
  });
}

/** Reads a little at a time, at one server and the other, until every grant that `wanted` names has been told: the ids, as they came. */
async function resume(nodes, key, kind, start, number, wanted) {
  const ids = [];
  const told = new Set();
  const deadline = Date.now() + 90_000;
  for (let turn = number; !(wanted() && [...wanted()].every((grantId) => told.has(grantId))); turn++) {
    assert.ok(Date.now() < deadline, `${ids.length} events came, not of every grant`);
    const stream = await kind.open(nodes.servers[turn % nodes.servers.length], key, { query: `?types=grant.created,token.issued&lastEventId=${ids.at(-1) ?? start}` }).catch(() => undefined);
    if (stream?.answer?.status !== 200 && stream?.ws?.readyState !== 1) {
      await new Promise((resolve) => setTimeout(resolve, 100)); // that server is being replaced
      continue;
    }
    await eventually(() => stream.events.length >= 7 + turn % 20 || stream.ended !== undefined, '', 0.5).catch(() => {});
    const { events } = stream;
    await stream.close();
    for (const { id, type, data } of events) {
      ids.push(id);
      if (type === 'grant.created') told.add(data.grantId);
    }
  }
  return ids;
}

describe('event streams of two servers', () => {
  let redis;
  let nodes;

  before(async () => {
    redis = await Redis.start();
    nodes = await Nodes.start('postgres', { REDIS_URL: redis.url });
  }, LIMIT);

  after(async () => {
    await nodes?.end();
    await redis?.remove();
  });

  nodeTest('the five are counted together, and those of a killed server are free again', LIMIT, async () => {
    const { org } = await sandbox(nodes.servers[0]);
    const streams = await Promise.all([0, 1, 0, 1, 0].map((at) => Sse.open(nodes.servers[at], org.key)));
    assert.deepEqual(streams.map(({ answer }) => answer.status), [200, 200, 200, 200, 200]);
    for (const server of nodes.servers) assert.equal((await Sse.open(server, org.key)).answer.status, 429);

    await nodes.replaceFirst('kill');

    const opened = [];
    await eventually(async () => {
      const stream = await Sse.open(nodes.servers[0], org.key);
      if (stream.answer.status === 200) opened.push(stream);
      return opened.length === 3;
    }, 'three places are free again', 40);
    assert.equal((await Sse.open(nodes.servers[1], org.key)).answer.status, 429);
    for (const stream of [...opened, streams[1], streams[3]]) await stream.close();
  });

  nodeTest('what happens at one is told at the other, with Redis and without', LIMIT, async () => {
    const { org, agentId } = await sandbox(nodes.servers[0]);
    const there = await Sse.open(nodes.servers[1], org.key);
    await org.grant(agentId);
    await there.have(2);

    await redis.stop();
    await org.grant(agentId);
    await there.have(4);
    const late = await Socket.open(nodes.servers[1], org.key, { query: `?lastEventId=${there.ids[2]}` });
    await late.have(1);
    assert.deepEqual(late.ids, there.ids.slice(3));
    await there.close();
    await late.close();
  });
});
