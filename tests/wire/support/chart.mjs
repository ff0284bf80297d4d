// A Helm chart, rendered as `helm template` does it: values merged over the defaults, held to the chart's schema, and every template run.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { Templates, truth } from './templates.mjs';

/** The objects of a chart, by the names of their files and in the files' order. */
export function render(folder, release, ...values) {
  const read = (file) => readFileSync(path.join(folder, file), 'utf8');
  const chart = parse(read('Chart.yaml'));
  const merged = values.reduce(over, parse(read('values.yaml')));
  const holds = new Ajv({ strict: false }).compile(JSON.parse(read('values.schema.json')));
  assert.ok(holds(merged), `values: ${JSON.stringify(holds.errors)}`);

  const templates = new Templates({
    include: (name, dot) => templates.render(name, dot),
    default: (usual, value) => (truth(value) ? value : usual),
    indent,
    nindent: (count, text) => `\n${indent(count, text)}`,
    quote: (value) => JSON.stringify(String(value ?? '')),
    replace: (from, to, text) => text.replaceAll(from, to),
    toYaml: (value) => stringify(value, { version: '1.1', lineWidth: 0 }).trimEnd(),
  });
  const files = readdirSync(path.join(folder, 'templates')).sort();
  for (const file of files) templates.add(file, read(`templates/${file}`));
  const root = { Values: merged, Release: { Name: release, Namespace: 'default' }, Chart: { Name: chart.name, Version: chart.version, AppVersion: chart.appVersion } };
  return files.filter((file) => file.endsWith('.yaml')).map((file) => ({ file, text: templates.render(file, root).trim() })).filter(({ text }) => text);
}

/** The same as objects. */
export const objects = (text) => parseAllDocuments(text, { version: '1.1' }).map((document) => {
  assert.deepEqual(document.errors.map(String), [], text);
  return document.toJS();
}).filter(Boolean);

const indent = (count, text) => text.replaceAll(/^/gm, ' '.repeat(count));

/** Values over others: maps are merged, `null` takes one away, everything else replaces. */
function over(under, values) {
  const merged = { ...under };
  for (const [name, value] of Object.entries(values ?? {})) {
    if (value === null) delete merged[name];
    else merged[name] = isMap(value) && isMap(under[name]) ? over(under[name], value) : value;
  }
  return merged;
}

const isMap = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
