// A walk through event streams: told by both kinds, refused for a key and a place that are none, and ended with their key (contract grantex-core 9).
import assert from 'node:assert/strict';
import { Sse, Socket } from './events.mjs';
import { nothing, ok } from './expect.mjs';

const [LINES, SOCKET] = ['/v1/events/stream', '/v1/events/ws'];
const NO_EVENT = '?lastEventId=evt_01ARZ3NDEKTSV4RRFFQ69G5FAV';

export async function eventStreams(walk) {
  const org = await walk.signUp({ mode: 'sandbox' });
  const [{ agentId }, principalId] = [await org.agent(), walk.principal()];
  const { keyId, apiKey } = ok(await org.post('/v1/keys', { label: 'streams' }), 201);

  /** Opens a stream of a kind; the counts are of when it ends, or is refused. */
  const open = async (kind, key, options) => {
    walk.secrets.set(key, 'bearer');
    const stream = await kind.open(walk, key, options);
    const status = kind === Sse ? stream.answer.status : stream.ended?.status ?? 101;
    walk.answered('GET', kind === Sse ? LINES : SOCKET, { status });
    return { stream, status };
  };

  const [{ stream: lines }, { stream: socket }] = [await open(Sse, apiKey), await open(Socket, apiKey)];
  const { grantId } = await org.grant(agentId, { principalId });
  nothing(await org.delete(`/v1/grants/${grantId}`));
  walk.did('grantex_grants_revoked_total');
  walk.told('grant.created', { grantId, agentId, principalId });
  walk.told('grant.revoked', { grantId, cascadeCount: 0 });
  await Promise.all([lines, socket].map((stream) => stream.sees(({ type, data }) => type === 'grant.revoked' && data.grantId === grantId, 'the grant is revoked')));

  nothing(await org.delete(`/v1/keys/${keyId}`));
  assert.equal(await lines.end(), 'clean');
  assert.equal((await socket.end()).code, 1008);
  for (const kind of [Sse, Socket]) {
    assert.equal((await open(kind, apiKey)).status, 401, 'its key is over');
    assert.equal((await open(kind, org.key, { query: NO_EVENT })).status, 410, 'no such event');
  }
}
