import { readFileSync } from 'node:fs';

import { type OperationName, operationNames } from './operations.ts';

/**
 * The script texts, read once. They lie at the same place relative to this file in a checkout and in the published
 * package, where they are shipped beside the compiled code.
 */
const folder = new URL('../../activities/scripts/', import.meta.url);

/** Functions that every script uses: error classification, times, and the directory's parameters. */
export const prelude: string = read('prelude');

/** One script for each operation, named like it. */
export const scripts: Readonly<Record<OperationName, string>> = Object.freeze(
  Object.fromEntries(operationNames.map((name) => [name, read(name)])) as Record<OperationName, string>,
);

function read(name: string): string {
  return readFileSync(new URL(`${name}.ps1`, folder), 'utf8');
}
