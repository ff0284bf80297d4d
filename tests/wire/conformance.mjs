// The conformance checks against a server that runs: node tests/wire/conformance.mjs http://localhost:3001 KEY [suite …]
// Like the package it deletes the account's other agents: give it a key of an account made for it.
import { CORE, EXTENSIONS, Subject } from './support/conformance.mjs';

const [base, key, ...chosen] = process.argv.slice(2);
if (!base || !key) {
  console.error('usage: conformance.mjs BASE_ADDRESS API_KEY [suite ...]');
  process.exit(2);
}

const subject = new Subject(base, key);
await subject.prepare();
const counts = { passed: 0, failed: 0 };
for (const [suite, checks] of Object.entries({ ...CORE, ...EXTENSIONS })) {
  if (chosen.length > 0 && !chosen.includes(suite)) continue;
  for (const [says, check] of checks) {
    const problem = await check(subject).then(() => undefined, (error) => error);
    counts[problem ? 'failed' : 'passed'] += 1;
    console.log(`${problem ? 'FAILED' : 'ok'}  ${suite}: ${says}${problem ? `\n        ${problem.message}` : ''}`);
  }
  await subject.tidy();
}

console.log(`${counts.passed} passed, ${counts.failed} failed`);
process.exitCode = counts.failed > 0 ? 1 : 0;
