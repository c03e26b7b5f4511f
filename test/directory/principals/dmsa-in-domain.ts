import { onTestFinished } from 'vitest';
import type { MemoryStore } from '../../../lab/directory/memory-store.ts';
import { descriptorForPrincipals } from '../../../lab/formats/security-descriptor.ts';
import { connectDirectory } from '../../../src/directory/connection/connection.ts';
import type { Directory } from '../../../src/directory/directory.ts';
import { childDn } from '../../../src/directory/dn.ts';
import { octets, type Value } from '../../../src/directory/entry.ts';
import { principalFacts } from '../../../src/directory/principals/principal-facts.ts';
import { withPrincipalNames } from '../../../src/directory/principals/read-principals.ts';
import { uac } from '../../../src/directory/schema.ts';
import { sidText } from '../../../src/directory/sid.ts';
import type { DmsaFacts } from '../../../src/domain/facts/facts.ts';
import { goodDmsa } from '../../domain/facts/good-facts.ts';
import { baseDn, domainSid, newStore, serve, settingsFor } from '../../lab/ldap/fixture.ts';

export const users = `CN=Users,${baseDn}`;
export const foreigners = `CN=ForeignSecurityPrincipals,${baseDn}`;
export const elsewhere = 'S-1-5-21-7-7-7-1104';

/** A domain of the test's own, and its DC, whose searches are counted. */
export async function domain() {
  const store = newStore();
  const server = await serve(store);
  const { settings, hosts } = await settingsFor(server.port);
  const directory = await connectDirectory(settings, hosts)();
  onTestFinished(() => directory.close());
  return { store, directory, searches: () => server.counts.search };
}

export async function add(
  store: MemoryStore,
  dn: string,
  objectClass: string,
  more: Record<string, Value[]> = {},
) {
  await store.add(dn, { objectClass: [objectClass], ...more });
  return sidText(octets((await store.read(dn))!, 'objectSid')!);
}

export const dnOf = (name: string) => childDn('CN', name, users);

/** Its SID; `name$` is its sAMAccountName. */
export function computer(store: MemoryStore, name: string, more: Record<string, Value[]> = {}) {
  const userAccountControl = [String(uac.workstationTrustAccount)];
  return add(store, dnOf(name), 'computer', { sAMAccountName: [`${name}$`], userAccountControl, ...more });
}

export function group(store: MemoryStore, name: string, members: string[] = [], groupType?: string) {
  return add(store, dnOf(name), 'group', {
    sAMAccountName: [name],
    ...(members.length > 0 && { member: members.map(dnOf) }),
    ...(groupType && { groupType: [groupType] }),
  });
}

export function dmsaWith(...sids: string[]): DmsaFacts {
  return dmsaOf(descriptorForPrincipals(sids));
}

export function dmsaOf(descriptor: Buffer): DmsaFacts {
  return { ...goodDmsa({ sid: `${domainSid}-1900` }), ...principalFacts(descriptor) };
}

/** One principal, resolved. */
export async function principalOf(directory: Directory, sid: string, hosts: string[] = []) {
  const { principals } = await withPrincipalNames(directory, dmsaWith(sid), hosts);
  return principals[0]!;
}
