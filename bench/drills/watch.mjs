// Five minutes as an operator's Prometheus sees them: traffic at every door, a scrape every 15 s, and then every query asked.
import { Installation } from '../../tests/wire/support/installation.mjs';
import { dashboardQueries, emptyQueries, leftSides, shippedRules } from '../../tests/wire/support/prometheus.mjs';
import { sleep } from '../../tests/wire/support/children.mjs';

const WATCHED_MS = 300_000;
const REST_MS = 15_000;

const all = await Installation.start();
try {
  await all.watch({ every: '15s' });
  await all.walk.haveTexts();
  const until = Date.now() + WATCHED_MS;
  let rounds = 0;
  for (; Date.now() < until; rounds += 1) {
    await all.walk.everything();
    await all.rarities();
    await sleep(REST_MS);
  }
  const { organization, agent } = all.walk; // each round has an agent of its own, and a rate is of two scrapes
  await all.exchange();
  await all.prometheus.scrapes(2, 120);
  await all.walk.everything(); // a latency is of the last minute's requests
  await all.exchange({ organization, agent });
  await all.prometheus.scrapes(2, 120);
  const empty = await emptyQueries(all.prometheus, { agent, interval: '1m' });
  const [{ value: [, scrapes] }] = await all.prometheus.query('min(count_over_time(up{job="credence"}[1h]))');
  const asked = dashboardQueries().length + shippedRules().flatMap(({ expr }) => leftSides(expr)).length;
  console.log(`${rounds} rounds through every door, ${scrapes} scrapes of each server, ${asked} queries, ${empty.length} without data`);
  for (const { of, expr, values } of empty) console.log(`  ${of}: ${expr} gave ${JSON.stringify(values)}`);
  process.exitCode = empty.length === 0 ? 0 : 1;
} finally {
  await all.end();
}
