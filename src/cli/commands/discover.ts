import { resolve } from 'node:path';

import { InvalidArgumentError } from 'commander';
import { writeNamedFile } from '../../config/files.ts';
import { discoverCsv } from '../../discover/csv.ts';
import type { Discovery } from '../../discover/discover.ts';
import { DmsaError } from '../../domain/errors/errors.ts';
import { exitCodes } from '../../domain/states.ts';
import { dmsaName } from '../../plan/values.ts';
import { type CommandSpec, collect, newCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { type ErrorReport, interrupted, tellError } from '../failures.ts';
import { readHostsFile } from '../options/hosts-file.ts';
import { askingProgress } from '../prompts/asking.ts';
import { renderDiscovery } from '../view/discover.ts';
import { nextStep, noPlan, type PlanOutcome, planCommandOf, planFound } from './discover-plan.ts';

interface DiscoverOptions {
  account: string;
  host?: string[];
  hostsFile?: string;
  ou?: string;
  allServers?: boolean;
  activeWithin?: string;
  parallel: number;
  all?: boolean;
  hostsOut?: string;
  dmsa?: string;
  out?: string;
  by?: string;
}

export function discoverCommand(): CommandSpec {
  const command = newCommand(
    'discover',
    'Ask hosts what logs on there as an account, change nothing, and make a plan of what was found.',
    ['text', 'json', 'csv'],
  )
    .requiredOption('--account <name>', 'the account: a name, DOMAIN\\name, UPN, DN, GUID or SID')
    .option('--host <name>', 'a host to ask; may be repeated', collect)
    .option('--hosts-file <file>', 'a file with one host a line; # begins a comment')
    .option('--ou <dn>', 'the computers below this container')
    .option('--all-servers', 'the Windows Servers of the domain, or of --ou, but for domain controllers')
    .option('--active-within <duration>', 'of these, only what has logged on within it; 15d at least')
    .option('--parallel <number>', 'how many hosts are asked at once', parallel, 16)
    .option('--all', 'also show hosts that do not use the account, and every name')
    .option('--hosts-out <file>', 'save the hosts to plan for, for --hosts-file of dmsa plan')
    .option('--dmsa <name>', 'make a plan for the hosts that use the account: name of the dMSA')
    .option('--out <file>', 'save that plan, for dmsa start')
    .option('--by <who>', 'who asks for it; may not approve (default: your login)');
  return { command, run: discoverUses };
}

async function discoverUses(context: Context, options: DiscoverOptions): Promise<number> {
  checkOptions(options);
  const { io } = context;
  const names = [...(options.host ?? []), ...(await readHostsFile(io, options.hostsFile))];
  const { ou = null, activeWithin = null, allServers = false } = options;
  const progress = askingProgress(context);
  const settings = await context.settings();
  const request = {
    account: options.account,
    hosts: { names, ou, allServers, activeWithin },
    parallel: options.parallel,
    now: io.now,
    signal: io.signal,
    onProgress: progress.show,
  };
  const found = await context.assembly.discover(request, settings).finally(progress.end);
  const hosts = await saveHosts(context, found, options.hostsOut);
  const { dmsa } = options;
  const planned = dmsa ? await planFound(context, found, { ...options, dmsa }) : noPlan;
  const outcome = hosts.error ? { ...planned, error: hosts.error, refused: exitCodes.failed } : planned;
  answer(context, found, { options, hostsOut: hosts.file, outcome });
  if (io.signal.aborted) return interruptedCode(context);
  return outcome.refused ?? (isAllWell(found) ? exitCodes.completed! : exitCodes.blocked!);
}

/** A file that cannot be written is told after what was found, so that the asking was not in vain. */
async function saveHosts(
  { io }: Context,
  { planned, notAsked }: Discovery,
  written: string | undefined,
): Promise<{ file: string | null; error: ErrorReport | null }> {
  // A list that lacks hosts would look like a whole one.
  if (written === undefined || notAsked.length > 0) return { file: null, error: null };
  const file = resolve(io.folder, written);
  try {
    await writeNamedFile('--hosts-out', file, planned.map((name) => `${name}\n`).join(''));
    return { file, error: null };
  } catch (error) {
    return { file: null, error: tellError(error) };
  }
}

/** Everything was asked and answered, and nothing that uses the account stands in the way. */
function isAllWell({ summary, notAsked }: Discovery): boolean {
  return summary.block + summary.unasked + notAsked.length === 0;
}

function interruptedCode({ io }: Context): number {
  io.err.write(`${interrupted.line}\n`);
  return interrupted.exitCode;
}

interface DiscoverAnswer {
  options: DiscoverOptions;
  hostsOut: string | null;
  outcome: PlanOutcome;
}

function answer(context: Context, found: Discovery, { options, hostsOut, outcome }: DiscoverAnswer): void {
  const { io, color } = context;
  if (context.format === 'csv') io.out.write(discoverCsv(found));
  else {
    // What reads a pipe wants names whole.
    const width = io.out.isTTY ? context.width : Number.POSITIVE_INFINITY;
    const matrix = renderDiscovery(found, { color, width, all: options.all ?? false });
    const { refused: _, text, error, ...planned } = outcome;
    const isWhole = found.notAsked.length === 0;
    const next = text ?? (outcome.error || !isWhole ? null : nextStep(found, options));
    const value = {
      ...found,
      planCommand: isWhole ? planCommandOf(found, options.hostsOut) : null,
      hostsOut,
      ...planned,
      error: error?.error ?? null,
    };
    context.answer(next ? `${matrix}\n\n${next}` : matrix, value);
  }
  if (outcome.error) io.err.write(`${outcome.error.line}\n`);
}

function checkOptions({ dmsa, out, by }: DiscoverOptions): void {
  if (dmsa === undefined) {
    for (const [option, value] of Object.entries({ '--out': out, '--by': by })) {
      if (value !== undefined)
        throw invalid(option, `${option}: it is about a plan: name the dMSA with --dmsa`);
    }
    return;
  }
  // Before hundreds of hosts are asked, not after.
  const parsed = dmsaName.safeParse(dmsa.replace(/\$$/, ''));
  if (!parsed.success) throw invalid('--dmsa', `--dmsa: ${parsed.error.issues[0]!.message}`);
}

function invalid(field: string, message: string): DmsaError {
  return new DmsaError('ARGUMENT_INVALID', field, message);
}

function parallel(value: string): number {
  if (/^\d{1,3}$/.test(value) && Number(value) >= 1 && Number(value) <= 256) return Number(value);
  throw new InvalidArgumentError('Write a whole number from 1 to 256.');
}
