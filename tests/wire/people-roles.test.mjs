// Who may do what at the people door, and who may change that (identity ID-40 to ID-48, B.3, B.7).
import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ENGINES, onEachEngine } from './support/engines.mjs';
import { TIME, isId, none, nothing, ok, tally } from './support/expect.mjs';
import { BEHIND_PROXY, Person, grant, invalid, membership, newcomer, permission, refused, roleId, superAdmin } from './support/people.mjs';
import { Server, eventually } from './support/server.mjs';

const someRole = () => `R_${randomBytes(6).toString('hex').toUpperCase()}`;
const roleBody = (fields = {}) => ({ identifier: someRole(), name: { en: 'Night porter', vi: 'Trực đêm' }, priority: 150, ...fields });
const sha256 = (text) => createHash('sha256').update(text).digest('hex');

/** Asks whether somebody may do something. */
const may = async (asker, subject, code, domain = '*') => {
  const [object, action] = code.split('.');
  return ok(await asker.mine('POST', '/policy-definitions/check', { body: { subject: `User_${subject.id}`, domain, object, action } })).allowed;
};

const add = (person, body, options = {}) => person.mine('POST', '/policy-definitions', { body, ...options });
const remove = (person, id, options = {}) => person.mine('DELETE', `/policy-definitions/${id}`, options);

