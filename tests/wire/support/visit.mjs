// A browser without a script, for plain posts: it keeps cookies, and sends forms with what the page before hid in them.
import assert from 'node:assert/strict';
import { form, hidden } from './account.mjs';
import { someAddress } from './people.mjs';

const WORDS = { quot: '"', amp: '&', lt: '<', gt: '>', '#x2B': '+', '#x27': "'", '#39': "'" };

/** The text that an attribute of a page means. */
export const decoded = (text) => text.replace(/&(#?\w+);/g, (whole, word) => WORDS[word] ?? whole);

export class Visit {
  #cookies = new Map();

  constructor(server) {
    Object.assign(this, { server, address: someAddress() });
  }

  /** Opens a page, or an address on this server as a mail or a redirect writes it. */
  async get(at) {
    const { pathname, search } = new URL(at, this.server.base);
    return this.#shown(await this.server.api('GET', pathname + search, { headers: this.#headers }));
  }

  /** Sends a form of the page before. */
  async post(at, fields = {}, headers = {}) {
    const token = this.page && hidden(this.page, 'token');
    return this.#shown(await form(this.server, at, { ...(token && { token }), ...fields }, { ...this.#headers, ...headers }));
  }

  /** The cookie of a name that it keeps. */
  cookie(name) {
    return this.#cookies.get(name);
  }

  /** What the page before asks of a passkey: the challenge's id, and the options that its script hands to the browser. */
  get asked() {
    const of = (name) => decoded(this.page.text.match(new RegExp(`data-${name}="([^"]+)"`))[1]);
    return { challengeId: of('challenge'), options: JSON.parse(of('options')) };
  }

  /** What a script makes of a new passkey, and of the use of one; the device may lie. */
  made(device, lies) {
    const { challengeId, options } = this.asked;
    return JSON.stringify({ challengeId, response: device.create(options, lies) });
  }

  used(device, lies) {
    const { challengeId, options } = this.asked;
    return JSON.stringify({ challengeId, response: device.get(options, lies) });
  }

  get #headers() {
    return { 'x-forwarded-for': this.address, ...(this.#cookies.size > 0 && { cookie: [...this.#cookies].map((pair) => pair.join('=')).join('; ') }) };
  }

  #shown(answer) {
    for (const set of [answer.headers['set-cookie'] ?? []].flat()) {
      const [name, value] = set.split(';')[0].split(/=(.*)/s);
      if (value) this.#cookies.set(name, value);
      else this.#cookies.delete(name);
    }

    if (answer.headers['content-type']?.startsWith('text/html')) this.page = answer;
    return answer;
  }
}

/** A page or a redirect, once its status is the wanted one. */
export function shown(answer, status = 200) {
  assert.equal(answer.status, status, answer.headers.location ?? answer.text.replace(/<(style|script)[\s\S]*?<\/\1>|<[^>]*>|\s+/g, ' '));
  return answer;
}

/** The secret code that a page shows. */
export const codeShown = ({ text }) => text.match(/class="code"[^>]*>([^<]+)</)[1];
