// The server as an earlier commit of this repository has it, built in a folder of its own.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const git = (...args) => run('git', ['-C', ROOT, ...args]);

/** Builds it. `program` is what `dotnet` runs; `remove` takes everything away again. */
export async function buildOf(commit) {
  await git('cat-file', '-e', `${commit}^{commit}`).catch(() => {
    assert.fail(`this clone does not have commit ${commit}, which the server before this one is built from: git fetch --unshallow`);
  });
  const folder = await mkdtemp(path.join(os.tmpdir(), 'credence-build-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const tree = path.join(folder, 'tree');
    await run('bash', ['-c', 'set -o pipefail; mkdir "$3" && git -C "$1" archive "$2" | tar -x -C "$3"', '-', ROOT, commit, tree]);
    // Nobody judges the code of back then: the analyzers only cost time.
    const options = ['-c', 'Release', '--nologo', '-v', 'quiet', '-nodeReuse:false', '-p:UseSharedCompilation=false', '-p:RunAnalyzers=false', '-p:GenerateDocumentationFile=false'];
    await run('dotnet', ['build', path.join(tree, 'src/Credence.Server'), ...options], { cwd: tree, maxBuffer: 64 << 20, env: { ...process.env, DOTNET_CLI_TELEMETRY_OPTOUT: '1', DOTNET_NOLOGO: '1' } })
      .catch(({ message, stdout }) => assert.fail(`commit ${commit} does not build: ${message}\n${stdout}`));
    return { program: path.join(tree, 'src/Credence.Server/bin/Release/net10.0/credence.dll'), remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
