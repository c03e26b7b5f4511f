import { describe, expect, test } from 'vitest';

import { lag } from '../../../src/domain/facts/lag.ts';
import { driftText } from '../../../src/domain/values/drift.ts';
import { goodAccount, goodDmsa } from './good-facts.ts';

const read = () => ({ account: goodAccount(), dmsa: goodDmsa() });

describe('two DCs agree', () => {
  test('where they say the same', () => {
    expect(lag(read(), read())).toEqual([]);
  });

  test('where only what no migration reads or changes is on its way between them', () => {
    const other = { account: goodAccount({ passwordLastSet: null }), dmsa: goodDmsa({ description: 'new' }) };
    expect(lag(read(), other)).toEqual([]);
  });

  test('about the dMSA where the account was not read', () => {
    expect(lag({ dmsa: goodDmsa() }, { dmsa: goodDmsa() })).toEqual([]);
  });
});

describe('two DCs differ', () => {
  test('where one has not heard of the dMSA', () => {
    expect(lag(read(), { ...read(), dmsa: null }).map(driftText)).toEqual(['dMSA: there → not there']);
    expect(lag({ dmsa: null }, { dmsa: goodDmsa() }).map(driftText)).toEqual(['dMSA: not there → there']);
  });

  test('where one has another state, link or principal', () => {
    const { account, dmsa } = read();
    const other = {
      account: { ...account, state: 1 as const, supersededBy: dmsa.dn },
      dmsa: { ...dmsa, principals: [{ sid: 'S-1-5-21-1-2-3-4242', name: null, kind: 'unknown' as const }] },
    };
    expect(lag({ account, dmsa: { ...dmsa, principals: [] } }, other).map(driftText)).toEqual([
      'account.state: 0 → 1',
      `account.supersededBy: null → ${dmsa.dn}`,
      'dmsa.principals.S-1-5-21-1-2-3-4242: absent → S-1-5-21-1-2-3-4242',
    ]);
  });
});
