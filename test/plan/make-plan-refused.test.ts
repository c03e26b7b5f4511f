import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Lab } from '../../lab/lab.ts';
import { dmsaClass, uac } from '../../src/directory/schema.ts';
import type { PlanRequest } from '../../src/plan/request.ts';
import { managed, problem, startedLab, storeOf, users } from './planning.ts';

describe('what is refused, in one line, with nothing changed', () => {
  let lab: Lab;
  let updates: number;

  beforeAll(async () => {
    lab = await startedLab();
    const { store } = lab.dc;
    const machine = { userAccountControl: [String(uac.workstationTrustAccount)] };
    await store.add(`CN=gmsa,${managed}`, {
      objectClass: ['msDS-GroupManagedServiceAccount'],
      sAMAccountName: ['gmsa$'],
      ...machine,
    });
    await store.add(`CN=dmsa,${managed}`, {
      objectClass: [dmsaClass],
      sAMAccountName: ['dmsa$'],
      ...machine,
    });
    await store.add(`CN=staff,${users}`, { objectClass: ['group'], sAMAccountName: ['staff'] });
    await store.add(`CN=chief,${users}`, { objectClass: ['user'], sAMAccountName: ['chief'] });
    const enabled = { userAccountControl: [String(uac.normalAccount | 0x20)] };
    await store.replace(`CN=chief,${users}`, { ...enabled, adminCount: ['1'] });
  });
  beforeEach(() => {
    updates = storeOf(lab).updates;
  });
  afterAll(() => lab.close());

  async function expectProblem(changes: Partial<PlanRequest>, expected: string): Promise<void> {
    const seen = await problem(lab, changes);
    expect(seen).toBe(expected);
    expect(seen).not.toMatch(/[\r\n]/);
    expect(storeOf(lab).updates).toBe(updates);
  }

  const at = 'CN=Computers,DC=lab,DC=example';
  test.each<[string, Partial<PlanRequest>, string]>([
    [
      'an account that does not exist',
      { account: 'svc-nobody' },
      'block ACCOUNT_NOT_FOUND svc-nobody: nothing in lab.example answers to it',
    ],
    ['no account', { account: ' ' }, 'ARGUMENT_INVALID account: account: must not be empty'],
    [
      'a DN that is cut off',
      { account: 'CN=svc,' },
      'ARGUMENT_INVALID account: account: "CN=svc," is not a DN: no type=value at "": write it as RFC 4514 has it',
    ],
    [
      'an account of another domain',
      { account: 'OTHER\\svc-finance' },
      'block ACCOUNT_NOT_FOUND OTHER\\svc-finance: OTHER is the name of no domain in the forest, and of none that it trusts',
    ],
    ['a computer', { account: 'FIN01$' }, `block ACCOUNT_NOT_A_USER CN=FIN01,${at}: it is a computer`],
    ['a gMSA', { account: 'gmsa$' }, `block ACCOUNT_NOT_A_USER CN=gmsa,${managed}: it is a gMSA`],
    ['a dMSA', { account: 'dmsa$' }, `block ACCOUNT_NOT_A_USER CN=dmsa,${managed}: it is a dMSA`],
    [
      'a privileged account',
      { account: 'chief' },
      `block ACCOUNT_PRIVILEGED CN=chief,${users}: adminCount is 1`,
    ],
    [
      'a dMSA name that is too long',
      { dmsa: 'dmsa-finance-app' },
      'ARGUMENT_INVALID dmsa: dmsa: "dmsa-finance-app" has 16 characters: use at most 15, without the $',
    ],
    [
      'no dMSA name',
      { dmsa: '' },
      'ARGUMENT_INVALID dmsa: dmsa: must not be empty: name the dMSA, for example dmsa-web',
    ],
    [
      'a dMSA name that AD refuses',
      { dmsa: 'a,b' },
      'ARGUMENT_INVALID dmsa: dmsa: "a,b" holds a character that AD refuses: leave out " / \\ [ ] : ; | = , + * ? < > @ and $',
    ],
    [
      'a dMSA name that a computer has, in another case',
      { dmsa: 'Fin02' },
      `block DMSA_NAME_TAKEN CN=FIN02,${at}: FIN02$ is no dMSA`,
    ],
    [
      'a dMSA name that a gMSA has',
      { dmsa: 'gmsa$' },
      `block DMSA_NAME_TAKEN CN=gmsa,${managed}: gmsa$ is no dMSA`,
    ],
    [
      'a dMSA name whose place another object has',
      { dmsa: 'staff', container: users },
      `DMSA_NAME_TAKEN dmsa: dmsa: CN=staff,${users} is taken by staff`,
    ],
    [
      'a container that is not there',
      { container: 'OU=Nowhere,DC=lab,DC=example' },
      'NAME_UNKNOWN container: container: OU=Nowhere,DC=lab,DC=example is not in the directory',
    ],
    [
      'a container that is no DN',
      { container: 'OU=a,b' },
      'ARGUMENT_INVALID container: container: "OU=a,b" is not a DN such as CN=svc,DC=contoso,DC=com',
    ],
    [
      'no hosts',
      { hosts: [] },
      'ARGUMENT_INVALID hosts: hosts: there are no hosts: name at least one with --host',
    ],
    [
      'a host that is listed twice, in two spellings',
      { hosts: ['fin01.lab.example', 'FIN01.lab.example.'] },
      'ARGUMENT_INVALID hosts[1]: hosts[1]: the host fin01.lab.example is listed twice: list it once',
    ],
    [
      'a host without a computer account',
      { hosts: ['fin01.lab.example', 'fin09.lab.example'] },
      'NAME_UNKNOWN fin09.lab.example: hosts[1]: no computer account has the DNS name fin09.lab.example: write its full name',
    ],
    [
      'a host by its short name',
      { hosts: ['fin01'] },
      'ARGUMENT_INVALID hosts[0]: hosts[0]: "fin01" is not a full DNS name in lower case, such as web01.contoso.com',
    ],
    [
      'a negative duration',
      { observe: '-1d' },
      'ARGUMENT_INVALID observe: observe: "-1d" is not a duration: write 10s, 10m, 10h or 14d, never negative',
    ],
    [
      'a requester who is nobody in the domain, and could vote under a name that is',
      { requestedBy: '.\\alice' },
      'ARGUMENT_INVALID requestedBy: requestedBy: ".\\alice" is no name in the domain: write DOMAIN\\name or name@domain',
    ],
  ])('%s', (_what, changes, expected) => expectProblem(changes, expected));

  test('a group: no user, and disabled for want of a user’s bits', async () => {
    expect(await problem(lab, { account: 'staff' })).toMatch(
      /^block ACCOUNT_NOT_A_USER CN=staff,.*: it is no plain user account/,
    );
    expect(storeOf(lab).updates).toBe(updates);
  });
});
