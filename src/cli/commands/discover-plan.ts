import type { Discovery } from '../../discover/discover.ts';
import { type DmsaError, errorAbout } from '../../domain/errors/errors.ts';
import type { Finding } from '../../domain/findings/findings.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { parseRequest } from '../../plan/request.ts';
import type { Context } from '../context.ts';
import { type ErrorReport, tellError } from '../failures.ts';
import { declaredUser } from '../io.ts';
import { shellWord } from '../shell.ts';
import { savePlan, showPlan } from './planning.ts';

/** The plan of a discovery, or why there is none. */
export interface PlanOutcome {
  plan: Plan | null;
  /** Findings of the preflight that the plan was made with. */
  planFindings: Finding[];
  /** Path of the saved plan. */
  out: string | null;
  /** Why there is no plan; printed after the discovery, which is an answer by itself. */
  error: ErrorReport | null;
  text: string | null;
  /** Exit code if there is no plan. */
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
  options: { dmsa: string; out?: string; by?: string },
): Promise<PlanOutcome> {
  if (context.io.signal.aborted) return noPlan;
  try {
    if (found.planned.length === 0) throw nothingToPlan(found);
    const request = parseRequest({
      account: found.account.guid,
      dmsa: options.dmsa,
      hosts: found.planned,
      requestedBy: options.by ?? declaredUser(context.io.env),
    });
    const { plan, findings, facts, text, blocked } = await showPlan(context, request);
    if (blocked) return { ...failed(blocked), planFindings: findings, text };
    const { file, line } = await savePlan(context, { plan, seen: facts }, options.out);
    return { ...noPlan, plan, planFindings: findings, out: file, text: `${text}${line}` };
  } catch (error) {
    return failed(error);
  }
}

function failed(error: unknown): PlanOutcome {
  const told = tellError(error);
  return { ...noPlan, error: told, refused: told.exitCode };
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

/** Next step, for people. */
export function nextStep(found: Discovery, { hostsOut }: { hostsOut?: string }): string | null {
  if (hostsOut !== undefined || found.planned.length <= mostHostsInLine) {
    const command = planCommandOf(found, hostsOut);
    return command && `Plan them: ${command}`;
  }
  return `Plan them: run this again with --hosts-out hosts.txt, then ${planCommandOf(found, 'hosts.txt')}`;
}
