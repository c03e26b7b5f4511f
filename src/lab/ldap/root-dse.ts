import type { Entry } from '../../directory/entry.ts';
import { sdFlagsControl, showDeletedControl } from '../../directory/schema.ts';
import type { MemoryStore } from '../directory/memory-store.ts';
import { pagedResultsType } from './search.ts';

export const supportedControls = [pagedResultsType, sdFlagsControl, showDeletedControl];

/** The entry without a name, which says what the server is (MS-ADTS 3.1.1.3.2). */
export function rootDse(store: MemoryStore): Entry {
  return {
    dn: '',
    attributes: {
      defaultNamingContext: [store.baseDn],
      rootDomainNamingContext: [store.rootDomainDn],
      configurationNamingContext: [store.configurationDn],
      schemaNamingContext: [store.schemaDn],
      namingContexts: [store.baseDn, store.configurationDn, store.schemaDn],
      dnsHostName: [store.dnsHostName],
      highestCommittedUSN: [String(store.updates)],
      supportedControl: supportedControls,
      supportedLDAPVersion: ['3'],
    },
  };
}
