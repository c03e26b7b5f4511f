import { readFileSync } from 'node:fs';

import { type OperationName, operationNames } from './operations.ts';

/**
 * The script texts, read once. They lie at the same place relative to this file in a checkout and in the published
 * package, where they are shipped beside the compiled code.
 */
const folder = new URL('../../../activities/scripts/', import.meta.url);

/** In the order in which `prelude.ps1` loads them where a script is run by hand. */
export const preludeParts = [
  'errors',
  'values',
  'host',
  'events',
  'directory',
  'services',
  'dependents',
  'pools',
  'health',
] as const;

/** Functions that scripts share: error classification, times, the host, the directory's parameters. */
export const prelude: string = preludeParts.map((part) => read(`prelude/${part}`)).join('\n');

/** One script for each operation, named like it. */
export const scripts: Readonly<Record<OperationName, string>> = Object.freeze(
  Object.fromEntries(operationNames.map((name) => [name, read(name)])) as Record<OperationName, string>,
);

function read(name: string): string {
  return readFileSync(new URL(`${name}.ps1`, folder), 'utf8');
}
