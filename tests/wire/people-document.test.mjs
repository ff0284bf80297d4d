// The people door describes itself (identity ID-4, ID-5): a valid document, of which the answers keep to the shapes it names.
import assert from 'node:assert/strict';
import { test as alone } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { ENGINES, onEachEngine } from './support/engines.mjs';
import { none, ok } from './support/expect.mjs';
import { API, BEHIND_PROXY, Person, newcomer, refused } from './support/people.mjs';
import { Server } from './support/server.mjs';
import { App } from './support/totp.mjs';

const DOCUMENT = `${API}/doc/openapi.json`;

/** Where a value is not of a shape: the words of the schemas that the document uses. */
function differences(document, schema, value, at = '$') {
  if (schema.$ref) return differences(document, document.components.schemas[schema.$ref.split('/').at(-1)], value, at);
  if (schema.anyOf) return schema.anyOf.some((one) => differences(document, one, value, at).length === 0) ? [] : [`${at} is none of what it may be`];
  if ('const' in schema) return value === schema.const ? [] : [`${at} is not ${schema.const}`];
  if (schema.enum) return schema.enum.includes(value) ? [] : [`${at} is not one of ${schema.enum}`];
  const type = value === null ? 'null' : Array.isArray(value) ? 'array' : Number.isInteger(value) ? 'integer' : typeof value;
  if (![schema.type].flat().includes(type)) return [`${at} is ${type} and not ${schema.type}`];
  if (type === 'array') return value.flatMap((item, index) => differences(document, schema.items, item, `${at}[${index}]`));
  if (type !== 'object' || !schema.properties) return [];
  return [
    ...(schema.required ?? []).filter((name) => !(name in value)).map((name) => `${at}.${name} is missing`),
    ...Object.entries(value).flatMap(([name, member]) =>
      schema.properties[name] ? differences(document, schema.properties[name], member, `${at}.${name}`) : [`${at}.${name} is not described`]),
  ];
}

onEachEngine('the document of the people door', (test) => {
  test('it is valid, and names every operation in words and with its shapes', async (server) => {
    const document = ok(await server.api('GET', DOCUMENT));
    const verdict = await new Validator().validate(structuredClone(document));
    assert.ok(verdict.valid, JSON.stringify(verdict.errors));
    const operations = Object.values(document.paths).flatMap((item) => Object.values(item));
    assert.ok(operations.length > 15);
    none(operations.filter(({ summary }) => !summary), 'operations without a word');
    assert.equal(new Set(operations.map(({ operationId }) => operationId)).size, operations.length);
    const named = [...JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)].map(([, name]) => name);
    none(named.filter((name) => !document.components.schemas[name]), 'shapes that are named and not there');
  });

  test('what the door answers is what the document says', async (server) => {
    const document = ok(await server.api('GET', DOCUMENT));
    const held = (answer, method, path) => {
      const { content } = document.paths[path][method].responses[answer.status];
      none(differences(document, content['application/json'].schema, answer.json), `${method} ${path} ${answer.status}`);
    };
    const ada = await newcomer(server, { email: `ada-${Date.now()}@example.test` });
    const bob = new Person(server);
    held(await bob.signUp({ profile: { firstName: 'Bob' } }), 'post', `${API}/auth/sign-up`);
    held(await bob.signUp(), 'post', `${API}/auth/sign-up`); // 409
    held(await bob.post('/auth/sign-up', {}), 'post', `${API}/auth/sign-up`); // 422
    const signedIn = await bob.signIn();
    held(signedIn, 'post', `${API}/auth/sign-in`);
    held(await bob.signIn({ identifier: { scheme: 'username', value: 'nobody-at-all' } }), 'post', `${API}/auth/sign-in`);
    held(await bob.post('/auth/refresh', { refreshToken: signedIn.json.refreshToken.value }), 'post', `${API}/auth/refresh`);
    held(await ada.mine('GET', '/auth/who-am-i'), 'get', `${API}/auth/who-am-i`);
    const own = `${API}/auth/second-factors`;
    const begun = await ada.mine('POST', '/auth/second-factors/totp', { body: {} });
    held(begun, 'post', `${own}/totp`);
    const app = new App(begun.json.uri);
    const made = await ada.mine('POST', '/auth/second-factors/totp/confirm', { body: { code: await app.code() } });
    held(made, 'post', `${own}/totp/confirm`);
    held(await ada.mine('GET', '/auth/second-factors'), 'get', own);
    const asked = await ada.signIn();
    held(asked, 'post', `${API}/auth/sign-in`); // 403
    const { sessionToken } = asked.json.secondFactor;
    held(await ada.post('/auth/sign-in/second-factor', { sessionToken, code: 'wrong' }), 'post', `${API}/auth/sign-in/second-factor`); // 401
    held(await ada.post('/auth/sign-in/second-factor/passkey', { sessionToken }), 'post', `${API}/auth/sign-in/second-factor/passkey`); // 409
    held(await ada.post('/auth/sign-in/second-factor', { sessionToken, code: made.json.recoveryCodes[0] }), 'post', `${API}/auth/sign-in/second-factor`);
    held(await ada.mine('POST', '/auth/second-factors/recovery-codes', { body: { password: ada.password } }), 'post', `${own}/recovery-codes`);
    held(await ada.mine('GET', '/auth/sessions'), 'get', `${API}/auth/sessions`);
    held(await ada.mine('DELETE', '/auth/sessions/nonsense'), 'delete', `${API}/auth/sessions/{id}`);
    held(await server.api('GET', `${API}/readyz`), 'get', `${API}/readyz`);
    held(await server.api('GET', `${API}/healthz`), 'get', `${API}/healthz`);
    held(await server.api('GET', '/jw-certs'), 'get', '/jw-certs');
    held(await server.api('GET', `${API}/keys`), 'get', `${API}/keys`); // 401
  });

  test('the page shows every operation, with nothing from elsewhere and no script', async (server) => {
    const document = ok(await server.api('GET', DOCUMENT));
    const page = await server.api('GET', `${API}/doc`);
    assert.equal(page.status, 200);
    assert.match(page.headers['content-type'], /^text\/html/);
    assert.match(page.headers['content-security-policy'], /^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/=]{44}'; frame-ancestors 'none'/);
    assert.doesNotMatch(page.text, /<script|src=|https?:\/\//);
    for (const path of Object.keys(document.paths)) assert.ok(page.text.includes(`<code>${path}</code>`), path);
  });

  test('the keys are for an operator’s programs alone', async (server) => {
    const ada = await newcomer(server);
    for (const [method, path] of [['GET', '/keys'], ['POST', '/keys/rotate'], ['POST', '/keys/some/retire']]) {
      for (const answer of [await ada.call(method, path), await ada.mine(method, path)]) {
        assert.equal(answer.status, 401, answer.text);
        assert.equal(answer.headers['www-authenticate'], 'Basic realm="identity"');
        assert.equal(answer.json.messageCode, 'auth.unauthenticated');
      }
    }
  });
}, BEHIND_PROXY);

alone('the document can be kept for those who are signed in', async () => {
  const { settings, remove } = await ENGINES.sqlite();
  const server = await Server.start({ ...settings, ...BEHIND_PROXY, APP_ENV_DOC_PUBLIC: 'false' });
  try {
    const ada = await newcomer(server);
    for (const path of ['/doc', '/doc/openapi.json']) {
      refused(await ada.call('GET', path), 401, 'auth.unauthenticated');
      assert.equal((await ada.mine('GET', path)).status, 200);
    }
    await server.stop();
  } finally {
    await server.kill();
    await remove();
  }
});
