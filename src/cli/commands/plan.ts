import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';

import { DmsaError } from '../../domain/errors.ts';
import { blocking } from '../../domain/findings.ts';
import { type Context, newCommand } from '../context.ts';
import { readHostLines } from '../hosts-file.ts';
import { declaredUser } from '../io.ts';
import { addPlanOptions, type PlanOptions, requestOf } from '../plan-options.ts';
import type { CommandSpec } from '../program.ts';
import { renderPlan } from '../render/plan.ts';
import { addRolloutOptions } from '../rollout-options.ts';
import { shellWord } from '../shell.ts';

export function planCommand(): CommandSpec {
  const command = newCommand(
    'plan',
    'Read directory and hosts, change nothing, and say what a migration would do.',
  ).argument('<account>', 'the account to be superseded: a name, DOMAIN\\name, UPN, DN, GUID or SID');
  return { command: addRolloutOptions(addPlanOptions(command)), run: planMigration };
}

async function planMigration(context: Context, options: PlanOptions, account: string): Promise<number> {
  const { io } = context;
  const lines = await readHostLines(io, options.hostsFile);
  const request = requestOf(account, options, lines, declaredUser(io.env));
  const { plan, findings, facts } = await context.assembly.plan(request, await context.settings());
  const blocks = blocking(findings);
  const text = renderPlan(plan, findings, { ...context, now: io.now() });
  if (!plan || blocks.length > 0) {
    const codes = blocks.map(({ code, subject }) => `${code} ${subject}`).join(', ');
    if (context.format === 'text') context.tell(text);
    else
      context.answer('', {
        error: { code: 'PREFLIGHT_BLOCKED', message: codes },
        plan: null,
        findings,
        facts,
      });
    return refused(context, codes);
  }
  const out = options.out ? resolve(io.folder, options.out) : null;
  if (out) await writeFile(out, `${JSON.stringify(plan, null, 2)}\n`);
  context.answer(out ? `${text}\n\nSaved as ${out}: dmsa start ${shellWord(options.out!)}` : text, {
    plan,
    findings,
    facts,
    out,
  });
  return 0;
}

/** The findings have been printed; the error's line comes last, so that it is seen. */
function refused(context: Context, codes: string): number {
  const { code, message, fix } = new DmsaError('PREFLIGHT_BLOCKED', 'plan', `blocked by ${codes}`);
  context.io.err.write(`${code}: ${message} (fix: ${fix})\n`);
  return 2;
}
