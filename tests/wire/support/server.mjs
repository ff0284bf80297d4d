// The built server as a child process: started with settings, listened to, stopped as an operator stops it.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { start } from './children.mjs';
import { send } from './http.mjs';
import { Organization } from './organization.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
export const PROGRAM = process.env.CREDENCE_DLL ?? path.join(ROOT, 'src/Credence.Server/bin/Release/net10.0/credence.dll');
const START_MS = 60_000;

export class Server {
  /** Lines of the log that say something went wrong. */
  #complaints = [];
  #lines = [];
  #agent = new http.Agent({ keepAlive: true });

  /** Starts a server and waits until it is ready. `settings` are environment variables; undefined removes one. `program` may be another build. */
  static async start(settings = {}, program = PROGRAM) {
    const server = await Server.launch(settings, program);
    await server.ready();
    return server;
  }

  /** Starts a server and waits for nothing. */
  static async launch(settings = {}, program = PROGRAM) {
    const port = settings.PORT ?? await freePort();
    const server = new Server();
    server.base = `http://127.0.0.1:${port}`;
    server.settings = settings;
    Object.assign(server, start('dotnet', [program, 'serve'], {
      cwd: ROOT,
      env: environment({ HOST: '127.0.0.1', PORT: String(port), PUBLIC_BASE_URL: server.base, RATE_LIMITS_ENABLED: 'false', ...settings }),
    }));
    createInterface({ input: server.child.stdout }).on('line', (line) => server.#hear(line));
    createInterface({ input: server.child.stderr }).on('line', (line) => server.#complain(`stderr: ${line}`));
    return server;
  }

  /** Runs another command of the program to its end, with the settings of a server: what it wrote to standard output. */
  static async command(args, settings = {}) {
    const { stdout } = await promisify(execFile)('dotnet', [PROGRAM, ...args], { cwd: ROOT, env: environment(settings) });
    return stdout;
  }

  /** The program, for a shell. */
  static get program() {
    return PROGRAM;
  }

  /** Runs a command that goes on until it is stopped; `output` is what it has written. */
  static run(args, settings = {}) {
    const running = start('dotnet', [PROGRAM, ...args], { cwd: ROOT, env: environment(settings) });
    const command = { output: '', stop: () => (running.child.kill('SIGTERM'), running.exited) };
    for (const stream of [running.child.stdout, running.child.stderr]) stream.on('data', (text) => { command.output += text; });
    return command;
  }

  /** One request. A 5xx fails the test at once, unless it is among `expected`. */
  async api(method, path, { expected = [], ...options } = {}) {
    const answer = await send(this.base, method, path, { agent: this.#agent, ...options });
    if (answer.status >= 500 && !expected.includes(answer.status)) {
      assert.fail(`${method} ${path} answered ${answer.status} ${answer.text}\n${this.tail()}`);
    }
    return answer;
  }

  /** A new organization. `mode` sandbox approves every request at once. */
  async signUp(fields = {}) {
    const answer = await this.api('POST', '/v1/signup', { body: { name: 'Wire test', ...fields } });
    assert.equal(answer.status, 201, answer.text);
    return new Organization(this, answer.json);
  }

  /** The log lines heard so far for which `matches` holds, parsed. */
  log(matches) {
    return this.#lines.filter((line) => line && matches(line));
  }

  /** The same, once there are `count` of them: a line may take a moment longer than the answer it is about. */
  async logged(matches, count) {
    await eventually(() => this.log(matches).length >= count, () => `${count} such lines in the log\n${this.tail()}`);
    return this.log(matches);
  }

  /** Everything heard so far as text, to search it for what must not be there. */
  get logText() {
    return this.#lines.map((line) => JSON.stringify(line)).join('\n');
  }

  tail() {
    return this.#lines.slice(-20).map((line) => JSON.stringify(line)).join('\n');
  }

  /** The errors in the log that nobody has asked about yet. */
  takeComplaints() {
    return this.#complaints.splice(0);
  }

  /** Waits for so many errors in the log, which answers of 5xx that a test wanted leave there, and asks about them no more. */
  async forgive(count) {
    await eventually(() => this.#complaints.length >= count, () => `${count} errors in the log\n${this.tail()}`);
    this.#complaints.splice(0, count);
  }

  /** Fails when the log holds an error that nobody has asked about yet and is not `known`. */
  assertQuiet(known = () => false) {
    const complaints = this.takeComplaints().filter((line) => !known(line));
    assert.deepEqual(complaints, [], `the server complained:\n${complaints.join('\n')}`);
  }

  /** Stops it with SIGTERM. It must go by itself, with exit code 0 and no complaint that is not `known`. */
  async stop(known) {
    this.#agent.destroy();
    this.child.kill('SIGTERM');
    const killer = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
    const [code, signal] = await this.exited;
    clearTimeout(killer);
    assert.deepEqual({ code, signal }, { code: 0, signal: null }, `the server did not stop gracefully\n${this.tail()}`);
    this.assertQuiet(known);
  }

  /** Ends it with SIGKILL, as a crash does; nothing happens to a server that has ended. */
  async kill() {
    this.#agent.destroy();
    this.child.kill('SIGKILL');
    await this.exited;
  }

  /** Waits until it is ready. */
  async ready() {
    const deadline = Date.now() + START_MS;
    while (this.child.exitCode === null && Date.now() < deadline) {
      const answer = await send(this.base, 'GET', '/readyz').catch(() => undefined);
      if (answer?.status === 200) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    this.child.kill('SIGKILL');
    assert.fail(`the server did not become ready (exit code ${this.child.exitCode})\n${this.#complaints.join('\n')}\n${this.tail()}`);
  }

  #hear(text) {
    let line;
    try {
      line = JSON.parse(text);
    } catch {
      this.#complain(`not a JSON line: ${text}`);
      return;
    }
    this.#lines.push(line);
    if (line.level === 'error' || line.level === 'fatal') this.#complain(text);
  }

  #complain(text) {
    this.#complaints.push(text);
  }
}

/** Asks until the answer is yes; after `seconds` the test fails with what was expected. */
export async function eventually(isSo, what, seconds = 10) {
  const deadline = Date.now() + seconds * 1000;
  while (!(await isSo())) {
    if (Date.now() > deadline) assert.fail(`after ${seconds} s still not: ${typeof what === 'function' ? what() : what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** What a program needs to run, and nothing else: a developer's own settings must not leak into a test. */
function environment(settings) {
  const passed = Object.entries(process.env).filter(([name]) => /^(PATH|HOME|TMPDIR|LANG|DOTNET_.*)$/.test(name));
  const usual = { ASPNETCORE_ENVIRONMENT: 'Development', AUTO_GENERATE_KEYS: 'true', LOG_FORMAT: 'json' };
  const all = { ...Object.fromEntries(passed), ...usual, ...settings };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}

let lastPort = Math.floor(Math.random() * 12_000);

/**
 * A port that nobody listens on now, below the range that outgoing connections are given. It takes a while until whoever asked listens there: within a process no port
 * is given twice, and processes begin far from each other.
 */
export async function freePort() {
  for (;;) {
    lastPort = (lastPort + 1) % 12_000;
    const port = 20_000 + lastPort;
    const listener = net.createServer();
    const free = await new Promise((resolve) => listener.once('error', () => resolve(false)).listen(port, '127.0.0.1', () => resolve(true)));
    if (!free) continue;
    await new Promise((resolve) => listener.close(resolve));
    return port;
  }
}
