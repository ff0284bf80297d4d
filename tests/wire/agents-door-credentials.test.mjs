// Credentials (agent-idp AE-09 to AE-12): shown once, several at a time, rotated without a call lost, ended with their tokens.
import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { BEGUN, invalid, oauthRefused, operator, refused, tenant } from './support/agents-door.mjs';
import { sleep } from './support/children.mjs';
import { onEachEngine } from './support/engines.mjs';
import { nothing, ok, tally, TIME } from './support/expect.mjs';

onEachEngine('agents have credentials', (test) => {
  test('a secret is shown once, and several work at a time', async (server) => {
    const agent = await tenant(server);
    const path = `/agents/${agent.id}/credentials`;
    const answer = ok(await agent.post(path, { signingAlg: 'ES256' }), 201);
    const { credentialId, clientSecret, createdAt, ...rest } = answer;
    assert.deepEqual(rest, { clientId: agent.id, status: 'active', signingAlg: 'ES256', expiresAt: null });
    assert.match(createdAt, TIME);
    ok(await agent.ask());
    ok(await agent.ask({ client_secret: clientSecret }));
    const listed = await agent.get(path);
    assert.equal(listed.text.includes('sk_live_'), false);
    assert.deepEqual(ok(listed).data.map((each) => each.credentialId), [credentialId, agent.credentialId]);
    assert.equal(ok(await agent.get(`${path}?status=revoked`)).total, 0);
    invalid(await agent.get(`${path}?status=odd`), 'status');
    refused(await agent.get(`/agents/${randomUUID()}/credentials`), 404, 'AGENT_NOT_FOUND');
  });

  test('an agent manages its own, an admin those of its organization, and nobody else', async (server) => {
    const admin = await tenant(server);
    const [one, other] = [await admin.agent(), await admin.agent()];
    await one.equip(one.id);
    refused(await one.post(`/agents/${other.id}/credentials`, {}), 403, 'FORBIDDEN');
    refused(await one.delete(`/agents/${other.id}/credentials/${other.credentialId}`), 403, 'FORBIDDEN');
    refused(await one.post(`/agents/${other.id}/credentials/${other.credentialId}/rotate`, {}), 403, 'FORBIDDEN');
    await operator(server).equip(other.id);
    invalid(await one.post(`/agents/${one.id}/credentials`, { expiresAt: 'tomorrow', signingAlg: 'none' }), 'expiresAt', 'signingAlg');
    invalid(await one.post(`/agents/${one.id}/credentials`, { expiresAt: '2020-01-01T00:00:00Z' }));
  });

  test('a credential that expires stops', async (server) => {
    const agent = await tenant(server);
    const expiresAt = new Date(Date.now() + 1_500).toISOString();
    const short = await agent.equip(agent.id, { expiresAt });
    ok(await short.ask());
    await sleep(1_600);
    oauthRefused(await short.ask(), 401, 'invalid_client');
    assert.equal(ok(await agent.get(`/agents/${agent.id}/credentials?status=expired`)).data[0].credentialId, short.credentialId);
  });

  test('a rotation without grace ends the old secret at once; its tokens go on', async (server) => {
    const agent = await tenant(server);
    const path = `/agents/${agent.id}/credentials/${agent.credentialId}`;
    await agent.bearer();
    const after = ok(await agent.post(`${path}/rotate`));
    assert.equal(after.credentialId, agent.credentialId);
    oauthRefused(await agent.ask(), 401, 'invalid_client');
    ok(await agent.ask({ client_secret: after.clientSecret }));
    ok(await agent.get(`/agents/${agent.id}`));
    invalid(await agent.post(`${path}/rotate`, { graceSeconds: 86_401 }), 'graceSeconds');
    refused(await agent.post(`/agents/${agent.id}/credentials/${randomUUID()}/rotate`), 404, 'CREDENTIAL_NOT_FOUND');
  });

  test('rotated under load, no call fails within the grace and every call does after it', async (server) => {
    const agent = await tenant(server);
    const answers = { before: [], within: [], after: [] };
    let phase = 'before';
    let going = true;
    const load = Promise.all(Array.from({ length: 8 }, async () => {
      while (going) {
        const began = phase;
        const { status } = await agent.ask();
        if (began === phase) answers[began].push({ status });
      }
    }));
    await sleep(200);
    const next = ok(await agent.post(`/agents/${agent.id}/credentials/${agent.credentialId}/rotate`, { graceSeconds: 2 }));
    const rotated = Date.now();
    phase = 'within';
    ok(await agent.ask({ client_secret: next.clientSecret }));
    await sleep(Math.max(0, rotated + 1_600 - Date.now()));
    phase = 'between';
    answers.between = [];
    await sleep(600);
    phase = 'after';
    await sleep(200);
    going = false;
    await load;
    assert.deepEqual(Object.keys(tally(answers.before)), ['200']);
    assert.deepEqual(Object.keys(tally(answers.within)), ['200']);
    assert.deepEqual(Object.keys(tally(answers.after)), ['401']);
    ok(await agent.ask({ client_secret: next.clientSecret }));
  });

  test('of twenty who rotate at once one wins or they come one after the other: one secret counts', async (server) => {
    const agent = await tenant(server);
    await agent.bearer();
    const answers = await Promise.all(Array.from({ length: 20 }, () => agent.post(`/agents/${agent.id}/credentials/${agent.credentialId}/rotate`)));
    const won = answers.filter(({ status }) => status === 200);
    for (const answer of answers) if (answer.status !== 200) refused(answer, 409, 'CREDENTIAL_ROTATED');
    assert.ok(won.length >= 1);
    const works = await Promise.all(won.map(({ json }) => agent.ask({ client_secret: json.clientSecret })));
    assert.equal(works.filter(({ status }) => status === 200).length, 1);
  });

  test('a revoked credential ends with every token that was had with it, and no other', async (server) => {
    const agent = await tenant(server);
    const other = await agent.equip(agent.id);
    const path = `/agents/${agent.id}/credentials/${other.credentialId}`;
    await other.bearer();
    nothing(await agent.delete(path));
    oauthRefused(await other.ask(), 401, 'invalid_client');
    refused(await other.get(`/agents/${agent.id}`), 401, 'UNAUTHORIZED');
    ok(await agent.get(`/agents/${agent.id}`));
    refused(await agent.delete(path), 409, 'CREDENTIAL_REVOKED');
    refused(await agent.post(`${path}/rotate`), 409, 'CREDENTIAL_REVOKED');
    refused(await agent.delete(`/agents/${agent.id}/credentials/${randomUUID()}`), 404, 'CREDENTIAL_NOT_FOUND');
    assert.equal(ok(await agent.get(`/agents/${agent.id}/credentials?status=revoked`)).total, 1);
  });
}, BEGUN);
