import { type LabOptions, startLab } from '../lab/lab.ts';
import { reserveAddress } from '../lab/samba/address.ts';
import { sambaAvailable } from '../lab/samba/available.ts';
import { defaultTopology, labDomain } from '../lab/topology.ts';
import { connectionsOf } from '../src/connections.ts';
import type { Directory } from '../src/directory/directory.ts';
import { childDn } from '../src/directory/dn.ts';
import { findComputers } from '../src/directory/names/find-computers.ts';
import { findPrincipal } from '../src/directory/names/find-principal.ts';
import { parseFilter } from '../test/support/parse-filter.ts';
import { perSecond, table } from './figures.ts';

const computers = 500;

/** How fast the lab's directory answers, and Samba where it is installed, over one connection. */
export async function searches(): Promise<void> {
  const { available, reason } = sambaAvailable();
  if (reason) console.log(reason);
  const kinds: LabOptions['directory'][] = available ? ['lab', 'samba'] : ['lab'];
  const columns: Record<string, number>[] = [];
  for (const kind of kinds) columns.push(await measured(kind));
  const rows = Object.keys(columns[0]!).map((what) => [what, ...columns.map((column) => column[what]!)]);
  console.log(table(`Searches a second, ${computers} computers`, ['', ...kinds.map(String)], rows));
}

async function measured(kind: LabOptions['directory']): Promise<Record<string, number>> {
  const { address, release } = await reserveAddress();
  const topology = defaultTopology({ restartMs: 0 });
  const lab = await startLab({ topology, directory: kind, samba: { address } });
  try {
    const names = Array.from({ length: computers }, (_, index) => `bench${index}`);
    for (const name of names) {
      await lab.dc.store.add(childDn('CN', name.toUpperCase(), `CN=Computers,${labDomain.baseDn}`), {
        objectClass: ['computer'],
        sAMAccountName: [`${name.toUpperCase()}$`],
        dNSHostName: [`${name}.${labDomain.dnsName}`],
        userAccountControl: ['4096'],
      });
    }
    const directory = await connectionsOf(lab.settings).connectDirectory();
    try {
      return await questions(
        directory,
        names.map((name) => `${name}.${labDomain.dnsName}`),
      );
    } finally {
      await directory.close();
    }
  } finally {
    await lab.close();
    release();
  }
}

async function questions(directory: Directory, hosts: string[]): Promise<Record<string, number>> {
  const find = (written: string) =>
    findPrincipal(directory, written, { attributes: [], domain: labDomain, field: 'name' });
  return {
    'one entry by its DN': await perSecond(() => directory.read(directory.rootDse().baseDn, ['objectClass'])),
    'an account by its name': await perSecond(() => find('LAB\\svc-finance')),
    'an account by its UPN': await perSecond(() => find('svc-finance@lab.example')),
    'SIDs of 10 hosts in one filter': await perSecond(() => findComputers(directory, hosts.slice(0, 10))),
    'SIDs of 120 hosts in one filter': await perSecond(() => findComputers(directory, hosts.slice(0, 120))),
    'every computer, in pages of 500': await perSecond(() =>
      directory.search(directory.rootDse().baseDn, {
        scope: 'sub',
        filter: parseFilter('(objectClass=computer)'),
        attributes: ['objectSid'],
      }),
    ),
  };
}
