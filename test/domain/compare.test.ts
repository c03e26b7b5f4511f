import { describe, expect, test } from 'vitest';

import { differences } from '../../src/domain/compare.ts';
import type { Facts } from '../../src/domain/facts.ts';
import { goodAccount, goodDmsa, goodHost } from './good-facts.ts';

const host = 'web01.lab.example';
const before: Facts = { account: goodAccount(), dmsa: goodDmsa(), hosts: [goodHost(host)] };

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
      'dmsa.principals.S-1-5-7: absent → {"sid":"S-1-5-7","name":null,"kind":"unknown"}',
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
      `hosts.${host}: ${JSON.stringify(goodHost(host))} → absent`,
    ],
  ])('%s', (_what, after, expected) => {
    const told = differences(before, after).map((each) => each.replace(',"rebootPending":false', ''));
    expect(told).toEqual([expected.replace(',"rebootPending":false', '')]);
  });

  test('nothing, where only time has passed: a pending reboot, other octets for the same principals', () => {
    const after: Facts = {
      account: goodAccount(),
      dmsa: goodDmsa({ principalsDigest: 'f'.repeat(64) }),
      hosts: [goodHost(host, { rebootPending: true })],
    };
    expect(differences(before, after)).toEqual([]);
  });
});
