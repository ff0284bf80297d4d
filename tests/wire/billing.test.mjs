// Subscriptions and the ways to Stripe (grantex-enterprise.md 5), against a local stand-in that signs like it.
import assert from 'node:assert/strict';
import { after } from 'node:test';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, ok, refused, unauthorized } from './support/expect.mjs';
import { PRICES, Stripe } from './support/stripe.mjs';

const stripe = await Stripe.start();
after(() => stripe.stop());

const URLS = { successUrl: 'https://app.example.test/bought', cancelUrl: 'https://app.example.test/not' };
const subscription = async (org) => ok(await org.get('/v1/billing/subscription'));
const received = (answer) => assert.deepEqual(ok(answer), { received: true });
const notConfigured = (answer) => refused(answer, 503, 'SERVICE_UNAVAILABLE');

onEachEngine('billing', (test) => {
  test('an organization that never subscribed is on the free plan', async (server) => {
    const org = await server.signUp();

    assert.deepEqual(await subscription(org), { plan: 'free', status: 'active', currentPeriodEnd: null });
  });

  test('a checkout asks Stripe for a page, form-encoded, and says whose it is', async (server) => {
    const org = await server.signUp({ email: `billing-${Date.now()}-${Math.random()}@example.test` });

    const { checkoutUrl, ...rest } = ok(await org.post('/v1/billing/checkout', { plan: 'pro', ...URLS }), 201);

    assert.equal(checkoutUrl, 'https://pay.example.test/v1/checkout/sessions');
    assert.deepEqual(rest, {});
    const { path, headers, form } = stripe.asked.at(-1);
    assert.equal(path, '/v1/checkout/sessions');
    assert.equal(headers.authorization, 'Bearer sk_test_wire_test_key_1');
    assert.match(headers['content-type'], /^application\/x-www-form-urlencoded/);
    assert.deepEqual({ mode: form.mode, price: form['line_items[0][price]'], ok: form.success_url, no: form.cancel_url }, { mode: 'subscription', price: PRICES.pro, ok: URLS.successUrl, no: URLS.cancelUrl });
    assert.deepEqual({ id: form['metadata[developerId]'], plan: form['metadata[plan]'] }, { id: org.id, plan: 'pro' });
    assert.match(form.customer_email, /@example\.test$/);
  });

  test('a checkout wants pro or enterprise, and two addresses', async (server) => {
    const org = await server.signUp();
    const asked = stripe.asked.length;
    for (const body of [undefined, {}, { plan: 'free', ...URLS }, { plan: 'gold', ...URLS }, { plan: 7, ...URLS }, { plan: 'pro' },
      { plan: 'pro', ...URLS, successUrl: 'app.example.test' }, { plan: 'pro', ...URLS, cancelUrl: 'javascript:alert(1)' }]) {
      badRequest(await org.post('/v1/billing/checkout', body));
    }
    for (const body of [{}, { returnUrl: 'nowhere' }, { returnUrl: 'https://app.example.test' }]) badRequest(await org.post('/v1/billing/portal', body));
    assert.equal(stripe.asked.length, asked, 'Stripe was not asked');
  });

  test('when Stripe refuses or talks nonsense, the answer is 503 and nothing of its words', async (server) => {
    const org = await server.signUp();
    stripe.refusals.push([402, { error: { message: 'sk_test is not welcome' } }], [200, '<html>'], [200, { url: 7 }], [302, {}]);
    for (let i = 0; i < 4; i += 1) {
      const { message } = notConfigured(await org.post('/v1/billing/checkout', { plan: 'enterprise', ...URLS }, { expected: [503] }));
      assert.doesNotMatch(message, /sk_test/);
    }
    await server.forgive(4);
  });

  test('bought, failed to pay, changed, over: the plan follows, and each step is in the log', async (server) => {
    const org = await server.signUp();
    const id = `sub_${org.id}`;

    received(await stripe.deliver(server, stripe.checkout(org, 'pro', id)));
    assert.deepEqual(await subscription(org), { plan: 'pro', status: 'active', currentPeriodEnd: null });
    assert.equal(ok(await org.get('/v1/me')).plan, 'pro');
    assert.equal((await org.get('/v1/me')).headers['x-ratelimit-limit'], '500');

    received(await stripe.deliver(server, stripe.paymentFailed(id, { seconds: 1 })));
    assert.deepEqual(await subscription(org), { plan: 'pro', status: 'past_due', currentPeriodEnd: null });

    received(await stripe.deliver(server, stripe.subscription('updated', id, { price: PRICES.enterprise }, { seconds: 2 })));
    assert.deepEqual(await subscription(org), { plan: 'enterprise', status: 'active', currentPeriodEnd: '2030-03-17T17:46:40.000Z' });

    ok(await org.post('/v1/billing/portal', { returnUrl: 'https://app.example.test/account' }), 201);
    assert.deepEqual(stripe.asked.at(-1).form, { customer: `cus_of_${id}`, return_url: 'https://app.example.test/account' });

    received(await stripe.deliver(server, stripe.subscription('deleted', id, {}, { seconds: 3 })));
    assert.deepEqual(await subscription(org), { plan: 'free', status: 'canceled', currentPeriodEnd: '2030-03-17T17:46:40.000Z' });

    const { entries } = ok(await org.get('/audit/v1/entries'));
    const changes = entries.filter(({ entry }) => entry.type === 'subscription.changed').map(({ entry }) => `${entry.actor} ${entry.data.plan} ${entry.data.status}`);
    assert.deepEqual(changes, ['stripe pro active', 'stripe pro past_due', 'stripe enterprise active', 'stripe free canceled']);
  });

  test('events that come twice or in another order end in the same', async (server) => {
    const [one, other] = [await server.signUp(), await server.signUp()];
    const story = (org) => [
      stripe.checkout(org, 'pro', `sub_${org.id}`),
      stripe.subscription('updated', `sub_${org.id}`, { price: PRICES.enterprise }, { seconds: 1 }),
      stripe.paymentFailed(`sub_${org.id}`, { seconds: 2 }),
      stripe.subscription('updated', `sub_${org.id}`, { price: PRICES.pro, periodEnd: 1_950_000_000 }, { seconds: 3 }),
    ];
    for (const event of story(one)) received(await stripe.deliver(server, event));
    const backwards = story(other).reverse();
    for (const event of [...backwards, ...backwards]) received(await stripe.deliver(server, event));

    assert.equal((await subscription(one)).plan, 'pro');
    assert.deepEqual(await subscription(other), await subscription(one));
  });

  test('a price that nobody knows is refused, and nobody is downgraded', async (server) => {
    const org = await server.signUp();
    received(await stripe.deliver(server, stripe.checkout(org, 'enterprise', `sub_${org.id}`)));

    badRequest(await stripe.deliver(server, stripe.subscription('updated', `sub_${org.id}`, { price: 'price_of_something_else' }, { seconds: 1 })));

    assert.deepEqual(await subscription(org), { plan: 'enterprise', status: 'active', currentPeriodEnd: null });
  });

  test('what Stripe did not sign is refused', async (server) => {
    const org = await server.signUp();
    const event = stripe.checkout(org, 'enterprise', `sub_${org.id}`);
    badRequest(await server.api('POST', '/v1/billing/webhook', { body: event }));
    badRequest(await stripe.deliver(server, event, { secret: 'whsec_another_secret_2' }));
    badRequest(await stripe.deliver(server, event, { age: 400 }));
    badRequest(await server.api('POST', '/v1/billing/webhook', { body: event, headers: { 'stripe-signature': stripe.signature(JSON.stringify({ ...event, type: 'x' })) } }));
    badRequest(await server.api('POST', '/v1/billing/webhook', { body: '{', headers: { 'stripe-signature': stripe.signature('{') } }));

    assert.equal((await subscription(org)).plan, 'free');
    received(await stripe.deliver(server, stripe.event('charge.succeeded', { id: 'ch_1' })));
  });

  test('one organization does not see the subscription of another', async (server) => {
    const [org, other] = [await server.signUp(), await server.signUp()];
    received(await stripe.deliver(server, stripe.checkout(org, 'pro', `sub_${org.id}`)));

    assert.equal((await subscription(other)).plan, 'free');
    badRequest(await other.post('/v1/billing/portal', { returnUrl: 'https://app.example.test' }));
    for (const [method, path] of [['GET', 'subscription'], ['POST', 'checkout'], ['POST', 'portal']]) unauthorized(await server.api(method, `/v1/billing/${path}`));
  });
}, stripe.settings);

onEachEngine('billing that is not configured', (test) => {
  test('answers 503 once what was sent is right, and shows subscriptions all the same', async (server) => {
    const org = await server.signUp();
    badRequest(await org.post('/v1/billing/checkout', { plan: 'pro' }));
    badRequest(await org.post('/v1/billing/portal', {}));
    notConfigured(await org.post('/v1/billing/checkout', { plan: 'pro', ...URLS }, { expected: [503] }));
    notConfigured(await org.post('/v1/billing/portal', { returnUrl: 'https://app.example.test' }, { expected: [503] }));
    notConfigured(await server.api('POST', '/v1/billing/webhook', { body: {}, expected: [503] }));
    await server.forgive(3);

    assert.equal((await subscription(org)).plan, 'free');
  });
});
