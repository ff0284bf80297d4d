// The settings there are, as docs/configuration.md lists them, which a room test holds to the server.
import { readFileSync } from 'node:fs';

const rows = readFileSync(new URL('../../../docs/configuration.md', import.meta.url), 'utf8').split('\n').filter((line) => line.startsWith('| `'));

/** Every name a setting goes by, those of files included. */
export const SETTINGS = new Set(rows.flatMap((row) => {
  const [, cell] = row.split('|');
  const names = [...cell.matchAll(/`([A-Z][A-Z0-9_]*)`/g)].map(([, name]) => name);
  return cell.includes('(_FILE)') ? names.flatMap((name) => [name, `${name}_FILE`]) : names;
}));

/** Those whose value is a secret. */
export const SECRETS = new Set(rows.filter((row) => row.includes('Secret. |')).map((row) => row.match(/`([A-Z][A-Z0-9_]*)`/)[1]));
