// Does what a Dockerfile says, in plain folders instead of images: one for each stage. What the base images bring is not there.
import { execFile } from 'node:child_process';
import { cp, mkdir, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import dockerignore from '@balena/dockerignore';
import { DockerfileParser } from 'dockerfile-ast';

const run = promisify(execFile);

/** The stages of a Dockerfile: name, base, and the instructions that follow, in order. */
export function stages(text) {
  const found = [];
  for (const instruction of DockerfileParser.parse(text).getInstructions()) {
    const keyword = instruction.getKeyword();
    if (keyword === 'FROM') found.push({ base: instruction.getImage(), name: instruction.getBuildStage(), steps: [] });
    else found.at(-1).steps.push({ keyword, instruction });
  }
  return found;
}

/** The files of a build context, as paths from its root: what .dockerignore leaves. Folders that Git or npm fill are not walked. */
export async function context(root) {
  const ignored = dockerignore().add(await readFile(path.join(root, '.dockerignore'), 'utf8'));
  const files = [];
  const top = await readdir(root);
  for (const name of top) await walk(name);
  return files;

  async function walk(name) {
    const folder = await readdir(path.join(root, name), { withFileTypes: true }).catch(() => undefined);
    if (!folder) {
      if (!ignored.ignores(name)) files.push(name);
      return;
    }
    if (/(^|\/)(node_modules|\.git)$/.test(name)) return;
    for (const entry of folder) await walk(`${name}/${entry.name}`);
  }
}

/** Runs one stage's COPY from the context, WORKDIR and RUN; absolute paths in RUN mean the stage's folder. */
export async function build(stage, { root, files, folder }) {
  let workdir = '/';
  for (const { keyword, instruction } of stage.steps) {
    const words = instruction.getArguments().map((argument) => argument.getValue());
    if (keyword === 'WORKDIR') {
      workdir = words[0];
      await mkdir(path.join(folder, workdir), { recursive: true });
    } else if (keyword === 'COPY') {
      const target = words.pop();
      for (const source of words) await copy(source, path.join(folder, path.resolve(workdir, target)), target.endsWith('/'));
    } else if (keyword === 'RUN') {
      const command = words.map((word) => (word.startsWith('/') ? path.join(folder, word) : word)).join(' ');
      await run('sh', ['-c', command], { cwd: path.join(folder, workdir), maxBuffer: 16 << 20 });
    } else {
      throw new Error(`${keyword} in a stage that is built`);
    }
  }

  async function copy(source, target, intoFolder) {
    const below = files.filter((file) => file === source || file.startsWith(`${source}/`));
    if (below.length === 0) throw new Error(`COPY ${source}: not in the build context`);
    for (const file of below) {
      const rest = path.relative(source, file);
      const to = rest ? path.join(target, rest) : intoFolder ? path.join(target, path.basename(file)) : target;
      await mkdir(path.dirname(to), { recursive: true });
      await cp(path.join(root, file), to);
    }
  }
}
