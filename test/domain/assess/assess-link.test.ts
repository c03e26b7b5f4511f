import { describe, expect, test } from 'vitest';
import { pairFindings } from '../../../src/domain/findings/pair.ts';
import { beforeComplete, linkedAccount, linkedDmsa } from '../facts/good-facts.ts';
import { account, assessor, auditFindings, dmsa, other, withAccount, withDmsa } from './told.ts';

const { told, missing } = assessor();

describe('what stands in the way before Complete', () => {
  test('the link is one-sided: the account points elsewhere', () => {
    expect(told(withAccount({ supersededBy: other }, beforeComplete()))).toEqual([
      `block LINK_ONE_SIDED ${account}: account → ${other}, dMSA → ${account}`,
    ]);
  });

  test('the link is one-sided: the dMSA points at nothing', () => {
    expect(told(withDmsa(linkedDmsa({ precededBy: null }), beforeComplete()))).toEqual([
      `block LINK_ONE_SIDED ${account}: account → ${dmsa}, dMSA → nothing`,
    ]);
  });

  test('both point elsewhere: the link is foreign', () => {
    const input = withAccount({ supersededBy: other }, beforeComplete());
    expect(told(withDmsa(linkedDmsa({ precededBy: `CN=x,${account}` }), input))).toEqual([
      `block LINK_FOREIGN ${account}: account → ${other}, dMSA → CN=x,${account}`,
    ]);
  });

  test.each([0, 2, 3] as const)('the dMSA is in state %i', (state) => {
    expect(told(withDmsa(linkedDmsa({ state }), beforeComplete()))).toEqual([
      `block STATES_DIFFER ${account}: the account is in state 1, the dMSA in state ${state}`,
      `block DMSA_STATE_NOT_UNLINKED ${dmsa}: msDS-DelegatedMSAState is ${state}, not 1`,
    ]);
  });

  test('the account is in state 0', () => {
    expect(told(withAccount({ state: 0 }, beforeComplete()))).toEqual([
      `block STATES_DIFFER ${account}: the account is in state 0, the dMSA in state 1`,
    ]);
  });

  test('a third object points at either of the two', () => {
    const input = withAccount({ claimedBy: [dmsa, other] }, beforeComplete());
    expect(told(withDmsa(linkedDmsa({ claimedBy: [account, 'CN=chief'] }), input))).toEqual([
      `block LINK_ONE_SIDED ${other}: its msDS-ManagedAccountPrecededByLink is ${account}, which does not point back`,
      `block LINK_ONE_SIDED CN=chief: its msDS-SupersededManagedAccountLink is ${dmsa}, which does not point back`,
    ]);
  });

  test('the dMSA is gone', () => {
    const alone = withAccount({ supersededBy: null, claimedBy: [] }, beforeComplete());
    expect(told(withDmsa(null, alone))).toEqual([
      `block LINK_FOREIGN ${account}: account → nothing, dMSA → nothing`,
      `block LINK_ONE_SIDED ${dmsa}: the dMSA is gone`,
    ]);
  });

  test('someone else has completed it', () => {
    expect(told(withAccount({ state: 2, enabled: false }, beforeComplete()))).toEqual([
      `block ACCOUNT_ALREADY_SUPERSEDED ${account}: superseded by ${dmsa}`,
    ]);
  });

  test('links that are written in another case are the same links: nothing stands in the way', () => {
    const input = withAccount({ supersededBy: dmsa.toUpperCase() }, beforeComplete());
    expect(told(input)).toEqual([]);
    expect(told(beforeComplete())).toEqual([]);
    expect(linkedAccount().state).toBe(1);
  });
});

test('every finding about a pair has been produced above, but for those of others', () => {
  expect(missing(pairFindings)).toEqual([...auditFindings, 'DMSA_ENCRYPTION_WEAK', 'DMSA_NAME_TAKEN'].sort());
});
