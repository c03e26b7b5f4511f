import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMemoryDirectory, startSambaDirectory } from '../../../lab/directories.ts';
import type { LabDirectory, LabDirectoryOptions } from '../../../lab/lab-directory.ts';
import { defaultTopology } from '../../../lab/topology.ts';
import type { Directory, SearchOptions } from '../../../src/directory/directory.ts';
import { childDn } from '../../../src/directory/dn.ts';
import { type Entry, octets, text } from '../../../src/directory/entry.ts';
import { guidText } from '../../../src/directory/guid.ts';
import { findPrincipal } from '../../../src/directory/names/find-principal.ts';
import { sidOctets, sidText } from '../../../src/directory/sid.ts';
import { DmsaError } from '../../../src/domain/errors/errors.ts';
import { describeWithSamba, reserveSamba } from '../../support/samba.ts';
import { connected } from '../connected.ts';

const base = 'DC=lab,DC=example';
const users = `CN=Users,${base}`;
const partitions = `CN=Partitions,CN=Configuration,${base}`;
const domain = { dnsName: 'lab.example', netbiosName: 'LAB' };

/** Common name to class, account name and UPN. */
const objects: Record<string, [objectClass: string, sAMAccountName: string, userPrincipalName?: string]> = {
  'Finance (Batch)': ['user', 'svc(batch)', 'finance@corp.example'],
  'Web "One"': ['user', 'svc web 1'],
  'Doe, Jane': ['user', "o'svc", 'jane=doe@lab.example'],
  'Müller 日本': ['user', 'svc-müller', 'müller@corp.example'],
  At: ['user', 'svc@odd'],
  'Looks like a GUID': ['user', '0feb936f-47b3-49f2-9386-1dedc2c23765'],
  long: ['user', `svc-${'x'.repeat(200)}`],
  'Finance Hosts': ['group', 'Finance Hosts'],
  WEB07: ['computer', 'WEB07$'],
};
const dnOf = (commonName: string) => childDn('CN', commonName, users);

interface Side {
  started: LabDirectory;
  directory: Directory;
}

async function side(start: (options: LabDirectoryOptions) => Promise<LabDirectory>): Promise<Side> {
  const started = await start({ topology: defaultTopology(), clock: () => new Date() });
  for (const [name, [objectClass, account, upn]] of Object.entries(objects)) {
    await started.controllers[0]!.store.add(dnOf(name), {
      objectClass: [objectClass],
      sAMAccountName: [account],
      ...(upn && { userPrincipalName: [upn] }),
      ...(objectClass === 'computer' && { userAccountControl: ['4096'] }),
    });
  }
  await started.controllers[0]!.store.replace(partitions, { uPNSuffixes: ['corp.example', 'Other.Example'] });
  return { started, directory: await connected(started) };
}

async function end(side: Side | undefined): Promise<void> {
  await side?.directory.close();
  await side?.started.close();
}

let memory: Side;

beforeAll(async () => {
  memory = await side(startMemoryDirectory);
});
afterAll(() => end(memory));

