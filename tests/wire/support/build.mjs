// The server as it was earlier, built in a folder of its own.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');

/** Builds the server of a commit, from the history of this clone. `program` is what `dotnet` runs; `remove` takes everything away again. */
export const buildOf = (commit) =>
  build(commit, (tree) => run('bash', ['-c', 'set -o pipefail; git -C "$1" archive "$2" | tar -x -C "$3"', '-', ROOT, commit, tree]));

/** Builds the server of a release whose source is kept in tests/fixtures/releases, for clones without history. */
export const buildOfRelease = (name) =>
  build(name, (tree) => run('tar', ['-xzf', path.join(ROOT, 'tests/fixtures/releases', `${name}.tar.gz`), '-C', tree]));

async function build(name, unpack) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'credence-build-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const tree = path.join(folder, 'tree');
    await mkdir(tree);
    await unpack(tree);
    // Nobody judges the code of back then: the analyzers only cost time.
    const options = ['-c', 'Release', '--nologo', '-v', 'quiet', '-nodeReuse:false', '-p:UseSharedCompilation=false', '-p:RunAnalyzers=false', '-p:GenerateDocumentationFile=false'];
    await run('dotnet', ['build', path.join(tree, 'src/Credence.Server'), ...options], { cwd: tree, maxBuffer: 64 << 20, env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' } })
      .catch(({ message, stdout }) => assert.fail(`${name} does not build: ${message}\n${stdout}`));
    return { program: path.join(tree, 'src/Credence.Server/bin/Release/net10.0/credence.dll'), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
