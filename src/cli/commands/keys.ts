import { resolve } from 'node:path';

import { Argument } from 'commander';
import { newPrivateKey, publicKeyOf, readPrivateKey } from '../../approval/keys.ts';
import { writeNamedFile } from '../../config/files.ts';
import { errorAbout } from '../../domain/errors/errors.ts';
import { type CommandSpec, newCommand } from '../command.ts';
import type { Context } from '../context.ts';

interface KeysOptions {
  for?: string;
  out?: string;
}

export function keysCommand(): CommandSpec {
  const command = newCommand('keys', 'Make a key to sign votes with, or show the public part of some.')
    .addArgument(
      new Argument(
        '<action>',
        'new: makes a private key; public: shows the public part of the files',
      ).choices(['new', 'public']),
    )
    .argument('[files...]', 'private keys, as dmsa keys new writes them')
    .option('--for <who>', 'new: whose votes it signs: DOMAIN\\name or name@domain')
    .option('--out <file>', 'new: where the private key is written, for its owner alone');
  return {
    command,
    run: (context, options: KeysOptions, action, ...files) =>
      action === 'new' ? newKey(context, options) : showPublic(context, files.flat()),
  };
}

/** The public part is what is printed: the private one goes into the file and nowhere else. */
async function newKey(context: Context, options: KeysOptions): Promise<number> {
  if (!options.out) throw errorAbout('--out', 'ARGUMENT_INVALID', 'name the file for the private key');
  const file = resolve(context.io.folder, options.out);
  const key = await newPrivateKey(options.for ?? null);
  await writeNamedFile('--out', file, `${JSON.stringify(key, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  const shown = publicKeyOf(key);
  const use = options.for ? 'dmsa plan --approver-keys' : 'dmsa verify --key; votes need one with --for';
  context.tell(`Keep ${options.out} to yourself; this is its public part, for ${use}:`);
  context.answer(JSON.stringify(shown, null, 2), shown);
  return 0;
}

async function showPublic(context: Context, files: string[]): Promise<number> {
  if (files.length === 0)
    throw errorAbout('<files>', 'ARGUMENT_INVALID', 'name the private keys whose public part is wanted');
  const keys = await Promise.all(
    files.map(async (file) => publicKeyOf(await readPrivateKey(file, resolve(context.io.folder, file)))),
  );
  context.answer(JSON.stringify({ keys }, null, 2), { keys });
  return 0;
}