/** The DN that was found, else why nothing was, else `CODE: message`. */
async function answer(directory: Directory, written: string): Promise<string> {
  try {
    const found = await findPrincipal(directory, written, { attributes: ['cn'], domain, field: 'name' });
    return found.status === 'found' ? found.entry.dn : `${found.status}: ${found.why}`;
  } catch (error) {
    if (error instanceof DmsaError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

async function idsOf({ started }: Side, dn: string): Promise<{ guid: string; sid: string }> {
  const entry = (await started.controllers[0]!.store.read(dn))!;
  return { guid: guidText(octets(entry, 'objectGUID')!), sid: sidText(octets(entry, 'objectSid')!) };
}

const nothing = 'not-found: nothing in lab.example answers to it';

/** Every name with what both directories answer. */
const cases: [written: string, answer: string][] = [
  // What is found, first what may not be
  ['', 'not-found: it is empty'],
  ['svc(batch)\0', 'not-found: no name holds a NUL'],
  ['CN=At\\00,CN=Users,DC=lab,DC=example', 'not-found: no name holds a NUL'],
  ['svc*', nothing],
  ['*', nothing],
  [
    'svc(batch)(objectClass=*)',
    'ARGUMENT_INVALID: name: "svc(batch)(objectClass=*)" is not a DN: no type=value at "svc(batch)(objectClass=*)": write it as RFC 4514 has it',
  ],
  ['svc)(|', nothing],
  ['svc\\28batch\\29', 'not-found: no account name holds a backslash'],
  ['LAB\\svc\\28batch\\29', 'not-found: no account name holds a backslash'],
  ['svc  web 1', nothing],
  ['svcweb1', nothing],
  ['x'.repeat(257), 'not-found: an account name has at most 256 characters'],
  [`${'x'.repeat(1020)}@x.io`, 'not-found: a UPN has at most 1024 characters'],
  [`CN=${'x'.repeat(5000)},${users}`, nothing],
  ['00000000-0000-0000-0000-000000000000', nothing],
  ['S-1-5-21-1-2-3-4', nothing],
  ['S-1-5-4294967296', 'ARGUMENT_INVALID: name: "S-1-5-4294967296" is not a SID: write it as S-1-5-21-…'],
  ['LAB\\', 'not-found: one side of the backslash is empty'],
  ['@lab.example', 'not-found: one side of the @ is empty'],
  ['.\\svc web 1', 'not-found: a local account of a computer is not in the directory'],
  ['FIN01\\svc web 1', 'not-found: FIN01 is the name of no domain in the forest, and of none that it trusts'],
  ['WEB07', `${nothing}; WEB07$ is another name: write its $ as well`],
  ['LAB\\web07', `${nothing}; WEB07$ is another name: write its $ as well`],
  // An account name at a UPN suffix is no UPN of it: nobody logs on so
  ['svc(batch)@corp.example', nothing],
  ['svc(batch)@nowhere.example', `${nothing}; nowhere.example is no UPN suffix of the forest`],
  ['finance@lab.example', nothing],
  ['finance', nothing],
  // What is found
  ['svc(batch)', dnOf('Finance (Batch)')],
  ['  LAB\\SVC(BATCH) ', dnOf('Finance (Batch)')],
  ['lab.example\\svc(batch)', dnOf('Finance (Batch)')],
  ['LAB.EXAMPLE.\\svc(batch)', dnOf('Finance (Batch)')],
  ['svc(batch)@lab.example', dnOf('Finance (Batch)')],
  ['svc(batch)@LAB', dnOf('Finance (Batch)')],
  ['finance@corp.example', dnOf('Finance (Batch)')],
  ['Finance@Corp.Example', dnOf('Finance (Batch)')],
  ['svc web 1', dnOf('Web "One"')],
  ["LAB\\o'svc", dnOf('Doe, Jane')],
  ['svc-müller', dnOf('Müller 日本')],
  ['SVC-MÜLLER@lab.example', dnOf('Müller 日本')],
  ['müller@CORP.example', dnOf('Müller 日本')],
  ['svc@odd', dnOf('At')],
  ['LAB\\svc@odd', dnOf('At')],
  ['svc@odd@lab.example', dnOf('At')],
  [`svc-${'X'.repeat(200)}`, dnOf('long')],
  ['finance hosts', dnOf('Finance Hosts')],
  ['LAB\\Finance Hosts', dnOf('Finance Hosts')],
  ['WEB07$', dnOf('WEB07')],
  ['LAB\\web07$', dnOf('WEB07')],
  ['web07$@lab.example', dnOf('WEB07')],
  ...Object.keys(objects).map((name): [string, string] => [dnOf(name), dnOf(name)]),
  ['cn=finance \\28batch\\29 , cn=USERS,dc=lab,dc=example', dnOf('Finance (Batch)')],
  ['CN=Doe\\2c Jane,CN=Users,DC=lab,DC=example', dnOf('Doe, Jane')],
  [base, base],
  ['S-1-5-32-544', `CN=Administrators,CN=Builtin,${base}`],
  ['Domain Admins', `CN=Domain Admins,${users}`],
];

describe('in the lab’s directory', () => {
  test.each(cases)('%j', async (written, expected) => {
    expect(await answer(memory.directory, written)).toBe(expected);
  });

  test.each(Object.keys(objects))(
    '%j is found by its GUID, with braces and without, and its SID',
    async (name) => {
      const { guid, sid } = await idsOf(memory, dnOf(name));
      for (const id of [
        guid,
        guid.toUpperCase(),
        `{${guid}}`,
        ` {${guid.toUpperCase()}} `,
        sid,
        sid.toLowerCase(),
      ])
        expect(await answer(memory.directory, id)).toBe(dnOf(name));
      for (const id of [`{${guid}`, `${guid}}`, `${sid}-1`]) {
        expect(await answer(memory.directory, id)).toBe(nothing);
      }
    },
  );

  test('a name is one search, and where nothing answers two more say why', async () => {
    const searches = async (written: string) => {
      const before = memory.started.controllers[0]!.counts()!.search!;
      await answer(memory.directory, written);
      return memory.started.controllers[0]!.counts()!.search! - before;
    };
    expect(await searches('finance@corp.example')).toBe(1);
    expect(await searches('LAB\\svc(batch)')).toBe(1);
    expect(await searches('LAB\\nobody')).toBe(3);
    expect(await searches('\0')).toBe(0);
  });

  test('any text is a name, finds what has that name or nothing, and never fails otherwise', async () => {
    await fc.assert(
      fc.asyncProperty(anyName, async (written) =>
        checkAnswer(written, await answer(memory.directory, written)),
      ),
      { numRuns: 400 },
    );
  });
});

describeWithSamba('on Samba', () => {
  let samba: Side | undefined;
  let release: (() => void) | undefined;

  beforeAll(async () => {
    const reserved = await reserveSamba();
    release = reserved.release;
    samba = await side((options) => startSambaDirectory({ ...options, samba: reserved.samba }));
  });
  afterAll(async () => {
    await end(samba);
    release?.();
  });

  test.each(cases)('%j', async (written, expected) => {
    expect(await answer(samba!.directory, written)).toBe(expected);
  });

  test('every object is found by its GUID and its SID', async () => {
    for (const name of Object.keys(objects)) {
      const { guid, sid } = await idsOf(samba!, dnOf(name));
      for (const id of [guid, `{${guid}}`, sid]) expect(await answer(samba!.directory, id)).toBe(dnOf(name));
    }
  });

  test('any text is answered as in the lab', async () => {
    await fc.assert(
      fc.asyncProperty(anyName, async (written) => {
        const real = await answer(samba!.directory, written);
        checkAnswer(written, real);
        expect(await answer(memory.directory, written)).toBe(real);
      }),
      { numRuns: 150 },
    );
  });
});

/** Text of any kind, of pieces that mean something to filters and DNs, and of names that are there. */
const piece = fc.constantFrom(
  ...['*', '(', ')', '\\', '|', '&', '!', '=', ',', '\0', '"', '#', '+', ';', '<', '>', ' ', '@', '$', '.'],
  ...['\\2a', '\\00', 'cn=', 'CN=Users', base, 'LAB\\', '@lab.example', '@corp.example', 'S-1-5-', '{', '}'],
  ...[
    'svc',
    'svc web 1',
    'finance',
    'WEB07',
    'é',
    'e\u0301',
    '日',
    '🔑',
    '\ud800',
    '\n',
    '\r',
    '\t',
    '\u00a0',
  ],
);
const anyName = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
  fc.tuple(fc.constantFrom(...cases.map(([written]) => written)), piece).map(([name, more]) => name + more),
);

/** What was found has, escapes and case aside, the name that was written. */
function checkAnswer(written: string, found: string): void {
  if (/^(not-found|ARGUMENT_INVALID): /.test(found)) return;
  // A SID with white space around it is a SID, and says nothing of the name.
  if (/^S-1-5-32-\d+$/i.test(written.trim())) return;
  const plain = (each: string) => each.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
  const name = Object.keys(objects).find((each) => dnOf(each) === found);
  const names = name ? [name, objects[name]![1], objects[name]![2] ?? name] : [found.split(',')[0]!.slice(3)];
  const bare = plain(
    written.replace(/\\([0-9a-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
  );
  expect(names.some((each) => bare.replaceAll('\\', '').includes(plain(each)))).toBe(true);
}

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

describe('a UPN that two accounts have', () => {
  /** One has it explicitly, the other as its account name: Samba does not let that come about, others may have. */
  function twins(directory: Directory, explicit: number): Directory {
    const entry = (dn: string, sAMAccountName: string, upn?: string): Entry => ({
      dn,
      attributes: { sAMAccountName: [sAMAccountName], ...(upn && { userPrincipalName: [upn] }) },
    });
    const others = Array.from({ length: explicit }, (_, at) => entry(`CN=a${at}`, `a${at}`, 'b@lab.example'));
    return { ...bare(directory), search: async () => [entry('CN=b', 'b'), ...others] };
  }
  const bare = (directory: Directory) => ({ rootDse: () => directory.rootDse() }) as Directory;

  test('is refused, with which of them logs on by it', async () => {
    expect(await answer(twins(memory.directory, 1), 'b@lab.example')).toBe(
      'NAME_AMBIGUOUS: name: 2 objects answer to "b@lab.example", CN=a0 and CN=b; CN=a0 is the one that logs on by it',
    );
    expect(await answer(twins(memory.directory, 2), 'b@lab.example')).toBe(
      'NAME_AMBIGUOUS: name: 3 objects answer to "b@lab.example", CN=a0 and CN=a1 and CN=b',
    );
    expect(await answer(twins(memory.directory, 1), 'LAB\\b')).toBe('CN=b');
  });
});

test('what is read of an entry is what was asked for, and what told it apart', async () => {
  const options = { attributes: ['description'], domain, field: 'name' };
  const found = await findPrincipal(memory.directory, 'svc web 1', options);
  expect(found.status === 'found' && text(found.entry, 'sAMAccountName')).toBe('svc web 1');
});
