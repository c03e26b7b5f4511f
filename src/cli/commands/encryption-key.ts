import { resolve } from 'node:path';

import { type CommandSpec, newCommand } from '../command.ts';
import type { Context } from '../context.ts';

interface EncryptionKeyOptions {
  id?: string;
  add?: string;
  first?: boolean;
}

export function encryptionKeyCommand(): CommandSpec {
  const command = newCommand(
    'encryption-key',
    'Make a key that encrypts what Temporal stores: print it, or add it to a key ring.',
  )
    .option('--id <id>', 'name of the key, shown beside each payload (default: the date)')
    .option(
      '--add <file>',
      'add it to this file instead of printing it; the file is made where there is none',
    )
    .option('--first', 'with --add: before the others, so that it encrypts from now on');
  return { command, run: makeKey };
}

/** Where it is added to a file, the key itself is not shown. */
async function makeKey(context: Context, { id, add, first }: EncryptionKeyOptions): Promise<number> {
  const { addToKeyFile, keyLine, newRingKey } = await context.assembly.keys();
  const key = newRingKey(id ?? context.io.now().toISOString().slice(0, 10));
  if (!add) {
    context.answer(keyLine(key), key);
    return 0;
  }
  const file = resolve(context.io.folder, add);
  await addToKeyFile(file, key, first ? 'first' : 'last');
  context.answer(`The key "${key.id}" is in ${file}, ${first ? 'and encrypts' : 'after the others'}.`, {
    id: key.id,
    file,
    place: first ? 'first' : 'last',
  });
  return 0;
}
