// The image, made as the Dockerfile says but in plain folders: what is in it, and that it runs as user 1001 from files nobody may write.
import assert from 'node:assert/strict';
import { execFile, execFileSync } from 'node:child_process';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, realpathSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { validate } from 'dockerfile-utils';
import { start } from './support/children.mjs';
import { build, context, stages } from './support/dockerfile.mjs';
import { none } from './support/expect.mjs';
import { eventually, freePort } from './support/server.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const TEXT = readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8');
const USER = 1001;
const [sdk, runtime, image] = stages(TEXT);

/** What an instruction of the last stage says. */
const said = (keyword) => image.steps.filter((step) => step.keyword === keyword).map(({ instruction }) => instruction.getTextContent().slice(keyword.length).trim());

/** Libraries of a slim Debian that every program there uses. */
const BASE = /^(ld-linux|libc|libm|libdl|libpthread|librt|libgcc_s|libz|libresolv)[-.]/;

/** The package that brings a library, where it is not the base image. */
const PACKAGES = { 'libcrypt.so': 'libcrypt1', 'libsodium.so': 'libsodium23', 'libsqlite3.so': 'libsqlite3-0', 'libssl.so': 'libssl3', 'libcrypto.so': 'libssl3', 'libstdc++.so': 'libstdc++6' };

