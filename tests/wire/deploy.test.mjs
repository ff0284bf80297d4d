// What is shipped for operators, held to what the server was promised to need (operations.md O4, O5).
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
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
