// The protocol's conformance checks (grantex.md 12), with request limits on, as a sandbox organization and as a live one.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onEachEngine } from './support/engines.mjs';
import { CORE, EXTENSIONS, Subject, countOf } from './support/conformance.mjs';

const SUITES = { ...CORE, ...EXTENSIONS };
const ADDRESSES = { sandbox: '192.0.2.1', live: '192.0.2.2' }; // each a client of its own: limits count addresses

test('all 80 checks of the package are made, 42 of them in its core', () => {
  assert.deepEqual([countOf(CORE), countOf(SUITES)], [42, 80]);
});

onEachEngine('conformance', (test) => {
  for (const [mode, address] of Object.entries(ADDRESSES)) {
    let subject;
    for (const [suite, checks] of Object.entries(SUITES)) {
      for (const [says, check] of checks) {
        test(`${mode}, ${suite}: ${says}`, async (server) => {
          subject ??= await begin(server, mode, address);
          await check(subject);
          await subject.tidy();
        });
      }
    }
  }
}, { RATE_LIMITS_ENABLED: 'true', RATE_LIMIT_AUTHORIZE_PER_MINUTE: '1000', TRUST_PROXY: '1' });

async function begin(server, mode, address) {
  const { key } = await server.signUp({ mode });
  const subject = new Subject(server.base, key, { 'x-forwarded-for': address });
  await subject.prepare();
  return subject;
}
