import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { DmsaError } from '../domain/errors.ts';
import type { Io } from './io.ts';

/** The hosts of `--hosts-file`: one a line, `#` begins a comment. Throws PLAN_INVALID where it cannot be read. */
export async function readHostsFile(io: Pick<Io, 'folder'>, file: string | undefined): Promise<string[]> {
  if (!file) return [];
  const content = await readFile(resolve(io.folder, file), 'utf8').catch((cause) => {
    throw new DmsaError('PLAN_INVALID', file, `--hosts-file ${file}: cannot be read (${cause.code})`, {
      cause,
    });
  });
  return content
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => line !== '');
}
