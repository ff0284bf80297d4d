// What directories do beyond one request after the other: every attribute there is, changes that meet, searches through everything (RFC 7643, RFC 7644;
// standards.md 17). The sequences are those that Okta and Entra ID document.
import assert from 'node:assert/strict';
import { onEachEngine } from './support/engines.mjs';
import { none, nothing, ok, tally } from './support/expect.mjs';
import { Directory, ENTERPRISE, GROUP, USER, refused } from './support/scim.mjs';

/** A value of an attribute of this type, another for each `turn`. */
const VALUES = {
  string: (turn) => `text ${turn}`,
  reference: (turn) => `https://example.test/${turn}`,
  binary: (turn) => Buffer.from(`bytes ${turn}`).toString('base64'),
  boolean: (turn) => turn % 2 === 0,
};

/** Every attribute that a client may set, as a path to one value of it, what it is, and how that value is put into a resource. */
function* settable(attributes, prefix = '') {
  for (const attribute of attributes.filter(({ mutability }) => mutability !== 'readOnly')) {
    const { name, type, multiValued, subAttributes = [] } = attribute;
    if (type !== 'complex') yield { path: prefix + name, type, required: attribute.required };
    else if (!multiValued) yield* settable(subAttributes, `${prefix}${name}.`);
    else for (const part of settable(subAttributes.filter((each) => !['type', 'primary'].includes(each.name)))) yield { ...part, path: `${prefix}${name}[type eq "work"].${part.path}` };
  }
}

/** What a path leads to in a resource. */
function at(resource, path) {
  const inside = path.startsWith(`${ENTERPRISE}:`) ? resource[ENTERPRISE] : resource;
  return path.replace(`${ENTERPRISE}:`, '').split('.').reduce((value, step) => {
    const [, name, chosen] = /^(\w+|\$ref)(\[type eq "work"\])?$/.exec(step);
    return chosen ? value?.[name]?.find(({ type }) => type === 'work') : value?.[name];
  }, inside);
}

