import { values } from '../../directory/entry.ts';
import { attribute } from '../../directory/schema.ts';
import { DmsaError } from '../../domain/errors.ts';
import { MemoryStore } from '../directory/memory-store.ts';
import type { DirectoryStore } from '../store.ts';

/**
 * SPNs that others have already. A DC refuses to write such a one (MS-ADTS 3.1.1.5.1.3); forests have them from before
 * Windows Server 2012 R2, and where two DCs were told at the same time. Throws PLAN_INVALID on a real server.
 */
export async function bringDuplicates(store: DirectoryStore, dn: string, spns: string[]): Promise<void> {
  if (!(store instanceof MemoryStore)) {
    const message = `Samba gives no SPN to a second account: ${spns.join(', ')}`;
    throw new DmsaError('PLAN_INVALID', '--directory samba', message);
  }
  const name = attribute.servicePrincipalName;
  store.overwrite(dn, name, [...values((await store.read(dn))!, name), ...spns]);
}
