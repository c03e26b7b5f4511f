import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

import { readSecret, type Secret } from '../config/secret.ts';
import type { ClientSettings, Settings } from '../config/settings.ts';
import { DmsaError } from '../domain/errors/errors.ts';
import { type Check, fail, failed, ok, warn } from './check.ts';

/** The oldest Node.js that the package is tested on: `engines` of package.json. */
const oldestNode = [22, 12] as const;

export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < oldestNode[0] || (major === oldestNode[0] && minor < oldestNode[1]);
  if (!isOld) return ok('Node.js', version);
  return fail(
    'Node.js',
    `${version} is older than ${oldestNode.join('.')}`,
    'Install a newer Node.js (nodejs.org).',
  );
}

/** Every secret is read once, and what it is goes nowhere. */
export async function checkSecrets(settings: Settings): Promise<Check> {
  const secrets = secretsOf(settings);
  const open: string[] = [];
  try {
    for (const secret of secrets) {
      const text = await readSecret(secret);
      if (text === '')
        throw new DmsaError('SECRET_UNUSABLE', 'secret', `the secret in ${placeOf(secret)} is empty`);
      if ('file' in secret && (await isOpen(secret.file))) open.push(secret.file);
    }
    for (const file of privateFiles(settings)) {
      await access(file, constants.R_OK);
      if (await isOpen(file)) open.push(file);
    }
  } catch (error) {
    const { code, path } = error as NodeJS.ErrnoException;
    if (!path) return failed('secrets', error);
    return fail(
      'secrets',
      `${path} cannot be read (${code})`,
      'Put the file there, or correct its path in dmsa.toml.',
    );
  }
  if (open.length === 0) return ok('secrets', `${secrets.length} that can be read, by you alone`);
  return warn('secrets', `others may read ${open.join(', ')}`, `chmod 600 ${open.join(' ')}`);
}

function secretsOf({ directory, powershell, notify = {}, encryption, codecServer }: Settings): Secret[] {
  return [
    ...Object.values(notify).flatMap(({ url, secret }) => [url, secret]),
    encryption?.keys ?? null,
    codecServer?.token ?? null,
    'password' in directory ? directory.password : directory.passphrase,
    'passphrase' in powershell ? powershell.passphrase : null,
    'password' in powershell ? powershell.password : null,
    powershell.credential?.password ?? null,
  ].filter((secret) => secret !== null);
}

function privateFiles({ directory, powershell, vote, worker }: Settings): string[] {
  return [
    ...(vote ? [vote.keyFile] : []),
    ...(worker.signingKeyFile ? [worker.signingKeyFile] : []),
    ...('privateKeyFile' in directory ? [directory.privateKeyFile] : []),
    ...('privateKeyFile' in powershell ? [powershell.privateKeyFile] : []),
  ];
}

function placeOf(secret: Secret): string {
  if ('file' in secret) return secret.file;
  return 'env' in secret ? secret.env : secret.command[0]!;
}

/** Windows has no such bits: there it is the folder's access list that counts. */
async function isOpen(file: string): Promise<boolean> {
  return process.platform !== 'win32' && ((await stat(file)).mode & 0o077) !== 0;
}

/** The folder is made with the first record: before that, the one above it has to let us. */
export async function checkRecords({ records: { folder } }: ClientSettings): Promise<Check> {
  try {
    const found = await stat(folder).catch((error) => {
      if (error.code === 'ENOENT') return null;
      throw error;
    });
    if (!found) {
      await access(await nearestFolder(folder), constants.W_OK | constants.X_OK);
      return ok('records', `${folder}, which is made with the first record`);
    }
    if (!found.isDirectory())
      return fail('records', `${folder} is no folder`, 'Name a folder in [records] folder.');
    await access(folder, constants.W_OK | constants.X_OK);
    if (!(await isOpen(folder))) return ok('records', `${folder}, writable, by you alone`);
    return warn(
      'records',
      `others may read ${folder}: names, votes and reasons are in it`,
      `chmod 700 ${folder}`,
    );
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return fail(
      'records',
      `${folder} cannot be written to (${code})`,
      'Give the user of the worker the folder of [records] folder.',
    );
  }
}

async function nearestFolder(folder: string): Promise<string> {
  const above = dirname(folder);
  if (above === folder) return folder;
  return await stat(above).then(
    () => above,
    () => nearestFolder(above),
  );
}
