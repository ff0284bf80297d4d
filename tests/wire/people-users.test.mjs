// Accounts, for those who look after them and for their owners (identity ID-33 to ID-39).
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { ENGINES, onEachEngine } from './support/engines.mjs';
import { TIME, isId, none, nothing, ok, tally } from './support/expect.mjs';
import { BEHIND_PROXY, Person, grant, invalid, membership, newcomer, refused, roleId, someName, superAdmin } from './support/people.mjs';
import { Redis } from './support/redis.mjs';
import { Server, eventually } from './support/server.mjs';

const run = promisify(execFile);
const someNumber = () => `+8491${randomInt(1_000_000, 9_999_999)}`;
const account = (fields = {}) => ({ username: someName(), credential: `pw ${someName()}`, ...fields });

onEachEngine('accounts', (suite) => {
  suite('a person is shown whole, to themselves and to who may see people', async (server) => {
    const admin = await superAdmin(server);
    const number = someNumber();
    const ada = await newcomer(server, { email: `${someName()}@Example.test`, phone: number, profile: { firstName: 'Ada', locale: 'vi', birthday: '1990-12-31' } });
    const shown = ok(await ada.mine('GET', `/users/${ada.id}`));
    assert.deepEqual(Object.keys(shown), ['id', 'username', 'status', 'lastLoginAt', 'identifiers', 'profile', 'roles', 'createdAt', 'modifiedAt']);
    assert.deepEqual(ok(await admin.mine('GET', `/users/${ada.id}`)), shown);
    assert.deepEqual({ id: shown.id, username: shown.username, status: shown.status }, { id: ada.id, username: ada.name, status: 'ACTIVATED' });
    for (const time of [shown.lastLoginAt, shown.createdAt, shown.modifiedAt]) assert.match(time, TIME);
    assert.deepEqual(shown.identifiers.map(({ scheme, verified }) => [scheme, verified]), [['USERNAME', true], ['EMAIL', false], ['PHONE_NUMBER', false]]);
    for (const { id } of shown.identifiers) isId('pid', id);
    assert.deepEqual(shown.profile, { firstName: 'Ada', lastName: null, birthday: '1990-12-31', locale: 'vi' });
    assert.deepEqual(shown.roles.map(({ identifier, priority }) => [identifier, priority]), [['CUSTOMER', 10]]);
    const bob = await newcomer(server);
    refused(await bob.mine('GET', `/users/${ada.id}`), 403, 'auth.forbidden');
    for (const id of ['1', 'nobody', '0', '99999999999999999999']) refused(await admin.mine('GET', `/users/${id}`), 404, 'user.not_found');
  });

  suite('people are listed newest first, in parts, by status and by what they sign in with however it is typed', async (server) => {
    const admin = await superAdmin(server);
    const [name, number] = [someName(), someNumber()];
    const ada = await newcomer(server, { email: `${name}@example.test`, phone: number });
    for (const identifier of [`  ${name}@EXAMPLE.test `, ada.name.toUpperCase(), number, `${number.slice(0, 3)} ${number.slice(3, 6)}-${number.slice(6)}`]) {
      const { data, total } = ok(await admin.mine('GET', `/users?identifier=${encodeURIComponent(identifier)}`));
      assert.deepEqual({ ids: data.map((user) => user.id), total }, { ids: [ada.id], total: 1 }, identifier);
    }

    for (const identifier of ['nobody@example.test', '%', "' or 1=1", '']) {
      assert.deepEqual(ok(await admin.mine('GET', `/users?identifier=${encodeURIComponent(identifier)}`)), { data: [], total: 0 });
    }

    const { data: [first, second], total } = ok(await admin.mine('GET', '/users?limit=2'));
    assert.ok(BigInt(first.id) > BigInt(second.id));
    const { data: [again] } = ok(await admin.mine('GET', '/users?limit=1&offset=1'));
    assert.deepEqual(again, second);
    none(ok(await admin.mine('GET', `/users?offset=${total + 5}`)).data, 'people behind the last');
    ok(await admin.mine('PATCH', `/users/${ada.id}`, { body: { status: 'LOCKED' } }));
    const locked = ok(await admin.mine('GET', '/users?status=LOCKED&limit=100'));
    assert.ok(locked.data.some((user) => user.id === ada.id));
    none(locked.data.filter((user) => user.status !== 'LOCKED'), 'people of another status');
    invalid(await admin.mine('GET', '/users?status=locked&limit=x'), 'status', 'limit');
  });

  suite('an administrator makes accounts, with roles that they may give', async (server) => {
    const root = await superAdmin(server);
    const [admin, operator] = [await grant(await newcomer(server), 'ADMIN'), await grant(await newcomer(server), 'OPERATOR')];
    const number = someNumber();
    const body = account({ email: `${someName()}@example.test`, phone: number, roles: ['CASHIER', 'ADMIN', 'CASHIER'], profile: { lastName: 'L' } });
    const made = ok(await admin.mine('POST', '/users', { body }), 201);
    assert.deepEqual(made.roles.map((role) => role.identifier), ['ADMIN', 'CASHIER']);
    assert.deepEqual([made.status, made.lastLoginAt, made.profile.lastName], ['ACTIVATED', null, 'L']);
    assert.deepEqual(ok(await root.mine('GET', `/users/${made.id}`)), made);
    await new Person(server, { name: body.username, password: body.credential }).enter();

    for (const taken of [{ username: body.username }, { email: body.email.toUpperCase() }, { phone: number }]) {
      refused(await admin.mine('POST', '/users', { body: account(taken) }), 409, 'auth.identifier_taken');
    }

    const usual = ok(await admin.mine('POST', '/users', { body: account({ status: 'LOCKED' }) }), 201);
    assert.deepEqual([usual.status, usual.roles.map((role) => role.identifier)], ['LOCKED', ['CUSTOMER']]);
    none(ok(await admin.mine('POST', '/users', { body: account({ roles: [] }) }), 201).roles, 'roles of who was to have none');
    const refusedBody = account({ roles: ['SUPER_ADMIN'] });
    refused(await admin.mine('POST', '/users', { body: refusedBody }), 403, 'auth.forbidden');
    assert.equal(ok(await root.mine('GET', `/users?identifier=${refusedBody.username}`)).total, 0); // nothing is half done
    refused(await operator.mine('POST', '/users', { body: account({ roles: ['CUSTOMER'] }) }), 403, 'auth.forbidden'); // may make people, and give no roles
    ok(await operator.mine('POST', '/users', { body: account() }), 201);
    refused(await admin.mine('POST', '/users', { body: account({ roles: ['NOTHING'] }) }), 422, 'policy.unknown_target');
    invalid(await admin.mine('POST', '/users', { body: {} }), 'username', 'credential');
    invalid(await admin.mine('POST', '/users', { body: account({ credential: 'password1', status: 'GONE', roles: 'ADMIN', profile: { birthday: '1990-02-30' } }) }),
      'credential', 'status', 'roles', 'profile.birthday');
    const same = account();
    assert.deepEqual(tally(await Promise.all(Array.from({ length: 20 }, () => admin.mine('POST', '/users', { body: same })))), { 201: 1, 409: 19 });
  });

  suite('a person changes their own profile and nothing else', async (server) => {
    const [ada, bob] = [await newcomer(server, { profile: { firstName: 'Ada', lastName: 'L' } }), await newcomer(server)];
    const revised = ok(await ada.mine('PATCH', `/users/${ada.id}`, { body: { profile: { firstName: ' Augusta ', lastName: null, birthday: '1815-12-10' } } }));
    assert.deepEqual(revised.profile, { firstName: 'Augusta', lastName: null, birthday: '1815-12-10', locale: null });
    assert.deepEqual(ok(await ada.mine('GET', `/users/${ada.id}`)), revised);
    assert.deepEqual(ok(await ada.mine('PATCH', `/users/${ada.id}`, { body: {} })).profile, revised.profile);
    refused(await ada.mine('PATCH', `/users/${ada.id}`, { body: { status: 'ACTIVATED' } }), 403, 'auth.forbidden');
    refused(await bob.mine('PATCH', `/users/${ada.id}`, { body: { profile: { firstName: 'Eve' } } }), 403, 'auth.forbidden');
    invalid(await ada.mine('PATCH', `/users/${ada.id}`, { body: { profile: { birthday: '10.12.1815', firstName: 7 } } }), 'profile.firstName', 'profile.birthday');
    invalid(await ada.mine('PATCH', `/users/${ada.id}`, { body: { profile: null } }), 'profile');
    refused(await ada.mine('DELETE', `/users/${ada.id}`), 403, 'auth.forbidden');
  });

  suite('who is locked is out, cannot come in, and comes back', async (server) => {
    const [admin, ada] = [await superAdmin(server), await newcomer(server)];
    const { refreshToken } = await ada.enter();
    for (const status of ['LOCKED', 'DEACTIVATED']) {
      assert.equal(ok(await admin.mine('PATCH', `/users/${ada.id}`, { body: { status } })).status, status);
      refused(await ada.mine('GET', '/auth/who-am-i'), 401, 'auth.invalid_token');
      refused(await ada.signIn(), 401, 'auth.invalid_credentials');
      refused(await ada.post('/auth/refresh', { refreshToken: refreshToken.value }), 401, 'auth.refresh_invalid');
    }

    ok(await admin.mine('PATCH', `/users/${ada.id}`, { body: { status: 'ACTIVATED' } }));
    refused(await ada.mine('GET', '/auth/who-am-i'), 401, 'auth.invalid_token'); // what has ended stays so
    await ada.enter();
    ok(await ada.mine('GET', '/auth/who-am-i'));
    invalid(await admin.mine('PATCH', `/users/${ada.id}`, { body: { status: 'GONE' } }), 'status');
    refused(await admin.mine('PATCH', '/users/1', { body: { status: 'LOCKED' } }), 404, 'user.not_found');
  });

  suite('sessions that an administrator ends are over, and the person signs in again', async (server) => {
    const [admin, ada] = [await superAdmin(server), await newcomer(server)];
    const { refreshToken } = await ada.enter();
    nothing(await admin.mine('DELETE', `/users/${ada.id}/sessions`));
    refused(await ada.mine('GET', '/auth/who-am-i'), 401, 'auth.invalid_token');
    refused(await ada.post('/auth/refresh', { refreshToken: refreshToken.value }), 401, 'auth.refresh_invalid');
    await ada.enter();
    assert.equal(ok(await ada.mine('GET', '/auth/sessions')).length, 1);
    refused(await admin.mine('DELETE', '/users/1/sessions'), 404, 'user.not_found');
  });

  suite('who is deleted is gone, and their names are free', async (server) => {
    const [admin, ada] = [await superAdmin(server), await newcomer(server)];
    nothing(await admin.mine('DELETE', `/users/${ada.id}`));
    refused(await ada.mine('GET', '/auth/who-am-i'), 401, 'auth.invalid_token');
    refused(await ada.signIn(), 401, 'auth.invalid_credentials');
    refused(await admin.mine('GET', `/users/${ada.id}`), 404, 'user.not_found');
    refused(await admin.mine('DELETE', `/users/${ada.id}`), 404, 'user.not_found');
    assert.equal(ok(await admin.mine('GET', `/policy-definitions?subjectId=${ada.id}`)).total, 0);
    refused(await admin.mine('POST', '/policy-definitions', { body: membership(ada, await roleId(admin, 'CUSTOMER')) }), 422, 'policy.unknown_subject');
    const next = new Person(server, { name: ada.name });
    assert.notEqual(ok(await next.signUp(), 201).userId, ada.id);
  });

  suite('nobody touches an account that ranks above theirs', async (server) => {
    const root = await superAdmin(server);
    const [admin, operator] = [await grant(await newcomer(server), 'ADMIN'), await grant(await newcomer(server), 'OPERATOR')];
    refused(await admin.mine('PATCH', `/users/${operator.id}`, { body: { status: 'LOCKED' } }), 403, 'auth.forbidden');
    refused(await admin.mine('PATCH', `/users/${root.id}`, { body: { profile: { firstName: 'Eve' } } }), 403, 'auth.forbidden');
    refused(await admin.mine('DELETE', `/users/${operator.id}`), 403, 'auth.forbidden');
    refused(await admin.mine('DELETE', `/users/${root.id}/sessions`), 403, 'auth.forbidden');
    ok(await operator.mine('GET', '/auth/who-am-i'));
    ok(await operator.mine('PATCH', `/users/${admin.id}`, { body: { status: 'LOCKED' } }));
  });
}, BEHIND_PROXY);

