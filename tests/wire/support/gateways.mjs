// Real proxies in front of a service, with the files of deploy/ but for addresses: nginx, Caddy, and a stand-in that asks exactly as Traefik documents it does.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { start } from './children.mjs';
import { send } from './http.mjs';
import { eventually, freePort } from './server.mjs';

const deploy = (file) => new URL(`../../../deploy/${file}`, import.meta.url);
export const HOST = 'api.example.com';
export const middlewares = async () => parse(await readFile(deploy('traefik/dynamic/middlewares.yml'), 'utf8')).http.middlewares;

/** A service: it keeps the headers of what reached it, and says who it was told came. */
async function service() {
  const reached = [];
  const listener = http.createServer((request, response) => {
    reached.push(request.headers);
    response.writeHead(200, { 'content-type': 'text/plain' }).end('the service');
  });
  await new Promise((resolve) => listener.listen(0, '127.0.0.1', resolve));
  return { reached, address: `127.0.0.1:${listener.address().port}`, close: () => (listener.closeAllConnections(), listener.close()) };
}

async function nginx(folder, port, server, behind) {
  const address = new URL(server.base).host;
  const identity = path.join(folder, 'identity.conf');
  await writeFile(identity, await readFile(deploy('nginx/identity.conf')));
  const conf = (await readFile(deploy('nginx/credence.conf'), 'utf8'))
    .replace('app:3000', address).replace('service:8080', behind).replace('listen 80', `listen 127.0.0.1:${port}`).replaceAll('include identity.conf', `include ${identity}`);
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${folder}/${name};`).join(' ');
  await writeFile(path.join(folder, 'nginx.conf'), `daemon off; worker_processes 1; error_log ${folder}/error.log; pid ${folder}/pid;
    events {} http { access_log off; large_client_header_buffers 4 64k; ${paths} ${conf} }`);
  return start('nginx', ['-p', folder, '-e', `${folder}/error.log`, '-c', `${folder}/nginx.conf`]);
}

async function caddy(folder, port, server, behind) {
  const conf = (await readFile(deploy('caddy/Caddyfile'), 'utf8'))
    .replaceAll('app:3000', new URL(server.base).host).replaceAll('service:8080', behind).replace('http://api.example.com', `http://api.example.com:${port}`);
  await writeFile(path.join(folder, 'Caddyfile'), `{\n\tadmin off\n}\n${conf}`);
  return start('caddy', ['run', '--adapter', 'caddyfile', '--config', `${folder}/Caddyfile`], { env: { ...process.env, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder, HOME: folder } });
}

/** What Traefik documents of ForwardAuth: GET with X-Forwarded-…, any 2xx admits, each listed header is replaced, and any other answer is the caller's. */
async function traefik(folder, port, server, behind) {
  const { auth, 'auth-any': any } = await middlewares();
  const listener = http.createServer(async (request, response) => {
    const { forwardAuth } = request.url.startsWith('/files/') ? any : auth;
    const { host, connection, 'content-length': _, ...headers } = request.headers;
    const open = request.url.startsWith('/public/');
    const asked = open ? undefined : await send(server.base, 'GET', new URL(forwardAuth.address).pathname, {
      headers: {
        ...headers, 'x-forwarded-method': request.method, 'x-forwarded-proto': 'http', 'x-forwarded-host': host, 'x-forwarded-uri': request.url, 'x-forwarded-for': '127.0.0.1',
      },
    });
    if (asked && (asked.status < 200 || asked.status > 299)) {
      const { connection: __, 'transfer-encoding': ___, ...answered } = asked.headers;
      response.writeHead(asked.status, answered).end(asked.text);
      return;
    }
    const replaced = open ? Object.keys((await middlewares())['strip-identity'].headers.customRequestHeaders) : Object.keys((await middlewares())['strip-identity'].headers.customRequestHeaders).concat(forwardAuth.authResponseHeaders);
    const passed = { ...headers };
    for (const name of replaced) delete passed[name.toLowerCase()];
    for (const name of forwardAuth.authResponseHeaders) if (asked?.headers[name.toLowerCase()]) passed[name.toLowerCase()] = asked.headers[name.toLowerCase()];
    const answer = await send(`http://${behind}`, request.method, request.url, { headers: passed });
    response.writeHead(answer.status).end(answer.text);
  });
  await new Promise((resolve) => listener.listen(port, '127.0.0.1', resolve));
  return { child: { kill: () => (listener.closeAllConnections(), listener.close()) }, exited: Promise.resolve() };
}

export const PROXIES = { nginx, caddy, traefik };

/** Runs `body` with a proxy between a client and a service: `get` asks through it, `reached` is what came to the service. */
export async function behind(name, server, body) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'credence-gateway-'));
  const back = await service();
  let proxy;
  try {
    const port = await freePort();
    proxy = await PROXIES[name](folder, port, server, back.address);
    const base = `http://127.0.0.1:${port}`;
    const get = (target, headers = {}, method = 'GET') => send(base, method, target, { headers: { host: `${HOST}:${port}`, ...headers } });
    await eventually(async () => (await get('/public/up').catch(() => undefined))?.status === 200, `${name} is up`, 20);
    back.reached.length = 0;
    await body({ get, reached: back.reached, port });
  } finally {
    proxy?.child.kill('SIGTERM');
    await proxy?.exited;
    back.close();
    await rm(folder, { recursive: true, force: true });
  }
}
