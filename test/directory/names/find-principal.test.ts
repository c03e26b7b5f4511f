import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startMemoryDirectory, startSambaDirectory } from '../../../lab/directories.ts';
import type { Directory } from '../../../src/directory/directory.ts';
import { type Entry, octets, text } from '../../../src/directory/entry.ts';
import { guidText } from '../../../src/directory/guid.ts';
import { findPrincipal } from '../../../src/directory/names/find-principal.ts';
import { sidText } from '../../../src/directory/sid.ts';
import { describeWithSamba, reserveSamba } from '../../support/samba.ts';
import { answer, base, dnOf, domain, end, nothing, objects, type Side, side, users } from './lab-side.ts';

let memory: Side;

beforeAll(async () => {
  memory = await side(startMemoryDirectory);
});

afterAll(() => end(memory));

async function idsOf({ started }: Side, dn: string): Promise<{ guid: string; sid: string }> {
  const entry = (await started.controllers[0]!.store.read(dn))!;
  return { guid: guidText(octets(entry, 'objectGUID')!), sid: sidText(octets(entry, 'objectSid')!) };
}

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
