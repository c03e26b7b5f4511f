import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Lab, startLab } from '../../lab/lab.ts';
import { defaultTopology } from '../../lab/topology.ts';
import { connectionsOf } from '../../src/connections.ts';
import { type Directory, withDirectory } from '../../src/directory/directory.ts';
import { childDn } from '../../src/directory/dn.ts';
import { octets } from '../../src/directory/entry.ts';
import { guidText } from '../../src/directory/guid.ts';
import { sidText } from '../../src/directory/sid.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';
import { findAccount } from '../../src/plan/find-account.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { parseRequest } from '../../src/plan/request.ts';

const users = 'CN=Users,DC=lab,DC=example';
const domain = { dnsName: 'lab.example', netbiosName: 'LAB' };
/** Common names that a DN has to escape, or that no ASCII can hold; each with an account name of its own. */
const awkward = {
  'Doe, Jane': 'svc-comma',
  'The "Best" One': 'svc-quotes',
  'back\\slash': 'svc-backslash',
  ' leading': 'svc-leading',
  'trailing ': 'svc-trailing',
  '#number': 'svc-number',
  'a+b=c;d<e>f': 'svc-signs',
  'Müller Ærø 日本': 'svc-müller',
  '🔑 key': 'svc-key',
  'paren(the)ses*': 'svc-paren',
};

let lab: Lab;

beforeAll(async () => {
  lab = await startLab({ topology: defaultTopology({ restartMs: 0 }) });
  for (const [name, sAMAccountName] of Object.entries(awkward)) {
    await lab.dc.store.add(childDn('CN', name, users), {
      objectClass: ['user'],
      sAMAccountName: [sAMAccountName],
    });
  }
});

afterAll(() => lab.close());

function search(written: string) {
  const find = (directory: Directory) => findAccount(directory, written, domain);
  return withDirectory(connectionsOf(lab.settings).connectDirectory, {}, find);
}

async function found(written: string) {
  return (await search(written)).account;
}

/** `CODE subject: message`, or what was found where nothing was refused. */
async function problem(written: string): Promise<unknown> {
  return await found(written).catch((error: unknown) => {
    if (error instanceof DmsaError) return `${error.code} ${error.subject}: ${error.message}`;
    throw error;
  });
}

describe('nothing is found', () => {
  test.each([
    'svc-nobody',
    'svc-*',
    '*',
    'svc-finance)(|',
    'CN=nobody,CN=Users,DC=lab,DC=example',
    'CN=svc-finance,CN=Users,DC=other,DC=example',
    'OTHER\\svc-finance',
    'other.example\\svc-finance',
    '.\\svc-finance',
    'FIN01\\svc-finance',
    'svc-finance@other.example',
    'LAB\\',
    '@lab.example',
    '00000000-0000-0000-0000-000000000000',
    'S-1-5-21-1-2-3-4',
  ])('for %s', async (written) => {
    const { account, finding } = await search(written);
    expect(account).toBeNull();
    expect(finding).toMatchObject({ code: 'ACCOUNT_NOT_FOUND', severity: 'block', subject: written });
  });
});

describe('what is written is refused in one line that names the field', () => {
  test.each([
    [
      'CN=svc,nonsense',
      'account: "CN=svc,nonsense" is not a DN: no type=value at "nonsense": write it as RFC 4514 has it',
    ],
    ['=svc', 'account: "=svc" is not a DN: no type=value at "=svc": write it as RFC 4514 has it'],
    ['S-1-5-4294967296', 'account: "S-1-5-4294967296" is not a SID: write it as S-1-5-21-…'],
    [
      users,
      `account: ${users} is no account: write the name of the user account that the services log on with`,
    ],
  ])('%s', async (written, message) => {
    expect(await problem(written)).toBe(`ARGUMENT_INVALID account: ${message}`);
    expect(message).not.toMatch(/\n/);
  });
});

