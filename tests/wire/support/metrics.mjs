// What /metrics tells, and what a script did in the same words.
import { decodeJwt } from 'jose';
import { templateOf } from './routes.mjs';

/** How a sample is written here: its labels in the order of their names. */
export const sample = (name, labels = {}) => `${name}{${Object.entries(labels).map(([key, value]) => `${key}="${value}"`).sort().join(',')}}`;

/** A server that remembers what it was asked and what it answered, in the words of the metrics. */
export class Watched {
  counts = new Map();

  /** The tier of each organization that is on none of the free kind. */
  tiers = new Map();

  constructor(server) {
    this.server = server;
    this.settings = server.settings;
  }

  count(name, labels, times = 1) {
    const key = sample(`agentidp_${name}`, labels);
    this.counts.set(key, (this.counts.get(key) ?? 0) + times);
  }

  async api(method, path, options = {}) {
    const answer = await this.server.api(method, path, options);
    const route = templateOf(path);
    this.count('http_requests_total', { method, route, status_code: answer.status });
    this.count('http_request_duration_seconds_count', { method, route, status_code: answer.status });
    const isLimited = answer.json?.code === 'RATE_LIMIT_EXCEEDED';
    const isCheck = route === '/api/v1/audit/verify'; // its own window is behind the tier's counter
    const known = options.key?.split('.').length === 3 && answer.status !== 401 ? decodeJwt(options.key) : undefined;
    if (known && (!isLimited || isCheck) && answer.json?.code !== 'tier_limit_exceeded') this.count('tenant_api_calls_total', { org_id: known.organization_id, tier: this.tiers.get(known.organization_id) ?? 'free' });
    if (isLimited) this.count('rate_limit_hits_total', { client_id: known?.client_id ?? 'anonymous' });
    if (/\/token$/.test(route) && answer.status === 200) this.count('tokens_issued_total', { scope: answer.json.scope.split(' ').sort().join(' ') });
    if (/\/token$/.test(route) && answer.json?.id_token) this.count('oidc_tokens_issued_total', {});
    if (method === 'POST' && route === '/api/v1/agents' && answer.status === 201) this.count('agents_registered_total', { deployment_env: answer.json.deploymentEnv });
    if (/did|\.json$/.test(route) && answer.status === 200) this.count('did_documents_generated_total', {});
    if (/\/delegate$/.test(route) && answer.status === 201) this.count('delegation_chains_created_total', {});
    if (route === '/api/v1/compliance/report' && answer.headers['x-cache'] === 'MISS') this.count('compliance_reports_generated_total', {});
    return answer;
  }
}

/** The samples of a scrape of the agents door: name{labels sorted} to number. */
export async function scrape(server) {
  const { text } = await server.api('GET', '/metrics');
  const samples = new Map();
  for (const line of text.split('\n')) {
    const found = /^(agentidp_\w+)(?:\{(.*)\})? (\S+)$/.exec(line);
    if (found) samples.set(`${found[1]}{${(found[2] ?? '').split(/,(?=\w+=)/).filter(Boolean).sort().join(',')}}`, Number(found[3]));
  }
  return { text, samples, of: (name, labels) => samples.get(sample(name, labels)) };
}

/** Where two sets of samples differ. */
export function differences(have, want) {
  const keys = [...new Set([...Object.keys(have), ...Object.keys(want)])].sort();
  return `these are otherwise:\n${keys.filter((key) => have[key] !== want[key]).map((key) => `${key}: told ${have[key] ?? 0}, done ${want[key] ?? 0}`).join('\n')}`;
}