onEachEngine('roles and permissions', (suite) => {
  suite('without the permission there is 403, without a token 401, on every route', async (server) => {
    const [nobody, stranger] = [await newcomer(server), new Person(server)];
    const routes = [
      ['GET', '/roles'], ['POST', '/roles'], ['PATCH', '/roles/x'], ['DELETE', '/roles/x'], ['GET', '/permissions'],
      ['GET', '/policy-definitions'], ['POST', '/policy-definitions'], ['DELETE', '/policy-definitions/x'],
      ['GET', '/users'], ['POST', '/users'], ['GET', '/users/1'], ['PATCH', '/users/1'], ['DELETE', '/users/1'], ['DELETE', '/users/1/sessions'], ['POST', '/users/1/otp-unlock'],
    ];
    for (const [method, route] of routes) {
      refused(await stranger.call(method, route), 401, 'auth.unauthenticated');
      refused(await nobody.mine(method, route, method === 'GET' || method === 'DELETE' ? {} : { body: {} }), 403, 'auth.forbidden');
    }
  });

  suite('the roles that came with the server are listed by rank and stay as they are', async (server) => {
    const admin = await superAdmin(server);
    const { data, total } = ok(await admin.mine('GET', '/roles?type=SYSTEM'));
    assert.equal(total, 8);
    assert.deepEqual(data.map(({ identifier, priority }) => [identifier, priority]), [
      ['SUPER_ADMIN', 1000], ['OPERATOR', 600], ['ADMIN', 500], ['OWNER', 500], ['CASHIER', 110], ['EMPLOYEE', 100], ['CUSTOMER', 10], ['GUEST', 1],
    ]);
    assert.deepEqual(Object.keys(data[0]), ['id', 'identifier', 'name', 'description', 'priority', 'type', 'status']);
    assert.deepEqual(data[0].name, { en: 'Super administrator', vi: 'Quản trị viên cấp cao' });
    assert.deepEqual({ type: data[0].type, status: data[0].status }, { type: 'SYSTEM', status: 'ACTIVATED' });
    for (const { id } of data) {
      refused(await admin.mine('PATCH', `/roles/${id}`, { body: { priority: 200 } }), 409, 'role.system');
      refused(await admin.mine('DELETE', `/roles/${id}`), 409, 'role.system');
    }

    const page = ok(await admin.mine('GET', '/roles?type=SYSTEM&limit=2&offset=1'));
    assert.deepEqual({ total: page.total, names: page.data.map((role) => role.identifier) }, { total: 8, names: ['OPERATOR', 'ADMIN'] });
    invalid(await admin.mine('GET', '/roles?type=system&limit=0&offset=-1'), 'type', 'limit', 'offset');
    invalid(await admin.mine('GET', '/roles?limit=101'), 'limit');
  });

  suite('the catalogue of permissions is fixed, and can be read for one resource', async (server) => {
    const admin = await superAdmin(server);
    const all = ok(await admin.mine('GET', '/permissions'));
    assert.deepEqual(Object.keys(all[0]), ['code', 'resource', 'action', 'description']);
    const roles = ok(await admin.mine('GET', '/permissions?resource=Role'));
    assert.deepEqual(roles.map((each) => each.code), ['Role.create', 'Role.delete', 'Role.read', 'Role.update']);
    none(ok(await admin.mine('GET', '/permissions?resource=Nothing')), 'permissions of nothing');
    none(all.filter((each) => each.code !== `${each.resource}.${each.action}`), 'codes that say another thing');
  });

  suite('a role is made, changed and deleted, unless somebody has it', async (server) => {
    const [admin, porter] = [await superAdmin(server), await newcomer(server)];
    const body = roleBody({ description: 'Opens at night' });
    const role = ok(await admin.mine('POST', '/roles', { body }), 201);
    isId('rol', role.id);
    assert.deepEqual({ ...role, id: '' }, { id: '', ...body, type: 'CUSTOM', status: 'ACTIVATED' });
    refused(await admin.mine('POST', '/roles', { body }), 409, 'role.identifier_taken');
    invalid(await admin.mine('POST', '/roles', { body: {} }), 'identifier', 'name', 'priority');
    invalid(await admin.mine('POST', '/roles', { body: roleBody({ identifier: 'lower', priority: 500, name: { vi: 'x' } }) }), 'identifier', 'priority', 'name.en');
    for (const identifier of ['A', 'A-B', 'X'.repeat(65), 'É_ROLE']) invalid(await admin.mine('POST', '/roles', { body: roleBody({ identifier }) }), 'identifier');
    for (const priority of [100, 500, 1.5, '150']) invalid(await admin.mine('POST', '/roles', { body: roleBody({ priority }) }), 'priority');

    const changed = ok(await admin.mine('PATCH', `/roles/${role.id}`, { body: { name: { en: 'Porter' }, description: null, priority: 160, status: 'DEACTIVATED' } }));
    assert.deepEqual(changed, { ...role, name: { en: 'Porter' }, description: null, priority: 160, status: 'DEACTIVATED' });
    assert.deepEqual(ok(await admin.mine('PATCH', `/roles/${role.id}`, { body: {} })), changed);
    invalid(await admin.mine('PATCH', `/roles/${role.id}`, { body: { status: 'activated', priority: 7 } }), 'priority', 'status');
    refused(await admin.mine('PATCH', '/roles/nonsense', { body: { priority: 200 } }), 404, 'role.not_found');

    const edge = ok(await add(admin, membership(porter, role.id)), 201);
    refused(await admin.mine('DELETE', `/roles/${role.id}`), 409, 'role.in_use');
    nothing(await remove(admin, edge.id));
    nothing(await admin.mine('DELETE', `/roles/${role.id}`));
    refused(await admin.mine('DELETE', `/roles/${role.id}`), 404, 'role.not_found');
    ok(await admin.mine('POST', '/roles', { body }), 201); // its name is free again
  });

  suite('an edge counts at once, is listed by what it says, and is gone at once', async (server) => {
    const [admin, clerk] = [await superAdmin(server), await newcomer(server)];
    refused(await clerk.mine('GET', '/roles'), 403, 'auth.forbidden');
    const edge = ok(await add(admin, permission(clerk, 'Role.read')), 201);
    isId('pdef', edge.id);
    assert.match(edge.createdAt, TIME);
    assert.deepEqual({ ...edge, id: '', createdAt: '' }, {
      id: '', variant: 'policy', subjectType: 'User', subjectId: clerk.id, targetType: 'Permission', targetId: 'Role.read', domain: '*', action: 'read', effect: 'allow',
      scope: 'SYSTEM', createdAt: '', createdBy: admin.id,
    });
    ok(await clerk.mine('GET', '/roles'));
    refused(await add(admin, permission(clerk, 'Role.read')), 409, 'policy.exists');

    const listed = ok(await admin.mine('GET', `/policy-definitions?subjectType=User&subjectId=${clerk.id}&variant=policy&targetType=Permission&targetId=Role.read`));
    assert.deepEqual(listed, { data: [edge], total: 1 });
    assert.equal(ok(await admin.mine('GET', `/policy-definitions?subjectId=${clerk.id}`)).total, 2); // and the role that everybody has
    invalid(await admin.mine('GET', '/policy-definitions?variant=x&subjectType=user&targetType=Thing'), 'variant', 'subjectType', 'targetType');

    const denied = ok(await add(admin, permission(clerk, 'Role.read', { effect: 'deny' })), 201);
    refused(await clerk.mine('GET', '/roles'), 403, 'auth.forbidden'); // a denial is stronger
    nothing(await remove(admin, denied.id));
    ok(await clerk.mine('GET', '/roles'));
    nothing(await remove(admin, edge.id));
    refused(await clerk.mine('GET', '/roles'), 403, 'auth.forbidden');
    refused(await remove(admin, edge.id), 404, 'policy.not_found');
    refused(await remove(admin, 'nonsense'), 404, 'policy.not_found');
  });

  suite('an edge that means nothing is refused, member by member', async (server) => {
    const [admin, clerk] = [await superAdmin(server), await newcomer(server)];
    const customer = await roleId(admin, 'CUSTOMER');
    invalid(await add(admin, {}), 'variant', 'subjectType', 'subjectId', 'targetType', 'targetId');
    invalid(await add(admin, membership(clerk, customer, { variant: 'x', subjectType: 'Person', targetType: 'Thing', domain: 'Shop_1', effect: 'maybe' })),
      'variant', 'subjectType', 'targetType', 'effect', 'domain');
    invalid(await add(admin, membership(clerk, customer, { effect: 'deny', action: 'read' })), 'action', 'effect');
    invalid(await add(admin, membership(clerk, 'User.read', { targetType: 'Permission' })), 'targetType');
    invalid(await add(admin, permission(clerk, customer, { targetType: 'Role', action: 'read' })), 'targetType');
    invalid(await add(admin, permission(clerk, '7', { targetType: 'Merchant' })), 'action');
    invalid(await add(admin, permission(clerk, '7', { targetType: 'Merchant', action: 'sell' })), 'action');
    for (const domain of ['Merchant_', 'merchant_1', 'Merchant_1*', '', 'Merchant_a b']) invalid(await add(admin, membership(clerk, customer, { domain })), 'domain');
    for (const subject of [{ id: '1' }, { id: 'nobody' }]) refused(await add(admin, membership(subject, customer)), 422, 'policy.unknown_subject');
    refused(await add(admin, membership(clerk, customer, { subjectType: 'Role' })), 422, 'policy.unknown_subject');
    refused(await add(admin, membership({ id: customer }, customer, { subjectType: 'Role' })), 422, 'policy.unknown_target'); // itself
    refused(await add(admin, membership(clerk, 'rol_nothing')), 422, 'policy.unknown_target');
    refused(await add(admin, permission(clerk, 'User.fly')), 422, 'policy.unknown_target');
    refused(await add(admin, permission(clerk, 'User.read', { action: 'update' })), 422, 'policy.unknown_target');
  });

  suite('nobody gives what they do not have, to whom or what ranks above them', async (server) => {
    const [root, clerk] = [await superAdmin(server), await newcomer(server)];
    const admin = await grant(await newcomer(server), 'ADMIN');
    const operator = await grant(await newcomer(server), 'OPERATOR');
    for (const role of ['SUPER_ADMIN', 'OPERATOR']) refused(await add(admin, membership(clerk, await roleId(root, role))), 403, 'auth.forbidden');
    ok(await add(admin, membership(clerk, await roleId(root, 'OWNER'))), 201);
    refused(await add(admin, permission(clerk, 'Key.execute')), 403, 'auth.forbidden'); // which an administrator has not
    const denial = ok(await add(root, permission(clerk, 'Key.execute', { effect: 'deny' })), 201);
    refused(await remove(admin, denial.id), 403, 'auth.forbidden'); // lifting a denial gives too
    ok(await add(admin, permission(clerk, 'Key.read', { effect: 'deny' })), 201); // forbidding gives nothing
    refused(await add(admin, permission(operator, 'User.read', { effect: 'deny' })), 403, 'auth.forbidden'); // who ranks above
    refused(await add(operator, membership(clerk, await roleId(root, 'CUSTOMER'), { domain: 'Merchant_1' })), 403, 'auth.forbidden'); // has no PolicyDefinition.create

    // A role of low rank that leads to a high one ranks as high as that, and what it allows is given with it.
    const ladder = ok(await root.mine('POST', '/roles', { body: roleBody() }), 201);
    ok(await add(admin, membership(await newcomer(server), ladder.id)), 201);
    ok(await add(root, membership({ id: ladder.id }, await roleId(root, 'OPERATOR'), { subjectType: 'Role' })), 201);
    refused(await add(admin, membership(clerk, ladder.id)), 403, 'auth.forbidden');
    refused(await admin.mine('PATCH', `/roles/${ladder.id}`, { body: { description: 'mine now' } }), 403, 'auth.forbidden');
    const keyRole = ok(await root.mine('POST', '/roles', { body: roleBody() }), 201);
    ok(await add(root, permission({ id: keyRole.id }, 'Key.execute', { subjectType: 'Role' })), 201);
    refused(await add(admin, membership(clerk, keyRole.id)), 403, 'auth.forbidden');
    refused(await add(admin, membership({ id: await roleId(root, 'CUSTOMER') }, keyRole.id, { subjectType: 'Role' })), 403, 'auth.forbidden');

    // What the highest role may do stays as it came.
    const highest = { id: await roleId(root, 'SUPER_ADMIN') };
    refused(await add(root, permission(highest, 'PolicyDefinition.create', { subjectType: 'Role', effect: 'deny' })), 409, 'role.system');
    const [{ id }] = ok(await root.mine('GET', `/policy-definitions?subjectId=${highest.id}&limit=1`)).data;
    refused(await remove(root, id), 409, 'role.system');
  });

  suite('a domain that is named gives no more than there is, and then is all there is', async (server) => {
    const [root, keeper, clerk] = [await superAdmin(server), await newcomer(server), await newcomer(server)];
    const [cashier, customer] = [await roleId(root, 'CASHIER'), await roleId(root, 'CUSTOMER')];
    const shop = { headers: { 'x-domain-id': 'Merchant_7' } };
    for (const code of ['PolicyDefinition.create', 'PolicyDefinition.read', 'PolicyDefinition.delete', 'User.read', 'Role.create']) {
      ok(await add(root, permission(keeper, code, { domain: 'Merchant_7' })), 201);
    }

    ok(await add(root, membership(keeper, await roleId(root, 'OWNER'), { domain: 'Merchant_7' })), 201);
    // Users and roles are in no domain: what is allowed in one is not allowed about them.
    refused(await keeper.mine('GET', '/users', shop), 403, 'auth.forbidden');
    refused(await keeper.mine('POST', '/roles', { body: roleBody(), ...shop }), 403, 'auth.forbidden');
    for (const options of [{}, { headers: { 'x-domain-id': '*' } }, { headers: { 'x-domain-id': 'Merchant_8' } }]) {
      refused(await keeper.mine('GET', '/policy-definitions', options), 403, 'auth.forbidden');
      refused(await add(keeper, membership(clerk, cashier, { domain: 'Merchant_7' }), options), 403, 'auth.forbidden');
    }

    invalid(await keeper.mine('GET', '/policy-definitions', { headers: { 'x-domain-id': 'Merchant_*' } }), 'X-Domain-Id');
    const edge = ok(await add(keeper, membership(clerk, cashier), shop), 201); // the edge is of the domain that was named
    assert.deepEqual([edge.domain, edge.scope], ['Merchant_7', 'MERCHANT']);
    for (const domain of ['*', 'Merchant_8', 'Merchant_*']) refused(await add(keeper, membership(clerk, customer, { domain }), shop), 403, 'auth.forbidden');
    refused(await add(keeper, permission(clerk, 'Role.read'), shop), 403, 'auth.forbidden'); // which the keeper has not
    ok(await add(keeper, permission(clerk, 'User.read'), { headers: { 'x-merchant-id': '7' } }), 201);
    assert.equal(await may(root, clerk, 'User.read', 'Merchant_7'), true);
    assert.equal(await may(root, clerk, 'User.read', 'Merchant_8'), false);
    assert.equal(await may(root, clerk, 'User.read'), false);

    const { data } = ok(await keeper.mine('GET', '/policy-definitions?limit=100', shop));
    none(data.filter(({ domain }) => domain !== 'Merchant_7'), 'edges of other domains');
    const elsewhere = ok(await add(root, membership(clerk, cashier, { domain: 'Merchant_8' })), 201);
    refused(await remove(keeper, elsewhere.id, shop), 404, 'policy.not_found');
    nothing(await remove(keeper, edge.id, shop));
  });

  suite('a person asks about themselves, about others only who may read edges, and by the hundred', async (server) => {
    const [root, clerk] = [await superAdmin(server), await newcomer(server)];
    const check = (person, body, options = {}) => person.mine('POST', '/policy-definitions/check', { body, ...options });
    const question = (subject, action = 'read') => ({ subject: `User_${subject.id}`, domain: '*', object: 'User', action });
    assert.deepEqual(ok(await check(clerk, question(clerk))), { allowed: false });
    assert.deepEqual(ok(await check(root, question(root))), { allowed: true });
    refused(await check(clerk, question(root)), 403, 'auth.forbidden');
    refused(await check(clerk, [question(clerk), question(root)]), 403, 'auth.forbidden');
    assert.deepEqual(ok(await check(root, [question(clerk), question(root), question(root, 'fly'), { ...question(root), subject: 'nobody' }])),
      [{ allowed: false }, { allowed: true }, { allowed: false }, { allowed: false }]);
    assert.equal(ok(await check(clerk, Array(100).fill(question(clerk)))).length, 100);
    for (const body of [[], Array(101).fill(question(clerk))]) invalid(await check(clerk, body), 'The body');
    invalid(await check(clerk, {}), 'subject', 'object', 'action');
    invalid(await check(clerk, [question(clerk), 7, { ...question(clerk), action: 7 }]), '[1]', '[2].action');
    refused(await (new Person(server)).post('/policy-definitions/check', question(clerk)), 401, 'auth.unauthenticated');
    const { text } = await server.api('GET', '/metrics');
    for (const result of ['allowed', 'denied']) assert.match(text, new RegExp(`^identity_policy_checks_total\\{[^}]*result="${result}"\\} [1-9]`, 'm'));
  });

  suite('a page of an allowed origin may name the domain', async (server) => {
    const { headers } = await (new Person(server)).call('OPTIONS', '/policy-definitions', {
      headers: { origin: 'https://app.example.test', 'access-control-request-method': 'GET', 'access-control-request-headers': 'x-domain-id' },
    });
    assert.match(headers['access-control-allow-headers'], /^Content-Type, Authorization, Idempotency-Key, X-Domain-Id, X-Merchant-Id, X-Request-Id$/);
  });

  suite('of twenty who add one edge one does', async (server) => {
    const [root, clerk] = [await superAdmin(server), await newcomer(server)];
    const body = permission(clerk, 'User.read');
    assert.deepEqual(tally(await Promise.all(Array.from({ length: 20 }, () => add(root, body)))), { 201: 1, 409: 19 });
  });

  suite('what an operator does at a terminal is there', async (server) => {
    const made = await Server.command(['user', 'create', `t-${randomBytes(4).toString('hex')}`, '--role', 'ADMIN', '--role', 'CUSTOMER'], server.settings);
    const { groups } = /^userId=(?<id>\d+)\npassword=(?<password>\S+)\n$/.exec(made);
    const root = await superAdmin(server);
    const user = ok(await root.mine('GET', `/users/${groups.id}`));
    const person = new Person(server, { name: user.username, password: groups.password, id: groups.id });
    assert.deepEqual((await person.enter()).roles.map((role) => role.identifier), ['ADMIN', 'CUSTOMER']);
    assert.match(await Server.command(['user', 'grant-role', user.username.toUpperCase(), 'OWNER'], server.settings), /has OWNER/);
    assert.match(await Server.command(['user', 'grant-role', user.id, 'OWNER'], server.settings), /had OWNER/);
    await assert.rejects(Server.command(['user', 'grant-role', 'nobody-at-all', 'OWNER'], server.settings), /User not found/);
    await assert.rejects(Server.command(['user', 'grant-role', user.id, 'NOTHING'], server.settings), /Role not found/);
    await assert.rejects(Server.command(['user', 'create', 'a b'], server.settings), /username must have/);
  });

  suite('somebody stays super administrator, also when the last two go at once', async (server) => {
    const root = await superAdmin(server);
    const super_ = await roleId(root, 'SUPER_ADMIN');
    const holders = async () => ok(await root.mine('GET', `/policy-definitions?targetId=${super_}&variant=group&limit=100`)).data;
    const [only] = await holders();
    refused(await remove(root, only.id), 409, 'policy.last_super_admin');
    refused(await root.mine('DELETE', `/users/${root.id}`), 409, 'policy.last_super_admin');
    refused(await root.mine('PATCH', `/users/${root.id}`, { body: { status: 'LOCKED' } }), 409, 'policy.last_super_admin');

    const second = await newcomer(server);
    const idle = await newcomer(server);
    ok(await add(root, membership(second, super_)), 201);
    ok(await add(root, membership(idle, super_)), 201);
    ok(await root.mine('PATCH', `/users/${idle.id}`, { body: { status: 'DEACTIVATED' } })); // who cannot sign in cannot name the next
    const edges = (await holders()).filter((edge) => edge.subjectId !== idle.id);
    assert.equal(edges.length, 2);
    const answers = await Promise.all(edges.map((edge) => remove(edge.subjectId === root.id ? second : root, edge.id)));
    const left = answers.filter((answer) => answer.status === 204).length;
    assert.equal(left, 1, answers.map((answer) => answer.text).join('\n'));
    const winner = answers[0].status === 204 ? edges[1].subjectId : edges[0].subjectId;
    assert.equal(await may(winner === root.id ? root : second, { id: winner }, 'Key.execute'), true);
  });
}, { ...BEHIND_PROXY, CORS_ORIGIN: 'https://app.example.test' });

