import { ApplicationFailure } from '@temporalio/workflow';

import type { ErrorCode } from '../../src/domain/errors/errors.ts';
import { differences } from '../../src/domain/facts/compare.ts';
import type { Facts } from '../../src/domain/facts/facts.ts';
import { MigrationState } from '../../src/domain/states.ts';
import { wordDrift } from '../../src/wording/drift.ts';
import type { Migration } from '../state.ts';
import { unlessPaused } from '../unless.ts';
import { freshMs, look, requireNothingBlocking } from './preflight.ts';

/**
 * Waits while the migration is paused, and looks again where that, or what was done since gate "start", took long, and where
 * a run goes on for one that was ended by hand: what is changed next is what was voted on. `hosts`: those that are changed
 * next and so are asked, too, as their before-images are of that vote. Throws PLAN_DRIFTED and PREFLIGHT_BLOCKED.
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
  // What an ended run had sent may have taken effect: whose it is the activity finds out.
  if (isLinking(m) && evidence.facts.account?.state !== MigrationState.Unlinked) return;
  // Another domain controller may not have heard of it yet: the activity waits until they agree.
  if (m.state.createdByUs && evidence.facts.dmsa === null) return;
  takeAsBefore(m, evidence.facts, hosts);
  requireNothingBlocking(m);
  const drifted = differences(about(voted, hosts), about(evidence.facts, hosts));
  if (drifted.length === 0) return;
  const message = `since gate "start" was passed: ${wordDrift(drifted)}`;
  throw ApplicationFailure.nonRetryable(message, 'PLAN_DRIFTED' satisfies ErrorCode);
}

function isLinking({ state }: Migration): boolean {
  return state.status.journal.some(({ step }) => step === 'link');
}

/** Nothing of ours has touched these yet: what is there now is what turning back has to leave. */
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
