// What is shipped for operators, held to what the server was promised to need (operations.md O4, O5).
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseAllDocuments } from 'yaml';

const documents = (path) => parseAllDocuments(readFileSync(new URL(`../../deploy/${path}`, import.meta.url), 'utf8')).map((one) => one.toJS());

test('the Kubernetes probes ask for life where no store is asked, and leave time to finish', () => {
  const deployment = documents('kubernetes/credence.yaml').find((one) => one.kind === 'Deployment');
  const pod = deployment.spec.template.spec;
  const [container] = pod.containers;

  assert.equal(pod.terminationGracePeriodSeconds, 30);
  assert.deepEqual(container.livenessProbe, { httpGet: { path: '/livez', port: 3001 }, initialDelaySeconds: 10, periodSeconds: 5 });
  assert.deepEqual(container.readinessProbe, { httpGet: { path: '/readyz', port: 3001 }, initialDelaySeconds: 5, periodSeconds: 5 });
});

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
  assert.equal(mounted.length, 4);
  for (const file of mounted) assert.ok(existsSync(new URL(`../../${file}`, import.meta.url)), file);
});

test('.env.example names what must be set, one line each, and holds no secret', () => {
  const lines = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8').split('\n');
  const value = (name) => lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));
  for (const name of ['DATABASE_URL', 'REDIS_URL', 'JWT_PRIVATE_KEY', 'JWT_PUBLIC_KEY', 'POSTGRES_USER', 'POSTGRES_DB']) assert.equal(value(name).length, 1, name);
  for (const name of ['POSTGRES_PASSWORD', 'GF_ADMIN_PASSWORD', 'JWT_PRIVATE_KEY', 'JWT_PUBLIC_KEY', 'DATA_ENCRYPTION_KEY']) assert.deepEqual(value(name), [''], name);
});

test('the image runs as user 1001 on a pinned Debian, and asks itself for life alone', () => {
  const steps = readFileSync(new URL('../../Dockerfile', import.meta.url), 'utf8').split('\n');
  const last = steps.findLastIndex((line) => line.startsWith('FROM '));
  assert.match(steps[last], /^FROM debian:12\.\d+-slim$/);
  assert.ok(steps.slice(last).includes('USER 1001:1001'));
  assert.ok(steps.some((line) => line.startsWith('HEALTHCHECK') && line.includes('/livez')));
});
