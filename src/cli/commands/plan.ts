import { exitCodes } from '../../domain/states.ts';
import { wordPlanStep } from '../../wording/plan-step.ts';
import { type CommandSpec, newCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { addPlanOptions, type PlanOptions } from '../options/plan-options.ts';
import { planByOptions, savePlan } from './planning.ts';

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
  const { plan, findings, facts, steps, text } = await planByOptions(context, options, account);
  if (!plan) return exitCodes.refused;
  const { file, line } = await savePlan(context, { plan, seen: facts }, options.out);
  context.answer(`${text}${line}`, {
    plan,
    findings,
    facts,
    steps: steps.map((step) => ({ ...step, ...wordPlanStep(step) })),
    out: file,
  });
  return options.detailedExitcode && findings.length > 0 ? exitCodes.found : 0;
}
