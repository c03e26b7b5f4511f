import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMemoryDirectory } from '../../../lab/directories.ts';
import type { LabDirectory } from '../../../lab/lab-directory.ts';
import { defaultTopology } from '../../../lab/topology.ts';
import type { Directory } from '../../../src/directory/directory.ts';
import { octets } from '../../../src/directory/entry.ts';
import { findComputers } from '../../../src/directory/names/find-computers.ts';
import { sidText } from '../../../src/directory/sid.ts';
import { connected } from '../connected.ts';

const computers = 5_000;
const name = (index: number) => `srv${index}.lab.example`;

describe(`in a domain of ${computers} computers`, () => {
  let domain: LabDirectory;
  let directory: Directory;

  beforeAll(async () => {
    domain = await startMemoryDirectory({ topology: defaultTopology(), clock: () => new Date() });
    for (let index = 0; index < computers; index++) {
      await domain.controllers[0]!.store.add(`CN=SRV${index},CN=Computers,DC=lab,DC=example`, {
        objectClass: ['computer'],
        sAMAccountName: [`SRV${index}$`],
        dNSHostName: [name(index)],
        userAccountControl: ['4096'],
      });
    }
    directory = await connected(domain);
  }, 120_000);
  afterAll(async () => {
    await directory?.close();
    await domain?.close();
  });

  async function found(names: string[]): Promise<{ sids: Map<string, string>; requests: number }> {
    const before = domain.controllers[0]!.counts()!.search!;
    const sids = await findComputers(directory, names);
    return { sids, requests: domain.controllers[0]!.counts()!.search! - before };
  }

  test('a name that no computer has is absent, and finds no other', async () => {
    const { sids } = await found([
      'srv5000.lab.example',
      'srv*',
      '*',
      'srv1',
      'srv1.lab.example)(cn=*',
      name(7),
    ]);
    expect([...sids.keys()]).toEqual([name(7)]);
  });

  test('a name that two computers have is refused, with both', async () => {
    const { store } = domain.controllers[0]!;
    await store.add('CN=AGAIN,CN=Computers,DC=lab,DC=example', {
      objectClass: ['computer'],
      sAMAccountName: ['AGAIN$'],
      dNSHostName: ['SRV3.lab.example'],
      userAccountControl: ['4096'],
    });
    await expect(findComputers(directory, [name(3)])).rejects.toMatchObject({
      code: 'HOST_NAME_TWICE',
      subject: name(3),
      message: `hosts: CN=AGAIN,CN=Computers,DC=lab,DC=example and CN=SRV3,CN=Computers,DC=lab,DC=example both have the DNS name ${name(3)}`,
    });
    await store.remove('CN=AGAIN,CN=Computers,DC=lab,DC=example');
  });

  test('the SIDs of 120 hosts take one search, as does that of one', async () => {
    const hosts = Array.from({ length: 120 }, (_, index) => name(index * 41));
    const { sids, requests } = await found(hosts);
    expect(requests).toBe(1);
    expect([...sids.keys()].sort()).toEqual([...hosts].sort());
    const last = (await domain.controllers[0]!.store.read(
      `CN=SRV${119 * 41},CN=Computers,DC=lab,DC=example`,
    ))!;
    expect(sids.get(name(119 * 41))).toBe(sidText(octets(last, 'objectSid')!));
    expect((await found([name(0)])).requests).toBe(1);
  });

  test('every computer of it takes one search, in pages, for every 200', async () => {
    const all = Array.from({ length: computers }, (_, index) => name(index));
    const { sids, requests } = await found(all);
    expect(new Set(sids.values()).size).toBe(computers);
    expect(requests).toBe(computers / 200);
  });

  test('none costs nothing', async () => {
    expect(await found([])).toEqual({ sids: new Map(), requests: 0 });
  });
});
