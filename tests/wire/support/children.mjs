// Programs that a test starts. However the test process ends, none of them outlives it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';

const running = new Set();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1));

/** Starts a program. `exited` resolves to [code, signal]. */
export function start(program, args, options = {}) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  const exited = once(child, 'exit');
  running.add(child);
  child.once('exit', () => running.delete(child));
  for (const stream of [child.stdout, child.stderr]) stream.resume(); // unread pipes fill up, and then it hangs
  return { child, exited };
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
