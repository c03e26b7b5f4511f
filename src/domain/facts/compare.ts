import { type Drift, findDrift } from '../values/drift.ts';
import type { AccountFacts, DmsaFacts, Facts } from './facts.ts';
import type { HostFacts } from './host-facts.ts';

/**
 * Finds where directory and hosts are not as they were before. It leaves out what no migration changes, but time or
 * somebody else may:
 * - a pending reboot, who delivers the policy value, who has "Log on as a service", pools and what a cluster owns;
 * - the place and name of the two objects: a GUID is the object, and moving it to another OU is fine [faq], so a link
 *   from one of the two to the other counts as the same wherever the other has gone;
 * - why the account is privileged;
 * - the octets of the principals' descriptor, what its trustees are called now and who is a member of them: the cmdlet
 *   that restores them takes a list of trustees, so the trustees are compared, and what refuses or has a condition.
 */
export function differences(before: Facts, after: Facts): Drift[] {
  return findDrift(comparable(before), comparable(after));
}

function comparable(facts: Facts): unknown {
  return { account: accountOf(facts), dmsa: dmsaOf(facts), hosts: facts.hosts.map(hostOf) };
}

/** Facts as they are voted on and compared: by codes, as the words of a failure differ from one attempt to the next. */
export function withoutWords(facts: Facts): object {
  return { ...facts, hosts: facts.hosts.map(hostWithoutWords) };
}

function hostWithoutWords(host: HostFacts) {
  return { ...host, unreachable: host.unreachable?.code ?? null };
}

function hostOf(facts: HostFacts) {
  const { policyFrom: _, logonRight: __, pools: ___, rebootPending: ____, ...host } = hostWithoutWords(facts);
  return { ...host, services: host.services.map(({ clusterResource: _, ...service }) => service) };
}

function accountOf({ account, dmsa }: Facts) {
  if (!account) return null;
  const supersededBy = linkTo(dmsa, account.supersededBy);
  const claimedBy = account.claimedBy.map((dn) => linkTo(dmsa, dn));
  return { ...account, supersededBy, claimedBy, dn: undefined, privilegedBecause: undefined };
}

function dmsaOf({ account, dmsa }: Facts) {
  if (!dmsa) return null;
  const precededBy = linkTo(account, dmsa.precededBy);
  const claimedBy = dmsa.claimedBy.map((dn) => linkTo(account, dn));
  const principals = dmsa.principals.map(({ sid }) => sid);
  const { hostsAllowed: _, hostsRefused: __, ...own } = dmsa;
  const octets = { principalsDigest: undefined };
  return {
    ...own,
    precededBy,
    claimedBy,
    principals,
    accessRules: dmsa.accessRules ?? [],
    dn: undefined,
    ...octets,
  };
}

/** Returns the GUID of the object that a link points at. One server spells an object in one way. */
function linkTo(object: AccountFacts | DmsaFacts | null, dn: string | null): string | null {
  return object !== null && dn?.toLowerCase() === object.dn.toLowerCase() ? object.guid : dn;
}
