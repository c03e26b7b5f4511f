import { type Drift, drift } from './drift.ts';
import type { Facts } from './facts.ts';

/**
 * Where directory and hosts are not as they were before. Left out are what no migration changes and time does (a
 * pending reboot), and the octets of the principals' descriptor: the cmdlet that restores them takes a list of
 * trustees, so the trustees are compared.
 */
export function differences(before: Facts, after: Facts): Drift[] {
  return drift(comparable(before), comparable(after));
}

function comparable(facts: Facts): unknown {
  return {
    account: facts.account,
    dmsa: facts.dmsa && { ...facts.dmsa, principalsDigest: undefined },
    hosts: facts.hosts.map((host) => ({ ...host, rebootPending: undefined })),
  };
}
