// Passkeys (contract grantex-enterprise 10; standards 18; design D9), with an authenticator in software that can also lie.
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { Authenticator, FLAGS } from './support/authenticator.mjs';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, none, notFound, refused, tally, unauthorized } from './support/expect.mjs';
import { answer, ask, enrol, enrolByKey, person, prove } from './support/passkeys.mjs';

const ORIGIN = 'https://id.example.com';
const RP_ID = 'example.com';
const SETTINGS = { FIDO_RP_ID: RP_ID, FIDO_ORIGIN: ORIGIN };

const authenticator = (fields) => new Authenticator({ origin: ORIGIN, rpId: RP_ID, ...fields });

/** An organization that takes nothing but a passkey for a consent, and its agent. */
async function strict(server, fields = { fidoRequired: true }) {
  const org = await server.signUp({ name: 'Blue Harbour Travel' });
  assert.equal((await org.patch('/v1/me', fields)).status, 200);
  const { agentId } = await org.agent();
  return { org, agentId };
}

const OTHER_KEY = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

/** What an answer to any challenge can get wrong, and what is said of it. */
const LIES = {
  'of another origin': [{ client: { origin: 'https://evil.example.com' } }, /origin/],
  'of an origin that only begins alike': [{ client: { origin: `${ORIGIN}.evil.example` } }, /origin/],
  'inside another site': [{ client: { crossOrigin: true } }, /another site/],
  'below another site': [{ client: { topOrigin: 'https://evil.example.com' } }, /another site/],
  'to another challenge': [{ client: { challenge: randomBytes(32).toString('base64url') } }, /another challenge/],
  'of another type': [{ client: { type: 'payment.get' } }, /another ceremony/],
  'for another relying party': [{ rpId: 'evil.example' }, /relying party/],
  'without anybody there': [{ flags: FLAGS.verified | FLAGS.made }, /present/],
  'without its user verified': [{ flags: FLAGS.present | FLAGS.made }, /verify its user/],
  'backed up, though that cannot be': [{ flags: FLAGS.present | FLAGS.verified | FLAGS.made | FLAGS.backedUp }, /backups/],
  'with extensions that are not there': [{ flags: FLAGS.present | FLAGS.verified | FLAGS.made | FLAGS.extensions }, /cannot be read/],
  'with bytes at its end': [{ tail: Buffer.from([0]) }, /cannot be read/],
  'with client data that is no JSON': [{ clientText: '{' }, /clientDataJSON/],
  'with a member of it twice': [{ clientText: '{"type":"webauthn.get","type":"webauthn.create"}' }, /clientDataJSON/],
};

/** The same without the flag that says a credential was made. */
const used = (lies) => ('flags' in lies ? { ...lies, flags: lies.flags & ~FLAGS.made } : lies);

