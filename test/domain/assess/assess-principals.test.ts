import { describe, expect, test } from 'vitest';
import { strangers } from '../../../src/domain/facts/principals.ts';
import { principalFindings } from '../../../src/domain/findings/principal.ts';
import { beforeComplete, goodDmsa, linkedDmsa } from '../facts/good-facts.ts';
import { assessor, web01, withDmsa } from './told.ts';

const { told, missing } = assessor();

describe('what is good enough before Start', () => {
  test('hosts need not be among the principals of a dMSA that is not linked yet', () => {
    const stranger = { sid: 'S-1-5-21-1-2-3-9999', name: null, kind: 'unknown' as const };
    expect(told(withDmsa(goodDmsa({ principals: [stranger] })))).toEqual([]);
  });
});

describe('what stands in the way before Complete', () => {
  test('a host is not among the principals', () => {
    const principals = linkedDmsa().principals.slice(1);
    expect(told(withDmsa(linkedDmsa({ principals }), beforeComplete()))).toEqual([
      `warn PRINCIPAL_MISSING ${web01}: S-1-5-21-1004336348-1177238915-682003330-1201 is not in msDS-GroupMSAMembership`,
    ]);
  });

  test('strangers are named, until a person has allowed them', () => {
    const named = { sid: 'S-1-5-21-1-2-3-9998', name: 'KIOSK$', kind: 'computer' as const };
    const nameless = { sid: 'S-1-5-21-1-2-3-9999', name: null, kind: 'unknown' as const };
    const principals = [...linkedDmsa().principals, named, nameless];
    const input = withDmsa(linkedDmsa({ principals }), beforeComplete());
    expect(told(input)).toEqual([
      'warn PRINCIPAL_UNKNOWN S-1-5-21-1-2-3-9998: KIOSK$ is a computer that is no host of the plan',
      'warn PRINCIPAL_UNKNOWN S-1-5-21-1-2-3-9999: the SID does not resolve',
    ]);
    expect(told({ ...input, allowed: [named.sid] })).toEqual([
      'warn PRINCIPAL_UNKNOWN S-1-5-21-1-2-3-9999: the SID does not resolve',
    ]);
    expect(told({ ...input, allowed: [named.sid, nameless.sid] })).toEqual([]);
    expect(strangers(principals, input.plan, [])).toEqual([named, nameless]);
  });
});

test('every finding about principals has been produced above, but for those of groups', () => {
  // Those of groups and of denied hosts: see test/domain/facts/principals.test.ts.
  expect(missing(principalFindings)).toEqual(['PRINCIPAL_DENIED', 'PRINCIPAL_GROUP']);
});
