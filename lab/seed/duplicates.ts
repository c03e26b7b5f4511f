import { values } from '../../src/directory/entry.ts';
import { attribute } from '../../src/directory/schema.ts';
import { MemoryStore } from '../directory/memory-store.ts';
import type { DirectoryStore } from '../store.ts';

/**
 * SPNs that others have already. A DC refuses to write such a one (MS-ADTS 3.1.1.5.1.3); forests have them from before
 * Windows Server 2012 R2, and where two DCs were told at the same time.
 */
export async function bringDuplicates(store: DirectoryStore, dn: string, spns: string[]): Promise<void> {
  if (!(store instanceof MemoryStore)) throw new Error('a real server gives no SPN to a second account');
  const name = attribute.servicePrincipalName;
  store.overwrite(dn, name, [...values((await store.read(dn))!, name), ...spns]);
}
