// An authenticator app, written from RFC 6238 alone.
import { createHmac } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';

const SIGNS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_MS = 30_000;

/** The bytes of a secret in base 32. */
export function bytesOf(text) {
  const bits = [...text].map((sign) => SIGNS.indexOf(sign).toString(2).padStart(5, '0')).join('');
  return Buffer.from(bits.match(/.{8}/g).map((eight) => parseInt(eight, 2)));
}

/** The code of a half minute. */
export function codeOf(secret, step) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac('sha1', secret).update(counter).digest();
  return String((mac.readUInt32BE(mac.at(-1) & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/**
 * An app that has scanned an address. A server takes the code of each half minute once, and that of the one before and the one after: so there are three codes to use
 * without waiting, the earliest first.
 */
export class App {
  #last = 0;

  constructor(address) {
    this.url = new URL(address);
    this.secret = bytesOf(this.url.searchParams.get('secret'));
  }

  /** A code that was not shown before. Three can be had within half a minute; one whose time is nearly over is not used. */
  async code() {
    const left = STEP_MS - (Date.now() % STEP_MS);
    if (left < 5_000) await setTimeout(left);
    const now = Math.floor(Date.now() / STEP_MS);
    this.#last = Math.max(this.#last + 1, now - 1);
    if (this.#last > now + 1) throw new Error('more than three codes within half a minute');
    this.last = codeOf(this.secret, this.#last);
    return this.last;
  }

  /** A code that is right at no time near now. */
  wrong() {
    const now = Math.floor(Date.now() / STEP_MS);
    const near = new Set([-2, -1, 0, 1, 2].map((off) => codeOf(this.secret, now + off)));
    return ['000000', '111111', '222222', '333333', '444444', '555555'].find((code) => !near.has(code));
  }
}
