import { describe, expect, test } from 'vitest';
import type { AccountFacts } from '../../../src/domain/facts/facts.ts';
import { accountFindings } from '../../../src/domain/findings/account.ts';
import { beforeStart, nothingAround, now } from '../facts/good-facts.ts';
import { account, assessor, other, withAccount } from './told.ts';

const { told, missing } = assessor();

describe('what stands in the way before Start, each alone', () => {
  const accounts: [string, Partial<AccountFacts>, string][] = [
    ['a computer', { kind: 'computer' }, `block ACCOUNT_NOT_A_USER ${account}: it is a computer`],
    ['a gMSA', { kind: 'gmsa' }, `block ACCOUNT_NOT_A_USER ${account}: it is a gMSA`],
    ['a dMSA', { kind: 'dmsa' }, `block ACCOUNT_NOT_A_USER ${account}: it is a dMSA`],
    [
      'an older managed account',
      { kind: 'smsa' },
      `block ACCOUNT_NOT_A_USER ${account}: it is a standalone managed service account`,
    ],
    [
      'the account of a trust',
      { kind: 'other' },
      `block ACCOUNT_NOT_A_USER ${account}: it is no plain user account`,
    ],
    [
      'a privileged account',
      { privilegedBecause: { kind: 'admin-count' } },
      `block ACCOUNT_PRIVILEGED ${account}: adminCount is 1`,
    ],
    [
      'a disabled account',
      { enabled: false },
      `block ACCOUNT_DISABLED ${account}: userAccountControl has 0x2`,
    ],
    [
      'an account that is superseded, and disabled for that',
      { state: 2, supersededBy: other, enabled: false },
      `block ACCOUNT_ALREADY_SUPERSEDED ${account}: superseded by ${other}`,
    ],
    [
      'a superseded account whose dMSA is gone',
      { state: 2, enabled: false },
      `block ACCOUNT_ALREADY_SUPERSEDED ${account}: superseded by nothing that it names`,
    ],
    [
      'an account that points at some dMSA',
      { state: 1, supersededBy: other },
      `block LINK_FOREIGN ${account}: msDS-SupersededManagedAccountLink is ${other}`,
    ],
    [
      'an account in state 1 that points at nothing',
      { state: 1 },
      `block LINK_FOREIGN ${account}: msDS-SupersededServiceAccountState is 1`,
    ],
    [
      'an account that expires at this very moment',
      { expiresAt: now },
      `block ACCOUNT_EXPIRED ${account}: accountExpires is ${now}`,
    ],
    [
      'an account that a third object points at, as a forged dMSA does',
      { claimedBy: [other] },
      `block LINK_ONE_SIDED ${other}: its msDS-ManagedAccountPrecededByLink is ${account}, which does not point back`,
    ],
    [
      'flags that a dMSA will not have',
      { flags: ['NOT_DELEGATED', 'USE_DES_KEY_ONLY'] },
      `warn ACCOUNT_FLAGS_NOT_COPIED ${account}: NOT_DELEGATED, USE_DES_KEY_ONLY`,
    ],
    [
      'an account that is held to RC4',
      { encryptionTypes: 0x4 },
      `warn ACCOUNT_ENCRYPTION_WEAK ${account}: RC4-HMAC (0x4)`,
    ],
    [
      'delegation to some services, and by others',
      { allowedToDelegateTo: ['HTTP/a', 'HTTP/b'], actOnBehalfOf: 'AQ==' },
      `info CONSTRAINED_DELEGATION ${account}: delegates to HTTP/a, HTTP/b; ` +
        'msDS-AllowedToActOnBehalfOfOtherIdentity lets others act on it',
    ],
    [
      'an authentication policy and a silo',
      { authenticationPolicy: 'CN=p', authenticationSilo: 'CN=s' },
      `info AUTHENTICATION_POLICY_ASSIGNED ${account}: policy CN=p; silo CN=s`,
    ],
    [
      'unconstrained delegation, which only warns',
      { unconstrainedDelegation: true },
      `warn UNCONSTRAINED_DELEGATION ${account}: userAccountControl has 0x80000`,
    ],
  ];

  test.each(accounts)('%s', (_what, changes, expected) => {
    expect(told(withAccount(changes))).toEqual([expected]);
  });

  test('an account that is privileged by itself and by groups', () => {
    const surroundings = { ...nothingAround, protectedGroups: ['Replicator (S-1-5-32-552)'] };
    expect(told(beforeStart({ surroundings }))).toEqual([
      `block ACCOUNT_PRIVILEGED ${account}: member of Replicator (S-1-5-32-552)`,
    ]);
    expect(told({ ...withAccount({ privilegedBecause: { kind: 'admin-count' } }), surroundings })).toEqual([
      `block ACCOUNT_PRIVILEGED ${account}: adminCount is 1; member of Replicator (S-1-5-32-552)`,
    ]);
  });

  test('an account that is gone', () => {
    const { facts } = beforeStart();
    expect(told(beforeStart({ facts: { ...facts, account: null } }))).toEqual([
      `block ACCOUNT_NOT_FOUND ${account}: no object has the GUID 0f8fad5b-d9cb-469f-a165-70867728950e`,
    ]);
  });

  test('others that have one of its service principal names, each by itself', () => {
    const spnHolders = [
      { dn: 'CN=a', names: ['HTTP/web', 'HTTP/web2'] },
      { dn: 'CN=b', names: ['http/WEB'] },
    ];
    expect(told(beforeStart({ surroundings: { ...nothingAround, spnHolders } }))).toEqual([
      'warn SPN_DUPLICATE CN=a: it has HTTP/web, HTTP/web2 as well',
      'warn SPN_DUPLICATE CN=b: it has http/WEB as well',
    ]);
  });
});

describe('what is good enough before Start', () => {
  test('an account that expires later, with AES beside RC4, or with no type at all', () => {
    expect(told(withAccount({ expiresAt: '2025-06-01T08:00:00.001Z' }))).toEqual([]);
    expect(told(withAccount({ encryptionTypes: 0x1c }))).toEqual([]);
    expect(told(withAccount({ encryptionTypes: 0 }))).toEqual([]);
    // Features, such as compound identity, are no encryption types (MS-KILE 2.2.7).
    expect(told(withAccount({ encryptionTypes: 0x20000 }))).toEqual([]);
  });
});

test('every finding about the account has been produced above, but for those of others', () => {
  // It comes of the search for the account: see test/plan/find-account.test.ts.
  expect(missing(accountFindings)).toEqual(['ACCOUNT_IN_OTHER_DOMAIN']);
});