describe('two nodes and sister services', () => {
  const limit = { timeout: 120_000 };
  const secret = randomBytes(32).toString('base64url');
  const basic = (name, word) => ({ headers: { authorization: `Basic ${Buffer.from(`${name}:${word}`).toString('base64')}` } });
  let folder, file, database, servers = [];

  before(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'credence-basic-'));
    file = path.join(folder, 'callers');
    await writeFile(file, `# sisters\nshop:${sha256(secret)}\n`);
    database = await ENGINES.postgres();
    const settings = { ...database.settings, ...BEHIND_PROXY, PUBLIC_BASE_URL: 'https://credence.example.test', APP_ENV_BASIC_CREDENTIALS_FILE: file };
    for (let count = 0; count < 2; count += 1) servers.push(await Server.start(settings));
  }, limit);

  after(async () => {
    for (const server of servers) await server.kill();
    await database?.remove();
    await rm(folder, { recursive: true, force: true });
  });

  test('a change at one node counts at the other within a second', limit, async () => {
    const [here, there] = servers;
    const root = await superAdmin(here);
    const clerk = await newcomer(here);
    const elsewhere = new Person(there, { token: clerk.token });
    const within = async (status, what) => {
      const began = Date.now();
      await eventually(async () => (await elsewhere.mine('GET', '/roles')).status === status, what, 5);
      assert.ok(Date.now() - began < 2_500, `${what} took ${Date.now() - began} ms`); // a second, and what a slow machine takes
    };
    refused(await elsewhere.mine('GET', '/roles'), 403, 'auth.forbidden');
    const edge = ok(await add(root, permission(clerk, 'Role.read')), 201);
    await within(200, 'a permission that was given');
    nothing(await remove(root, edge.id));
    await within(403, 'a permission that was taken');
    const role = ok(await root.mine('POST', '/roles', { body: roleBody() }), 201);
    ok(await add(root, permission({ id: role.id }, 'Role.read', { subjectType: 'Role' })), 201);
    ok(await add(root, membership(clerk, role.id)), 201);
    await within(200, 'a role that was given');
    ok(await root.mine('PATCH', `/roles/${role.id}`, { body: { status: 'DEACTIVATED' } }));
    await within(403, 'a role that was put to rest');
  });

  test('a sister service asks with its name and secret, and a changed file counts', limit, async () => {
    const sister = new Person(servers[0]);
    const body = { subject: `User_${(await superAdmin(servers[0])).id}`, domain: '*', object: 'User', action: 'read' };
    const ask = (name, word) => sister.post('/policy-definitions/check', body, basic(name, word));
    assert.deepEqual(ok(await ask('shop', secret)), { allowed: true });
    for (const [name, word] of [['shop', 'wrong'], ['nobody', secret], ['', secret], ['shop', '']]) {
      const answer = await ask(name, word);
      assert.equal(answer.status, 401, answer.text);
      assert.equal(answer.headers['www-authenticate'], 'Basic realm="identity"');
      assert.equal(answer.json.messageCode, 'auth.unauthenticated');
    }

    for (const header of ['Basic', 'Basic ', 'Basic ???', 'Basic bm9jb2xvbg==']) {
      const answer = await sister.post('/policy-definitions/check', body, { headers: { authorization: header } });
      assert.equal(answer.status, 401, answer.text);
    }

    refused(await sister.call('GET', '/roles', basic('shop', secret)), 401, 'auth.unauthenticated'); // it is for no other route
    const next = randomBytes(32).toString('base64url');
    await writeFile(file, `stock:${sha256(next)}\n`);
    await eventually(async () => (await ask('stock', next)).status === 200, 'the new secret counts');
    assert.equal((await ask('shop', secret)).status, 401);
    await writeFile(file, `nonsense\n`);
    await eventually(async () => (await ask('stock', next)).status === 401, 'a secret that was taken away counts no more');
  });
});
