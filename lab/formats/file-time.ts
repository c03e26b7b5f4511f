import { ticksToUnixEpoch } from '../../src/directory/file-time.ts';

/** A FILETIME as LDAP gives it, in decimal (MS-DTYP 2.3.3). */
export function isoToFileTime(iso: string): string {
  return (BigInt(Date.parse(iso)) * 10_000n + ticksToUnixEpoch).toString();
}
