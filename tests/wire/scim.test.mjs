// SCIM 2.0 (grantex-enterprise.md 3, RFC 7643/7644): tokens, the documented slice, and what Okta and Entra ID send when they provision users and groups.
import assert from 'node:assert/strict';
import { onEachEngine } from './support/engines.mjs';
import { TIME, isId, notFound, nothing, ok, tally, badRequest } from './support/expect.mjs';
import { Directory, ENTERPRISE, GROUP, PATCH, SCIM, USER, refused } from './support/scim.mjs';

onEachEngine('SCIM', (test) => {
  test('a token is shown once, listed without its text, and dead once revoked', async (server) => {
    const org = await server.signUp();
    const { id, label, token, createdAt } = ok(await org.post('/v1/scim/tokens', { label: 'Okta' }), 201);
    isId('scimtok', id);
    assert.equal(label, 'Okta');
    assert.match(token, /^[0-9a-f]{64}$/);
    assert.match(createdAt, TIME);
    badRequest(await org.post('/v1/scim/tokens', {}));
    const second = ok(await org.post('/v1/scim/tokens', { label: 'second' }), 201);
    const list = async () => ok(await org.get('/v1/scim/tokens')).tokens;
    assert.deepEqual((await list()).map((one) => one.id), [second.id, id]);
    assert.deepEqual((await list())[1], { id, label, createdAt, lastUsedAt: null });

    ok(await server.api('GET', '/scim/v2/Users', { key: token }));
    assert.match((await list())[1].lastUsedAt, TIME);
    nothing(await org.delete(`/v1/scim/tokens/${id}`));
    notFound(await org.delete(`/v1/scim/tokens/${id}`));
    refused(await server.api('GET', '/scim/v2/Users', { key: token }), 401, 'unauthorized');
  });

  test('who may call what', async (server) => {
    const org = await server.signUp();
    const directory = await Directory.of(org);
    for (const headers of [{}, { authorization: `bearer ${directory.token}` }, { authorization: `Bearer  ${directory.token}` }, { authorization: `Bearer ${org.key}` }]) {
      refused(await server.api('GET', '/scim/v2/Users', { headers }), 401, 'unauthorized');
    }
    const config = ok(await server.api('GET', '/scim/v2/ServiceProviderConfig'));
    assert.deepEqual(
      [config.patch, config.bulk.supported, config.filter, config.sort, config.etag, config.changePassword].map((each) => each.supported ?? each),
      [true, false, true, true, true, false],
    );
    assert.equal(config.authenticationSchemes[0].type, 'oauthbearertoken');
    assert.deepEqual(ok(await server.api('GET', '/scim/v2/ResourceTypes')).Resources.map((one) => one.id), ['User', 'Group']);
    const schemas = ok(await server.api('GET', '/scim/v2/Schemas')).Resources;
    assert.deepEqual(schemas.map((one) => one.id), [USER, ENTERPRISE, GROUP]);
    assert.equal(schemas[0].attributes.find((one) => one.name === 'userName').uniqueness, 'server');
    assert.equal(ok(await server.api('GET', `/scim/v2/Schemas/${ENTERPRISE}`)).name, 'EnterpriseUser');
    for (const path of ['/scim/nope', '/scim/v2/Bulk', '/scim/v2/users', '/scim/v2/Schemas/nope']) refused(await server.api('GET', path), 404, 'noTarget');
    refused(await directory.call('POST', '/Users', '{'), 400, 'invalidSyntax');
    refused(await directory.call('POST', '/Users', '[]'), 400, 'invalidSyntax');
    refused(await directory.call('POST', '/Users', 'a=b', { 'content-type': 'application/x-www-form-urlencoded' }), 415, undefined);
  });

  test('a user is made, read, replaced, listed and deleted as the contract says', async (server) => {
    const directory = await Directory.of(await server.signUp());
    assert.deepEqual(ok(await directory.call('GET', '/Users')), {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], totalResults: 0, startIndex: 1, itemsPerPage: 100, Resources: [],
    });
    const answer = await server.api('POST', '/scim/v2/Users', { key: directory.token, body: { userName: 'ada@example.test', displayName: 'Ada' } }); // plain JSON is taken too
    const made = ok(answer, 201);
    isId('scimuser', made.id);
    const location = `${server.base}/scim/v2/Users/${made.id}`;
    assert.equal(answer.headers.location, location);
    assert.match(answer.headers['content-type'], /^application\/scim\+json/);
    const { created, lastModified, ...meta } = made.meta;
    assert.match(created, TIME);
    assert.equal(created, lastModified);
    assert.deepEqual(meta, { resourceType: 'User', location, version: 'W/"1"' });
    assert.deepEqual({ ...made, meta: 0 }, { schemas: [USER], id: made.id, userName: 'ada@example.test', displayName: 'Ada', active: true, emails: [], meta: 0 });
    assert.match((await directory.call('GET', '/Users', undefined, { accept: 'application/json' })).headers['content-type'], /^application\/json/);

    refused(await directory.call('POST', '/Users', { displayName: 'x' }), 400, 'invalidValue');
    refused(await directory.call('POST', '/Users', { userName: 'ADA@example.test' }), 409, 'uniqueness');
    const replaced = ok(await directory.call('PUT', `/Users/${made.id}`, { userName: 'ada@example.test', active: false, emails: [{ value: 'a@example.test' }] }));
    assert.equal(replaced.displayName, undefined);
    assert.equal(replaced.active, false);
    assert.deepEqual(replaced.emails, [{ value: 'a@example.test' }]);
    refused(await directory.call('PUT', `/Users/${made.id}`, {}), 400, 'invalidValue');
    for (const method of ['GET', 'PUT', 'PATCH', 'DELETE']) {
      refused(await directory.call(method, '/Users/nope', method === 'GET' || method === 'DELETE' ? undefined : { userName: 'x', Operations: [] }), 404, 'noTarget');
    }

    refused(await directory.call('GET', '/Users?count=abc'), 400, 'invalidValue');
    assert.equal(ok(await directory.call('GET', '/Users?count=9999&startIndex=0')).itemsPerPage, 200);
    assert.equal(ok(await directory.call('GET', '/Users?count=0')).totalResults, 1);
    nothing(await directory.call('DELETE', `/Users/${made.id}`));
    refused(await directory.call('GET', `/Users/${made.id}`), 404, 'noTarget');
  });

  test('versions: what changed meanwhile is not overwritten, and what did not is not sent again', async (server) => {
    const directory = await Directory.of(await server.signUp());
    const { id, meta } = await directory.user({ userName: 'ada' });
    assert.equal((await directory.call('GET', `/Users/${id}`, undefined, { 'if-none-match': meta.version })).status, 304);
    const title = (value, headers) => directory.patch(`/Users/${id}`, [{ op: 'replace', path: 'title', value }], headers);
    ok(await title('Countess', { 'if-match': meta.version }));
    refused(await title('Baroness', { 'if-match': meta.version }), 412, undefined);
    refused(await directory.call('DELETE', `/Users/${id}`, undefined, { 'if-match': meta.version }), 412, undefined);
    const again = ok(await title('Countess', { 'if-match': 'W/"2"' }));
    assert.equal(again.meta.version, 'W/"2"'); // said again, nothing new
  });

  test('what Okta sends for users ends in the right state', async (server) => {
    const directory = await Directory.of(await server.signUp());
    assert.equal((await directory.find('/Users', 'userName eq "test.user@okta.local"')).totalResults, 0);
    const made = await directory.user({
      userName: 'test.user@okta.local', name: { givenName: 'Test', familyName: 'User' }, emails: [{ primary: true, value: 'test.user@okta.local', type: 'work' }],
      displayName: 'Test User', locale: 'en-US', externalId: '00ujl29u0le5T6Aj10h7', groups: [], password: '1mz050nq', active: true,
    });
    assert.equal(made.password, undefined);
    assert.equal((await directory.find('/Users', 'userName eq "TEST.user@okta.local"')).Resources[0].id, made.id);
    ok(await directory.call('GET', '/Users?startIndex=1&count=100'));
    const { meta, ...known } = ok(await directory.call('GET', `/Users/${made.id}`));
    assert.ok(meta);
    ok(await directory.call('PUT', `/Users/${made.id}`, { ...known, name: { ...known.name, familyName: 'Renamed' } }));
    const off = ok(await directory.patch(`/Users/${made.id}`, [{ op: 'replace', value: { active: false } }]));
    assert.equal(off.active, false);
    assert.equal(off.name.familyName, 'Renamed');
    assert.equal(ok(await directory.patch(`/Users/${made.id}`, [{ op: 'replace', value: { active: true } }])).active, true);
  });

  test('what Okta sends for groups ends in the right state', async (server) => {
    const directory = await Directory.of(await server.signUp());
    const [a, b, c] = [await directory.user({ userName: 'a' }), await directory.user({ userName: 'b' }), await directory.user({ userName: 'c' })];
    assert.equal((await directory.find('/Groups', 'displayName eq "Test SCIMv2"')).totalResults, 0);
    const group = await directory.group('Test SCIMv2');
    refused(await directory.call('POST', '/Groups', { displayName: 'test scimV2' }), 409, 'uniqueness');
    const path = `/Groups/${group.id}`;
    ok(await directory.patch(path, [{ op: 'replace', value: { id: group.id, displayName: 'Renamed' } }]));
    ok(await directory.patch(path, [
      { op: 'add', path: 'members', value: [{ value: a.id, display: 'a' }, { value: b.id, display: 'b' }] },
      { op: 'remove', path: `members[value eq "${a.id}"]` },
    ]));
    const members = async () => ok(await directory.call('GET', path)).members?.map((one) => one.value);
    assert.deepEqual(await members(), [b.id]);
    ok(await directory.patch(path, [{ op: 'replace', path: 'members', value: [{ value: a.id }, { value: c.id }] }]));
    assert.deepEqual(await members(), [a.id, c.id]);
    assert.deepEqual(ok(await directory.call('GET', `/Users/${c.id}`)).groups, [{ value: group.id, $ref: `${server.base}/scim/v2/Groups/${group.id}`, display: 'Renamed', type: 'direct' }]);
    refused(await directory.patch(path, [{ op: 'remove', path: 'members' }, { op: 'add', path: 'members', value: [{ value: 'scimuser_nobody' }] }]), 400, 'invalidValue');
    assert.deepEqual(await members(), [a.id, c.id]); // all of it or nothing
    nothing(await directory.call('DELETE', `/Users/${a.id}`));
    assert.deepEqual(await members(), [c.id]);
    ok(await directory.call('PUT', path, { displayName: 'Renamed', members: [] }));
    assert.equal(await members(), undefined);
    nothing(await directory.call('DELETE', path));
  });

  test('what Entra ID sends for users ends in the right state', async (server) => {
    const directory = await Directory.of(await server.signUp());
    const name = 'Test_User_00aa00aa-bb11-cc22-dd33-44ee44ee44ee';
    assert.equal((await directory.find('/Users', `userName eq "${name}"`)).totalResults, 0);
    const made = await directory.user({
      schemas: [USER, ENTERPRISE], externalId: '22bb22bb', userName: name, active: true, emails: [{ primary: true, type: 'work', value: 'one@testuser.test' }],
      meta: { resourceType: 'User' }, name: { formatted: 'givenName familyName', familyName: 'familyName', givenName: 'givenName' }, roles: [],
      [ENTERPRISE]: { department: 'bob' },
    });
    assert.deepEqual(made.schemas, [USER, ENTERPRISE]);
    const found = await directory.find('/Users', 'emails[type eq "work"].value eq "ONE@testuser.test"');
    assert.deepEqual(found.Resources.map((one) => one.id), [made.id]);

    const changed = ok(await directory.patch(`/Users/${made.id}`, [
      { op: 'Replace', path: 'emails[type eq "work"].value', value: 'updated@example.test' },
      { op: 'Replace', path: 'name.familyName', value: 'updatedFamilyName' },
      { op: 'Add', path: 'phoneNumbers[type eq "mobile"].value', value: '+1 555' },
      { op: 'Add', path: `${ENTERPRISE}:manager`, value: 'boss' },
      { op: 'Replace', value: { displayName: 'Shown', 'name.givenName': 'new', [`${ENTERPRISE}:employeeNumber`]: '7' } },
    ]));
    assert.deepEqual(changed.emails, [{ value: 'updated@example.test', type: 'work', primary: true }]);
    assert.deepEqual(changed.name, { formatted: 'givenName familyName', familyName: 'updatedFamilyName', givenName: 'new' });
    assert.deepEqual(changed.phoneNumbers, [{ type: 'mobile', value: '+1 555' }]);
    assert.deepEqual(changed[ENTERPRISE], { department: 'bob', manager: { value: 'boss' }, employeeNumber: '7' });
    assert.equal(changed.displayName, 'Shown');

    assert.equal(ok(await directory.patch(`/Users/${made.id}`, [{ op: 'Replace', path: 'active', value: 'False' }])).active, false);
    ok(await directory.patch(`/Users/${made.id}`, [{ op: 'Remove', path: 'phoneNumbers[type eq "mobile"]' }, { op: 'Remove', path: `${ENTERPRISE}:manager` }]));
    const after = ok(await directory.call('GET', `/Users/${made.id}?attributes=userName,emails.value,${ENTERPRISE}`));
    assert.deepEqual(after, {
      schemas: [USER, ENTERPRISE], id: made.id, userName: name, emails: [{ value: 'updated@example.test' }], [ENTERPRISE]: { department: 'bob', employeeNumber: '7' },
    });
    refused(await directory.patch(`/Users/${made.id}`, [{ op: 'replace', path: 'id', value: 'x' }]), 400, 'mutability');
    refused(await directory.patch(`/Users/${made.id}`, [{ op: 'remove', path: 'userName' }]), 400, 'mutability');
    refused(await directory.patch(`/Users/${made.id}`, [{ op: 'replace', path: 'nobody', value: 'x' }]), 400, 'invalidPath');
    refused(await directory.patch(`/Users/${made.id}`, [{ op: 'replace', path: 'emails[type eq "home"].value', value: 'x' }]), 400, 'noTarget');
    refused(await directory.patch(`/Users/${made.id}`, [{ op: 'remove' }]), 400, 'noTarget');
    refused(await directory.patch(`/Users/${made.id}`, [{ op: 'bend', path: 'title', value: 'x' }]), 400, 'invalidSyntax');
    nothing(await directory.call('DELETE', `/Users/${made.id}`));
  });

  test('what Entra ID sends for groups ends in the right state', async (server) => {
    const directory = await Directory.of(await server.signUp());
    const [a, b] = [await directory.user({ userName: 'a' }), await directory.user({ userName: 'b' })];
    const group = ok(await directory.call('POST', '/Groups', { schemas: [GROUP, 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group'], externalId: '8aa1a0c0', displayName: 'displayName', meta: { resourceType: 'Group' } }), 201);
    const path = `/Groups/${group.id}`;
    const found = ok(await directory.call('GET', `/Groups?excludedAttributes=members&filter=${encodeURIComponent('displayName eq "displayName"')}`));
    assert.deepEqual(found.Resources.map((one) => one.id), [group.id]);
    ok(await directory.patch(path, [{ op: 'Replace', path: 'displayName', value: 'updated' }]));
    ok(await directory.patch(path, [{ op: 'Add', path: 'members', value: [{ $ref: null, value: a.id }, { $ref: null, value: b.id }] }]));
    const has = async (user) => (await directory.find('/Groups', `id eq "${group.id}" and members eq "${user}"`)).totalResults;
    assert.equal(await has(a.id), 1);
    ok(await directory.patch(path, [{ op: 'Remove', path: 'members', value: [{ $ref: null, value: a.id }] }]));
    assert.equal(await has(a.id), 0);
    assert.equal(await has(b.id), 1);
    const seen = ok(await directory.call('GET', `${path}?excludedAttributes=members`));
    assert.equal(seen.displayName, 'updated');
    assert.equal(seen.members, undefined);
    nothing(await directory.call('DELETE', path));
  });

  test('a search may come in a body, and a filter that cannot be read is refused', async (server) => {
    const directory = await Directory.of(await server.signUp());
    const { id } = await directory.user({ userName: 'ada', title: 'Countess' });
    await directory.user({ userName: 'bob' });
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'];
    const found = ok(await directory.call('POST', '/Users/.search', { schemas, filter: 'title co "count" and not (userName eq "bob")', attributes: ['userName'], startIndex: 1, count: 10 }));
    assert.deepEqual(found.Resources, [{ schemas: [USER], id, userName: 'ada' }]);
    refused(await directory.call('GET', '/Users?filter=userName%20is%20%22a%22'), 400, 'invalidFilter');
    const first = ok(await directory.call('GET', '/Users?cursor=&count=1'));
    const rest = ok(await directory.call('GET', `/Users?cursor=${first.nextCursor}&count=1`));
    assert.deepEqual([first, rest].flatMap((page) => page.Resources.map((one) => one.userName)), ['ada', 'bob']);
    assert.equal(rest.nextCursor, undefined);
  });

  test('whoever the directory deactivates or deletes loses what they granted', async (server) => {
    const org = await server.signUp({ mode: 'sandbox' });
    const directory = await Directory.of(org);
    const agent = await org.agent();
    const user = await directory.user({ userName: 'ada' });
    const grant = await org.grant(agent.agentId);
    const session = ok(await org.post('/v1/principal-sessions', { principalId: 'ada' }), 201).sessionToken;
    assert.equal(await org.accepts(grant.grantToken), true);

    ok(await directory.patch(`/Users/${user.id}`, [{ op: 'Replace', path: 'active', value: 'False' }]));
    assert.equal(await org.accepts(grant.grantToken), false);
    assert.equal((await server.api('GET', '/v1/principal/grants', { key: session })).status, 401);
    const refusedCode = await org.exchange(await org.code(agent.agentId), agent.agentId);
    assert.equal(refusedCode.status, 403, refusedCode.text);

    ok(await directory.patch(`/Users/${user.id}`, [{ op: 'Replace', path: 'active', value: 'True' }]));
    const later = await org.grant(agent.agentId);
    nothing(await directory.call('DELETE', `/Users/${user.id}`));
    assert.equal(await org.accepts(later.grantToken), false);
  });

  test('of twenty who tell of one user one gets 201, and another organization sees nobody', async (server) => {
    const directory = await Directory.of(await server.signUp());
    const other = await Directory.of(await server.signUp());
    const answers = await Promise.all(Array.from({ length: 20 }, () => directory.call('POST', '/Users', { userName: 'ada', externalId: '1' })));
    assert.deepEqual(tally(answers), { 201: 1, 409: 19 });
    assert.equal((await other.find('/Users', 'externalId eq "1"')).totalResults, 0);
    const { id } = answers.find((one) => one.status === 201).json;
    refused(await other.call('GET', `/Users/${id}`), 404, 'noTarget');
    refused(await other.call('DELETE', `/Users/${id}`), 404, 'noTarget');
    await other.user({ userName: 'ada', externalId: '1' });
  });
});
