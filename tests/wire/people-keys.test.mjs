// An operator's programs and the keys that sign people's tokens (identity ID-7 to ID-9, C.7).
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import { onEachEngine } from './support/engines.mjs';
import { TIME, ok } from './support/expect.mjs';
import { API, BEHIND_PROXY, invalid, newcomer, refused } from './support/people.mjs';
import { eventually } from './support/server.mjs';

const folder = mkdtempSync(path.join(os.tmpdir(), 'credence-keys-'));
const secret = randomBytes(32).toString('hex');
writeFileSync(path.join(folder, 'callers'), `operator:${createHash('sha256').update(secret).digest('hex')}\n`);
after(() => rmSync(folder, { recursive: true }));

const call = (server, method, at, body) =>
  server.api(method, `${API}/keys${at}`, { body, headers: { authorization: `Basic ${Buffer.from(`operator:${secret}`).toString('base64')}` } });
const keys = async (server) => ok(await call(server, 'GET', ''));
const published = async (server) => ok(await server.api('GET', '/jw-certs')).keys.map(({ kid }) => kid);

onEachEngine('the keys of the people door', (test) => {
  test('the next key is published, and says when it signs', async (server) => {
    const [active] = await keys(server);
    assert.deepEqual([active.state, active.alg, active.source], ['active', 'ES256', 'database']);
    const answer = await call(server, 'POST', '/rotate', { prepublishSeconds: 300 });
    assert.equal(answer.status, 202, answer.text);
    assert.equal(answer.json.state, 'next');
    assert.match(answer.json.activeAt, TIME);
    assert.ok(Date.parse(answer.json.activeAt) - Date.now() >= 300_000);
    assert.deepEqual(await published(server), [active.kid, answer.json.kid]);
    assert.deepEqual((await call(server, 'POST', '/rotate', {})).json, answer.json, 'there is one next key');
    const { text } = await server.api('GET', '/metrics');
    const told = text.split('\n').filter((line) => line.startsWith('identity_signing_key_info{')).sort();
    assert.deepEqual(told, [`identity_signing_key_info{kid="${active.kid}",state="active"} 1`, `identity_signing_key_info{kid="${answer.json.kid}",state="published"} 1`].sort());
    invalid(await call(server, 'POST', '/rotate', { prepublishSeconds: 1e9 }), 'prepublishSeconds');
    invalid(await call(server, 'POST', '/rotate', { prepublishSeconds: -1 }), 'prepublishSeconds');
  });

  test('a key that signs is not retired gently; one that leaked is gone at once, with every session', async (server) => {
    const ada = await newcomer(server);
    const { refreshToken } = await ada.enter();
    const [active] = await keys(server);
    const conflict = await call(server, 'POST', `/${active.kid}/retire`, {});
    assert.equal(conflict.status, 409, conflict.text);
    ok(await ada.mine('GET', '/auth/who-am-i'));
    assert.equal((await call(server, 'POST', '/nobodys/retire', { immediate: true })).status, 404);
    ok(await ada.mine('GET', '/auth/who-am-i'));

    const retired = ok(await call(server, 'POST', `/${active.kid}/retire`, { immediate: true }));
    assert.deepEqual([retired.kid, retired.state], [active.kid, 'removed']);
    assert.ok(!(await published(server)).includes(active.kid));
    refused(await ada.mine('GET', '/auth/who-am-i'), 401, 'auth.invalid_token');
    refused(await ada.post('/auth/refresh', { refreshToken: refreshToken.value }), 401, 'auth.refresh_invalid');
    await eventually(async () => (await keys(server))[0].state === 'active', 'another key signs');
    await ada.enter();
    ok(await ada.mine('GET', '/auth/who-am-i'));
  });
}, { ...BEHIND_PROXY, APP_ENV_BASIC_CREDENTIALS_FILE: path.join(folder, 'callers') });
