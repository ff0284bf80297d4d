// A stand-in for Stripe's HTTP API: takes the two calls that the server makes, and signs events as Stripe does.
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { send } from './http.mjs';

export const PRICES = { pro: 'price_pro_1', enterprise: 'price_enterprise_1' };

export class Stripe {
  /** What was asked, oldest first: { path, headers, form }. */
  asked = [];
  /** What the next calls are answered instead of a page: [status, body]. */
  refusals = [];
  #made = 0;

  static async start() {
    const stripe = new Stripe();
    stripe.secret = 'whsec_wire_test_secret_1';
    stripe.server = http.createServer((request, response) => stripe.#answer(request, response)).listen(0, '127.0.0.1');
    await once(stripe.server, 'listening');
    stripe.settings = {
      STRIPE_API_BASE: `http://127.0.0.1:${stripe.server.address().port}`,
      STRIPE_SECRET_KEY: 'sk_test_wire_test_key_1',
      STRIPE_WEBHOOK_SECRET: stripe.secret,
      STRIPE_PRICE_PRO: PRICES.pro,
      STRIPE_PRICE_ENTERPRISE: PRICES.enterprise,
    };
    return stripe;
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections();
  }

  /** An event of Stripe's; `seconds` from now it was made. */
  event(type, object, { seconds = 0, id = `evt_${(this.#made += 1)}_${Date.now()}` } = {}) {
    return { id, object: 'event', type, created: Math.floor(Date.now() / 1000) + seconds, data: { object } };
  }

  checkout(org, plan, subscription, options) {
    return this.event('checkout.session.completed', {
      id: 'cs_1', object: 'checkout.session', customer: `cus_of_${subscription}`, subscription, metadata: { developerId: org.id, plan },
    }, options);
  }

  subscription(kind, id, { price = PRICES.pro, status = 'active', periodEnd = 1_900_000_000 } = {}, options) {
    return this.event(`customer.subscription.${kind}`, {
      id, object: 'subscription', status, current_period_end: periodEnd, items: { data: [{ price: { id: price } }] },
    }, options);
  }

  paymentFailed(subscription, options) {
    return this.event('invoice.payment_failed', { id: 'in_1', object: 'invoice', subscription }, options);
  }

  signature(body, { age = 0, secret = this.secret } = {}) {
    const time = Math.floor(Date.now() / 1000) - age;
    return `t=${time},v1=${createHmac('sha256', secret).update(`${time}.${body}`).digest('hex')}`;
  }

  /** Brings an event to the server. */
  deliver(server, event, signing) {
    const body = JSON.stringify(event, undefined, 2); // as Stripe writes them: the signature is over these very bytes
    return send(server.base, 'POST', '/v1/billing/webhook', { body, headers: { 'stripe-signature': this.signature(body, signing) } });
  }

  #answer(request, response) {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const form = Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
      this.asked.push({ path: request.url, headers: request.headers, form });
      const [status, body] = this.refusals.shift() ?? [200, { id: 'x', url: `https://pay.example.test${request.url}` }];
      response.writeHead(status, { 'content-type': 'application/json' }).end(typeof body === 'string' ? body : JSON.stringify(body));
    });
  }
}
