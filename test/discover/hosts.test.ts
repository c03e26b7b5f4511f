import { afterAll, beforeAll, describe, expect, type MockInstance, test, vi } from 'vitest';
import { MemoryStore } from '../../lab/directory/memory-store.ts';
import { isoToFileTime } from '../../lab/formats/file-time.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import type { SambaPlace } from '../../lab/samba/samba.ts';
import { defaultTopology, labHost } from '../../lab/topology.ts';
import { connectDirectory } from '../../src/directory/connection/connection.ts';
import type { Directory } from '../../src/directory/directory.ts';
import { uac } from '../../src/directory/schema.ts';
import { checkChoice, chooseHosts, type HostChoice, type ReasonLeftOut } from '../../src/discover/hosts.ts';
import { describeWithSamba, reserveSamba } from '../support/samba.ts';

const nothing: HostChoice = { names: [], ou: null, allServers: false, activeWithin: null };
const base = 'DC=lab,DC=example';
const ou = `OU=Web,${base}`;

describe('a choice of hosts', () => {
  const said = (choice: Partial<HostChoice>) => {
    try {
      return checkChoice({ ...nothing, ...choice });
    } catch (error) {
      return (error as Error).message;
    }
  };

  test('is refused where it names none, and where a name is none', () => {
    expect(said({})).toBe(
      'hosts: there are no hosts: name them with --host, --hosts-file, --ou or --all-servers',
    );
    expect(said({ names: ['-oProxyCommand=x'] })).toBe(
      '--host: "-oproxycommand=x" is not a full DNS name in lower case, such as web01.contoso.com',
    );
  });

  test('is refused with an activity that nobody can tell, or that is none, or that is about nothing', () => {
    expect(said({ allServers: true, activeWithin: '14d' })).toBe(
      '--active-within: 14d is too short, at least 15d: a domain controller writes down a logon only every 9 to 14 days',
    );
    expect(said({ allServers: true, activeWithin: '2w' })).toMatch(
      /^--active-within: "2w" is not a duration/,
    );
    expect(said({ names: ['a.b'], activeWithin: '60d' })).toBe(
      '--active-within: it goes with --ou and --all-servers only',
    );
  });

  test('has each name once, as hosts are spelled', () => {
    expect(said({ names: [' Web01.Contoso.com. ', 'web01.contoso.com'] })).toMatchObject({
      names: ['web01.contoso.com'],
    });
  });
});

/** Servers in and out of an OU, and everything that a search for computers also finds. */
async function startDomain(directory: 'lab' | 'samba', samba?: SambaPlace): Promise<Lab> {
  const hosts = [labHost('web01', []), labHost('web02', [])];
  const presentDmsa = { state: 0, linkedBySomeone: false };
  const topology = { ...defaultTopology(), hosts, bystanders: ['app01'], presentDmsa };
  const lab = await startLab({ topology, directory, samba });
  const { store } = lab.dc;
  const computer = async (name: string, parent: string, attributes: Record<string, string[]> = {}) => {
    const dn = `CN=${name},${parent}`;
    const all: Record<string, string[]> = {
      objectClass: ['top', 'person', 'organizationalPerson', 'user', 'computer'],
      sAMAccountName: [`${name}$`],
      dNSHostName: [`${name.toLowerCase()}.lab.example`],
      userAccountControl: [String(uac.workstationTrustAccount)],
      operatingSystem: ['Windows Server 2022 Datacenter'],
      operatingSystemVersion: ['10.0 (20348)'],
      ...attributes,
    };
    await store.add(dn, Object.fromEntries(Object.entries(all).filter(([, values]) => values.length > 0)));
  };
  const control = (bits: number) => ({ userAccountControl: [String(bits)] });
  const controllers = `OU=Domain Controllers,${base}`;
  await computer('DC2', controllers, control(uac.serverTrustAccount | uac.trustedForDelegation));
  await computer('RODC1', controllers, control(uac.workstationTrustAccount | uac.partialSecretsAccount));
  await store.add(ou, { objectClass: ['top', 'organizationalUnit'] });
  await store.add(`OU=Inner,${ou}`, { objectClass: ['top', 'organizationalUnit'] });
  await computer('SRV01', ou);
  await computer('SRV02', `OU=Inner,${ou}`);
  await computer('PC01', ou, { operatingSystem: ['Windows 11 Enterprise'] });
  await computer('NAS01', ou, { operatingSystem: ['OpenBSD'] });
  await computer('NEW01', ou, { operatingSystem: [], operatingSystemVersion: [] });
  await computer('OFF01', ou, control(uac.workstationTrustAccount | uac.accountDisabled));
  await computer('NAMELESS', ou, { dNSHostName: [] });
  await computer('ODD01', ou, { dNSHostName: ['-oProxyCommand=calc.exe'] });
  // A node has the first of the two names as well.
  await computer('NODE01', ou, { servicePrincipalName: ['MSServerClusterMgmtAPI/node01.lab.example'] });
  await computer('CLU01', ou, {
    servicePrincipalName: ['MSServerClusterMgmtAPI/clu01', 'MSClusterVirtualServer/clu01.lab.example'],
  });
  await store.add(`CN=gmsa1,CN=Managed Service Accounts,${base}`, {
    objectClass: [
      'top',
      'person',
      'organizationalPerson',
      'user',
      'computer',
      'msDS-GroupManagedServiceAccount',
    ],
    sAMAccountName: ['gmsa1$'],
    dNSHostName: ['gmsa1.lab.example'],
    'msDS-ManagedPasswordInterval': ['30'],
    operatingSystem: ['Windows Server 2025 Standard'],
  });
  return lab;
}

