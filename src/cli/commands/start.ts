import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';
import { type DmsaError, errorAbout } from '../../domain/errors/errors.ts';
import { parseJson } from '../../domain/values/json.ts';
import { parseSavedPlan, type SavedPlan } from '../../plan/saved.ts';
import { escapeTerminal } from '../../wording/escape/terminal.ts';
import { type CommandSpec, newCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { declined, noTerminal } from '../failures.ts';
import { askYesNo } from '../io.ts';
import { addPlanOptions, type PlanOptions } from '../options/plan-options.ts';
import { migrationWord } from '../shell.ts';
import { follow } from '../view/follow.ts';
import { planByOptions } from './planning.ts';

interface StartOptions extends Partial<PlanOptions> {
  watch?: boolean;
}

export function startCommand(): CommandSpec {
  const command = newCommand(
    'start',
    'Start exactly the plan that dmsa plan saved; or plan, show the plan, and ask.',
    ['text', 'json', 'jsonl'],
  )
    .argument('<plan>', 'the file, or - for standard input; with --dmsa, the account to be superseded')
    .option('-w, --watch', 'show it until it ends; the exit code is that of its outcome');
  const others = command.options.length;
  addPlanOptions(command, { saves: false });
  const planning = command.options.slice(others);
  return {
    command,
    run: async (context, options: StartOptions, written) => {
      const given = planning.find((each) => command.getOptionValueSource(each.attributeName()) === 'cli');
      if (given && !isPlanning(options)) throw notOfThePlan(given.long ?? given.flags);
      return await start(context, options, written!);
    },
  };
}

/** Refuses options of planning beside a saved plan, as they would change nothing. */
function notOfThePlan(option: string): DmsaError {
  const why = `a saved plan is started as it is: plan with it (dmsa plan), or give an account with --dmsa`;
  return errorAbout(option, 'ARGUMENT_INVALID', why);
}

async function start(context: Context, options: StartOptions, written: string): Promise<number> {
  const saved = isPlanning(options)
    ? await planAndAsk(context, options, written)
    : await requireCurrent(context, parseSavedPlan(await readPlanFile(context, written)));
  if (saved === null) return 2;
  const { plan } = saved;
  return await context.withMigrations(async (migrations) => {
    const migrationId = await migrations.start(plan, saved.seen);
    if (!saved.seen)
      context.tell('The plan does not say what was there when it was made: nothing is compared.');
    if (options.watch) return await follow(context, migrations, migrationId);
    context.answer(
      escapeTerminal(
        `Started ${migrationId}: dmsa status --watch ${migrationWord(migrationId, plan.account.samAccountName)}`,
      ),
      {
        migrationId,
        account: plan.account.samAccountName,
        dmsa: plan.dmsa.name,
        planHash: plan.hash,
      },
    );
    return 0;
  });
}

function isPlanning(options: StartOptions): options is StartOptions & PlanOptions {
  return options.dmsa !== undefined;
}

/** Plans now, and starts only after a yes, or with `--yes`. Null if a finding blocks the plan. */
async function planAndAsk(
  context: Context,
  options: PlanOptions,
  account: string,
): Promise<SavedPlan | null> {
  const { plan, facts, text } = await planByOptions(context, options, account);
  if (!plan) return null;
  context.tell(text);
  if (!context.yes) {
    const answer = await askYesNo(context.io, `Start the migration of ${plan.account.samAccountName}?`);
    if (answer === null)
      throw noTerminal('start', 'save the plan with dmsa plan --out and start that, or give --yes');
    if (!answer) throw declined('nothing was started');
  }
  return { plan, seen: facts };
}

/**
 * Compares directory and hosts with what the plan was made of. A machine that only talks to Temporal cannot: then the
 * worker compares, before anything is changed. Throws PLAN_DRIFTED.
 */
async function requireCurrent(context: Context, saved: SavedPlan): Promise<SavedPlan> {
  if (!saved.seen) return saved;
  const settings = await context.settingsIfAny();
  if (!settings)
    context.tell(
      'Directory and hosts are not looked at here, without their settings: the worker compares them.',
    );
  else await context.assembly.requireUndrifted(saved, settings);
  return saved;
}

async function readPlanFile({ io }: Context, file: string): Promise<unknown> {
  const content = await (file === '-' ? readAll(io.in) : readFile(resolve(io.folder, file), 'utf8')).catch(
    (cause) => {
      const hint = cause.code === 'ENOENT' ? 'To plan an account and start it, give --dmsa.' : undefined;
      throw errorAbout(file, 'FILE_UNREADABLE', `the plan cannot be read (${cause.code})`, { cause, hint });
    },
  );
  const json = parseJson(content);
  if (json === undefined) throw errorAbout(file, 'PLAN_INVALID', 'this is not JSON');
  return json;
}
