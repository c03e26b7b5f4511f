import type { Entry } from '../../src/directory/entry.ts';
import { showDeletedControl } from '../../src/directory/schema.ts';
import { generalizedTime } from '../directory/generalized-time.ts';
import type { MemoryStore } from '../directory/memory-store.ts';
import { pagedResultsType, sdFlagsControl } from './search.ts';

/** LDAP_SERVER_DOMAIN_SCOPE_OID (MS-ADTS 3.1.1.3.4.1.4): no continuation references. */
export const domainScopeControl = '1.2.840.113556.1.4.1339';

export const supportedControls = [pagedResultsType, sdFlagsControl, showDeletedControl, domainScopeControl];

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
      currentTime: [generalizedTime(store.now())],
      highestCommittedUSN: [String(store.updates)],
      supportedControl: supportedControls,
      supportedLDAPVersion: ['3'],
    },
  };
}