/** The same of the lab's own directory and of a real one: what one answers, the other does. */
function choosing(start: () => Promise<{ lab: Lab; release(): void }>): void {
  let lab: Lab;
  let release: () => void;
  let directory: Directory;
  let searches: MockInstance<Directory['search']>;

  beforeAll(async () => {
    ({ lab, release } = await start());
    directory = await connectDirectory(lab.settings.directory, lab.settings.hosts)();
    searches = vi.spyOn(directory, 'search');
  });
  afterAll(async () => {
    await directory?.close();
    await lab?.close();
    release?.();
  });

  const now = new Date('2025-06-01T08:00:00.000Z');
  const choose = async (choice: Partial<HostChoice>) => {
    searches.mockClear();
    const { hosts, leftOut, elsewhere } = await chooseHosts(directory, { ...nothing, ...choice }, now);
    const names = hosts.map(({ name }) => name.replace('.lab.example', ''));
    const left = Object.fromEntries(Object.entries(leftOut).filter(([, list]) => list.length > 0));
    return { names, left: left as Partial<Record<ReasonLeftOut, string[]>>, hosts, elsewhere };
  };

  test('a container that is none, is not there or is of another domain is refused', async () => {
    await expect(choose({ ou: 'Web' })).rejects.toThrow('--ou: "Web" is not a DN: write it as OU=Servers');
    await expect(choose({ ou: `OU=Nowhere,${base}` })).rejects.toThrow(
      `--ou: OU=Nowhere,${base} is not in the directory`,
    );
    await expect(choose({ ou: 'OU=Web,DC=contoso,DC=com' })).rejects.toThrow(
      `--ou: OU=Web,DC=contoso,DC=com is not of ${base}, the domain that is read`,
    );
  });

  test('a name that no computer has is a host all the same, without an account', async () => {
    const { hosts } = await choose({ names: ['stranger.contoso.com', 'web01.lab.example'] });
    expect(hosts.map(({ name, computer }) => [name, computer?.samAccountName])).toEqual([
      ['stranger.contoso.com', undefined],
      ['web01.lab.example', 'WEB01$'],
    ]);
    expect(searches.mock.calls.length).toBe(1);
  });

  test('below a container: every Windows computer at any depth, and by name what is left out', async () => {
    const { names, left, hosts } = await choose({ ou });
    expect({ names, left, searches: searches.mock.calls.length }).toEqual({
      names: ['new01', 'node01', 'pc01', 'srv01', 'srv02'],
      left: {
        'cluster-name': ['clu01.lab.example'],
        disabled: ['off01.lab.example'],
        'no-dns-name': ['-oproxycommand=calc.exe', 'NAMELESS$'],
        'not-windows': ['nas01.lab.example'],
      },
      searches: 1,
    });
    expect(hosts.at(-1)!.computer).toMatchObject({
      dn: `CN=SRV02,OU=Inner,${ou}`,
      operatingSystem: 'Windows Server 2022 Datacenter',
      build: 20348,
      lastLogonAt: null,
    });
  });

  test('all servers: those of the whole domain, no domain controller, no workstation, no managed account', async () => {
    const { names, left } = await choose({ allServers: true });
    expect({ names, left, searches: searches.mock.calls.length }).toEqual({
      names: ['app01', 'node01', 'srv01', 'srv02', 'web01', 'web02'],
      left: {
        'domain-controller': ['dc1.lab.example', 'dc2.lab.example'],
        'read-only-domain-controller': ['rodc1.lab.example'],
        'cluster-name': ['clu01.lab.example'],
        disabled: ['off01.lab.example'],
        'no-dns-name': ['-oproxycommand=calc.exe', 'NAMELESS$'],
      },
      searches: 1,
    });
  });

  test('all servers of a container', async () => {
    const { names } = await choose({ ou: `OU=Inner,${ou}`, allServers: true });
    expect(names).toEqual(['srv02']);
  });

  test('what is named is asked whatever it is, and is not left out then', async () => {
    const { names, left } = await choose({ ou, names: ['off01.lab.example', 'dc1.lab.example'] });
    expect(names).toEqual(['dc1', 'new01', 'node01', 'off01', 'pc01', 'srv01', 'srv02']);
    expect(left.disabled).toBeUndefined();
  });

  test('whoever has not logged on for that long is left out, and so is who never has', async () => {
    const { store } = lab.dc;
    if (!(store instanceof MemoryStore))
      return expect((await choose({ ou, activeWithin: '60d' })).names).toEqual([]);
    const at = (days: number) => [isoToFileTime(new Date(now.getTime() - days * 86_400_000).toISOString())];
    store.overwrite(`CN=SRV01,${ou}`, 'lastLogonTimestamp', at(59));
    store.overwrite(`CN=SRV02,OU=Inner,${ou}`, 'lastLogonTimestamp', at(61));
    const { names, left } = await choose({ ou, allServers: true, activeWithin: '60d' });
    expect([names, left.inactive]).toEqual([['srv01'], ['node01.lab.example', 'srv02.lab.example']]);
  });

  test('a second account of one DNS name is told, and the host asked once', async () => {
    await lab.dc.store.replace('CN=APP01,CN=Computers,DC=lab,DC=example', {
      dNSHostName: ['srv01.lab.example'],
    });
    const { names, left } = await choose({ allServers: true });
    expect([names.filter((name) => name === 'srv01').length, left['dns-name-twice']]).toEqual([
      1,
      ['srv01.lab.example'],
    ]);
  });
}

describe('hosts of the simulated directory', () => {
  choosing(async () => ({ lab: await startDomain('lab'), release: () => undefined }));
});

describeWithSamba('hosts of a real directory', () => {
  choosing(async () => {
    const { samba, release } = await reserveSamba();
    return { lab: await startDomain('samba', samba), release };
  });
});
