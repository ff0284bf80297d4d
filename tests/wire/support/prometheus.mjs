// A Prometheus of a test's own, and the rules and dashboards that are shipped, as it reads them.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { start } from './children.mjs';
import { send } from './http.mjs';
import { eventually, freePort } from './server.mjs';

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const RULES = ['alerts.yml', 'identity-rules.yml'];

/** Runs promtool in the repository: what it wrote, which is told when it fails. */
export async function promtool(args, input) {
  const running = promisify(execFile)('promtool', args, { cwd: ROOT });
  running.child.stdin.end(input ?? '');
  return running.then(({ stdout, stderr }) => stdout + stderr, (error) => assert.fail(`promtool ${args.join(' ')}\n${error.stdout}${error.stderr}`));
}

/** Every alert that is shipped, in the words of its file. */
export const shippedRules = () => RULES.flatMap((file) => parse(readFileSync(path.join(ROOT, 'deploy/prometheus', file), 'utf8')).groups.flatMap(({ rules }) => rules));

/** Every query of every dashboard that is shipped: {expr, panel}. */
export function dashboardQueries(files = ['overview', 'per-agent', 'agents']) {
  return files.flatMap((file) => {
    const board = JSON.parse(readFileSync(path.join(ROOT, `deploy/grafana/${file}-dashboard.json`), 'utf8'));
    return board.panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => ({ expr, panel: `${board.title}: ${title}` })));
  });
}

/** What an alert looks at: each comparison that fires it has a left side, which must be there before it can be compared. */
export function leftSides(expr) {
  const text = expr.trim();
  const whole = text.startsWith('(') && closes(text) === text.length - 1 ? text.slice(1, -1) : text;
  const parts = split(whole, /^\s(?:or|and)\s/);
  return parts.length > 1 ? parts.flatMap(leftSides) : [split(whole, /^\s(?:[=!]=|[<>]=?)\s/)[0]];
}

/** Where the bracket that a text begins with is closed. */
const closes = (text) => [...text].findIndex((_, at) => depth(text.slice(0, at + 1)) === 0);

const depth = (text) => text.replace(/[^([{]/g, '').length - text.replace(/[^)\]}]/g, '').length;

/** The parts between separators that stand in no bracket. */
function split(text, separator) {
  for (let at = 0; at < text.length; at += 1) {
    const found = depth(text.slice(0, at)) === 0 && text.slice(at).match(separator);
    if (found) return [text.slice(0, at), ...split(text.slice(at + found[0].length), separator)];
  }
  return [text];
}

/** What another program tells, where an operator runs one. */
const OTHERS = /^probe_success/;

/** Asks everything that dashboards and alerts ask: the queries that have no number to show. */
export async function emptyQueries(prometheus, { agent, interval }) {
  const offered = await prometheus.values('grantex_agent_token_exchanges_total', 'agent_id');
  assert.ok(offered.includes(agent), `the variable of the dashboard offers ${offered}, and not ${agent}`);
  const queries = [
    ...dashboardQueries().map(({ expr, panel }) => ({ expr: expr.replaceAll('$__rate_interval', interval).replaceAll('$agent_id', agent), of: panel })),
    ...shippedRules().flatMap(({ alert, expr }) => leftSides(expr).map((side) => ({ expr: side, of: alert }))),
  ].filter(({ expr }) => !OTHERS.test(expr));
  assert.ok(queries.length > 50, `${queries.length} queries`);
  const answers = await Promise.all(queries.map(async (query) => ({ ...query, values: (await prometheus.query(query.expr)).map(({ value }) => value[1]) })));
  return answers.filter(({ values }) => values.every((value) => value === 'NaN'));
}

const UNITS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const duration = (ms) => (ms % 1000 === 0 ? `${ms / 1000}s` : `${Math.round(ms)}ms`);
const shorter = (text, times) => text.replace(/\b(\d+)(ms|s|m|h|d)\b/g, (_, count, unit) => duration((Number(count) * UNITS[unit]) / times));

