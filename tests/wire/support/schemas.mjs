// Other people's schemas of what is shipped: Kubernetes' own (unknown fields are refused, as the API server does when it is strict), Cilium's,
// the Prometheus operator's, and the Compose specification's.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { CiliumNetworkPolicy } from '@kubernetes-models/cilium/cilium.io/v2/CiliumNetworkPolicy';
import { PodMonitor } from '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/PodMonitor';
import Ajv from 'ajv';

const require = createRequire(import.meta.url);
const CUSTOM = { CiliumNetworkPolicy, PodMonitor };

const ajv = new Ajv({ strict: false, allErrors: true, logger: false });
ajv.addFormat('quantity', /^[+-]?(\d+\.?\d*|\.\d+)([KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/);

// The package's schemas register themselves with a validator of its own, to which fields that nobody knows are welcome.
createRequire(require.resolve('kubernetes-models'))('@kubernetes-models/validate').register = (id, schema) => {
  if (!ajv.getSchema(id)) ajv.addSchema(closed(schema), id);
};

const { $schema: _, ...specification } = JSON.parse(readFileSync(path.join(path.dirname(require.resolve('dclint/package.json')), 'schemas/compose.schema.json'), 'utf8'));
const compose = ajv.compile(specification); // its $schema is an address that no validator knows

const definition = {
  'apps/v1': (kind) => `api.apps.v1.${kind}`,
  'autoscaling/v2': (kind) => `api.autoscaling.v2.${kind}`,
  'batch/v1': (kind) => `api.batch.v1.${kind}`,
  'networking.k8s.io/v1': (kind) => `api.networking.v1.${kind}`,
  'policy/v1': (kind) => `api.policy.v1.${kind}`,
  v1: (kind) => `api.core.v1.${kind}`,
};

/** What is wrong with an object of Kubernetes, a line each. */
export function problems(object) {
  const { apiVersion, kind, metadata } = object;
  const at = (where, message) => `${kind} ${metadata?.name}: ${where} ${message}`;
  if (CUSTOM[kind]) {
    try {
      new CUSTOM[kind](object).validate();
      return [];
    } catch (error) {
      return [at('', error.message)];
    }
  }
  const name = definition[apiVersion]?.(kind);
  if (!name) return [at('', `no schema for ${apiVersion}`)];
  const file = `Io.k8s.${name}`.replaceAll(/(?:^|\.)(\w)/g, (_, letter) => letter.toUpperCase());
  require(path.join(path.dirname(require.resolve('kubernetes-models')), '_schemas', `${file}.js`)).addSchema(); // not among what it exports
  const holds = ajv.getSchema(`io.k8s.${name}`);
  return holds(object) ? [] : holds.errors.map(({ instancePath, message, params }) => at(instancePath, `${message} ${JSON.stringify(params)}`));
}

/** What is wrong with a compose file, a line each. */
export function composeProblems(file) {
  return compose(file) ? [] : compose.errors.map(({ instancePath, message, params }) => `${instancePath} ${message} ${JSON.stringify(params)}`);
}

/** The same schema, for objects that have only the fields it names. */
function closed(schema) {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const copy = Object.fromEntries(Object.entries(schema).map(([name, part]) => [name, closed(part)]));
  return copy.properties && !('additionalProperties' in copy) && copy.type === 'object' ? { ...copy, additionalProperties: false } : copy;
}
