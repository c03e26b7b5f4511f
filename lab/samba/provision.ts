import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { DmsaError } from '../../src/domain/errors/errors.ts';
import { startGuarded } from '../processes/guarded.ts';
import { findProgram } from './available.ts';
import { baseDn, hostName, netbiosName, type Paths, realm } from './configuration.ts';

/** A domain's database, and the password of its administrator. */
export interface MadeDomain {
  data: string;
  password: string;
}

/** Makes the domain with the schema of dMSAs: about 5 s. */
export async function makeDomain(
  paths: Paths,
  {
    address,
    onProgress,
    signal,
  }: { address: string; onProgress?: (line: string) => void; signal?: AbortSignal },
): Promise<MadeDomain> {
  onProgress?.('provisioning a Samba domain controller');
  const password = await provision(paths, address, signal);
  onProgress?.('extending its schema for dMSAs');
  await extendSchema(paths, signal);
  return { data: paths.data, password };
}

/** Copies a domain that no server uses. */
export async function copyDomain(
  domain: MadeDomain,
  paths: Paths,
  signal?: AbortSignal,
): Promise<MadeDomain> {
  await run('cp', ['-a', domain.data, paths.data], paths, signal);
  return { ...domain, data: paths.data };
}

/** Makes the domain's database with `samba-tool`; returns the administrator's password, which it makes up. */
async function provision(paths: Paths, address: string, signal?: AbortSignal): Promise<string> {
  // An empty file: provisioning would read the machine's own smb.conf.
  const empty = join(paths.folder, 'empty.conf');
  await writeFile(empty, '[global]\n');
  const args = {
    targetdir: paths.data,
    realm: realm.toUpperCase(),
    domain: netbiosName,
    'host-name': hostName.toUpperCase(),
    'host-ip': address,
    // The newest that Samba 4.17 provisions reliably; what 2025 added for dMSAs comes on top.
    'base-schema': '2012_R2',
    'server-role': 'dc',
    'dns-backend': 'SAMBA_INTERNAL',
  };
  const options = Object.entries(args).map(([name, value]) => `--${name}=${value}`);
  const lines = await run('samba-tool', ['domain', 'provision', '-s', empty, ...options], paths, signal);
  const password = lines.map((line) => /Admin password:\s+(\S+)\s*$/.exec(line)?.[1]).find(Boolean);
  if (!password) throw failed('samba-tool domain provision printed no administrator password');
  return password;
}

/** Adds what Windows Server 2025 has for dMSAs: attributes first, then the class, then where they may occur. */
async function extendSchema(paths: Paths, signal?: AbortSignal): Promise<void> {
  const folder = import.meta.dirname;
  const files = (await readdir(folder)).filter((name) => name.endsWith('.ldif')).sort();
  for (const name of files) {
    const ldif = join(paths.folder, name);
    await writeFile(ldif, (await readFile(join(folder, name), 'utf8')).replaceAll('DC=X', baseDn));
    const database = join(paths.data, 'private', 'sam.ldb');
    await run('ldbmodify', ['-H', database, '--option=dsdb:schema update allowed=true', ldif], paths, signal);
  }
}

/** Records in one transaction. 5,000 computers in one take 60 s, in ten 34 s; the first 1,000 take 3 s. */
const transactionSize = 500;

/** Applies LDIF records, which blank lines keep apart, to the database. */
export async function applyLdif(paths: Paths, ldif: string, signal?: AbortSignal): Promise<void> {
  const records = ldif.split(/\n{2,}/).filter((record) => record.trim() !== '');
  const file = join(paths.folder, 'records.ldif');
  for (let start = 0; start < records.length; start += transactionSize) {
    await writeFile(file, records.slice(start, start + transactionSize).join('\n\n'));
    await run('ldbmodify', ['-H', join(paths.data, 'private', 'sam.ldb'), file], paths, signal);
  }
}

async function run(program: string, args: string[], paths: Paths, signal?: AbortSignal): Promise<string[]> {
  signal?.throwIfAborted();
  const path = findProgram(program) ?? program;
  const running = startGuarded(path, args, { cwd: paths.folder, folder: paths.folder });
  const lines: string[] = [];
  running.onLine((line) => lines.push(line));
  const stop = () => void running.stop();
  signal?.addEventListener('abort', stop, { once: true });
  const { code, message } = await running.exited;
  signal?.removeEventListener('abort', stop);
  signal?.throwIfAborted();
  if (code !== 0) throw failed(message);
  return lines;
}

function failed(why: string): DmsaError {
  return new DmsaError('DIRECTORY_UNREACHABLE', 'Samba', `The Samba domain could not be made: ${why}`);
}
