import { type Entry, octets } from '../../src/directory/entry.ts';
import { type Ace, right } from '../../src/directory/security/ace.ts';
import { decodeSecurityDescriptor } from '../../src/directory/security/security-descriptor.ts';
import { sidText } from '../../src/directory/sid.ts';
import { encodeSecurityDescriptor, withAce, withoutAce } from '../formats/security-descriptor.ts';
import type { DirectoryStore } from '../store.ts';

/** schemaIDGUID of msDS-GroupMSAMembership (MS-ADA2). */
const groupMsaMembership = '888eedd6-ce04-df40-b462-b8a50e41ba38';

/**
 * Start grants the superseded account generic read on the dMSA and write on its msDS-GroupMSAMembership: that is how
 * a host adds itself while a service logs on as the account [overview].
 */
export async function grant(store: DirectoryStore, account: Entry, dmsa: Entry): Promise<void> {
  await change(store, dmsa, account, withAce);
}

/** Complete takes both back [overview]. */
export async function takeBack(store: DirectoryStore, account: Entry, dmsa: Entry): Promise<void> {
  await change(store, dmsa, account, withoutAce);
}

async function change(
  store: DirectoryStore,
  dmsa: Entry,
  account: Entry,
  apply: typeof withAce,
): Promise<void> {
  const descriptor = octets(dmsa, 'nTSecurityDescriptor');
  const sid = sidText(octets(account, 'objectSid')!);
  if (!descriptor) throw new Error(`${dmsa.dn} has no nTSecurityDescriptor`);
  const changed = grants(sid).reduce(apply, decodeSecurityDescriptor(descriptor));
  await store.replace(dmsa.dn, { nTSecurityDescriptor: [encodeSecurityDescriptor(changed)] });
}

function grants(sid: string): Ace[] {
  return [
    { kind: 'allow', flags: 0, mask: right.genericRead, sid },
    {
      kind: 'allow-object',
      flags: 0,
      mask: right.writeProperty,
      sid,
      objectType: groupMsaMembership,
      inheritedObjectType: null,
    },
  ];
}
