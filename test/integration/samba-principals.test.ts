import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { descriptorForPrincipals } from '../../lab/formats/security-descriptor.ts';
import { sambaAvailable } from '../../lab/samba/available.ts';
import { type Samba, sambaClient, startSamba } from '../../lab/samba/samba.ts';
import { SambaStore } from '../../lab/samba/store.ts';
import { connectDirectory } from '../../src/directory/connection/connection.ts';
import type { Directory } from '../../src/directory/directory.ts';
import { childDn } from '../../src/directory/dn.ts';
import { octets } from '../../src/directory/entry.ts';
import { principalFacts } from '../../src/directory/principals/principal-facts.ts';
import { withPrincipalNames } from '../../src/directory/principals/read-principals.ts';
import { uac } from '../../src/directory/schema.ts';
import { sidText } from '../../src/directory/sid.ts';
import { goodDmsa } from '../domain/facts/good-facts.ts';

const { available, reason } = sambaAvailable();
if (reason) process.stderr.write(`${reason}\n`);

/** An address that no other test starts Samba on: its ports are fixed. */
const address = '127.0.0.58';
const groupType = { global: '-2147483646', local: '-2147483644', universal: '-2147483640', mail: '8' };

describe.skipIf(!available)('principals of a real Samba domain', () => {
  let samba: Samba;
  let store: SambaStore;
  let directory: Directory;
  let folder: string;
  const sids = new Map<string, string>();
  const dnOf = (name: string) => childDn('CN', name, `CN=Users,${samba.baseDn}`);
  const sidOf = (name: string) => sids.get(name)!;

  async function add(name: string, attributes: Record<string, string[]>): Promise<void> {
    await store.add(dnOf(name), { sAMAccountName: [name], ...attributes });
    sids.set(name, sidText(octets((await store.read(dnOf(name)))!, 'objectSid')!));
  }

  const group = (name: string, type: string, members: string[]) =>
    add(name, { objectClass: ['group'], groupType: [type], member: members.map(dnOf) });

  beforeAll(async () => {
    samba = await startSamba({ address });
    store = await SambaStore.connect(samba);
    folder = await mkdtemp(join(tmpdir(), 'dmsa-principals-'));
    const file = join(folder, 'password');
    await writeFile(file, samba.admin.password);
    const settings = {
      urls: [samba.ldapsUrl],
      caFile: samba.caFile,
      user: samba.admin.user,
      password: { file },
    };
    directory = await connectDirectory(settings, { [samba.host]: { address, port: samba.port } })();
    for (const name of ['WEB01', 'WEB02', 'WEB03', 'KIOSK']) {
      await add(name, {
        objectClass: ['computer'],
        userAccountControl: [String(uac.workstationTrustAccount)],
      });
    }
    await group('Servers', groupType.global, ['WEB01']);
    await group('Mail', groupType.mail, ['WEB03', 'Servers']);
    await group('Outer', groupType.universal, ['Servers', 'WEB02', 'Mail']);
    await group('Circle', groupType.universal, ['Outer', 'KIOSK']);
    await store.replace(dnOf('Outer'), { member: ['Servers', 'WEB02', 'Mail', 'Circle'].map(dnOf) });
    await group('Local', groupType.local, ['Circle']);
    await group('Primary', groupType.global, ['WEB03']);
    await store.replace(dnOf('WEB03'), { primaryGroupID: [sidOf('Primary').split('-').at(-1)!] });
    const computers = (await store.read(dnOf('Domain Computers')))!;
    sids.set('Domain Computers', sidText(octets(computers, 'objectSid')!));
  });
  afterAll(async () => {
    await directory?.close();
    await store?.close();
    await samba?.close();
    await rm(folder, { recursive: true, force: true });
  });

  const hostNames = ['WEB01', 'WEB02', 'WEB03'];

  async function resolved(...names: string[]) {
    const dmsa = {
      ...goodDmsa({ sid: sidOf('WEB01') }),
      ...principalFacts(descriptorForPrincipals(names.map(sidOf))),
    };
    return await withPrincipalNames(directory, dmsa, hostNames.map(sidOf));
  }

  /** SIDs of the groups in the token that the DC itself makes for the account (MS-ADTS 3.1.1.4.5.19). */
  async function tokenOf(name: string): Promise<string[]> {
    const client = sambaClient(samba);
    await client.bind(samba.admin.user, samba.admin.password);
    const attributes = ['tokenGroups'];
    const options = { scope: 'base' as const, attributes, explicitBufferAttributes: attributes };
    const { searchEntries } = await client.search(dnOf(name), options);
    await client.unbind();
    return [searchEntries[0]!.tokenGroups].flat().map((each) => sidText(each as Buffer));
  }

  test.each([
    ['Servers', ['WEB01']],
    ['Mail', []],
    ['Outer', ['WEB01', 'WEB02']],
    ['Circle', ['WEB01', 'WEB02']],
    ['Local', ['WEB01', 'WEB02']],
    ['Primary', ['WEB03']],
    ['Domain Computers', ['WEB01', 'WEB02', 'WEB03']],
  ])('%s leads to the hosts whose token the DC puts it in: %j', async (name, expected) => {
    const tokens = await Promise.all(hostNames.map(tokenOf));
    expect(hostNames.filter((_, index) => tokens[index]!.includes(sidOf(name)))).toEqual(expected);
    const { principals, hostsAllowed } = await resolved(name);
    expect(principals).toMatchObject([{ sid: sidOf(name), name, kind: 'group' }]);
    expect(principals[0]!.leadsTo!.hosts).toEqual(expected.map(sidOf).sort());
    expect(hostsAllowed).toEqual(expected.map(sidOf).sort());
  });

  test('others are counted and named, by their primary group, too', async () => {
    const told = async (name: string) => (await resolved(name)).principals[0]!.leadsTo!;
    expect(await told('Local')).toMatchObject({ others: 1, names: ['KIOSK'] });
    expect(await told('Primary')).toMatchObject({ others: 0, names: [] });
    expect(await told('Domain Computers')).toMatchObject({ others: 1, names: ['KIOSK'] });
  });

  test('the built-in Users lead to everyone, as authenticated users are among them', async () => {
    sids.set('Users', 'S-1-5-32-545');
    const { principals, hostsAllowed } = await resolved('Users');
    expect(principals[0]).toMatchObject({ name: 'Users', kind: 'group', leadsTo: { others: null } });
    expect(hostsAllowed).toEqual(hostNames.map(sidOf).sort());
  });
});
