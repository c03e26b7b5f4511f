import {
  descriptorForPrincipals,
  encodeSecurityDescriptor,
  principalsOf,
} from '../lab/formats/security-descriptor.ts';
import { decodeSecurityDescriptor } from '../src/directory/security/security-descriptor.ts';
import { perSecond, table } from './figures.ts';

const domainSid = 'S-1-5-21-1004336348-1177238915-682003330';

/** How fast `msDS-GroupMSAMembership` is understood. */
export async function descriptors(): Promise<void> {
  const rows = [];
  for (const count of [1, 3, 120, 1_000]) {
    const sids = Array.from({ length: count }, (_, index) => `${domainSid}-${1_100 + index}`);
    const octets = descriptorForPrincipals(sids);
    const decoded = decodeSecurityDescriptor(octets);
    rows.push([
      `${count} principals`,
      octets.length,
      await perSecond(() => decodeSecurityDescriptor(octets)),
      await perSecond(() => encodeSecurityDescriptor(decoded)),
      await perSecond(() => principalsOf(decodeSecurityDescriptor(octets))),
    ]);
  }
  const header = ['', 'octets', 'decoded/s', 'encoded/s', 'decoded and evaluated/s'];
  console.log(table('Security descriptors', header, rows));
}