/** The shipped rule files with every time in them so many times shorter; their thresholds stay as they are. */
export function hurried(times) {
  return RULES.map((file) => {
    const rules = parse(readFileSync(path.join(ROOT, 'deploy/prometheus', file), 'utf8'));
    for (const group of rules.groups) {
      for (const rule of group.rules) {
        rule.expr = rule.expr.replace(/(\[|offset )(\w+)/g, (_, before, time) => before + shorter(time, times));
        if (rule.for) rule.for = shorter(rule.for, times);
      }
    }
    return { name: file, text: stringify(rules) };
  });
}

export class Prometheus {
  /**
   * @param {string[]} targets host:port of each server to scrape
   * @param {{every?: string, rules?: {name: string, text: string}[]}} options how often to scrape and evaluate; rule files besides
   */
  static async start(targets, { every = '1s', rules = [] } = {}) {
    const prometheus = new Prometheus();
    prometheus.folder = await mkdtemp(path.join(os.tmpdir(), 'credence-prometheus-'));
    for (const { name, text } of rules) await writeFile(path.join(prometheus.folder, name), text);
    const config = path.join(prometheus.folder, 'prometheus.yml');
    await writeFile(config, stringify({
      global: { scrape_interval: every, scrape_timeout: every.endsWith('ms') ? every : '1s', evaluation_interval: every },
      rule_files: rules.map(({ name }) => name),
      scrape_configs: [{ job_name: 'credence', static_configs: [{ targets }] }],
    }));
    const port = await freePort();
    prometheus.base = `http://127.0.0.1:${port}`;
    Object.assign(prometheus, start('prometheus', [
      `--config.file=${config}`, `--storage.tsdb.path=${path.join(prometheus.folder, 'data')}`, `--web.listen-address=127.0.0.1:${port}`, '--log.level=error',
    ]));
    await eventually(() => send(prometheus.base, 'GET', '/-/ready').then(({ status }) => status === 200, () => false), 'Prometheus is ready', 30);
    return prometheus;
  }

  /** The result of a query: [{metric, value: [time, text]}]. */
  async query(expr) {
    const answer = await send(this.base, 'POST', '/api/v1/query', { body: new URLSearchParams({ query: expr }).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } });
    assert.equal(answer.json?.status, 'success', `${expr}\n${answer.text}`);
    return answer.json.data.result;
  }

  /** The values that a label of a metric has: what a variable of a dashboard offers. */
  async values(metric, label) {
    return (await send(this.base, 'GET', `/api/v1/label/${label}/values?match[]=${metric}`)).json.data;
  }

  /** The alerts that are active, as {alertname: state}. */
  async alerts() {
    const { json } = await send(this.base, 'GET', '/api/v1/alerts');
    return Object.fromEntries(json.data.alerts.map(({ labels, state }) => [labels.alertname, state]));
  }

  /** Waits until it has scraped every target so many times more. */
  async scrapes(count, seconds = 30) {
    const taken = async () => Number((await this.query('min(count_over_time(up{job="credence"}[1h]))'))[0]?.value[1] ?? 0);
    const before = await taken();
    await eventually(async () => (await taken()) >= before + count, `${count} scrapes`, seconds);
  }

  async remove() {
    this.child.kill('SIGTERM');
    await this.exited;
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** Stands between Prometheus and a server whose limit of ten scrapes a minute holds: each scrape comes from an address of its own. */
export class ScrapeProxy {
  static async start(server) {
    const proxy = new ScrapeProxy();
    let asked = 0;
    proxy.listener = http.createServer(async (request, response) => {
      asked += 1;
      const headers = { 'x-forwarded-for': `10.9.${(asked >> 8) & 255}.${asked & 255}` };
      const answer = await send(server.base, 'GET', request.url, { headers }).catch(() => ({ status: 502, text: '', headers: {} }));
      response.writeHead(answer.status, { 'content-type': answer.headers['content-type'] ?? 'text/plain' }).end(answer.text);
    });
    await new Promise((resolve, reject) => proxy.listener.once('error', reject).listen(0, '127.0.0.1', resolve));
    proxy.target = `127.0.0.1:${proxy.listener.address().port}`;
    return proxy;
  }

  close() {
    this.listener.closeAllConnections();
    return new Promise((resolve) => this.listener.close(resolve));
  }
}
