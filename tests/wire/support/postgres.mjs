// A PostgreSQL of one test's own, to be stopped, killed and started again on the same port.
import { execFile, execFileSync } from 'node:child_process';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { start } from './children.mjs';
import { eventually, freePort } from './server.mjs';

const run = promisify(execFile);

export class Postgres {
  static async start() {
    const postgres = await Postgres.create();
    await postgres.resume();
    return postgres;
  }

  /** Makes its files; nothing runs yet. */
  static async create() {
    const postgres = new Postgres();
    postgres.bin = await programs();
    postgres.folder = await mkdtemp(path.join(os.tmpdir(), 'credence-postgres-'));
    postgres.data = path.join(postgres.folder, 'data');
    postgres.port = await freePort();
    postgres.url = `postgresql://postgres@127.0.0.1:${postgres.port}/postgres`;
    postgres.user = unprivileged();
    if (postgres.user.uid !== undefined) await chown(postgres.folder, postgres.user.uid, postgres.user.gid);
    await run(path.join(postgres.bin, 'initdb'), ['-D', postgres.data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'], postgres.user);
    return postgres;
  }

  /** Starts it on the same port, with what was committed before. */
  async resume() {
    // Only processes die here, never the machine: what was written is in the system's cache, so syncing would prove nothing.
    const settings = { port: this.port, listen_addresses: '127.0.0.1', unix_socket_directories: '', fsync: 'off' };
    const options = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    await eventually(async () => {
      // After a kill the old backends hold the shared memory for a moment, and a new postmaster refuses to start.
      if (!this.child || this.child.exitCode !== null) Object.assign(this, start(path.join(this.bin, 'postgres'), ['-D', this.data, ...options], this.user));
      return run(path.join(this.bin, 'pg_isready'), ['-q', '-h', '127.0.0.1', '-p', String(this.port)]).then(() => true, () => false);
    }, 'PostgreSQL starts', 60);
  }

  /** Stops it as an operator in a hurry does: connections are cut, what was committed stays. */
  async stop() {
    await this.#end('SIGINT');
  }

  async remove() {
    await this.#end('SIGQUIT');
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Rows as arrays of texts. */
  async query(sql) {
    const { stdout } = await run('psql', ['--no-psqlrc', '-qtA', '-F', '\t', '--set=ON_ERROR_STOP=1', '--dbname', this.url, '--command', sql], { maxBuffer: 64 << 20 });
    return stdout.split('\n').filter(Boolean).map((line) => line.split('\t'));
  }

  async #end(signal) {
    this.child?.kill(signal);
    await this.exited;
    this.child = undefined;
  }
}

/** initdb and postgres refuse root, so root lends them to the user that the package made. */
function unprivileged() {
  if (process.getuid() !== 0) return { cwd: '/' };
  const id = (flag) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g'), cwd: '/' };
}

/** The folder of PostgreSQL's programs, the newest where there are several. */
async function programs() {
  const versions = (await readdir('/usr/lib/postgresql').catch(() => [])).map(Number);
  return versions.length > 0 ? `/usr/lib/postgresql/${Math.max(...versions)}/bin` : path.dirname(execFileSync('which', ['initdb'], { encoding: 'utf8' }).trim());
}
