import { assessHost } from '../domain/assess/assess-hosts.ts';
import { type Finding, finding } from '../domain/findings/findings.ts';
import { besides } from '../inspection/facts.ts';
import type { Uses } from '../inspection/uses.ts';
import type { HostSystem } from './host.ts';

/**
 * What stands in the way of a migration on one host, as preflight will say it; `domain` is the DNS name of the account's.
 */
export function assessUses(
  host: { name: string; error: string } | { name: string; system: HostSystem; uses: Uses },
  domain: string,
): Finding[] {
  if ('error' in host) return [finding('HOST_UNREACHABLE', host.name, host.error)];
  const { name, system, uses } = host;
  const { build, isDomainController, rebootPending, policy, eventLogEnabled, policyFrom, logonRight } =
    system;
  const services = uses.services.map(({ clusterResource, ...service }) => {
    return { ...service, ...(clusterResource !== null && { clusterResource }) };
  });
  const facts = {
    ...{ name, unreachable: null, build, isDomainController, rebootPending, policy, eventLogEnabled },
    ...{
      services,
      pools: uses.pools.map((pool) => pool.name),
      ...(policyFrom && { policyFrom }),
      logonRight,
    },
  };
  const { clockAheadMs, bootTime, unread } = system;
  const surroundings = {
    ...{ clockAheadMs, bootTime, domain: system.domain, ...besides(uses) },
    unread: unread.map(({ part, why }) => `${part}: ${why}`),
  };
  const findings = assessHost(facts, { services: [], domain, surroundings });
  // Whether the account is used there is a column of its own.
  return findings.filter(({ code }) => code !== 'HOST_HAS_NO_SERVICE');
}
