import { describe, expect, test } from 'vitest';
import type { DmsaFacts } from '../../../src/domain/facts/facts.ts';
import { pairFindings } from '../../../src/domain/findings/pair.ts';
import { goodDmsa, linkedDmsa } from '../facts/good-facts.ts';
import { account, assessor, auditFindings, dmsa, withAccount, withDmsa } from './told.ts';

const { told, missing } = assessor();

describe('what stands in the way before Start, each alone', () => {
  const dmsas: [string, Partial<DmsaFacts>, string][] = [
    [
      'a name that a computer holds',
      { isDmsa: false, state: 3, precededBy: account },
      `block DMSA_NAME_TAKEN ${dmsa}: dmsa-web$ is no dMSA`,
    ],
    [
      'a standalone dMSA',
      { state: 3 },
      `block DMSA_STATE_NOT_UNLINKED ${dmsa}: msDS-DelegatedMSAState is 3, not 0`,
    ],
    [
      'a dMSA in state 0 that points at an account',
      { precededBy: account },
      `block LINK_FOREIGN ${dmsa}: msDS-ManagedAccountPrecededByLink is ${account}`,
    ],
    [
      'a dMSA that an account points at, which it does not know',
      { claimedBy: ['CN=chief'] },
      `block LINK_ONE_SIDED CN=chief: its msDS-SupersededManagedAccountLink is ${dmsa}, which does not point back`,
    ],
    [
      'a dMSA for which encryption types were ignored',
      { encryptionTypes: null },
      `warn DMSA_ENCRYPTION_WEAK ${dmsa}: not set`,
    ],
    ['a dMSA with RC4 alone', { encryptionTypes: 0x4 }, `warn DMSA_ENCRYPTION_WEAK ${dmsa}: RC4-HMAC (0x4)`],
  ];

  test.each(dmsas)('%s', (_what, changes, expected) => {
    expect(told(withDmsa(goodDmsa(changes)))).toEqual([expected]);
  });

  test('a link that someone else has made is told at both ends', () => {
    expect(told(withDmsa(linkedDmsa(), withAccount({ state: 1, supersededBy: dmsa })))).toEqual([
      `block LINK_FOREIGN ${account}: msDS-SupersededManagedAccountLink is ${dmsa}`,
      `block LINK_FOREIGN ${dmsa}: msDS-ManagedAccountPrecededByLink is ${account}`,
      `block DMSA_STATE_NOT_UNLINKED ${dmsa}: msDS-DelegatedMSAState is 1, not 0`,
    ]);
  });
});

describe('what is good enough before Start', () => {
  test('an empty dMSA in state 0, whoever created it', () => {
    expect(told(withDmsa(goodDmsa({ description: 'made by hand' })))).toEqual([]);
  });
});

test('every finding about a pair has been produced above, but for those of others', () => {
  expect(missing(pairFindings)).toEqual([...auditFindings, 'STATES_DIFFER'].sort());
});
