import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

import { DmsaError } from '../../src/domain/errors/errors.ts';

const programs = ['samba', 'samba-tool', 'ldbmodify'];

/** Debian and Ubuntu; in one piece, so that it can be copied. */
export const installSamba =
  'apt-get install --no-install-recommends samba samba-ad-dc samba-ad-provision samba-dsdb-modules ' +
  'samba-vfs-modules ldb-tools winbind krb5-user';

/** Whether `startSamba` can work here; `reason` is one line for people, null where it can. */
export function sambaAvailable(env: NodeJS.ProcessEnv = process.env): {
  available: boolean;
  reason: string | null;
} {
  const missing = programs.filter((program) => !findProgram(program, env));
  if (missing.length > 0)
    return no(`Samba is not installed (${missing.join(', ')} missing); as root: ${installSamba}`);
  if (process.getuid?.() !== 0)
    return no('Samba needs root: it serves LDAP and Kerberos on ports 389, 636 and 88');
  return { available: true, reason: null };
}

/** Throws MACHINE_UNSUITABLE where Samba cannot run here. */
export function requireSamba(env: NodeJS.ProcessEnv = process.env): void {
  const { reason } = sambaAvailable(env);
  if (reason) throw new DmsaError('MACHINE_UNSUITABLE', '--directory samba', reason);
}

/** The path of a program; Debian keeps Samba's server in /usr/sbin, which is not on everyone's PATH. */
export function findProgram(name: string, env: NodeJS.ProcessEnv = process.env): string | null {
  const folders = [...(env.PATH ?? '').split(delimiter).filter(Boolean)];
  if (env === process.env) folders.push('/usr/sbin', '/usr/local/samba/sbin', '/usr/local/samba/bin');
  return folders.map((folder) => join(folder, name)).find(isExecutable) ?? null;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function no(reason: string) {
  return { available: false, reason };
}
