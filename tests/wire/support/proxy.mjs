// A TCP proxy in front of a store: passes bytes on, delays them, swallows them, or cuts every connection.
import net from 'node:net';

export class Proxy {
  #sockets = new Set();
  #mode = 'pass';
  #delay = 0;

  /** @param {number} target the port behind it */
  static async to(target) {
    const proxy = new Proxy();
    proxy.target = target;
    proxy.listener = net.createServer((socket) => proxy.#accept(socket));
    await new Promise((resolve) => proxy.listener.listen(0, '127.0.0.1', resolve));
    proxy.port = proxy.listener.address().port;
    return proxy;
  }

  /** Passes bytes on, each burst `delay` ms late in both directions. What fell into the black hole stays there: those connections are cut. */
  pass({ delay = 0 } = {}) {
    if (this.#mode === 'swallow') this.cut();
    this.#mode = 'pass';
    this.#delay = delay;
  }

  /** Takes connections and bytes and answers nothing, as a network does whose packets get lost. */
  blackHole() {
    this.#mode = 'swallow';
  }

  /** Resets every connection; new ones are taken. */
  cut() {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close() {
    this.cut();
    await new Promise((resolve) => this.listener.close(resolve));
  }

  #accept(near) {
    const far = this.#mode === 'swallow' ? undefined : net.connect(this.target, '127.0.0.1');
    this.#join(near, far);
    if (far) this.#join(far, near);
  }

  #join(from, to) {
    this.#sockets.add(from);
    from.setNoDelay(true);
    from.on('error', () => {}); // cutting is what this is for; 'close' follows
    from.on('close', () => {
      this.#sockets.delete(from);
      to?.destroy();
    });
    from.on('data', (bytes) => {
      if (this.#mode === 'swallow') return;
      if (this.#delay === 0) to?.write(bytes);
      else setTimeout(() => this.#mode === 'pass' && to?.writable && to.write(bytes), this.#delay);
    });
  }
}