onEachEngine('SCIM of directories', (test) => {
  test('every attribute of the schemas can be added, replaced, looked for and taken away by its path', async (server) => {
    const directory = await Directory.of(await server.signUp());
    const schemas = ok(await directory.call('GET', '/Schemas')).Resources;
    const paths = [...settable(schemas.find(({ id }) => id === USER).attributes), ...settable(schemas.find(({ id }) => id === ENTERPRISE).attributes, `${ENTERPRISE}:`)];
    assert.ok(paths.length > 40, `${paths.length} attributes`);
    const { id } = await directory.user({ userName: 'first' });
    await directory.user({ userName: 'somebody else' });

    for (const [op, turn] of [['Add', 0], ['Replace', 1]]) {
      const operations = paths.map(({ path, type }) => ({ op, path, value: VALUES[type](turn) }));
      const changed = ok(await directory.patch(`/Users/${id}`, operations));
      for (const { path, value } of operations) assert.deepEqual(at(changed, path), value, `${op} ${path}`);
      const read = ok(await directory.call('GET', `/Users/${id}`));
      assert.deepEqual(read, changed);
    }

    for (const { path, type } of paths) {
      const filter = `${path} eq ${JSON.stringify(VALUES[type](1))}`;
      assert.deepEqual((await directory.find('/Users', filter)).Resources.map((one) => one.id), [id], filter);
    }

    for (const { path, required } of paths.filter((each) => each.path !== 'active')) {
      const answer = await directory.patch(`/Users/${id}`, [{ op: 'Remove', path }]);
      if (required) refused(answer, 400, 'mutability');
      else assert.equal(at(ok(answer), path), undefined, path);
    }
    const { meta, ...bare } = ok(await directory.call('GET', `/Users/${id}`));
    assert.ok(meta);
    none(Object.keys(bare).filter((name) => !['schemas', 'id', 'userName', 'active', 'emails', 'phoneNumbers', 'ims', 'photos', 'addresses', 'entitlements', 'roles', 'x509Certificates'].includes(name)), 'left');
  });

  test('Okta provisions, renames, puts into groups and deactivates, and the directory has what it should', async (server) => {
    const directory = await Directory.of(await server.signUp());
    const page = async (path, filter) => ok(await directory.call('GET', `${path}?${filter ? `filter=${encodeURIComponent(filter)}&` : ''}startIndex=1&count=100`));
    const provision = async (userName) => {
      assert.equal((await page('/Users', `userName eq "${userName}"`)).totalResults, 0);
      return directory.user({ userName, name: { givenName: 'A', familyName: 'B' }, emails: [{ primary: true, value: userName, type: 'work' }], displayName: userName, locale: 'en-US', externalId: `okta-${userName}`, groups: [], password: '1mz050nq', active: true });
    };
    const [ada, bob] = [await provision('ada@okta.local'), await provision('bob@okta.local')];
    refused(await directory.call('POST', '/Users', { schemas: [USER], userName: 'ADA@okta.local' }), 409, 'uniqueness');

    const synced = ok(await directory.patch(`/Users/${ada.id}`, [{ op: 'replace', value: { password: 'another' } }]));
    assert.deepEqual(synced, ada); // passwords are not kept here, and that changes nothing
    const { meta, groups, ...profile } = ok(await directory.call('GET', `/Users/${ada.id}`));
    assert.ok(meta);
    assert.equal(groups, undefined);
    ok(await directory.call('PUT', `/Users/${ada.id}`, { ...profile, groups: [{ value: 'ignored' }], userName: 'ada.l@okta.local', name: { givenName: 'Ada', familyName: 'Lovelace' } }));

    const pilots = ok(await directory.call('POST', '/Groups', { schemas: [GROUP], displayName: 'Pilots', members: [] }), 201);
    ok(await directory.call('PUT', `/Groups/${pilots.id}`, { schemas: [GROUP], id: pilots.id, displayName: 'Pilots', members: [{ value: ada.id, display: 'ada' }, { value: bob.id, display: 'bob' }] }));
    ok(await directory.patch(`/Groups/${pilots.id}`, [{ op: 'replace', value: { id: pilots.id, displayName: 'Crew' } }]));
    ok(await directory.patch(`/Groups/${pilots.id}`, [{ op: 'remove', path: `members[value eq "${bob.id}"]` }]));
    const { displayName, members } = (await page('/Groups', 'displayName eq "crew"')).Resources[0];
    assert.deepEqual([displayName, members.map(({ value }) => value)], ['Crew', [ada.id]]);

    ok(await directory.call('PUT', `/Users/${bob.id}`, { schemas: [USER], userName: 'bob@okta.local', active: false }));
    ok(await directory.patch(`/Users/${ada.id}`, [{ op: 'replace', value: { active: false } }]));
    assert.deepEqual((await page('/Users')).Resources.map(({ userName, active, name }) => [userName, active, name?.familyName]), [['ada.l@okta.local', false, 'Lovelace'], ['bob@okta.local', false, undefined]]);
  });

  test('Entra ID provisions, changes managers and members and deletes, and the directory has what it should', async (server) => {
    const directory = await Directory.of(await server.signUp());
    assert.equal((await directory.find('/Users', 'userName eq "non-existent user"')).totalResults, 0); // how it tests a connection
    const provision = (userName, fields) => directory.user({
      schemas: [USER, ENTERPRISE], externalId: userName, userName, active: true, displayName: userName, meta: { resourceType: 'User' }, roles: [{ primary: 'True', type: 'work', value: 'crew' }], ...fields,
    });
    const [ada, boss] = [await provision('ada', { [ENTERPRISE]: { department: 'flight' } }), await provision('boss')];
    const user = async (operations) => ok(await directory.patch(`/Users/${ada.id}`, operations));
    const reports = async () => ok(await directory.call('GET', `/Users?attributes=id&filter=${encodeURIComponent(`id eq "${ada.id}" and manager eq "${boss.id}"`)}`));

    assert.deepEqual((await directory.find('/Users', 'userName eq "ADA"')).Resources.map(({ id }) => id), [ada.id]);
    assert.equal((await user([{ op: 'Add', path: 'manager', value: [{ $ref: `${server.base}/scim/v2/Users/${boss.id}`, value: boss.id }] }]))[ENTERPRISE].manager.value, boss.id);
    assert.deepEqual((await reports()).Resources, [{ schemas: [USER, ENTERPRISE], id: ada.id }]);
    await user([{ op: 'Replace', path: `${ENTERPRISE}:manager`, value: 'somebody' }]);
    assert.equal((await reports()).totalResults, 0);
    assert.deepEqual((await user([{ op: 'Remove', path: `${ENTERPRISE}:manager` }]))[ENTERPRISE], { department: 'flight' });
    assert.deepEqual((await user([{ op: 'Replace', path: 'roles[primary eq "True"].value', value: 'captain' }])).roles, [{ value: 'captain', type: 'work', primary: true }]);
    assert.deepEqual((await user([{ op: 'add', value: { nickName: 'A', 'name.givenName': 'Ada' } }])).name, { givenName: 'Ada' });
    assert.equal((await user([{ op: 'Replace', path: 'userName', value: 'ada.l' }])).userName, 'ada.l');
    refused(await directory.patch(`/Users/${boss.id}`, [{ op: 'Replace', path: 'userName', value: 'Ada.L' }]), 409, 'uniqueness');
    refused(await directory.patch(`/Users/${boss.id}`, [{ op: 'Replace', path: 'externalId', value: 'ada' }]), 409, 'uniqueness');

    const group = ok(await directory.call('POST', '/Groups', { schemas: [GROUP], externalId: 'g', displayName: 'Crew', meta: { resourceType: 'Group' } }), 201);
    refused(await directory.call('POST', '/Groups', { schemas: [GROUP], displayName: 'crew' }), 409, 'uniqueness');
    ok(await directory.patch(`/Groups/${group.id}`, [{ op: 'Add', path: 'members', value: [{ value: ada.id }] }, { op: 'Add', path: 'members', value: [{ value: boss.id }, { value: ada.id }] }]));
    ok(await directory.patch(`/Groups/${group.id}`, [{ op: 'remove', path: `members[value eq "${boss.id}"]` }, { op: 'Remove', path: 'members', value: [{ value: 'scimuser_gone' }] }]));
    assert.deepEqual(ok(await directory.call('GET', `/Groups/${group.id}`)).members.map(({ value }) => value), [ada.id]);

    assert.equal((await user([{ op: 'Replace', path: 'active', value: false }])).active, false);
    assert.equal((await user([{ op: 'Replace', path: 'active', value: null }])).active, false); // nothing said: who has left stays away
    assert.equal((await user([{ op: 'Remove', path: 'active' }])).active, false);
    assert.equal((await user([{ op: 'Replace', path: 'active', value: 'True' }])).active, true);
    for (const path of [`/Users/${ada.id}`, `/Groups/${group.id}`]) {
      nothing(await directory.call('DELETE', path));
      refused(await directory.call('DELETE', path), 404, 'noTarget');
    }
    assert.deepEqual(ok(await directory.call('GET', '/Users')).Resources.map(({ userName }) => userName), ['boss']);
    assert.equal(ok(await directory.call('GET', '/Groups')).totalResults, 0);
  });

  test('of twenty changes to one version one is made, and of twenty to whatever there is all are', async (server) => {
    const directory = await Directory.of(await server.signUp());
    const { id, meta } = await directory.user({ userName: 'ada' });
    const twenty = (change) => Promise.all(Array.from({ length: 20 }, (_, at) => change(at)));
    const change = (at, headers) => directory.patch(`/Users/${id}`, [{ op: 'add', path: 'emails', value: [{ value: `${at}@example.test` }] }], headers);

    assert.deepEqual(tally(await twenty((at) => change(at, { 'if-match': meta.version }))), { 200: 1, 412: 19 });
    assert.deepEqual(tally(await twenty((at) => change(at, { 'if-match': '*' }))), { 200: 20 });
    const after = ok(await directory.call('GET', `/Users/${id}`));
    assert.deepEqual([after.emails.length, after.meta.version], [20, 'W/"21"']);
    refused(await directory.call('PUT', `/Users/${id}`, { userName: 'ada' }, { 'if-match': 'W/"20", W/"22"' }), 412, undefined);
    ok(await directory.call('PUT', `/Users/${id}`, { userName: 'ada' }, { 'if-match': 'W/"20", W/"21"' }));
    assert.equal((await directory.call('GET', `/Users/${id}`, undefined, { 'if-none-match': 'W/"21"' })).status, 200);
  });

  test('a list is sorted, cut into parts, and shown as asked', async (server) => {
    const directory = await Directory.of(await server.signUp());
    for (const [userName, title] of [['c', 'x'], ['A'], ['b', 'y'], ['d', 'X']]) await directory.user({ userName, title });
    const names = async (query) => ok(await directory.call('GET', `/Users?${query}`)).Resources.map((one) => one.userName);
    assert.deepEqual(await names(''), ['c', 'A', 'b', 'd']);
    assert.deepEqual(await names('sortBy=userName'), ['A', 'b', 'c', 'd']);
    assert.deepEqual(await names('sortBy=userName&sortOrder=descending&startIndex=2&count=2'), ['c', 'b']);
    assert.deepEqual(await names('sortBy=title'), ['c', 'd', 'b', 'A']); // what has none comes last
    assert.deepEqual(await names('startIndex=3&count=1'), ['b']);
    assert.deepEqual(await names('startIndex=9'), []);
    const { totalResults, startIndex, itemsPerPage } = ok(await directory.call('GET', '/Users?startIndex=9&count=3'));
    assert.deepEqual([totalResults, startIndex, itemsPerPage], [4, 9, 3]);
    const shown = async (query) => Object.keys(ok(await directory.call('GET', `/Users?count=1&${query}`)).Resources[0]).sort();
    assert.deepEqual(await shown('attributes=userName'), ['id', 'schemas', 'userName']);
    assert.deepEqual(await shown('attributes=nobody'), ['id', 'schemas']);
    assert.deepEqual(await shown('excludedAttributes=emails,meta,id'), ['active', 'id', 'schemas', 'title', 'userName']);
    for (const query of ['sortBy=nobody', 'sortOrder=upwards', 'attributes=a&excludedAttributes=b', 'cursor=x&sortBy=userName', 'startIndex=one']) {
      assert.equal((await directory.call('GET', `/Users?${query}`)).status, 400, query);
    }
  });

  test('one search goes through users and groups', async (server) => {
    const directory = await Directory.of(await server.signUp());
    const users = [await directory.user({ userName: 'ada', displayName: 'Pilots' }), await directory.user({ userName: 'bob' })];
    const groups = [await directory.group('Pilots', [users[0].id]), await directory.group('Crew')];
    const search = async (body) => ok(await directory.call('POST', '/.search', { schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'], ...body }));
    const ids = async (body) => (await search(body)).Resources.map(({ id }) => id);
    const all = [...users, ...groups].map(({ id }) => id);

    assert.deepEqual(await ids({}), all);
    assert.deepEqual(await ids({ filter: 'displayName eq "pilots"' }), [all[0], all[2]]);
    assert.deepEqual(await ids({ filter: 'userName pr' }), [all[0], all[1]]); // groups have no such value
    assert.deepEqual(await ids({ filter: 'not (userName pr)' }), [all[2], all[3]]);
    assert.deepEqual(await ids({ filter: `members[value eq "${all[0]}"] or userName ne "ada"` }), [all[1], all[2], all[3]]);
    for (let start = 1; start <= 5; start++) {
      const part = await search({ startIndex: start, count: 2, attributes: ['userName', 'members'] });
      assert.deepEqual([part.totalResults, part.Resources.map(({ id }) => id)], [4, all.slice(start - 1, start + 1)], `from ${start}`);
      none(part.Resources.flatMap(Object.keys).filter((name) => !['schemas', 'id', 'userName', 'members'].includes(name)), 'shown');
    }
    refused(await directory.call('POST', '/.search', { filter: 'nobody pr' }), 400, 'invalidFilter');
    refused(await directory.call('POST', '/.search', { sortBy: 'displayName' }), 400, 'invalidValue');
    refused(await server.api('POST', '/scim/v2/.search', { body: {} }), 401, 'unauthorized');
  });

  test('there is no Bulk, and the description says so', async (server) => {
    const directory = await Directory.of(await server.signUp());
    const { bulk, filter, pagination } = ok(await server.api('GET', '/scim/v2/ServiceProviderConfig'));
    assert.deepEqual([bulk, filter.maxResults, pagination.maxPageSize], [{ supported: false, maxOperations: 0, maxPayloadSize: 0 }, 200, 200]);
    refused(await directory.call('POST', '/Bulk', { Operations: [{ method: 'POST', path: '/Users', data: { userName: 'ada' } }] }), 404, 'noTarget');
    refused(await directory.call('PUT', '/Users', {}), 404, 'noTarget');
    assert.equal(ok(await directory.call('GET', '/Users')).totalResults, 0);
  });
});
