import { differences } from '../../src/domain/facts/compare.ts';
import type { Facts } from '../../src/domain/facts/facts.ts';
import { MigrationState } from '../../src/domain/states.ts';
import { wordDrift } from '../../src/wording/drift.ts';
import { failWith } from '../failures.ts';
import type { Migration } from '../state.ts';
import { unlessPaused } from '../unless.ts';
import { freshMs, look, requireNothingBlocking } from './preflight.ts';

/**
 * Waits while the migration is paused. Looks again after a pause, if the last look is old, and after an adoption, so that
 * only what was voted on is changed. `hosts`: hosts that are changed next; they are asked, too, as their before-images
 * are of that vote. Throws DRIFTED_SINCE_START and PREFLIGHT_BLOCKED.
 */
export async function unlessPausedOrDrifted(m: Migration, hosts: string[]): Promise<void> {
  const waited = m.state.status.paused || m.state.adopted;
  await unlessPaused(m);
  const isOld = hosts.length === 0 && Date.now() - Date.parse(m.state.hostsReadAt!) > freshMs;
  if (waited || isOld) await requireStillSo(m, hosts);
}

async function requireStillSo(m: Migration, hosts: string[]): Promise<void> {
  const voted = m.state.evidence!.facts;
  const { evidence } = await look(m, 'start', hosts.length === 0);
  // A command of an ended run may have taken effect. The activity finds out whose it is.
  if (isLinking(m) && evidence.facts.account?.state !== MigrationState.Unlinked) return;
  // Another domain controller may not have it yet. The activity waits until they agree.
  if (m.state.createdByUs && evidence.facts.dmsa === null) return;
  takeAsBefore(m, evidence.facts, hosts);
  requireNothingBlocking(m);
  const drifted = differences(about(voted, hosts), about(evidence.facts, hosts));
  if (drifted.length > 0)
    throw failWith('DRIFTED_SINCE_START', `since gate "start" was passed: ${wordDrift(drifted)}`);
}

function isLinking({ state }: Migration): boolean {
  return state.status.journal.some(({ step }) => step === 'link');
}

/** Takes what is there now as the state to restore, of objects that nothing of ours has touched. */
function takeAsBefore({ state }: Migration, { account, dmsa, hosts }: Facts, untouched: string[]): void {
  const before = state.status.before!;
  const fresh = new Map(hosts.map((host) => [host.name, host]));
  state.status.before = {
    account,
    dmsa: state.createdByUs ? before.dmsa : dmsa,
    hosts: before.hosts.map((host) => (untouched.includes(host.name) ? fresh.get(host.name)! : host)),
  };
}

function about({ account, dmsa, hosts }: Facts, names: string[]): Facts {
  return { account, dmsa, hosts: hosts.filter(({ name }) => names.includes(name)) };
}
