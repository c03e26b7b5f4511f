import { describe, expect, test } from 'vitest';

import { differences, withoutWords } from '../../../src/domain/facts/compare.ts';
import type { Facts } from '../../../src/domain/facts/facts.ts';
import { driftText } from '../../../src/domain/values/drift.ts';
import { goodAccount, goodDmsa, goodHost, linkedAccount, linkedDmsa } from './good-facts.ts';

const host = 'web01.lab.example';
const before: Facts = { account: goodAccount(), dmsa: goodDmsa(), hosts: [goodHost(host)] };

const { rebootPending, policyFrom, pools, logonRight, services, ...restOfHost } = goodHost(host);
/** What of a host is compared. */
const comparedHost = { ...restOfHost, services: services.map(({ clusterResource, ...rest }) => rest) };

describe('a host that cannot be asked', () => {
  const away = (message: string, code: 'HOST_UNREACHABLE' | 'LOGIN_REFUSED' = 'HOST_UNREACHABLE'): Facts => ({
    ...before,
    hosts: [goodHost(host, { unreachable: { code, message } })],
  });

  test('is the same, however the failure is worded', () => {
    const [refused, late] = [away('connect ECONNREFUSED 10.0.0.3:22'), away('connect ETIMEDOUT')];
    expect(differences(refused, late)).toEqual([]);
    expect(withoutWords(refused)).toEqual(withoutWords(late));
  });

  test('is another, where it fails for another reason', () => {
    const other = away('publickey', 'LOGIN_REFUSED');
    const path = `hosts.${host}.unreachable`;
    expect(differences(away('no answer'), other)).toEqual([
      { path, before: 'HOST_UNREACHABLE', after: 'LOGIN_REFUSED' },
    ]);
    expect(withoutWords(away('no answer'))).not.toEqual(withoutWords(other));
  });
});

describe('what is not as it was before', () => {
  test.each<[string, Facts, string]>([
    [
      'an account that stays disabled',
      { ...before, account: goodAccount({ enabled: false }) },
      'account.enabled: true → false',
    ],
    [
      'a service principal name that is lost',
      { ...before, account: goodAccount({ servicePrincipalNames: ['HTTP/web'] }) },
      'account.servicePrincipalNames.HTTP/web: absent → HTTP/web',
    ],
    [
      'a dMSA that is left behind',
      { ...before, dmsa: goodDmsa({ description: 'left' }) },
      'dmsa.description: null → left',
    ],
    [
      'a principal that is left behind',
      { ...before, dmsa: goodDmsa({ principals: [{ sid: 'S-1-5-7', name: null, kind: 'unknown' }] }) },
      'dmsa.principals.S-1-5-7: absent → S-1-5-7',
    ],
    [
      'a policy key that was not there',
      { ...before, hosts: [goodHost(host, { policy: { value: 1, keyExists: false } })] },
      `hosts.${host}.policy.keyExists: true → false`,
    ],
    [
      'a service that does not run again',
      {
        ...before,
        hosts: [goodHost(host, { services: [{ ...goodHost(host).services[0]!, state: 'Stopped' }] })],
      },
      `hosts.${host}.services.WebApp.state: Running → Stopped`,
    ],
    [
      'a host that cannot be asked',
      { ...before, hosts: [] },
      `hosts.${host}: ${JSON.stringify(comparedHost)} → absent`,
    ],
    [
      'a dMSA that still points at the account',
      { ...before, account: goodAccount({ claimedBy: ['CN=forged'] }) },
      'account.claimedBy.CN=forged: absent → CN=forged',
    ],
    [
      'a flag that is lost',
      { ...before, account: goodAccount({ flags: ['NOT_DELEGATED'] }) },
      'account.flags.NOT_DELEGATED: absent → NOT_DELEGATED',
    ],
    [
      'an account that is another object of the same name',
      { ...before, account: goodAccount({ guid: '7c9e6679-7425-40de-944b-e07fc1f90ae8' }) },
      'account.guid: 0f8fad5b-d9cb-469f-a165-70867728950e → 7c9e6679-7425-40de-944b-e07fc1f90ae8',
    ],
    [
      'a refusal that is lost',
      { ...before, dmsa: goodDmsa({ accessRules: [{ sid: 'S-1-5-7', effect: 'deny' }] }) },
      'dmsa.accessRules.S-1-5-7: absent → {"sid":"S-1-5-7","effect":"deny"}',
    ],
  ])('%s', (_what, after, expected) => {
    expect(differences(before, after).map(driftText)).toEqual([expected]);
  });

  test('nothing, where only time has passed: a pending reboot, other octets for the same principals', () => {
    const after: Facts = {
      account: goodAccount(),
      dmsa: goodDmsa({ principalsDigest: 'f'.repeat(64) }),
      hosts: [goodHost(host, { rebootPending: true })],
    };
    expect(differences(before, after)).toEqual([]);
  });

  test('nothing, where somebody has moved and renamed the two objects meanwhile, which links follow', () => {
    const moved = { dn: 'CN=svc-web-old,OU=Retired,DC=lab,DC=example' };
    const movedDmsa = { dn: 'CN=dmsa-web,OU=Managed,DC=lab,DC=example' };
    const linked: Facts = { ...before, account: linkedAccount(), dmsa: linkedDmsa() };
    const after: Facts = {
      ...before,
      account: linkedAccount({ ...moved, supersededBy: movedDmsa.dn, claimedBy: [movedDmsa.dn] }),
      dmsa: linkedDmsa({ ...movedDmsa, precededBy: moved.dn, claimedBy: [moved.dn] }),
    };
    expect(differences(linked, after)).toEqual([]);
    const elsewhere = linkedAccount({ ...moved, supersededBy: 'CN=other', claimedBy: [movedDmsa.dn] });
    expect(differences(linked, { ...after, account: elsewhere }).map(driftText)).toEqual([
      'account.supersededBy: 7c9e6679-7425-40de-944b-e07fc1f90ae7 → CN=other',
    ]);
  });

  test('nothing, where others have put the account into a group or a trustee is called otherwise', () => {
    const named = (name: string): Facts => ({
      ...before,
      account: goodAccount({ privilegedBecause: { kind: 'built-in', name } }),
      dmsa: goodDmsa({ principals: [{ sid: 'S-1-5-7', name, kind: 'group' }], hostsAllowed: [name] }),
    });
    expect(differences(named('old'), named('new'))).toEqual([]);
  });
});
