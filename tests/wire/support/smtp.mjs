// Somebody's mail server: it takes every mail and keeps it, in clear, after STARTTLS or with TLS from the first byte.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import tls from 'node:tls';
import { eventually } from './server.mjs';

export class MailSink {
  /** {from, to: [], headers, text, raw} each. */
  mails = [];

  /** Every line that was sent outside of mails. */
  commands = [];

  /** What it answers to a line instead of the usual; undefined for the usual. */
  answer = () => undefined;

  #sockets = new Set();

  /** @param {'none' | 'starttls' | 'tls'} security */
  static async start(security = 'none') {
    const sink = new MailSink();
    sink.security = security;
    if (security !== 'none') Object.assign(sink, certificate());
    const hello = (socket) => {
      sink.#sockets.add(socket);
      socket.on('error', () => {}).on('close', () => sink.#sockets.delete(socket));
      sink.#talk(socket, false);
    };
    sink.server = security === 'tls' ? tls.createServer({ key: sink.key, cert: sink.cert }, hello) : net.createServer(hello);
    await new Promise((resolve, reject) => sink.server.once('error', reject).listen(0, '127.0.0.1', resolve));
    sink.port = sink.server.address().port;
    sink.url = `${security === 'tls' ? 'smtps' : 'smtp'}://127.0.0.1:${sink.port}`;
    return sink;
  }

  /** Waits for a mail to an address: the newest one, once there are `count`. */
  async mailTo(address, count = 1) {
    const found = () => this.mails.filter(({ to }) => to.includes(address));
    await eventually(() => found().length >= count, () => `${count} mails to ${address}, of ${this.mails.length} in all`);
    return found().at(-1);
  }

  async close() {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
    if (this.folder) rmSync(this.folder, { recursive: true });
  }

  #talk(socket, isEncrypted) {
    let [rest, mail, isData] = ['', { to: [] }, false];
    const say = (line) => socket.write(`${line}\r\n`);
    const heard = (chunk) => {
      rest += chunk.toString('latin1');
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (isData) {
          if (line !== '.') {
            mail.lines.push(line.replace(/^\./, ''));
            continue;
          }
          isData = false;
          const said = this.answer('.');
          if (!said) this.mails.push(read(mail));
          mail = { to: [] };
          say(said ?? '250 taken');
          continue;
        }
        this.commands.push(line);
        const said = this.answer(line);
        const [, kind, address] = line.match(/^(MAIL FROM|RCPT TO):<([^>]*)>/) ?? [];
        if (said) say(said);
        else if (line.startsWith('EHLO')) say(['250-test', ...(this.security === 'starttls' && !isEncrypted ? ['250-STARTTLS'] : []), '250 AUTH PLAIN LOGIN'].join('\r\n'));
        else if (line === 'STARTTLS') {
          say('220 go on');
          socket.removeListener('data', heard);
          this.#talk(new tls.TLSSocket(socket, { isServer: true, key: this.key, cert: this.cert }).on('error', () => {}), true);
          return;
        } else if (line.startsWith('AUTH')) say('235 welcome');
        else if (line === 'DATA') {
          isData = true;
          mail.lines = [];
          say('354 go on');
        } else if (line === 'QUIT') socket.end('221 bye\r\n');
        else {
          if (kind === 'MAIL FROM') mail = { from: address, to: [] };
          if (kind === 'RCPT TO') mail.to.push(address);
          say('250 ok');
        }
      }
    };
    socket.on('data', heard);
    if (!isEncrypted) say(this.answer('') ?? '220 test');
  }
}

/** Headers, and the parts decoded, one after the other. */
function read({ from, to, lines }) {
  const raw = lines.join('\r\n');
  const bytes = raw.replaceAll('=\r\n', '').replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  const headers = Object.fromEntries(raw.split('\r\n\r\n')[0].replaceAll(/\r\n\s+/g, ' ').split('\r\n').map((line) => [line.split(':')[0].toLowerCase(), line.slice(line.indexOf(':') + 2)]));
  return { from, to, headers, raw, text: Buffer.from(bytes, 'latin1').toString('utf8') };
}

/** A certificate for 127.0.0.1 that a server trusts whose SSL_CERT_FILE is `certFile`. */
function certificate() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'credence-smtp-'));
  const [keyFile, certFile] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  execFileSync('openssl', [
    'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1',
    '-keyout', keyFile, '-out', certFile,
  ], { stdio: 'ignore' });
  return { folder, certFile, key: readFileSync(keyFile), cert: readFileSync(certFile) };
}
