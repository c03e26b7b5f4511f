import {
  type ControllerFacts,
  type DomainFacts,
  firstCapableBuild,
  type ReplicationFacts,
} from '../facts/domain-facts.ts';
import { type Finding, finding } from '../findings/findings.ts';
import type { Expectation } from './assessed.ts';

/** Tickets are renewed within 10 hours, and hosts join the principals then [overview]: replication must keep up. */
const longestSilenceMs = 10 * 3_600_000;

/** Finds what stands against any plan in the domain. `waitForKds`: a key that is not effective yet will be waited for. */
export function assessDomain(
  domain: DomainFacts,
  { now, expect, waitForKds }: { now: string; expect: Expectation; waitForKds: boolean },
): Finding[] {
  const findings: Finding[] = [];
  if (domain.schemaLacks.length > 0) {
    findings.push(finding('SCHEMA_LACKS_DMSA', 'schema', `it lacks ${domain.schemaLacks.join(', ')}`));
  }
  if (domain.capableDcs.length === 0) {
    findings.push(finding('NO_WS2025_DC', 'domain', whyNoneIsCapable(domain.controllers)));
  }
  // Before Complete the hosts fetch keys already: there is nothing left to wait for.
  findings.push(...assessKds(domain, now, waitForKds && expect === 'unlinked'));
  findings.push(...assessReplication(domain.replication ?? [], now));
  findings.push(...assessSites(domain.controllers));
  return findings;
}

/**
 * Missing always blocks, and so does a key of which nobody can say when it becomes effective; a time in the future only
 * warns where the plan is to wait for it.
 */
function assessKds({ kdsKeys, kdsEffectiveAt }: DomainFacts, now: string, wait: boolean): Finding[] {
  if (kdsKeys.length === 0) return [finding('KDS_KEY_MISSING', 'forest', 'CN=Master Root Keys is empty')];
  if (kdsEffectiveAt === null) {
    const ids = kdsKeys.map(({ id }) => id).join(', ');
    return [finding('KDS_KEY_MISSING', 'forest', `msKds-UseStartTime cannot be read of ${ids}`)];
  }
  if (kdsEffectiveAt <= now) return [];
  const found = finding('KDS_KEY_NOT_EFFECTIVE', 'forest', `effective from ${kdsEffectiveAt}`);
  return [wait ? { ...found, severity: 'warn' } : found];
}

function whyNoneIsCapable(controllers: ControllerFacts[]): string {
  const seen = controllers.map(({ name, writable, build }) => {
    return `${name} ${writable ? '' : 'read-only, '}build ${build ?? 'unknown'}`;
  });
  const none = `no writable DC has build ${firstCapableBuild} or later`;
  return seen.length > 0 ? `${none}: ${listed(seen)}` : none;
}

/** A partner that never succeeded and never failed has only just been added. */
function assessReplication(partners: ReplicationFacts[], now: string): Finding[] {
  const oldest = Date.parse(now) - longestSilenceMs;
  return partners
    .filter(({ lastSuccess, failures }) =>
      lastSuccess === null ? failures > 0 : Date.parse(lastSuccess) < oldest,
    )
    .map((each) => finding('REPLICATION_FAILING', each.partner, replicationText(each)));
}

/** Says for how long a partner has not been replicated from, and why. */
export function replicationText({ lastSuccess, lastResult, failures }: ReplicationFacts): string {
  const since = lastSuccess ? `last success ${lastSuccess}` : 'never succeeded';
  return `${since}, result ${lastResult}, ${failures} failures in a row`;
}

function assessSites(controllers: ControllerFacts[]): Finding[] {
  const sites = [...new Set(controllers.map(({ site }) => site))].sort();
  return sites.flatMap((site) => {
    const here = controllers.filter((each) => each.site === site);
    if (here.some(({ writable }) => writable)) return [];
    return [finding('SITE_ONLY_RODC', site, listed(here.map(({ name }) => name)))];
  });
}

/** Lists the first few of many: a finding goes into histories. */
function listed(names: string[]): string {
  const most = 5;
  const left = names.length - most;
  return names.slice(0, most).join(', ') + (left > 0 ? `, and ${left} more` : '');
}
