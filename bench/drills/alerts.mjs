// Every alert, caused for real and seen in Prometheus. The rules are the shipped ones with their times sixty times shorter, and the scrapes too; the thresholds stay.
import { Installation } from '../../tests/wire/support/installation.mjs';
import { sleep } from '../../tests/wire/support/children.mjs';
import { somePhone } from '../../tests/wire/support/codes.mjs';
import { ok } from '../../tests/wire/support/expect.mjs';
import { Person, newcomer } from '../../tests/wire/support/people.mjs';
import { hurried, shippedRules } from '../../tests/wire/support/prometheus.mjs';

const TIMES = 60;
const CALM_MS = 10_000;
const PATIENCE_MS = 60_000;
const ANOMALY_WINDOW_MS = 3_600_000 / TIMES;

const all = await Installation.start();
const { server, limited, postgres, redis, sink, receiver, texts } = all;
const org = await server.signUp();
const { agentId } = await org.agent();
const person = await newcomer(server);
const hook = ok(await org.post('/v1/webhooks', { url: receiver.url, events: ['token.issued'] }), 201);
let told = 0;
let failEvery = 0;
all.statusOf = () => (failEvery > 0 && (told += 1) % failEvery === 0 ? 500 : 200);
const many = (count, act) => Promise.all(Array.from({ length: count }, (_, at) => act(at)));

const code = () => org.code(agentId);
const pair = async () => ok(await org.exchange(await code(), agentId), 201);
const spent = (await pair()).refreshToken;
let live = ok(await org.refresh(spent, agentId), 201).refreshToken;
const refresh = async () => { live = ok(await org.refresh(live, agentId), 201).refreshToken; };
const ping = () => org.post(`/v1/webhooks/${hook.id}/ping`);
const wrongPassword = () => new Person(server).signIn(); // each time somebody else: after a few, one alone would have to wait
const grantOfSomebodyNew = async (at) => org.grant(agentId, { principalId: `new-${Date.now()}-${at}` });
const newPrincipals = async (count) => {
  await many(count, grantOfSomebodyNew);
  ok(await org.post('/v1/anomalies/detect'));
};

/** A statement of another program that holds up whoever asks for consent. */
const held = (seconds) => postgres.query(`begin; lock table credence.consent_requests in access exclusive mode; select pg_sleep(${seconds}); commit`);
const slowly = async (seconds) => {
  const holding = held(seconds);
  await sleep(100);
  await many(4, () => org.authorize(agentId));
  await holding;
};

/** What makes each alert fire, over and over until it does; and what ends it. */
const CAUSES = {
  HighTokenExchangeFailureRate: ['one code in ten is wrong', async () => { await many(9, pair); await org.exchange('nobodys-code-that-is-long-enough', agentId); }],
  CriticalTokenExchangeFailureRate: ['every second code is wrong', async () => { await pair(); await org.exchange('nobodys-code-that-is-long-enough', agentId); }],
  HighTokenRefreshFailureRate: ['one refresh token in ten was used before', async () => { for (let at = 0; at < 9; at += 1) await refresh(); await org.refresh('ref_nobodys_refresh_token_that_is_long_enough_0', agentId); }],
  CriticalTokenRefreshFailureRate: ['spent refresh tokens come back', async () => { await org.refresh(spent, agentId); await sleep(50); }],
  AnomaliesDetected: ['an agent acts for seven people nobody has seen', async (round) => (round === 0 ? newPrincipals(7) : sleep(200))],
  ManyAnomaliesDetected: ['for seven more', async (round) => (round === 0 ? newPrincipals(7) : sleep(200))],
  LowWebhookSuccess: ['a receiver fails once in thirty', async () => { failEvery = 30; await many(10, ping); }, () => { failEvery = 0; }],
  WebhookDeliveryFailure: ['a receiver fails every time', async () => { failEvery = 1; await many(4, ping); }, () => { failEvery = 0; }],
  CriticalWebhookSuccess: ['a receiver fails every second time', async () => { failEvery = 2; await many(4, ping); }, () => { failEvery = 0; }],
  ManyRateLimited: ['a client scrapes without end', () => many(20, () => limited.api('GET', '/metrics'))],
  FloodOfRateLimited: ['and faster', () => many(100, () => limited.api('GET', '/metrics'))],
  ElevatedAuthLatency: ['another program locks the table for a second', () => slowly(1)],
  HighAuthLatency: ['for three seconds', () => slowly(3)],
  CriticalAuthLatency: ['for three seconds', () => slowly(3)],
  HealthFailing: ['Redis is stopped', (round) => (round === 0 ? redis.stop() : sleep(100)), () => redis.resume()],
  HealthDown: ['PostgreSQL is stopped', (round) => (round === 0 ? postgres.stop() : sleep(100)), () => postgres.resume()],
  IdentityHighErrorRate: ['Redis is stopped, so that no code can be had', async (round) => { if (round === 0) await redis.stop(); await all.phoneCode(); await sleep(50); }, () => redis.resume()],
  IdentityJWKSDown: ['both servers hang', (round) => (round === 0 ? signal('SIGSTOP') : sleep(100)), () => signal('SIGCONT')],
  IdentityMailFailures: ['the mail server takes nothing', async (round) => {
    sink.answer = (line) => (line.startsWith('RCPT') ? '451 not now' : undefined);
    if (round < 5) await signUp({ email: true });
    await sleep(200);
  }, () => { sink.answer = () => undefined; }],
  IdentitySMSFailures: ['the provider of short messages is broken', async (round) => {
    texts.answer = (request, response) => response.writeHead(500).end();
    if (round < 5) await signUp({ phone: true });
    await sleep(200);
  }, () => { texts.answer = (request, response) => response.end(); }],
  IdentityOTPSpike: ['somebody asks for one code after the other', () => all.phoneCode()],
  IdentitySignInFailures: ['every second one is nobody or has a wrong password', async () => { ok(await person.signIn()); await wrongPassword(); }],
};

