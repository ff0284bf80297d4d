// The README's walk, pasted into a shell as a reader would.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { onEachEngine } from './support/engines.mjs';

const run = promisify(execFile);

onEachEngine('the walk in the README', (test) => {
  test('ends with a token that was valid and is not any more', async (server) => {
    const org = await server.signUp();
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    const commands = readme.match(/<!-- walk -->\n```sh\n(.*?)```\n<!-- \/walk -->/s)[1];
    assert.match(commands, /^API=.*\nKEY=.*\n/);
    const script = commands.replace(/^API=.*$/m, `API=${server.base}`).replace(/^KEY=.*$/m, `KEY=${org.key}`);

    const { stdout, stderr } = await run('bash', ['-c', script]);

    assert.match(stdout, new RegExp(`^${server.base}/consent\\?req=areq_\\w+\\n${server.base}/permissions#session=[\\w.-]+\\nrevoked: 204\\n$`));
    assert.deepEqual([...stderr.matchAll(/"valid":(true|false)/g)].map(([, valid]) => valid), ['true', 'false']);
  });
});
