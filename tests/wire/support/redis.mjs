// A Redis of a test's own, to stop and start again under a running server.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import net from 'node:net';
import os from 'node:os';
import { eventually, freePort } from './server.mjs';

export class Redis {
  static async start() {
    const redis = new Redis();
    redis.port = await freePort();
    redis.url = `redis://127.0.0.1:${redis.port}`;
    await redis.resume();
    return redis;
  }

  /** Starts it on the same port, empty. */
  async resume() {
    const options = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', os.tmpdir()];
    this.child = spawn('redis-server', options, { stdio: 'ignore' });
    this.exited = once(this.child, 'exit');
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

  #listens() {
    return new Promise((resolve) => {
      const socket = net.connect(this.port, '127.0.0.1');
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
      socket.once('connect', () => socket.destroy());
    });
  }
}
