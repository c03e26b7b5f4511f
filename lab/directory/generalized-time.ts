/** LDAP's time as AD writes it: `20250131235959.0Z` (syntax 2.5.5.11). */
export function generalizedTime(time: Date): string {
  return `${time.toISOString().slice(0, 19).replaceAll(/[-T:]/g, '')}.0Z`;
}
