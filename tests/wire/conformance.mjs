// The conformance checks against a server that runs: node tests/wire/conformance.mjs http://localhost:3001 KEY [suite …]
// Like the package it deletes the account's other agents: give it a key of an account made for it.
import { CORE, EXTENSIONS, Subject, countOf } from './support/conformance.mjs';

const [base, key, ...chosen] = process.argv.slice(2);
if (!base || !key) {
  console.error('usage: conformance.mjs BASE_ADDRESS API_KEY [suite ...]');
  process.exit(2);
}

const subject = new Subject(base, key);
await subject.prepare();
const suites = Object.fromEntries(Object.entries({ ...CORE, ...EXTENSIONS }).filter(([suite]) => chosen.length === 0 || chosen.includes(suite)));
let passed = 0;
for (const [suite, checks] of Object.entries(suites)) {
  for (const [says, check, count = 1] of checks) {
    const problem = await check(subject).then(() => undefined, (error) => error);
    if (!problem) passed += count;
    console.log(`${problem ? 'FAILED' : 'ok'}  ${suite}: ${says}${problem ? `\n        ${problem.message}` : ''}`);
  }
  await subject.tidy();
}

console.log(`${passed} of ${countOf(suites)} passed`);
process.exitCode = passed < countOf(suites) ? 1 : 0;
