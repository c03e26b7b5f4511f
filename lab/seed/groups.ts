import { childDn } from '../../src/directory/dn.ts';
import { values } from '../../src/directory/entry.ts';
import type { LabAccount, LabGroup } from '../objects.ts';
import type { Cast } from './cast.ts';

/** groupType of security groups (MS-ADTS 2.2.12). */
const types = { global: '-2147483646', universal: '-2147483640', local: '-2147483644' };

/** All groups first, then their members: so they can be members of each other, in circles too. */
export async function seedGroups(cast: Cast, groups: LabGroup[]): Promise<void> {
  const { store } = cast;
  for (const { name, scope = 'global' } of groups) {
    if (await cast.account(name)) continue;
    await store.add(childDn('CN', name, `CN=Users,${store.baseDn}`), {
      objectClass: ['top', 'group'],
      sAMAccountName: [name],
      groupType: [types[scope]],
    });
  }
  for (const { name, members } of groups) await addMembers(cast, name, members);
}

export async function seedMemberships(cast: Cast, accounts: LabAccount[]): Promise<void> {
  for (const { name, groups = [] } of accounts) {
    for (const group of groups) await addMembers(cast, group, [name]);
  }
}

async function addMembers(cast: Cast, group: string, names: string[]): Promise<void> {
  const added: string[] = [];
  for (const name of names) added.push(await cast.memberName(name));
  const entry = await cast.find(group);
  const present = values(entry, 'member').map(String);
  const missing = added.filter((dn) => !present.includes(dn));
  if (missing.length > 0) await cast.store.replace(entry.dn, { member: [...present, ...missing] });
}
