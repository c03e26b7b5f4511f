import { describe, expect, test } from 'vitest';
import { labController } from '../../../lab/topology.ts';
import { text, texts } from '../../../src/directory/entry.ts';
import { uac } from '../../../src/directory/schema.ts';
import { parseFilter } from '../../support/parse-filter.ts';
import { baseDn, configuration, connected, labWith } from '../seeded.ts';

describe('domain controllers that a topology writes down', () => {
  test('are in their sites, an RODC as what it is, with their builds', async () => {
    const lab = await labWith({
      controllers: [
        labController('dc1'),
        labController('old', { build: 20348, site: 'Oslo' }),
        labController('rodc', { readOnly: true, site: 'Branch' }),
      ],
      sites: ['Empty'],
    });
    const directory = await connected(lab.settings);
    const found = await directory.search(`OU=Domain Controllers,${baseDn}`, {
      scope: 'one',
      filter: parseFilter('(objectClass=computer)'),
      attributes: ['cn', 'userAccountControl', 'primaryGroupID', 'operatingSystemVersion', 'msDS-isRODC'],
    });
    const names = ['cn', 'userAccountControl', 'primaryGroupID', 'operatingSystemVersion', 'msDS-isRODC'];
    const writable = String(uac.serverTrustAccount | uac.trustedForDelegation);
    expect(found.map((entry) => names.map((name) => text(entry, name)))).toEqual([
      ['DC1', writable, '516', '10.0 (26100)', 'FALSE'],
      ['OLD', writable, '516', '10.0 (20348)', 'FALSE'],
      ['RODC', String(0x4000000 | 0x1000), '521', '10.0 (26100)', 'TRUE'],
    ]);
    const agents = await directory.search(`CN=Sites,${configuration}`, {
      scope: 'sub',
      filter: parseFilter('(objectClass=nTDSDSA)'),
      attributes: ['objectClass', 'hasMasterNCs', 'msDS-hasFullReplicaNCs'],
    });
    const rodc = agents.find(({ dn }) => dn.includes('CN=Branch,'))!;
    expect(texts(rodc, 'objectClass').at(-1)).toBe('nTDSDSARO');
    expect(texts(rodc, 'hasMasterNCs')).toEqual([]);
    expect(texts(rodc, 'msDS-hasFullReplicaNCs')).toHaveLength(3);
    expect(agents.filter(({ dn }) => dn.includes('CN=Oslo,'))).toHaveLength(1);
    expect(await directory.read(`CN=Servers,CN=Empty,CN=Sites,${configuration}`, ['cn'])).not.toBeNull();
  });

  test('the first may be in another site than the first one', async () => {
    const lab = await labWith({ controllers: [labController('dc1', { site: 'Oslo' })] });
    const settings = `CN=NTDS Settings,CN=DC1,CN=Servers,CN=Oslo,CN=Sites,${configuration}`;
    expect(await lab.dc.store.read(settings)).not.toBeNull();
  });

  test('none that is read-only answers', async () => {
    const rodc = labController('rodc', { readOnly: true, served: true });
    await expect(labWith({ controllers: [labController('dc1'), rodc] })).rejects.toThrow(
      'rodc.lab.example is read-only: the lab serves writable domain controllers only',
    );
  });
});