describe('an account is found', () => {
  test.each([
    'svc-finance',
    'SVC-Finance',
    '  svc-finance ',
    'LAB\\svc-finance',
    'lab\\SVC-FINANCE',
    'lab.example\\svc-finance',
    'svc-finance@lab.example',
    'SVC-FINANCE@LAB.EXAMPLE',
    'CN=svc-finance,CN=Users,DC=lab,DC=example',
    'cn = SVC-finance , cn=users,dc=LAB,dc=example',
    'CN=\\73vc-finance,CN=Users,DC=lab,DC=example',
  ])('as %s', async (written) => {
    expect(await found(written)).toMatchObject({ dn: lab.seeded.accountDn, samAccountName: 'svc-finance' });
  });

  test('by its GUID and its SID, in any case', async () => {
    const entry = (await lab.dc.store.read(lab.seeded.accountDn))!;
    const ids = [guidText(octets(entry, 'objectGUID')!), sidText(octets(entry, 'objectSid')!)];
    const spelled = ids.flatMap((each) => [each, each.toUpperCase(), each.toLowerCase()]);
    for (const id of [...spelled, `{${ids[0]}}`, `{${ids[0]!.toUpperCase()}}`]) {
      expect((await found(id))?.dn).toBe(lab.seeded.accountDn);
    }
  });

  test.each(Object.entries(awkward))('named %j, by its DN and by its account name', async (name, sam) => {
    const dn = childDn('CN', name, users);
    expect(await found(dn)).toMatchObject({ dn, samAccountName: sam });
    expect(await found(sam)).toMatchObject({ dn, samAccountName: sam });
    expect(await found(`LAB\\${sam}`)).toMatchObject({ dn });
    // Nobody has written a UPN for it: its account name at the domain is one all the same.
    expect(await found(`${sam}@lab.example`)).toMatchObject({ dn });
  });

  test('whose DN escapes what others leave alone, in hexadecimal', async () => {
    const hex = [...Buffer.from('Müller Ærø 日本')].map(
      (octet) => `\\${octet.toString(16).padStart(2, '0')}`,
    );
    expect((await found(`CN=${hex.join('')},${users}`))?.samAccountName).toBe('svc-müller');
    expect((await found(`CN=\\20leading,${users}`))?.samAccountName).toBe('svc-leading');
  });

  test('also where it is a computer: what that means is preflight’s to say', async () => {
    expect(await found('FIN01$')).toMatchObject({ kind: 'computer' });
  });
});

describe('in a forest with a domain below', () => {
  let forest: Lab;

  beforeAll(async () => {
    const topology = defaultTopology({ restartMs: 0 });
    const account = {
      ...topology.account,
      name: 'svc-emea',
      servicePrincipalNames: [],
      allowedToDelegateTo: [],
    };
    topology.child = { name: 'emea', account, hosts: [] };
    forest = await startLab({ topology });
  });
  afterAll(() => forest.close());

  const names = {
    parent: {
      domain,
      elsewhere: 'its domain is emea.lab.example (EMEA, DC=emea,DC=lab,DC=example), and lab.example is read',
    },
    child: {
      domain: { dnsName: 'emea.lab.example', netbiosName: 'EMEA' },
      elsewhere: 'its domain is lab.example (LAB, DC=lab,DC=example), and emea.lab.example is read',
    },
  };

  async function seen(from: 'parent' | 'child', written: string) {
    const settings = from === 'parent' ? forest.settings : forest.child!.settings;
    const find = (directory: Directory) => findAccount(directory, written, names[from].domain);
    return await withDirectory(connectionsOf(settings).connectDirectory, {}, find);
  }

  test.each([
    ['parent', 'EMEA\\svc-emea'],
    ['parent', 'emea.lab.example\\svc-emea'],
    ['parent', 'svc-emea@emea.lab.example'],
    ['parent', 'CN=svc-emea,CN=Users,DC=emea,DC=lab,DC=example'],
    ['child', 'LAB\\svc-finance'],
    ['child', 'svc-finance@lab.example'],
    ['child', 'CN=svc-finance,CN=Users,DC=lab,DC=example'],
  ] as const)(
    'seen from the %s, %s is an account of the other domain, which is named',
    async (from, written) => {
      expect(await seen(from, written)).toEqual({
        account: null,
        finding: expect.objectContaining({
          code: 'ACCOUNT_IN_OTHER_DOMAIN',
          severity: 'block',
          subject: written,
          evidence: names[from].elsewhere,
        }),
      });
    },
  );

  test.each([
    ['parent', 'LAB\\svc-finance', 'svc-finance'],
    ['child', 'EMEA\\svc-emea', 'svc-emea'],
    ['child', 'svc-emea@emea.lab.example', 'svc-emea'],
    ['child', 'CN=svc-emea,CN=Users,DC=emea,DC=lab,DC=example', 'svc-emea'],
  ] as const)('seen from the %s, %s is found', async (from, written, samAccountName) => {
    expect((await seen(from, written)).account).toMatchObject({ samAccountName });
  });

  test('dmsa plan shows it as a finding that blocks', async () => {
    const request = parseRequest({
      account: 'EMEA\\svc-emea',
      dmsa: 'dmsa-emea',
      hosts: ['fin01.lab.example'],
      requestedBy: 'LAB\\alice',
    });
    const { plan, findings } = await makePlan(request, connectionsOf(forest.settings));
    expect(plan).toBeNull();
    expect(findings).toEqual([
      {
        code: 'ACCOUNT_IN_OTHER_DOMAIN',
        severity: 'block',
        subject: 'EMEA\\svc-emea',
        evidence: names.parent.elsewhere,
        fix: 'Name domain controllers of that domain under [directory] in dmsa.toml.',
      },
    ]);
  });
});
