// Two independent readers of event streams: Node's fetch for server-sent events, and the npm package ws.
import assert from 'node:assert/strict';
import WebSocket from 'ws';
import { eventually } from './server.mjs';

/** What both readers have in common: the events so far, and waiting for more. */
class Reader {
  events = [];
  ended = undefined;

  /** Waits until there are `count` events: those. */
  async have(count, seconds = 15) {
    await eventually(() => this.events.length >= count, () => `${count} events; there are ${JSON.stringify(this.types)}`, seconds);
    return this.events;
  }

  /** Waits for an event of which `matches` holds. */
  async sees(matches, what) {
    await eventually(() => this.events.some(matches), () => `${what}; there are ${JSON.stringify(this.types)}`, 15);
    return this.events.find(matches);
  }

  get types() {
    return this.events.map(({ type }) => type);
  }

  get ids() {
    return this.events.map(({ id }) => id);
  }

  /** Waits for the end of the stream: how it ended. */
  async end(seconds = 15) {
    await eventually(() => this.ended !== undefined, 'the stream ends', seconds);
    return this.ended;
  }
}

/** Server-sent events. `ended` is `clean`, or the error that cut it off. */
export class Sse extends Reader {
  text = '';
  paused = false;
  #abort = new AbortController();

  /** @param {{query?: string, headers?: Record<string, string>}} options */
  static async open(server, key, { query = '', headers = {} } = {}) {
    const stream = new Sse();
    stream.answer = await fetch(`${server.base}/v1/events/stream${query}`, { headers: { authorization: `Bearer ${key}`, ...headers }, signal: stream.#abort.signal });
    if (stream.answer.status === 200) stream.#read(stream.answer.body);
    return stream;
  }

  /** The ids of `id:` lines. */
  get idLines() {
    return this.text.split('\n').filter((line) => line.startsWith('id: ')).map((line) => line.slice(4));
  }

  /** The refusal, parsed. */
  async refusal() {
    return { status: this.answer.status, headers: this.answer.headers, json: await this.answer.json() };
  }

  async close() {
    this.#abort.abort();
    if (this.answer.status === 200) await this.end();
  }

  async #read(body) {
    const decoder = new TextDecoder();
    let rest = '';
    try {
      for await (const chunk of body) {
        while (this.paused) await new Promise((resolve) => setTimeout(resolve, 20));
        const text = decoder.decode(chunk, { stream: true });
        this.text += text;
        const lines = (rest + text).split('\n');
        rest = lines.pop();
        for (const line of lines) if (line.startsWith('data: ')) this.events.push(JSON.parse(line.slice(6)));
      }
      this.ended = 'clean';
    } catch (error) {
      this.ended = String(error?.cause ?? error);
    }
  }
}

/** A WebSocket. `ended` is {code, reason}, or {status} when the upgrade was refused. */
export class Socket extends Reader {
  pings = 0;

  static async open(server, key, { query = '' } = {}) {
    const socket = new Socket();
    socket.ws = new WebSocket(`${server.base.replace('http', 'ws')}/v1/events/ws${query}`, { headers: key ? { authorization: `Bearer ${key}` } : {} });
    socket.ws.on('message', (data, binary) => {
      assert.equal(binary, false);
      socket.events.push(JSON.parse(data.toString()));
    });
    socket.ws.on('ping', () => (socket.pings += 1));
    socket.ws.on('close', (code, reason) => (socket.ended ??= { code, reason: reason.toString() }));
    socket.ws.on('error', () => {});
    socket.ws.on('unexpected-response', (request, response) => {
      socket.ended = { status: response.statusCode };
      request.destroy();
    });
    await eventually(() => socket.ws.readyState === WebSocket.OPEN || socket.ended !== undefined, 'the socket opens');
    return socket;
  }

  send(message) {
    this.ws.send(typeof message === 'string' || Buffer.isBuffer(message) ? message : JSON.stringify(message));
  }

  async close() {
    this.ws.close();
    await this.end();
  }
}
