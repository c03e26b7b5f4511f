import { childDn } from '../../src/directory/dn.ts';
import { octets } from '../../src/directory/entry.ts';
import { uac } from '../../src/directory/schema.ts';
import { sidText } from '../../src/directory/sid.ts';
import type { Cast } from './cast.ts';

/** A member server by its DNS name; gives back its SID. */
export async function seedComputer({ store }: Cast, name: string): Promise<string> {
  const shortName = name.split('.')[0]!.toUpperCase();
  const dn = childDn('CN', shortName, `CN=Computers,${store.baseDn}`);
  await store.add(dn, {
    objectClass: ['top', 'person', 'organizationalPerson', 'user', 'computer'],
    sAMAccountName: [`${shortName}$`],
    dNSHostName: [name],
    userAccountControl: [String(uac.workstationTrustAccount)],
    operatingSystem: ['Windows Server 2025 Standard'],
  });
  return sidText(octets((await store.read(dn))!, 'objectSid')!);
}
