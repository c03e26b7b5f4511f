import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMemoryDirectory } from '../../../lab/directories.ts';
import type { Directory, SearchOptions } from '../../../src/directory/directory.ts';
import type { Entry } from '../../../src/directory/entry.ts';
import { sidOctets } from '../../../src/directory/sid.ts';
import { answer, base, dnOf, end, nothing, partitions, type Side, side, users } from './lab-side.ts';

let memory: Side;

beforeAll(async () => {
  memory = await side(startMemoryDirectory);
});

afterAll(() => end(memory));

describe('a name of another domain', () => {
  const child = {
    dn: 'CN=CHILD',
    dnsRoot: 'child.lab.example',
    nETBIOSName: 'CHILD',
    nCName: `DC=child,${base}`,
  };
  const grandchild = {
    dn: 'CN=DEEP',
    dnsRoot: 'deep.child.lab.example',
    nETBIOSName: 'DEEP',
    nCName: `DC=deep,DC=child,${base}`,
  };
  const tree = { dn: 'CN=TREE', dnsRoot: 'tree.example', nETBIOSName: 'TREE', nCName: 'DC=tree,DC=example' };
  const forest: Entry[] = [child, grandchild, tree].map(({ dn, ...attributes }) => ({
    dn: `${dn},${partitions}`,
    attributes: {
      systemFlags: ['3'],
      ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, [value]])),
    },
  }));
  const trusts: Entry[] = [
    {
      dn: `CN=child.lab.example,CN=System,${base}`,
      attributes: {
        trustPartner: ['child.lab.example'],
        flatName: ['CHILD'],
        securityIdentifier: [sidOctets('S-1-5-21-7-7-7')],
        trustAttributes: ['32'],
      },
    },
    {
      dn: `CN=partner.example,CN=System,${base}`,
      attributes: {
        trustPartner: ['partner.example'],
        flatName: ['PARTNER'],
        securityIdentifier: [sidOctets('S-1-5-21-9-9-9')],
        trustAttributes: ['8'],
      },
    },
  ];

  /** The lab's directory in a forest with more domains, as a DC of it would tell. */
  function inForest(directory: Directory): Directory {
    return {
      rootDse: () => directory.rootDse(),
      read: (dn, attributes) => directory.read(dn, attributes),
      close: () => directory.close(),
      async search(from: string, options: SearchOptions) {
        const found = await directory.search(from, options);
        if (from.startsWith('CN=Partitions')) return [...found, ...forest];
        return options.filter.toString().includes('trustedDomain') ? [...found, ...trusts] : found;
      },
    };
  }

  const inChild = `in-other-domain: its domain is child.lab.example (CHILD, DC=child,${base}), and lab.example is read`;
  const inDeep = `in-other-domain: its domain is deep.child.lab.example (DEEP, DC=deep,DC=child,${base}), and lab.example is read`;
  const inTree =
    'in-other-domain: its domain is tree.example (TREE, DC=tree,DC=example), and lab.example is read';
  const partner = 'not-found: its domain is partner.example, which is not of this forest';

  test.each([
    ['CHILD\\svc', inChild],
    ['child.lab.example\\svc', inChild],
    ['svc@child.lab.example', inChild],
    ['svc@CHILD', inChild],
    [`CN=svc,CN=Users,DC=Child,${base}`, inChild],
    ['S-1-5-21-7-7-7-1104', inChild],
    [`CN=svc,DC=deep,DC=child,${base}`, inDeep],
    ['TREE\\svc', inTree],
    ['CN=svc,DC=tree,DC=example', inTree],
    ['PARTNER\\svc', partner],
    ['svc@partner.example', partner],
    ['S-1-5-21-9-9-9-500', partner],
    ['S-1-5-21-8-8-8-500', nothing],
    ['OTHER\\svc', 'not-found: OTHER is the name of no domain in the forest, and of none that it trusts'],
    [`CN=svc,${users}`, nothing],
    ['CN=svc,DC=elsewhere,DC=example', nothing],
    [
      'svc@other.example',
      `${nothing}; it may be one of child.lab.example, deep.child.lab.example, tree.example`,
    ],
    ['svc web 1', dnOf('Web "One"')],
  ])('%s', async (written, expected) => {
    expect(await answer(inForest(memory.directory), written)).toBe(expected);
  });
});
