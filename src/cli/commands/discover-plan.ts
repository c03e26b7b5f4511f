import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import type { Discovery } from '../../discover/discover.ts';
import { DmsaError, errorAbout } from '../../domain/errors/errors.ts';
import { blocking, type Finding } from '../../domain/findings/findings.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { parseRequest } from '../../plan/request.ts';
import type { Context } from '../context.ts';
import { type Told, tellError } from '../failures.ts';
import { declaredUser } from '../io.ts';
import { shellWord } from '../shell.ts';
import { renderPlan } from '../view/plan.ts';
import type { DiscoverOptions } from './discover.ts';

/** What became of the plan that was asked for. */
export interface PlanOutcome {
  plan: Plan | null;
  /** What preflight found when the plan was made. */
  planFindings: Finding[];
  /** Where the plan was saved. */
  out: string | null;
  /** Why there is none: told after what was found, so that the asking was not in vain. */
  error: Told | null;
  text: string | null;
  /** The exit code where there is none. */
  refused: number | null;
}

export const noPlan: PlanOutcome = {
  plan: null,
  planFindings: [],
  out: null,
  error: null,
  text: null,
  refused: null,
};

/** The plan for the hosts that use the account, made and checked as by `dmsa plan` with its defaults. */
export async function planFound(
  context: Context,
  found: Discovery,
  options: DiscoverOptions,
): Promise<PlanOutcome> {
  if (context.io.signal.aborted) return noPlan;
  try {
    if (found.planned.length === 0) throw nothingToPlan(found);
    const request = parseRequest({
      account: found.account.guid,
      dmsa: options.dmsa!,
      hosts: found.planned,
      requestedBy: options.by ?? declaredUser(context.io.env),
    });
    const { plan, findings } = await context.assembly.plan(request, await context.settings());
    const text = renderPlan(plan, findings, context);
    const blocks = blocking(findings);
    if (!plan || blocks.length > 0) return { ...failed(blocked(blocks)), planFindings: findings, text };
    const out = options.out ? resolve(context.io.folder, options.out) : null;
    if (out) await writeFile(out, `${JSON.stringify(plan, null, 2)}\n`);
    const saved = out ? `\n\nSaved as ${out}: dmsa start ${shellWord(options.out!)}` : '';
    return { ...noPlan, plan, planFindings: findings, out, text: `${text}${saved}` };
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): PlanOutcome {
  const told = tellError(error);
  return { ...noPlan, error: told, refused: told.exitCode };
}

function blocked(blocks: Finding[]): DmsaError {
  const codes = blocks.map(({ code, subject }) => `${code} ${subject}`).join(', ');
  return new DmsaError('PREFLIGHT_BLOCKED', 'plan', `blocked by ${codes}`);
}

function nothingToPlan({ account, summary }: Discovery): DmsaError {
  const why = `nothing is set up to log on as ${account.samAccountName} on any of ${summary.hosts} hosts`;
  return errorAbout('hosts', 'NOTHING_TO_PLAN', why);
}

/**
 * The command that plans for what was found; null where there is nothing to plan. The account is its name where every
 * shell takes that as it is, else its GUID; the names of hosts are DNS names, in which nothing has to be quoted.
 */
export function planCommandOf({ account, planned }: Discovery, hostsOut?: string): string | null {
  if (planned.length === 0) return null;
  const { samAccountName, guid } = account;
  const name = /^[A-Za-z0-9_.][A-Za-z0-9_.-]*$/.test(samAccountName) ? samAccountName : guid;
  const hosts =
    hostsOut === undefined
      ? planned.map((host) => `--host ${host}`)
      : [`--hosts-file ${shellWord(hostsOut)}`];
  return ['dmsa plan', name, '--dmsa NAME', ...hosts].join(' ');
}

/** More hosts than these make a line that nobody reads; they go into a file. */
const mostHostsInLine = 5;

/** What to do next, for people. */
export function nextStep(found: Discovery, { hostsOut }: Pick<DiscoverOptions, 'hostsOut'>): string | null {
  if (hostsOut !== undefined || found.planned.length <= mostHostsInLine) {
    const command = planCommandOf(found, hostsOut);
    return command && `Plan them: ${command}`;
  }
  return `Plan them: run this again with --hosts-out hosts.txt, then ${planCommandOf(found, 'hosts.txt')}`;
}
