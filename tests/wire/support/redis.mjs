// A Redis of a test's own, to stop and start again under a running server.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { start } from './children.mjs';
import { eventually, freePort } from './server.mjs';

const run = promisify(execFile);

export class Redis {
  /** @param {(folder: string) => Promise<string[]> | string[]} further arguments besides the usual, made in its folder if they need files */
  static async start(further = () => []) {
    const redis = new Redis();
    redis.folder = await mkdtemp(path.join(os.tmpdir(), 'credence-redis-'));
    redis.further = await further(redis.folder);
    redis.port = await freePort();
    redis.url = `redis://127.0.0.1:${redis.port}`;
    await redis.resume();
    return redis;
  }

  /** Starts it on the same port, empty. */
  async resume() {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', this.folder];
    Object.assign(this, start('redis-server', [...this.further, ...options]));
    await eventually(() => {
      assert.equal(this.child.exitCode, null, 'redis-server ended');
      return this.#listens();
    }, `redis-server listens on port ${this.port}`);
  }

  /** Ends it as a crash does. */
  async stop() {
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** Asks it something with redis-cli. */
  async cli(...words) {
    const { stdout } = await run('redis-cli', ['-h', '127.0.0.1', '-p', String(this.port), ...words]);
    return stdout.trim();
  }

  /** Ends it for good. */
  async remove() {
    await this.stop();
    await rm(this.folder, { recursive: true, force: true });
  }

  #listens() {
    return new Promise((resolve) => {
      const socket = net.connect(this.port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
  }
}
