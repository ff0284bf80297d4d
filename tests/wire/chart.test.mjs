// The chart and the Kubernetes manifests, which are its renderings (operations O4, O5, O49; identity A.1, A 19, A 25, A 26).
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { objects, render } from './support/chart.mjs';
import { SECRETS, SETTINGS } from './support/configuration.mjs';
import { none } from './support/expect.mjs';
import { problems } from './support/schemas.mjs';

const DEPLOY = fileURLToPath(new URL('../../deploy/', import.meta.url));
const CHART = `${DEPLOY}helm/credence`;
const values = (file) => parse(readFileSync(`${CHART}/values/${file}`, 'utf8'));
const rendered = (release, ...more) => render(CHART, release, ...more).flatMap(({ text }) => objects(text));

/** What is shipped: a file of manifests, its release, and the values it is rendered with. */
const SHIPPED = {
  'credence.yaml': ['credence'],
  'credence-full.yaml': ['credence', values('full.yaml')],
  'identity.yaml': ['identity', values('identity.yaml')],
  'identity-dev.yaml': ['identity', values('identity.yaml'), values('identity-dev.yaml')],
};

const manifests = (file) => objects(readFileSync(`${DEPLOY}kubernetes/${file}`, 'utf8'));
const one = (list, kind, name) => list.find((object) => object.kind === kind && (!name || object.metadata.name === name));
const pod = (list) => one(list, 'Deployment').spec.template.spec;
const env = (container) => Object.fromEntries(container.env.map(({ name, value }) => [name, value]));
const isWithin = (selector, labels) => Object.entries(selector).every(([name, value]) => labels[name] === value);

test('every file of manifests has its values, and every values file its manifests', () => {
  assert.deepEqual(readdirSync(`${DEPLOY}kubernetes`).sort(), Object.keys(SHIPPED).sort());
  assert.deepEqual(readdirSync(`${CHART}/values`).sort(), ['full.yaml', 'identity-dev.yaml', 'identity.yaml']);
});