function signal(name) {
  for (const one of [server, limited]) one.child.kill(name);
}

async function signUp({ email, phone }) {
  const somebody = new Person(server);
  ok(await somebody.signUp({ ...(email && { email: `${somebody.name}@example.test` }), ...(phone && { phone: somePhone() }) }), 201);
}

/** Repeats something until Prometheus says so; how long that took, or null when it never did. */
async function until(isSo, act) {
  const began = Date.now();
  for (let round = 0; Date.now() - began < PATIENCE_MS + ANOMALY_WINDOW_MS; round += 1) {
    await act(round);
    if (isSo(await all.prometheus.alerts())) return (Date.now() - began) / 1000;
  }
  return null;
}

const seconds = (time) => (time === undefined ? '' : time === null ? 'never' : `${time.toFixed(1)} s`);
const row = (...cells) => console.log(cells.map((cell, at) => String(cell).padEnd([34, 52, 12, 12][at])).join(''));

try {
  await all.walk.haveTexts();
  await all.watch({ every: `${15_000 / TIMES}ms`, rules: hurried(TIMES) });
  await until((alerts) => Object.keys(alerts).length === 0, () => all.prometheus.scrapes(8)); // the first scrapes of a server that has just started may be too slow for 250 ms
  const only = process.argv.slice(2);
  const names = shippedRules().map(({ alert }) => alert).filter((name) => only.length === 0 || only.includes(name));
  const fired = new Set();
  for (const began = Date.now(); Date.now() - began < CALM_MS;) { // ordinary work
    await many(4, pair);
    await Promise.all([refresh(), ping(), org.authorize(agentId), person.signIn()]);
    for (const [name, state] of Object.entries(await all.prometheus.alerts())) if (state === 'firing') fired.add(name);
  }
  console.log(`${CALM_MS / 1000} s of ordinary work: ${fired.size === 0 ? 'no alert fired' : `fired: ${[...fired].join(', ')}`}\n`);
  let missed = names.filter((name) => !CAUSES[name]).length;
  row('alert', 'cause', 'fired after', 'over after');
  for (const name of names) {
    const [what, cause, mend = () => {}] = CAUSES[name];
    const after = await until((alerts) => alerts[name] === 'firing', cause);
    await mend();
    const over = name === 'AnomaliesDetected' ? undefined : await until((alerts) => !alerts[name], () => sleep(100)); // the next one is that it gets worse
    if (after === null || over === null) missed += 1;
    row(name, what, seconds(after), seconds(over));
  }
  console.log(`\n${names.length} alerts, ${missed} not seen to fire and end; ${fired.size} fired without cause${fired.size > 0 ? ' (where a scrape takes longer than 250 ms, a server counts as away)' : ''}`);
  process.exitCode = missed + fired.size === 0 ? 0 : 1;
} finally {
  await all.end();
}
