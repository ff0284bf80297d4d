// Somebody's web server that webhooks are sent to; it keeps what it got.
import http from 'node:http';
import { eventually } from './server.mjs';

export class Receiver {
  /** {at, method, url, headers, body} each. */
  received = [];

  /** How it answers: (request, response, body), 200 unless a test says otherwise. */
  answer = (request, response) => response.end();

  static async start() {
    const receiver = new Receiver();
    receiver.server = http.createServer((request, response) => {
      const at = Date.now();
      const chunks = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        receiver.received.push({ at, method: request.method, url: request.url, headers: request.headers, body });
        receiver.answer(request, response, body);
      });
    });
    await receiver.listen(0);
    return receiver;
  }

  /** Listens, after a `close` on the same port again. */
  async listen(port = this.port) {
    await new Promise((resolve, reject) => this.server.once('error', reject).listen(port, '127.0.0.1', resolve));
    this.port = this.server.address().port;
    this.url = `http://127.0.0.1:${this.port}/hook`;
  }

  /** Those sent to a path. */
  at(path) {
    return this.received.filter(({ url }) => url === path);
  }

  /** Waits for `count` of them, by path where one is given. */
  async got(count, { path = '/hook', seconds = 20 } = {}) {
    await eventually(() => this.at(path).length >= count, () => `${path} got ${count}, has ${this.at(path).length}`, seconds);
    return this.at(path);
  }

  /** Is gone: what hangs is cut off. */
  close() {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(resolve));
  }
}

/** Answers with this status. */
export const status = (code, headers = {}) => (request, response) => response.writeHead(code, headers).end();
