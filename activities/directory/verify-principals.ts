import { withPrincipalNames } from '../../src/directory/principals/read-principals.ts';
import { hostsLetIn } from '../../src/domain/assess/assess-principals.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';
import type { DmsaFacts, Principal } from '../../src/domain/facts/facts.ts';
import type { PlanHost, Target } from '../../src/domain/plan/plan.ts';
import { MigrationState } from '../../src/domain/states.ts';
import { wordPair } from '../../src/wording/completion-fault.ts';
import { type ActivityDeps, readNow } from '../deps.ts';
import { notDue, now } from '../runtime.ts';
import { isIn, pairFrom } from './pair.ts';
import { requireSettled } from './settled.ts';

export interface VerifyPrincipalsInput {
  target: Target;
  /** Hosts that have to be let in. */
  hosts: Pick<PlanHost, 'name' | 'computerSid'>[];
  /** SIDs of all hosts of the plan, by which a group's members are told apart; those of `hosts` where absent. */
  planHosts?: string[];
  /** ISO 8601: until when a host may take to join. */
  until: string;
}

export interface PrincipalsReading {
  principals: Principal[];
  /** SHA-256 of the descriptor: what observation compares with. */
  digest: string | null;
  /** ISO 8601: when it was read. */
  readAt: string;
}

/** Asked again this often while a host is missing; each time costs three searches, and more only where groups are in it. */
const pollMs = { least: 1_000, most: 60_000 };

/**
 * Reads who may retrieve the managed password, once every host of `hosts` is let in, by itself or by a group
 * (failure-cases.md, 17). Until then it fails as not due, which adds nothing to the history. Throws PRINCIPAL_MISSING
 * at `until`, unless another DC has another list, STATE_UNEXPECTED where the link is gone.
 */
export async function verifyPrincipals(
  deps: ActivityDeps,
  input: VerifyPrincipalsInput,
): Promise<PrincipalsReading> {
  const { target, hosts, planHosts = hosts.map((host) => host.computerSid) } = input;
  const dmsa = await readNow(deps, target, async (directory) => {
    const pair = await pairFrom(directory, target);
    if (!isIn(pair, MigrationState.Started)) {
      await requireSettled(deps, target, pair, { seen: true });
      throw new DmsaError('STATE_UNEXPECTED', pair.account.dn, wordPair(pair));
    }
    const named = await withPrincipalNames(directory, pair.dmsa!, planHosts);
    // Hosts join on the DCs of their own sites.
    const isLate = notLetIn(named, hosts).length > 0 && now().getTime() >= Date.parse(input.until);
    if (isLate) await requireSettled(deps, target, pair, { seen: true });
    return named;
  });
  const missing = notLetIn(dmsa, hosts);
  if (missing.length > 0) wait(missing, Date.parse(input.until));
  return { principals: dmsa.principals, digest: dmsa.principalsDigest, readAt: now().toISOString() };
}

interface MissingHost {
  name: string;
  /** An ACE keeps it out, whether it joins or not. */
  isRefused: boolean;
}

function notLetIn(dmsa: DmsaFacts, hosts: VerifyPrincipalsInput['hosts']): MissingHost[] {
  const letIn = hostsLetIn(dmsa);
  const refused = new Set(dmsa.hostsRefused?.map(({ sid }) => sid));
  return hosts
    .filter(({ computerSid }) => !letIn.has(computerSid))
    .map(({ name, computerSid }) => ({ name, isRefused: refused.has(computerSid) }));
}

function wait(missing: MissingHost[], until: number): never {
  const left = until - now().getTime();
  if (left <= 0) {
    throw new DmsaError(
      'PRINCIPAL_MISSING',
      missing.map(({ name, isRefused }) => (isRefused ? `${name} (refused)` : name)).join(', '),
      'not among the principals of the dMSA in its time',
    );
  }
  const hosts = missing.map(({ name }) => name);
  const refused = missing.filter(({ isRefused }) => isRefused).map(({ name }) => name);
  notDue(
    { kind: 'principals', hosts, refused },
    Math.min(left, pollMs.most, Math.max(pollMs.least, left / 20)),
  );
}
