// The compose files, held to their specification and to what was promised of them (operations O49; agent-idp A 1 to A 6, A 56).
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';
import { SECRETS, SETTINGS } from './support/configuration.mjs';
import { none } from './support/expect.mjs';
import { composeProblems } from './support/schemas.mjs';

const compose = (file) => parseAllDocuments(readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8'))[0].toJS();

test('compose runs three services, pinned, healthy in order, without a credential of its own', () => {
  const { services, volumes } = compose('compose.yaml');
  assert.deepEqual(Object.keys(services), ['app', 'postgres', 'redis']);
  assert.equal(services.postgres.image, 'postgres:14.12-alpine3.19');
  assert.equal(services.redis.image, 'redis:7.2-alpine3.19');
  assert.deepEqual(Object.keys(volumes), ['postgres-data', 'redis-data']);
  assert.deepEqual(services.app.depends_on, { postgres: { condition: 'service_healthy' }, redis: { condition: 'service_healthy' } });
  assert.deepEqual([services.app.ports, services.postgres.ports, services.redis.ports], [['3000:3000'], ['127.0.0.1:5432:5432'], ['127.0.0.1:6379:6379']]);
  for (const [name, service] of Object.entries(services)) {
    assert.ok(service.healthcheck, `${name} says when it is healthy`);
    assert.equal(service.restart, 'unless-stopped');
  }
  for (const value of Object.values(services.postgres.environment)) assert.match(value, /^\$\{POSTGRES_[A-Z]+:\?/, 'from .env');
});

test('the monitoring overlay adds Prometheus and Grafana, whose password comes from .env, and what it mounts is there', () => {
  const { services } = compose('compose.monitoring.yaml');
  assert.deepEqual([services.prometheus.ports, services.grafana.ports], [['127.0.0.1:9090:9090'], ['127.0.0.1:3001:3000']]);
  assert.match(services.grafana.environment.GF_SECURITY_ADMIN_PASSWORD, /^\$\{GF_ADMIN_PASSWORD:\?/);
  const mounted = [...services.prometheus.volumes, ...services.grafana.volumes].filter((volume) => volume.startsWith('./')).map((volume) => volume.split(':')[0]);
  assert.equal(mounted.length, 6);
  for (const file of mounted) assert.ok(existsSync(new URL(`../../${file}`, import.meta.url)), file);
});

test('.env.example names what must be set, one line each, and holds no secret', () => {
  const lines = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8').split('\n');
  const value = (name) => lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));
  for (const name of ['DATABASE_URL', 'REDIS_URL', 'JWT_PRIVATE_KEY', 'JWT_PUBLIC_KEY', 'POSTGRES_USER', 'POSTGRES_DB']) assert.equal(value(name).length, 1, name);
  for (const name of ['POSTGRES_PASSWORD', 'GF_ADMIN_PASSWORD', 'JWT_PRIVATE_KEY', 'JWT_PUBLIC_KEY', 'DATA_ENCRYPTION_KEY']) assert.deepEqual(value(name), [''], name);
});

const FILES = ['compose.yaml', 'compose.monitoring.yaml', 'compose.identity.yaml'];

test('the compose files keep to the specification, every image is pinned, and every variable is a setting', () => {
  for (const file of FILES) {
    none(composeProblems(compose(file)), file);
    for (const [name, { image, environment = {} }] of Object.entries(compose(file).services)) {
      if (image) assert.match(image, /:v?\d+\.\d+[\w.-]*$/, `${file}: ${name}`);
      if (name !== 'app') continue;
      none(Object.keys(environment).filter((variable) => !SETTINGS.has(variable) || SECRETS.has(variable)), `${file}: no setting, or a secret`);
    }
  }
});

test('the specification refuses what Compose would', () => {
  assert.notEqual(composeProblems({ services: { app: { image: 'credence:0.1.0', port: ['3000:3000'] } } }).length, 0, 'a field that nobody knows');
  assert.notEqual(composeProblems({ services: { app: { image: 'credence:0.1.0', healthcheck: { test: 7 } } } }).length, 0, 'a number in place of a command');
});

test('what .env.example names is a setting, or asked for by the compose files, which ask for nothing else', () => {
  const names = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8').match(/^[A-Z_]+(?==)/gm);
  const asked = FILES.flatMap((file) => [...readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8').matchAll(/(?<!\$)\$\{([A-Z_]+)/g)].map(([, name]) => name));
  none(names.filter((name) => !SETTINGS.has(name) && !asked.includes(name)), '.env.example');
  none(asked.filter((name) => !names.includes(name)), 'asked for');
});

test('the people door alone: outside port 31010, node id 1, lines with level=error, the labels by which Traefik finds it', () => {
  const { app } = compose('compose.identity.yaml').services;
  assert.deepEqual(app.ports, ['31010:3000']);
  assert.deepEqual([app.environment.DOORS, app.environment.SNOWFLAKE_NODE_ID, app.environment.LOG_FORMAT], ['people', '1', 'logfmt']);
  assert.deepEqual(app.labels, {
    'traefik.enable': 'true',
    'traefik.http.routers.identity.rule': 'PathPrefix(`/v1/api/identity`) || Path(`/jw-certs`)',
    'traefik.http.services.identity.loadbalancer.server.port': '3000',
  });
  assert.deepEqual([app.deploy.replicas, app.deploy.resources], [1, { reservations: { cpus: '0.2', memory: '512M' }, limits: { cpus: '1', memory: '1G' } }]);
});
