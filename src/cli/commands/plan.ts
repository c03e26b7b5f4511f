import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { exitCodes } from '../../domain/states.ts';
import { savedPlan } from '../../plan/saved.ts';
import { wordPlanStep } from '../../wording/plan-step.ts';
import { type CommandSpec, newCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { addPlanOptions, type PlanOptions } from '../options/plan-options.ts';
import { shellWord } from '../shell.ts';
import { planned } from '../view/planned.ts';

export function planCommand(): CommandSpec {
  const command = newCommand(
    'plan',
    'Read directory and hosts, change nothing, and say what a migration would do.',
  )
    .argument('<account>', 'the account to be superseded: a name, DOMAIN\\name, UPN, DN, GUID or SID')
    .option('--detailed-exitcode', 'exit with 5 where something was found that does not block');
  return { command: addPlanOptions(command, { saves: true }), run: planMigration };
}

async function planMigration(context: Context, options: PlanOptions, account: string): Promise<number> {
  const { plan, findings, facts, steps, text } = await planned(context, options, account);
  if (!plan) return exitCodes.refused;
  const out = options.out ? resolve(context.io.folder, options.out) : null;
  if (out) await writeFile(out, `${JSON.stringify(savedPlan({ plan, seen: facts }), null, 2)}\n`);
  context.answer(out ? `${text}\n\nSaved as ${out}: dmsa start ${shellWord(options.out!)}` : text, {
    plan,
    findings,
    facts,
    steps: steps.map((step) => ({ ...step, ...wordPlanStep(step) })),
    out,
  });
  return options.detailedExitcode && findings.length > 0 ? exitCodes.found : 0;
}