onEachEngine('passkeys', (test) => {
  for (const kind of ['ES256', 'RS256', 'EdDSA']) {
    test(`a person enrols one (${kind}) and approves with it, and the grant says so`, async (server) => {
      const { org, agentId } = await strict(server);
      const device = authenticator({ kind });
      const made = await enrol(org, device);
      assert.equal(made.status, 201, made.text);
      assert.match(made.json.id, /^cred_[0-9A-HJKMNP-TV-Z]{26}$/);

      const { authRequestId } = await org.authorize(agentId);
      refused(await server.api('POST', `/v1/consent/${authRequestId}/approve`), 403, 'FIDO_REQUIRED');
      const verified = await prove(server, authRequestId, device);
      assert.equal(verified.status, 200, verified.text);
      assert.deepEqual(verified.json, { verified: true });

      const { code } = await org.approve(authRequestId);
      const { grantId } = (await org.exchange(code, agentId)).json;
      assert.equal((await org.get(`/v1/grants/${grantId}`)).json.consentProof, 'passkey');
    });
  }

  test('the options for a new one are the documented ones', async (server) => {
    const { org } = await strict(server);
    const device = authenticator();
    assert.equal((await enrolByKey(org, device, 'ada@example.com')).status, 201);
    const { status, json } = await org.post('/v1/webauthn/register/options', { principalId: 'ada@example.com' });
    assert.equal(status, 200);
    assert.match(json.challengeId, /^wac_[0-9A-HJKMNP-TV-Z]{26}$/);
    const { challenge, ...options } = json.publicKey;
    assert.equal(Buffer.from(challenge, 'base64url').length, 32);
    assert.deepEqual(options, {
      rp: { name: 'Blue Harbour Travel', id: RP_ID },
      user: { id: Buffer.from('ada@example.com').toString('base64url'), name: 'ada@example.com', displayName: '' },
      pubKeyCredParams: [-8, -7, -257].map((alg) => ({ alg, type: 'public-key' })),
      timeout: 60_000,
      attestation: 'direct',
      excludeCredentials: [{ id: device.id.toString('base64url'), type: 'public-key', transports: ['internal', 'hybrid'] }],
      authenticatorSelection: { residentKey: 'preferred', requireResidentKey: false, userVerification: 'preferred' },
      extensions: { credProps: true },
    });

    assert.equal((await org.patch('/v1/me', { fidoRpName: 'Blue Harbour' })).status, 200);
    const again = (await org.post('/v1/webauthn/register/options', { principalId: 'x'.repeat(200) })).json.publicKey;
    assert.equal(again.rp.name, 'Blue Harbour');
    assert.equal(Buffer.from(again.user.id, 'base64url').length, 32, 'an authenticator takes at most 64 bytes');
  });

  test('a person is known to authenticators by a random name, the same for each of theirs', async (server) => {
    const { org } = await strict(server);
    const ada = await person(org);
    const first = (await ada.options()).publicKey;
    assert.equal(first.authenticatorSelection.userVerification, 'required');
    assert.equal(Buffer.from(first.user.id, 'base64url').length, 64);
    assert.notEqual((await ada.options()).publicKey.user.id, first.user.id);
    const device = authenticator();
    assert.equal((await enrol(org, device)).status, 201);
    const { publicKey } = await (await person(org)).options();
    assert.equal(publicKey.user.id, device.userHandle);
    assert.equal(publicKey.excludeCredentials.length, 1);
  });

  test('an organization lists and removes those of its people, and nobody else does', async (server) => {
    const { org } = await strict(server);
    const other = await server.signUp();
    const [first, second] = [await enrol(org, authenticator()), await enrolByKey(org, authenticator())];
    assert.equal((await enrol(org, authenticator(), 'grace')).status, 201);

    const { createdAt, id, ...shown } = second.json;
    assert.match(createdAt, /^\d{4}-.*Z$/);
    assert.deepEqual(shown, {
      principalId: 'ada', deviceName: null, backedUp: false, transports: ['internal', 'hybrid'], lastUsedAt: null, enrolment: 'key', attestation: 'none',
      aaguid: '6d44ba9b-6ec2-4ee0-a5a1-d5b4e2d8f3c1',
    });
    assert.deepEqual((await org.get('/v1/webauthn/credentials?principalId=ada')).json, { credentials: [second.json, first.json] });
    assert.equal(first.json.deviceName, 'Laptop');
    assert.deepEqual((await other.get('/v1/webauthn/credentials?principalId=ada')).json, { credentials: [] });
    badRequest(await org.get('/v1/webauthn/credentials'));

    notFound(await other.delete(`/v1/webauthn/credentials/${id}`));
    notFound(await org.delete('/v1/webauthn/credentials/cred_1'));
    assert.equal((await org.delete(`/v1/webauthn/credentials/${id}`)).status, 204);
    notFound(await org.delete(`/v1/webauthn/credentials/${id}`));

    const ada = await person(org);
    const grace = await person(org, 'grace');
    assert.deepEqual((await ada.call('GET', '')).json, { credentials: [first.json] });
    notFound(await grace.call('DELETE', `/${first.json.id}`));
    assert.equal((await ada.call('DELETE', `/${first.json.id}`)).status, 204);
    assert.deepEqual((await ada.call('GET', '')).json, { credentials: [] });
    unauthorized(await server.api('GET', '/v1/principal/passkeys', { key: org.key }));
  });

  test('what an organization enrolled on its own word proves nothing, unless its rule says that it does', async (server) => {
    const { org, agentId } = await strict(server);
    assert.equal((await org.get('/v1/me')).json.passkeyEnrolment, 'session');
    const device = authenticator();
    assert.equal((await enrolByKey(org, device)).status, 201);
    const { authRequestId } = await org.authorize(agentId);
    assert.match(badRequest(await ask(server, authRequestId)).message, /No passkey that counts/);

    assert.equal((await org.patch('/v1/me', { passkeyEnrolment: 'key' })).status, 200);
    const { challengeId, publicKey } = (await ask(server, authRequestId)).json;
    assert.equal((await org.patch('/v1/me', { passkeyEnrolment: 'session' })).status, 200);
    badRequest(await answer(server, challengeId, device.get(publicKey)));
    refused(await server.api('POST', `/v1/consent/${authRequestId}/approve`), 403, 'FIDO_REQUIRED');

    assert.equal((await org.patch('/v1/me', { passkeyEnrolment: 'key' })).status, 200);
    assert.equal((await prove(server, authRequestId, device)).status, 200);
    assert.ok((await org.approve(authRequestId)).code);
    badRequest(await org.patch('/v1/me', { passkeyEnrolment: 'nobody' }));
  });

  test('browsers are told which origins may use its passkeys', async (server) => {
    const { status, headers, json } = await server.api('GET', '/.well-known/webauthn');
    assert.equal(status, 200);
    assert.match(headers['content-type'], /^application\/json/);
    assert.deepEqual(json, { origins: [ORIGIN] });
  });

  test('a session for somebody who granted nothing opens only where a passkey must come first', async (server) => {
    const { org } = await strict(server);
    assert.equal((await org.post('/v1/principal-sessions', { principalId: 'new' })).status, 201);
    assert.equal((await org.patch('/v1/me', { fidoRequired: false })).status, 200);
    notFound(await org.post('/v1/principal-sessions', { principalId: 'new' }));
  });

  for (const [what, [lies, says]] of Object.entries(LIES)) {
    test(`an answer ${what} enrols nothing and proves nothing`, async (server) => {
      const { org, agentId } = await strict(server);
      const made = badRequest(await enrol(org, authenticator(), 'ada', lies));
      assert.match(made.message, says);
      none((await org.get('/v1/webauthn/credentials?principalId=ada')).json.credentials, 'enrolled');

      const device = authenticator();
      assert.equal((await enrol(org, device)).status, 201);
      const { authRequestId } = await org.authorize(agentId);
      assert.match(badRequest(await prove(server, authRequestId, device, used(lies))).message, says);
      refused(await server.api('POST', `/v1/consent/${authRequestId}/approve`), 403, 'FIDO_REQUIRED');
      assert.equal((await prove(server, authRequestId, device)).status, 200, 'the truth does, with a new challenge');
    });
  }

  for (const [attestation, kept] of [['none', 'none'], ['self', 'self'], ['x5c', 'certificate'], ['tpm', 'unread']]) {
    for (const kind of ['ES256', 'RS256', 'EdDSA']) {
      test(`an attestation ${attestation} is taken (${kind})`, async (server) => {
        const { org } = await strict(server);
        const made = await enrol(org, authenticator({ kind }), 'ada', { attestation });
        assert.equal(made.status, 201, made.text);
        assert.equal(made.json.attestation, kept);
      });
    }
  }

  for (const [what, lies] of Object.entries({
    'that the key did not sign': { attestation: 'self', key: OTHER_KEY },
    'of another text': { attestation: 'self', signed: Buffer.from('another') },
    'of another algorithm than the key': { attestation: 'self', statement: new Map([['alg', -257], ['sig', randomBytes(64)]]) },
    'without a signature': { attestation: 'self', statement: new Map([['alg', -7]]) },
    'that says none, and something': { attestation: 'none', statement: new Map([['alg', -7]]) },
    'whose certificate did not sign': { attestation: 'x5c', key: OTHER_KEY },
    'whose certificate signed another text': { attestation: 'x5c', signed: Buffer.from('another') },
    'whose certificate is an authority': { attestation: 'x5c', certificate: { authority: true } },
    'whose certificate is for something else': { attestation: 'x5c', certificate: { unit: 'Web Server' } },
    'whose certificate is another make\'s': { attestation: 'x5c', certificate: { aaguid: randomBytes(16) } },
    'that is no CBOR': { attestationObject: randomBytes(100) },
    'whose credential is another': { credentialId: randomBytes(32) },
    'with a key on another curve': { cose: new Map([[1, 2], [3, -7], [-1, 2], [-2, randomBytes(32)], [-3, randomBytes(32)]]) },
    'with a point on no curve': { cose: new Map([[1, 2], [3, -7], [-1, 1], [-2, Buffer.alloc(32, 7)], [-3, Buffer.alloc(32, 9)]]) },
    'with a key too short': { cose: new Map([[1, 3], [3, -257], [-1, randomBytes(128)], [-2, Buffer.from([1, 0, 1])]]) },
    'with an algorithm that was not offered': { cose: new Map([[1, 2], [3, -35], [-1, 2], [-2, randomBytes(48)], [-3, randomBytes(48)]]) },
  })) {
    test(`an attestation ${what} is not taken`, async (server) => {
      const { org } = await strict(server);
      badRequest(await enrol(org, authenticator(), 'ada', lies));
      none((await org.get('/v1/webauthn/credentials?principalId=ada')).json.credentials, 'enrolled');
    });
  }

  test('a credential is somebody\'s once', async (server) => {
    const { org } = await strict(server);
    const device = authenticator();
    assert.equal((await enrol(org, device)).status, 201);
    assert.match(badRequest(await enrol(org, device, 'grace')).message, /enrolled already/);
    const { org: other } = await strict(server);
    assert.equal((await enrol(other, device)).status, 201, 'another organization is another world');
  });

  test('a challenge is for one use by whom it was made for, and a failure is a use', async (server) => {
    const { org, agentId } = await strict(server);
    const { org: other } = await strict(server);
    const device = authenticator();
    const ada = await person(org);
    const made = await ada.options();
    const body = { challengeId: made.challengeId, response: device.create(made.publicKey) };
    badRequest(await org.post('/v1/webauthn/register/verify', body)); // begun in a session
    badRequest(await (await person(org)).call('POST', '', body)); // another session
    badRequest(await other.post('/v1/webauthn/register/verify', body));
    badRequest(await answer(server, made.challengeId, device.get({ challenge: made.publicKey.challenge, rpId: RP_ID }))); // for another purpose
    assert.equal((await ada.call('POST', '', body)).status, 201, 'none of them spent it');
    badRequest(await ada.call('POST', '', body));

    const failing = await ada.options();
    badRequest(await ada.call('POST', '', { ...body, challengeId: failing.challengeId }));
    badRequest(await ada.call('POST', '', { challengeId: failing.challengeId, response: authenticator().create(failing.publicKey) }));

    const { authRequestId } = await org.authorize(agentId);
    const { challengeId, publicKey } = (await ask(server, authRequestId)).json;
    badRequest(await ada.call('POST', '', { challengeId, response: authenticator().create({ ...made.publicKey, challenge: publicKey.challenge }) }));
    badRequest(await answer(server, challengeId, device.get(publicKey, { key: OTHER_KEY })));
    const good = device.get(publicKey);
    badRequest(await answer(server, challengeId, good));
    const next = (await ask(server, authRequestId)).json;
    badRequest(await answer(server, next.challengeId, good)); // replayed with another challenge
    assert.equal((await prove(server, authRequestId, device)).status, 200);
  });

  test('only a credential of the person who is asked proves it', async (server) => {
    const { org, agentId } = await strict(server);
    const [ada, grace, stranger] = [authenticator(), authenticator(), authenticator()];
    assert.equal((await enrol(org, ada)).status, 201);
    assert.equal((await enrol(org, grace, 'grace')).status, 201);
    const { authRequestId } = await org.authorize(agentId);
    const { publicKey } = (await ask(server, authRequestId)).json;
    const { challenge, ...rest } = publicKey;
    assert.deepEqual(rest, {
      rpId: RP_ID, allowCredentials: [{ id: ada.id.toString('base64url'), type: 'public-key', transports: ['internal', 'hybrid'] }],
      timeout: 60_000, userVerification: 'preferred',
    });
    assert.equal(Buffer.from(challenge, 'base64url').length, 32);
    for (const device of [grace, stranger]) badRequest(await prove(server, authRequestId, device));
    badRequest(await prove(server, authRequestId, ada, { userHandle: grace.userHandle }));
    badRequest(await prove(server, authRequestId, ada, { key: grace.keys.privateKey }));
    badRequest(await prove(server, authRequestId, ada, { flags: FLAGS.present | FLAGS.verified | FLAGS.eligible })); // it said otherwise when it was enrolled
    assert.equal((await prove(server, authRequestId, ada)).status, 200);
  });

  test('a counter that goes back is a copy, of which the log and the audit tell', async (server) => {
    const { org, agentId } = await strict(server);
    const device = authenticator();
    const { id } = (await enrol(org, device)).json;
    const { authRequestId } = await org.authorize(agentId);
    assert.equal((await prove(server, authRequestId, device, { signCount: 7 })).status, 200);
    for (const signCount of [7, 6, 0]) {
      assert.match(badRequest(await prove(server, authRequestId, device, { signCount })).message, /counter went back/);
    }
    assert.equal((await prove(server, authRequestId, device, { signCount: 8 })).status, 200);
    await server.logged((line) => line.msg === 'passkey.counter_went_back' && line.passkeyId === id, 3);
    assert.ok((await org.get('/v1/webauthn/credentials?principalId=ada')).json.credentials.find((one) => one.id === id).lastUsedAt);

    const still = authenticator({ counts: false });
    assert.equal((await enrol(org, still, 'grace')).status, 201);
    const request = await org.authorize(agentId, { principalId: 'grace' });
    for (let i = 0; i < 2; i++) assert.equal((await prove(server, request.authRequestId, still)).status, 200, 'one that does not count cannot go back');
  });

  test('of thirty who answer one challenge, one proves it', async (server) => {
    const { org, agentId } = await strict(server);
    const device = authenticator();
    assert.equal((await enrol(org, device)).status, 201);
    const { authRequestId } = await org.authorize(agentId);
    const { challengeId, publicKey } = (await ask(server, authRequestId)).json;
    const answers = await Promise.all(Array.from({ length: 30 }, () => answer(server, challengeId, device.get(publicKey))));
    assert.deepEqual(tally(answers), { 200: 1, 400: 29 });
  });

  test('who is asked for a passkey, and who is not', async (server) => {
    const { org, agentId } = await strict(server, { consentMinimum: 'passkey' });
    const device = authenticator();
    notFound(await ask(server, 'areq_01J00000000000000000000000'));
    notFound(await ask(server, 'nothing'));
    badRequest(await server.api('POST', '/v1/webauthn/assert/options', { body: {} }));

    const { authRequestId } = await org.authorize(agentId);
    assert.equal((await server.api('GET', `/v1/consent/${authRequestId}`)).json.fidoRequired, true);
    badRequest(await ask(server, authRequestId)); // nobody has one
    assert.equal((await enrol(org, device)).status, 201);
    refused(await server.api('POST', `/v1/consent/${authRequestId}/deny`), 403, 'FIDO_REQUIRED');
    assert.equal((await prove(server, authRequestId, device)).status, 200);
    assert.equal((await server.api('POST', `/v1/consent/${authRequestId}/deny`)).status, 200);
    notFound(await ask(server, authRequestId));

    assert.equal((await org.patch('/v1/me', { consentMinimum: 'person' })).status, 200);
    const person = await org.authorize(agentId);
    refused(await server.api('POST', `/v1/consent/${person.authRequestId}/approve`), 403, 'PRINCIPAL_VERIFICATION_REQUIRED');
    assert.equal((await prove(server, person.authRequestId, device)).status, 200, 'a passkey proves more than that');
    await org.approve(person.authRequestId);

    assert.equal((await org.patch('/v1/me', { consentMinimum: 'link' })).status, 200);
    const link = await org.authorize(agentId);
    assert.match(badRequest(await ask(server, link.authRequestId)).message, /FIDO not required/);
  });

  test('a proof is of one request, and of no other', async (server) => {
    const { org, agentId } = await strict(server);
    const device = authenticator();
    assert.equal((await enrol(org, device)).status, 201);
    const [first, second] = [await org.authorize(agentId), await org.authorize(agentId)];
    assert.equal((await prove(server, first.authRequestId, device)).status, 200);
    refused(await server.api('POST', `/v1/consent/${second.authRequestId}/approve`), 403, 'FIDO_REQUIRED');
    await org.approve(first.authRequestId);
  });

  test('who leaves the company leaves no passkey behind for whoever has the name next', async (server) => {
    const { org } = await strict(server);
    const { token } = (await org.post('/v1/scim/tokens', { label: 'directory' })).json;
    const scim = (method, path, body) => server.api(method, `/scim/v2${path}`, { headers: { authorization: `Bearer ${token}` }, body });
    const { id } = (await scim('POST', '/Users', { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: 'ada' })).json;
    assert.equal((await enrol(org, authenticator())).status, 201);
    assert.equal((await scim('DELETE', `/Users/${id}`)).status, 204);
    none((await org.get('/v1/webauthn/credentials?principalId=ada')).json.credentials, 'left behind');
  });

  for (const [what, response] of Object.entries({
    'nothing': undefined, 'null': null, 'a text': 'x', 'an empty object': {}, 'no inner response': { id: 'AA', rawId: 'AA', type: 'public-key' },
    'another type': { id: 'AA', rawId: 'AA', type: 'password', response: {} }, 'ids that differ': { id: 'AA', rawId: 'AQ', type: 'public-key', response: {} },
    'ids that are none': { id: '*', rawId: '*', type: 'public-key', response: {} }, 'numbers for bytes': { id: 'AA', rawId: 'AA', type: 'public-key', response: { clientDataJSON: 1, attestationObject: 2, authenticatorData: 3, signature: 4 } },
    'deep CBOR': { id: 'AA', rawId: 'AA', type: 'public-key', response: { clientDataJSON: 'e30', attestationObject: Buffer.alloc(5000, 0x81).toString('base64url'), authenticatorData: 'AA', signature: 'AA' } },
  })) {
    test(`${what} is no answer`, async (server) => {
      const { org, agentId } = await strict(server);
      assert.equal((await enrol(org, authenticator())).status, 201);
      const { challengeId } = (await org.post('/v1/webauthn/register/options', { principalId: 'ada' })).json;
      badRequest(await org.post('/v1/webauthn/register/verify', { challengeId, response }));
      const asked = (await ask(server, (await org.authorize(agentId)).authRequestId)).json;
      badRequest(await answer(server, asked.challengeId, response));
    });
  }
}, SETTINGS);