describe('what is kept in Redis and told to other nodes', () => {
  const limit = { timeout: 120_000 };
  let database, redis, servers = [];

  before(async () => {
    [database, redis] = [await ENGINES.postgres(), await Redis.start()];
    const settings = { ...database.settings, ...BEHIND_PROXY, REDIS_URL: redis.url, PUBLIC_BASE_URL: 'https://credence.example.test' };
    for (let count = 0; count < 2; count += 1) servers.push(await Server.start(settings));
    for (const server of servers) await eventually(async () => (await server.api('GET', '/health', { expected: [503] })).status === 200, 'Redis answers');
  }, limit);

  after(async () => {
    for (const server of servers) await server.kill();
    await redis?.remove();
    await database?.remove();
  });

  test('who is locked at one node is out at the other', limit, async () => {
    const [here, there] = servers;
    const [admin, ada] = [await superAdmin(here), await newcomer(here)];
    const elsewhere = new Person(there, { token: ada.token });
    ok(await elsewhere.mine('GET', '/auth/who-am-i'));
    ok(await admin.mine('PATCH', `/users/${ada.id}`, { body: { status: 'LOCKED' } }));
    await eventually(async () => (await elsewhere.mine('GET', '/auth/who-am-i')).status === 401, 'the token counts no more at the other node', 3);
  });

  test('identifiers that wrong codes had shut are opened, and without Redis that is said', limit, async () => {
    const admin = await superAdmin(servers[0]);
    const number = someNumber();
    const ada = await newcomer(servers[0], { email: `${someName()}@example.test`, phone: number });
    const [, { value: email }] = ok(await ada.mine('GET', `/users/${ada.id}`)).identifiers;
    const unlock = (body, options = {}) => admin.mine('POST', `/users/${ada.id}/otp-unlock`, { body, ...options });
    const shut = () => Promise.all([`forgot-password:lock:${email}`, `verify-email:lock:${email}`, `phone-auth:lock:${number}`].map((key) => redis.cli('SET', key, '1', 'EX', '900')));
    await shut();
    assert.deepEqual(ok(await unlock({ namespace: 'forgot-password' })), { cleared: 1 });
    assert.deepEqual(ok(await unlock({ namespace: 'forgot-password' })), { cleared: 0 });
    assert.deepEqual(ok(await admin.mine('POST', `/users/${ada.id}/otp-unlock`)), { cleared: 2 });
    assert.equal((await redis.cli('KEYS', '*:lock:*')).trim(), '');
    invalid(await unlock({ namespace: 'verify_email' }), 'namespace');
    refused(await admin.mine('POST', '/users/1/otp-unlock', { body: {} }), 404, 'user.not_found');
    refused(await ada.mine('POST', `/users/${ada.id}/otp-unlock`, { body: {} }), 403, 'auth.forbidden');

    await redis.stop();
    const away = await unlock({}, { expected: [503] });
    refused(away, 503, 'otp.unavailable');
    assert.equal(away.headers['retry-after'], '30');
    await redis.resume();
  });

  test('every change is in the audit log, with the request that made it', limit, async () => {
    const [admin, ada] = [await superAdmin(servers[0]), await newcomer(servers[0])];
    const tagged = (id) => ({ headers: { 'x-request-id': id } });
    const role = ok(await admin.mine('POST', '/roles', { body: { identifier: 'AUDITED', name: { en: 'Audited' }, priority: 200 }, ...tagged('change-1') }), 201);
    const edge = ok(await admin.mine('POST', '/policy-definitions', { body: membership(ada, role.id), ...tagged('change-2') }), 201);
    nothing(await admin.mine('DELETE', `/policy-definitions/${edge.id}`, tagged('change-3')));
    ok(await admin.mine('PATCH', `/roles/${role.id}`, { body: { priority: 210 }, ...tagged('change-4') }));
    nothing(await admin.mine('DELETE', `/roles/${role.id}`, tagged('change-5')));
    ok(await admin.mine('PATCH', `/users/${ada.id}`, { body: { status: 'LOCKED', profile: { firstName: 'A' } }, ...tagged('change-6') }));
    nothing(await admin.mine('DELETE', `/users/${ada.id}/sessions`, tagged('change-7')));
    nothing(await admin.mine('DELETE', `/users/${ada.id}`, tagged('change-8')));
    const { id } = ok(await admin.mine('POST', '/users', { body: account(), ...tagged('change-9') }), 201);
    const happened = {
      'change-1': [['role.created', role.id]], 'change-2': [['policy_definition.created', edge.id]], 'change-3': [['policy_definition.removed', edge.id]],
      'change-4': [['role.changed', role.id]], 'change-5': [['role.deleted', role.id]], 'change-6': [['person.profile_changed', ada.id], ['person.status_changed', ada.id]],
      'change-7': [['person.sessions_ended', ada.id]], 'change-8': [['person.deleted', ada.id]], 'change-9': [['person.created', id]],
    };
    const entries = await auditedIn(database.settings.DATABASE_URL);
    for (const [request, expected] of Object.entries(happened)) {
      const found = entries.filter((entry) => entry.data?.requestId === request && entry.subject === expected[0][1]);
      assert.deepEqual(found.map(({ type, subject }) => [type, subject]).sort(), expected, request);
      for (const { actor } of found) assert.equal(actor, admin.id);
    }
  });
});

/** What the chain of people records, sealed or about to be. */
async function auditedIn(url) {
  const query = "select body from credence.audit_pending where organization_id = 'people' union all select body from credence.audit_entries where organization_id = 'people'";
  const { stdout } = await run('psql', ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--dbname', url, '--command', query]);
  return stdout.split('\n').filter(Boolean).map((line) => JSON.parse(line));
}
