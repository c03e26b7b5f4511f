import { beforeEach, describe, expect, test } from 'vitest';
import { type ControllerOptions, controllerObjects, siteObjects } from '../../../lab/directory/forest.ts';
import type { MemoryStore } from '../../../lab/directory/memory-store.ts';
import { capable, readControllers } from '../../../src/directory/read/read-controllers.ts';
import { baseDn, newStore } from '../../lab/ldap/fixture.ts';
import { addAll, directoryOf } from '../in-memory.ts';

const configurationDn = `CN=Configuration,${baseDn}`;
const schemaDn = `CN=Schema,${configurationDn}`;
const inSite = (site: string, name: string) => `CN=${name},CN=Servers,CN=${site},CN=Sites,${configurationDn}`;
const firstSite = 'Default-First-Site-Name';
const firstComputer = `CN=DC1,OU=Domain Controllers,${baseDn}`;

let store: MemoryStore;
beforeEach(async () => {
  store = newStore();
  await store.replace(firstComputer, { operatingSystemVersion: ['10.0 (26100)'] });
});

async function add(name: string, changes: Partial<ControllerOptions> = {}): Promise<void> {
  const { domain, configuration } = controllerObjects({
    baseDn,
    configurationDn,
    schemaDn,
    dnsHostName: `${name}.lab.example`,
    site: firstSite,
    isReadOnly: false,
    operatingSystemVersion: '10.0 (26100)',
    ...changes,
  });
  await addAll(store, [domain, ...configuration]);
}

/** `dc1.lab.example in Site: writable 26100`, and how many searches that took. */
async function read(): Promise<{ told: string[]; capable: string[]; searches: number }> {
  const { directory, searches } = await directoryOf(store);
  const before = searches();
  const controllers = await readControllers(directory);
  const told = controllers.map(
    ({ name, site, writable, build }) =>
      `${name} in ${site}: ${writable ? 'writable' : 'read-only'} ${build}`,
  );
  return { told, capable: capable(controllers), searches: searches() - before };
}

const first = `dc1.lab.example in ${firstSite}: writable 26100`;

describe('what is no domain controller of the domain', () => {
  test('a computer object with the bit of a DC and no NTDS settings, as demotion leaves it', async () => {
    await add('dc2');
    await store.remove(`CN=NTDS Settings,${inSite(firstSite, 'DC2')}`);
    expect((await read()).told).toEqual([first]);
  });

  test('NTDS settings whose server refers to no computer object, as a DC that was torn out leaves them', async () => {
    await add('dc2');
    await store.replace(inSite(firstSite, 'DC2'), { serverReference: [] });
    expect((await read()).told).toEqual([first]);
  });

  test('a computer that is no DC and has a server object', async () => {
    await add('dc2');
    await store.replace(`CN=DC2,OU=Domain Controllers,${baseDn}`, { userAccountControl: ['4096'] });
    expect((await read()).told).toEqual([first]);
  });

  test('a DC whose settings name another domain', async () => {
    await add('dc2');
    await store.replace(`CN=NTDS Settings,${inSite(firstSite, 'DC2')}`, {
      'msDS-HasDomainNCs': [configurationDn],
    });
    expect((await read()).told).toEqual([first]);
  });
});

describe('domain controllers', () => {
  test('of several sites are told by name, with RODCs apart and builds as they are', async () => {
    await addAll(store, siteObjects(configurationDn, 'Branch, "North"'));
    await add('ro1', { site: 'Branch, "North"', isReadOnly: true });
    await add('dc3', { operatingSystemVersion: '10.0 (20348)' });
    await add('dc2', { operatingSystemVersion: undefined });
    const found = await read();
    expect(found.told).toEqual([
      first,
      `dc2.lab.example in ${firstSite}: writable null`,
      `dc3.lab.example in ${firstSite}: writable 20348`,
      'ro1.lab.example in Branch, "North": read-only 26100',
    ]);
    expect(found.capable).toEqual(['dc1.lab.example']);
    expect(found.searches).toBe(2);
  });

  test('are known by their computer objects where the settings may not be read, and by cn without a DNS name', async () => {
    await add('dc2');
    await store.replace(`CN=NTDS Settings,${inSite(firstSite, 'DC2')}`, { 'msDS-HasDomainNCs': [] });
    await store.replace(`CN=DC2,OU=Domain Controllers,${baseDn}`, { dNSHostName: [] });
    expect((await read()).told).toEqual([first, `dc2 in ${firstSite}: writable 26100`]);
  });
});