describe('the image', { timeout: 300_000 }, () => {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'credence-image-'));
  const app = path.join(scratch, 'build/app');
  let port;
  let server;
  let settings;

  before(async () => {
    chmodSync(scratch, 0o755);
    await build(sdk, { root: ROOT, files: await context(ROOT), folder: path.join(scratch, 'build') });
    rmSync(path.join(scratch, 'build/source'), { recursive: true });
    readOnly(app);
    port = await freePort();
    settings = production();
  });

  after(async () => {
    server?.child.kill('SIGKILL');
    await server?.exited;
    execFileSync('chmod', ['-R', 'u+w', scratch]);
    rmSync(scratch, { recursive: true });
  });

  test('the Dockerfile is well-formed, its bases are pinned, it ends as user 1001 and says how it is', () => {
    none(validate(TEXT).map(({ range, message }) => `${range.start.line + 1}: ${message}`), 'the Dockerfile');
    assert.match(sdk.base, /^mcr\.microsoft\.com\/dotnet\/sdk:10\.0\.\d+$/);
    assert.match(runtime.base, /^mcr\.microsoft\.com\/dotnet\/aspnet:10\.0\.\d+$/);
    assert.match(image.base, /^debian:12\.\d+-slim$/);
    assert.deepEqual(said('USER'), [`${USER}:${USER}`]);
    assert.deepEqual(said('COPY'), ['--from=runtime /usr/share/dotnet /usr/share/dotnet', '--from=build /app /app']);
    assert.deepEqual(JSON.parse(said('ENTRYPOINT')[0]), ['/app/credence']);
  });

  test('only what is compiled goes into the build: no secret, no history, no test', async () => {
    const files = await context(ROOT);
    assert.ok(files.includes('src/Credence.Server/Hosting/Commands/HealthCommand.cs'));
    none(files.filter((file) => !/^(src\/[\w./-]+\.(cs|csproj|sql|css|js|json|razor|txt)|global\.json|Directory\.[A-Z]\w+\.props|BannedSymbols\.txt|\.editorconfig)$/.test(file)), 'the build context');
    none(files.filter((file) => /(^|\/)(bin|obj|\.env)(\/|$)/.test(file)), 'the build context');
  });

  test('the folder holds the program and what it calls, and nothing that made it', () => {
    const files = readdirSync(app, { recursive: true }).filter((file) => statSync(path.join(app, file)).isFile());
    for (const file of ['credence', 'credence.dll', 'Credence.Core.dll', 'credence.runtimeconfig.json']) assert.ok(files.includes(file), file);
    none(files.filter((file) => !/(^|\/)(credence|[\w.-]+\.(dll|pdb|so|deps\.json|runtimeconfig\.json|endpoints\.json))$/.test(file)), 'the image');
    const { configProperties } = JSON.parse(readFileSync(path.join(app, 'credence.runtimeconfig.json'), 'utf8')).runtimeOptions;
    assert.equal(configProperties['System.GC.Server'], false, 'one heap, so that memory stays within the limits of a container');
  });

  test('as user 1001, with every file read-only and every secret in a file, it serves', async () => {
    const before = listing();
    server = start(path.join(app, 'credence'), [], { ...user(), cwd: app, env: { ...environment(), ...settings } });
    let output = '';
    for (const stream of [server.child.stdout, server.child.stderr]) stream.on('data', (text) => { output += text; });
    await eventually(async () => {
      assert.equal(server.child.exitCode, null, output);
      return (await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => undefined))?.status === 200;
    }, () => `it is ready\n${output}`, 60);

    const health = await fetch(`http://127.0.0.1:${port}/health`);
    assert.deepEqual([health.status, await health.text()], [200, '{"status":"ok"}']);
    const { keys } = await (await fetch(`http://127.0.0.1:${port}/jw-certs`)).json();
    assert.equal(keys[0].x, settings.expected, 'the key of the mounted file signs');
    assert.match(readFileSync(`/proc/${server.child.pid}/status`, 'utf8'), new RegExp(`^Uid:\\s+${user().uid ?? process.getuid()}\\b`, 'm'));
    assert.doesNotMatch(readFileSync(`/proc/${server.child.pid}/environ`, 'utf8'), /sqlite:|PRIVATE KEY/);
    assert.doesNotMatch(output, /"level":"(error|fatal)"/);
    assert.deepEqual(listing(), before, 'nothing in the image has changed');
  });

  test('it loads no library whose package the image lacks', () => {
    const maps = readFileSync(`/proc/${server.child.pid}/maps`, 'utf8');
    const loaded = new Set([...maps.matchAll(/ (\/\S+\.so[.\d]*)$/gm)].map(([, file]) => file));
    const foreign = [...loaded].filter((file) => !file.startsWith(app) && !file.startsWith(dotnet())).map((file) => path.basename(file)).filter((name) => !BASE.test(name));
    const installed = said('RUN').join(' ');
    assert.ok(foreign.length >= 3, 'it calls libraries of the system');
    none(foreign.filter((name) => !installed.includes(` ${PACKAGES[name.replace(/[.\d]+$/, '').replace(/\.so.*/, '.so')] ?? '?'} `)), 'libraries without a package');
  });

  test('its health check is 0 while it serves and 1 when it has ended, which it does in order', async () => {
    const [, command] = said('HEALTHCHECK')[0].match(/ CMD (\[.*\])$/);
    assert.deepEqual(JSON.parse(command), ['/app/credence', 'health']);
    assert.equal(await check(), 0);
    server.child.kill('SIGTERM');
    assert.deepEqual(await server.exited, [0, null]);
    assert.equal(await check(), 1);
  });

  /** Settings as a cluster gives them: a mounted secret is a folder of links, exchanged as a whole, for the group 1001 alone. */
  function production() {
    const data = path.join(scratch, 'data');
    mkdirSync(data);
    chownSync(data, user().uid ?? process.getuid(), user().gid ?? process.getgid());
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
    const secret = mount('secret', { 'database-url': `sqlite:${path.join(data, 'credence.db')}`, 'data-encryption-key': randomBytes(32).toString('hex') });
    const keys = mount('keys', { 'ec.pem': pem(privateKey), 'rsa.pem': pem(rsa) });
    return {
      HOST: '127.0.0.1',
      PORT: String(port),
      ALLOW_EMBEDDED: 'true',
      REDIS_URL: 'embedded',
      DATABASE_URL_FILE: path.join(secret, 'database-url'),
      DATA_ENCRYPTION_KEY_FILE: path.join(secret, 'data-encryption-key'),
      KEYS_DIR: keys,
      expected: publicKey.export({ format: 'jwk' }).x,
    };
  }

  function mount(name, files) {
    const folder = path.join(scratch, name);
    mkdirSync(path.join(folder, '..2026_01'), { recursive: true });
    symlinkSync('..2026_01', path.join(folder, '..data'));
    for (const [file, text] of Object.entries(files)) {
      const real = path.join(folder, '..2026_01', file);
      writeFileSync(real, text);
      if (user().gid) chownSync(real, 0, USER);
      chmodSync(real, 0o440);
      symlinkSync(`..data/${file}`, path.join(folder, file));
    }
    return folder;
  }

  /** The environment of the image. Where its runtime is, is where this machine's is. */
  function environment() {
    const variables = Object.fromEntries(image.steps.filter((step) => step.keyword === 'ENV').flatMap(({ instruction }) => instruction.getProperties()).map((one) => [one.getName(), one.getValue()]));
    assert.deepEqual(Object.keys(variables), ['PATH', 'DOTNET_ROOT']);
    return { PATH: `${app}:/usr/bin:/bin`, DOTNET_ROOT: dotnet() };
  }

  async function check() {
    return new Promise((resolve) => execFile(path.join(app, 'credence'), ['health'], { ...user(), cwd: app, env: { ...environment(), PORT: String(port), HOST: '127.0.0.1' } }, (error) => resolve(error?.code ?? 0)));
  }

  const listing = () => execFileSync('find', [app, '-printf', '%p %m %s %T@\n'], { encoding: 'utf8' }).split('\n').sort();
});

const pem = (key) => key.export({ type: 'pkcs8', format: 'pem' });

/** The image's user, where tests run as root and may be somebody else. */
const user = () => (process.getuid() === 0 ? { uid: USER, gid: USER } : {});

const dotnet = () => path.dirname(realpathSync(execFileSync('which', ['dotnet'], { encoding: 'utf8' }).trim()));

/** As in an image: root's, and nobody writes. */
function readOnly(folder) {
  execFileSync('chmod', ['-R', 'a-w,a+rX', folder]);
}