for (const [file, [release, ...more]] of Object.entries(SHIPPED)) {
  describe(file, () => {
    const list = manifests(file);
    const [container] = pod(list).containers;
    const job = one(list, 'Job');
    const labels = one(list, 'Deployment').spec.template.metadata.labels;

    test('is what the chart renders', () => assert.deepEqual(sorted(list), sorted(rendered(release, ...more))));

    test('keeps to the schemas of Kubernetes', () => none(list.flatMap(problems), file));

    test('names no setting that there is not, and no secret but by a file', () => {
      for (const { name, value } of [...container.env, ...job.spec.template.spec.containers[0].env]) {
        assert.ok(SETTINGS.has(name), name);
        assert.ok(!SECRETS.has(name), `${name} is a secret`);
        if (name.endsWith('_FILE')) assert.match(value, /^\/etc\/credence\/secret\/[\w-]+$/);
      }
      none(list.filter(({ kind }) => kind === 'Secret'), 'secrets');
    });

    test('runs as user 1001 on files nobody may write, in a pod and in the job', () => {
      for (const spec of [pod(list), job.spec.template.spec]) {
        assert.deepEqual(spec.securityContext, { runAsNonRoot: true, runAsUser: 1001, runAsGroup: 1001, fsGroup: 1001, seccompProfile: { type: 'RuntimeDefault' } });
        assert.deepEqual(spec.containers[0].securityContext, { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } });
        assert.deepEqual([spec.automountServiceAccountToken, spec.enableServiceLinks], [false, false]);
        for (const { secret } of spec.volumes.filter((volume) => volume.secret)) assert.equal(secret.defaultMode, 0o440);
        assert.deepEqual(spec.containers[0].volumeMounts.map(({ name }) => name), spec.volumes.map(({ name }) => name));
      }
      assert.deepEqual(container.resources, { requests: { cpu: '200m', memory: '512Mi' }, limits: { cpu: '1', memory: '1Gi' } });
    });

    test('leaves time to finish, and takes nobody from the service before they have heard of it', () => {
      assert.equal(pod(list).terminationGracePeriodSeconds, 30);
      assert.deepEqual(container.lifecycle.preStop.exec.command, ['sleep', '5']);
      assert.deepEqual(one(list, 'Deployment').spec.strategy, { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
      assert.equal(one(list, 'PodDisruptionBudget').spec.maxUnavailable, 1);
    });

    test('migrates in a job of this version, and no pod is ready before', () => {
      assert.equal(env(job.spec.template.spec.containers[0]).RUN_MODE, 'migrate');
      assert.equal(env(container).MIGRATE_ON_START, 'false');
      assert.equal(job.spec.template.spec.containers[0].image, container.image);
      assert.match(job.metadata.annotations['helm.sh/hook'], /^pre-install,pre-upgrade$/);
      assert.equal(job.metadata.name, `${release}-migrate-${container.image.split(':')[1].replaceAll('.', '-')}`);
    });

    test('publishes pods that are not ready for the keys alone, and /metrics to nobody', () => {
      const services = list.filter(({ kind }) => kind === 'Service');
      assert.deepEqual(services.map(({ metadata, spec }) => [metadata.name, spec.publishNotReadyAddresses ?? false]), [[release, false], [`${release}-keys`, true]]);
      for (const { spec } of services) assert.deepEqual(spec.ports.map(({ targetPort }) => targetPort), ['http']);
      assert.equal(env(container).METRICS_BIND, `0.0.0.0:${container.ports.find(({ name }) => name === 'metrics').containerPort}`);
    });

    test('everything that chooses pods chooses these', () => {
      const selectors = list.flatMap(({ kind, spec }) => {
        if (kind === 'Service') return [spec.selector];
        return [spec.selector?.matchLabels, spec.podSelector?.matchLabels, spec.endpointSelector?.matchLabels].filter(Boolean);
      });
      assert.ok(selectors.length >= 5);
      for (const selector of selectors) assert.ok(isWithin(selector, labels), JSON.stringify(selector));
      const policy = one(list, 'NetworkPolicy')?.spec.podSelector ?? one(list, 'CiliumNetworkPolicy').spec.endpointSelector;
      assert.ok(isWithin(policy.matchLabels, job.spec.template.metadata.labels), 'the job reaches the database, too');
      assert.ok(!isWithin(one(list, 'Service').spec.selector, job.spec.template.metadata.labels), 'nobody is led to the job');
    });
  });
}

test('the schemas refuse what Kubernetes would', () => {
  const list = manifests('credence-full.yaml');
  const spoilt = {
    'a field that nobody knows': ['Deployment', ({ spec }) => { spec.template.spec.containers[0].livenessProbe.initialDelay = 10; }],
    'a text in place of a number': ['Service', ({ spec }) => { spec.ports[0].port = 'eighty'; }],
    'a required field that is not there': ['HorizontalPodAutoscaler', ({ spec }) => { delete spec.maxReplicas; }],
    'a quantity that is none': ['Deployment', ({ spec }) => { spec.template.spec.containers[0].resources.limits.memory = '1 GB'; }],
    'a list in place of a map': ['CiliumNetworkPolicy', ({ spec }) => { spec.endpointSelector.matchLabels = []; }],
    'a map in place of a list': ['PodMonitor', ({ spec }) => { spec.podMetricsEndpoints = {}; }],
    'another version': ['Job', (job) => { job.apiVersion = 'batch/v1beta1'; }],
  };
  for (const [what, [kind, spoil]] of Object.entries(spoilt)) {
    const copy = structuredClone(one(list, kind));
    none(problems(copy), kind);
    spoil(copy);
    assert.notEqual(problems(copy).length, 0, what);
  }
});

test('the probes ask for life where no store is asked, and wait for a start that waits for its database', () => {
  const [container] = pod(manifests('credence.yaml')).containers;
  assert.deepEqual(container.livenessProbe, { httpGet: { path: '/livez', port: 3001 }, initialDelaySeconds: 10, periodSeconds: 5 });
  assert.deepEqual(container.readinessProbe, { httpGet: { path: '/readyz', port: 3001 }, initialDelaySeconds: 5, periodSeconds: 5 });
  assert.ok(container.startupProbe.periodSeconds * container.startupProbe.failureThreshold >= 60, 'twice STARTUP_WAIT_SECONDS');
  assert.equal(one(manifests('credence.yaml'), 'Deployment').spec.replicas, 2);
});

test('identity: port 3000, from outside 31010, node id 1, one replica in development and two elsewhere, its own probes', () => {
  const list = manifests('identity.yaml');
  const [container] = pod(list).containers;
  const service = one(list, 'Service', 'identity');
  assert.deepEqual(service.spec.ports, [{ name: 'http', port: 3000, targetPort: 'http', nodePort: 31010 }]);
  assert.equal(container.ports.find(({ name }) => name === 'http').containerPort, 3000);
  assert.deepEqual([container.livenessProbe.httpGet.path, container.readinessProbe.httpGet.path], ['/v1/api/identity/healthz', '/v1/api/identity/readyz']);
  const { PORT, SNOWFLAKE_NODE_ID, LOG_FORMAT, DOORS, KEYS_DIR } = env(container);
  assert.deepEqual({ PORT, SNOWFLAKE_NODE_ID, LOG_FORMAT, DOORS, KEYS_DIR }, { PORT: '3000', SNOWFLAKE_NODE_ID: '1', LOG_FORMAT: 'logfmt', DOORS: 'people', KEYS_DIR: '/etc/credence/keys' });
  assert.deepEqual(service.metadata.annotations, {
    'traefik.enable': 'true',
    'traefik.http.routers.identity.rule': 'PathPrefix(`/v1/api/identity`) || Path(`/jw-certs`)',
    'traefik.http.services.identity.loadbalancer.server.port': '3000',
  });
  assert.deepEqual([one(list, 'Deployment').spec.replicas, one(manifests('identity-dev.yaml'), 'Deployment').spec.replicas], [2, 1]);
});

test('identity: the gateway leads to it and to its keys, over plain HTTP', () => {
  const { spec } = one(manifests('identity.yaml'), 'Ingress');
  assert.equal(spec.tls, undefined, 'TLS ends before');
  assert.deepEqual(spec.rules[0].http.paths.map(({ path, backend }) => [path, backend.service.name]), [['/v1/api/identity', 'identity'], ['/jw-certs', 'identity-keys']]);
});

test('identity: in come gateway and sisters, out goes what SMTP, Redis, PostgreSQL and names need; nothing else', () => {
  const cilium = one(manifests('identity.yaml'), 'CiliumNetworkPolicy').spec;
  assert.deepEqual(cilium.ingress.flatMap(({ fromEndpoints }) => fromEndpoints.map(({ matchLabels }) => matchLabels)), [
    { 'app.kubernetes.io/name': 'traefik', 'k8s:io.kubernetes.pod.namespace': 'traefik' },
    { 'credence/caller': 'true' },
  ]);
  assert.deepEqual(cilium.egress.flatMap(({ toPorts }) => toPorts.flatMap(({ ports }) => ports.map(({ port }) => Number(port)))), [53, 5432, 6379, 587]);

  const plain = one(manifests('identity-dev.yaml'), 'NetworkPolicy').spec;
  assert.deepEqual(plain.policyTypes, ['Ingress', 'Egress']);
  assert.deepEqual(plain.ingress.flatMap(({ from }) => from.map(({ podSelector, namespaceSelector }) => [podSelector.matchLabels, namespaceSelector?.matchLabels])), [
    [{ 'app.kubernetes.io/name': 'traefik' }, { 'kubernetes.io/metadata.name': 'traefik' }],
    [{ 'credence/caller': 'true' }, undefined],
  ]);
  assert.deepEqual(plain.egress.flatMap(({ ports }) => ports.map(({ port }) => port)), [53, 53, 5432, 6379, 587]);
});

test('with everything on, the autoscaler alone says how many there are, and the monitor finds its port', () => {
  const list = manifests('credence-full.yaml');
  const { spec } = one(list, 'HorizontalPodAutoscaler');
  assert.equal('replicas' in one(list, 'Deployment').spec, false);
  assert.deepEqual([spec.minReplicas, spec.scaleTargetRef.name], [2, 'credence']);
  const monitor = one(list, 'PodMonitor').spec.podMetricsEndpoints[0];
  assert.ok(pod(list).containers[0].ports.some(({ name }) => name === monitor.port));
});

test('a value that the chart does not know is refused, and so is a secret among the settings', () => {
  assert.throws(() => rendered('credence', { replica: 3 }), /replica/);
  assert.throws(() => rendered('credence', { settings: { PORT: '80' } }), /values/);
  for (const name of SECRETS) assert.throws(() => rendered('credence', { settings: { [name]: 'a text' } }), /values/, name);
});

const sorted = (list) => [...list].sort((first, second) => `${first.kind}/${first.metadata.name}`.localeCompare(`${second.kind}/${second.metadata.name}`));
