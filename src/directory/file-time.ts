/** 100-nanosecond ticks from 1601-01-01 to 1970-01-01 (MS-DTYP 2.3.3). */
export const ticksToUnixEpoch = 116_444_736_000_000_000n;

/** ISO 8601 of a FILETIME as LDAP gives it, in decimal; null for absent, 0, "never" (2^63 - 1) and what is no number. */
export function fileTimeToIso(fileTime: string | null): string | null {
  if (fileTime === null || !/^\d{1,19}$/.test(fileTime)) return null;
  const ticks = BigInt(fileTime);
  if (ticks === 0n || ticks >= 0x7fff_ffff_ffff_ffffn) return null;
  // Divided first: a division of what is negative would round up.
  return new Date(Number(ticks / 10_000n - ticksToUnixEpoch / 10_000n)).toISOString();
}
