// Signing keys change under load, and nobody who verifies notices (design D3).
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { sleep } from '../support/children.mjs';
import { Organization } from '../support/organization.mjs';
import { Postgres } from '../support/postgres.mjs';
import { eventually, Server } from '../support/server.mjs';

const LIMIT = { timeout: 240_000 };
const NAME = 'https://credence.example.test';

export const rotation = () => describe('signing keys that rotate under load, at two servers', { concurrency: 1 }, () => {
  let postgres;
  let settings;
  let servers = [];
  let seen;
  let sets;
  let agentId;

  before(async () => {
    postgres = await Postgres.start();
    settings = {
      DATABASE_URL: postgres.url, REDIS_URL: 'embedded', PUBLIC_BASE_URL: NAME, LOG_LEVEL: 'warn', PLAN_FREE_ACTIVE_GRANTS: 'unlimited',
      AUTO_GENERATE_KEYS: undefined, DATA_ENCRYPTION_KEY: randomBytes(32).toString('hex'), KEY_RELOAD_INTERVAL: '2s',
    };
    servers = await Promise.all([Server.start(settings), Server.start(settings)]);
    const org = await servers[0].signUp({ mode: 'sandbox' });
    agentId = (await org.agent()).agentId;
    seen = servers.map((server) => new Organization(server, { apiKey: org.key, developerId: org.id }));
    // A client library as services use it: it keeps the key set, and fetches it again when it meets a kid it does not know.
    sets = servers.map((server) => createRemoteJWKSet(new URL('/.well-known/jwks.json', server.base), { cooldownDuration: 0 }));
  }, LIMIT);

  after(async () => {
    for (const server of servers) await server.kill();
    await postgres?.remove();
  });

  const command = (...args) => Server.command(['keys', ...args], settings);
  const kid = (token) => decodeProtectedHeader(token).kid;

  test('tokens old and new verify at both, and with a client that caches the key set', LIMIT, async (t) => {
    const kids = new Set();
    const tokens = [(await seen[0].grant(agentId)).grantToken];
    const short = await seen[0].grant(agentId, { expiresIn: '25s' });
    let verified = 0;
    let over = false;
    const walk = async (at) => {
      while (!over) {
        const { grantToken } = await seen[at % 2].grant(agentId);
        if (!kids.has(kid(grantToken))) tokens.push(grantToken);
        kids.add(kid(grantToken));
        for (const token of [grantToken, tokens[Math.floor(Math.random() * tokens.length)]]) {
          for (const org of seen) assert.equal(await org.accepts(token), true, `signed by ${kid(token)}`);
          for (const set of sets) await jwtVerify(token, set, { issuer: NAME });
          verified += 4;
        }
        await sleep(20);
      }
    };
    const walkers = Promise.all(Array.from({ length: 8 }, (_, at) => walk(at)));
    walkers.catch(() => { over = true; });
    const signsAnew = async (known) => {
      await eventually(() => over || kids.size > known, 'a new key signs', 60);
    };

    try {
      await eventually(() => over || kids.size === 1, 'the first key signs');
      await command('rotate'); // publishes the next key
      await sleep(1_000);
      await command('rotate', '--now'); // it takes over
      await signsAnew(1);
      await command('rotate', '--now'); // one takes over that nobody has heard of
      await signsAnew(2);
      await command('rotate', '--now', '--algorithm', 'RS256'); // and another, soon after
      await signsAnew(3);
      await sleep(1_000);
    } finally {
      over = true;
      await walkers;
    }

    t.diagnostic(`${verified} verifications of tokens by ${kids.size} keys`);
    const left = short.claims.exp * 1000 - Date.now();
    if (left > 2_000) for (const org of seen) assert.equal(await org.accepts(short.grantToken), true, 'an old token lives until it expires');
    await eventually(async () => !(await seen[0].accepts(short.grantToken)) && !(await seen[1].accepts(short.grantToken)), 'and no longer', 60);
    for (const server of servers) await server.stop();
  });
});
