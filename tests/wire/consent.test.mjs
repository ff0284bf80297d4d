// The person's decision (grantex-core.md 3): the three routes behind the page, and what the page is.
import assert from 'node:assert/strict';
import { onEachEngine } from './support/engines.mjs';
import { badRequest, notFound, ok, refused, SECRET, tally } from './support/expect.mjs';

onEachEngine('consent', (test) => {
  test('the details say who asks, for what and until when, to whoever holds the id', async (server) => {
    const org = await server.signUp();
    const agent = await org.agent({ name: 'Travel booker', description: 'Books flights', scopes: [] });
    const request = await org.authorize(agent.agentId, { scopes: ['calendar:read', 'payments:initiate:max_500', 'made:up'] });

    const details = ok(await server.api('GET', `/v1/consent/${request.authRequestId}`));

    assert.equal(details.id, request.authRequestId);
    assert.equal(details.agentName, 'Travel booker');
    assert.equal(details.agentDid, agent.did);
    assert.equal(details.agentDescription, 'Books flights');
    assert.deepEqual(details.scopes, ['calendar:read', 'payments:initiate:max_500', 'made:up']);
    assert.equal(details.scopeDescriptions.length, 3);
    assert.notEqual(details.scopeDescriptions[0], 'calendar:read');
    assert.match(details.scopeDescriptions[1], /500/);
    assert.match(details.scopeDescriptions[2], /made:up/);
    assert.equal(details.expiresAt, request.expiresAt);
    assert.equal(details.status, 'pending');
    assert.equal(details.fidoRequired, false);
  });

  test('an approval gives the code, and where to take it', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const request = await org.authorize(agentId, { redirectUri: 'https://app.example.test/callback', state: 'st-42' });

    const approval = await org.approve(request.authRequestId);

    assert.match(approval.code, new RegExp(`^${SECRET}$`));
    assert.deepEqual({ ...approval, code: '' }, { code: '', redirectUri: 'https://app.example.test/callback', state: 'st-42' });
  });

  test('an approval without a redirect is the code alone', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const { authRequestId } = await org.authorize(agentId);

    assert.deepEqual(Object.keys(await org.approve(authRequestId)), ['code']);
  });

  test('a decided request cannot be decided again', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const { authRequestId } = await org.authorize(agentId);
    await org.approve(authRequestId);

    refused(await server.api('GET', `/v1/consent/${authRequestId}`), 410, 'GONE');
    refused(await server.api('POST', `/v1/consent/${authRequestId}/approve`), 410, 'GONE');
    notFound(await server.api('POST', `/v1/consent/${authRequestId}/deny`));
  });

  test('a denial gives the state back and ends the request', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const { authRequestId } = await org.authorize(agentId, { redirectUri: 'https://app.example.test/callback', state: 's2' });

    const denial = ok(await server.api('POST', `/v1/consent/${authRequestId}/deny`));

    assert.deepEqual(denial, { redirectUri: 'https://app.example.test/callback', state: 's2' });
    refused(await server.api('GET', `/v1/consent/${authRequestId}`), 410, 'GONE');
    refused(await server.api('POST', `/v1/consent/${authRequestId}/approve`), 410, 'GONE');
    notFound(await server.api('POST', `/v1/consent/${authRequestId}/deny`));
  });

  for (const id of ['areq_01J00000000000000000000000', 'nonsense', 'ag_01J00000000000000000000000', 'x'.repeat(3000)]) {
    test(`there is no request ${id.slice(0, 40)}`, async (server) => {
      notFound(await server.api('GET', `/v1/consent/${id}`));
      refused(await server.api('POST', `/v1/consent/${id}/approve`), 410, 'GONE');
      notFound(await server.api('POST', `/v1/consent/${id}/deny`));
    });
  }

  test('an expired request is gone, and its code was never made', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const { authRequestId } = await org.authorize(agentId, { expiresIn: '1s' });
    await past(1);

    refused(await server.api('GET', `/v1/consent/${authRequestId}`), 410, 'GONE');
    refused(await server.api('POST', `/v1/consent/${authRequestId}/approve`), 410, 'GONE');
  });

  test('a code dies with its request', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const code = await org.code(agentId, { expiresIn: '2s' });
    await past(2);

    badRequest(await org.exchange(code, agentId));
  });

  test('of 50 approvals of one request, one gives a code', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    const { authRequestId } = await org.authorize(agentId);

    const answers = await Promise.all(Array.from({ length: 50 }, () => server.api('POST', `/v1/consent/${authRequestId}/approve`)));

    assert.deepEqual(tally(answers), { 200: 1, 410: 49 });
  });

  test('an approval and a denial at once: one of them counts', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent();
    for (let round = 0; round < 10; round += 1) {
      const { authRequestId } = await org.authorize(agentId);

      const [approval, denial] = await Promise.all(['approve', 'deny'].map((verb) => server.api('POST', `/v1/consent/${authRequestId}/${verb}`)));

      assert.notEqual(approval.status === 200, denial.status === 200, `approve ${approval.status}, deny ${denial.status}`);
    }
  });

  test('the page is HTML that may not be framed, kept or scripted by others', async (server) => {
    const org = await server.signUp();
    const { agentId } = await org.agent({ name: 'Travel <b>booker</b>' });
    const { authRequestId } = await org.authorize(agentId);

    const page = await server.api('GET', `/consent?req=${authRequestId}`);

    assert.equal(page.status, 200);
    assert.match(page.headers['content-type'], /^text\/html/);
    assert.equal(page.headers['cache-control'], 'no-store');
    const policy = page.headers['content-security-policy'];
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe-inline|unsafe-eval/);
    assert.match(page.text, /Travel &lt;b&gt;booker/);
    assert.doesNotMatch(page.text, /Travel <b>/);
  });

  for (const query of ['', '?req=', '?req=areq_01J00000000000000000000000', '?req=nonsense', '?req=%00', '?req=a&req=b', `?req=${'x'.repeat(3000)}`]) {
    test(`the page explains itself when there is nothing to decide: ${query.slice(0, 40)}`, async (server) => {
      const page = await server.api('GET', `/consent${query}`);

      assert.equal(page.status, 200);
      assert.match(page.headers['content-type'], /^text\/html/);
    });
  }
});

const past = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000 + 100));
