import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text as readAll } from 'node:stream/consumers';

import { DmsaError } from '../../domain/errors.ts';
import { parsePlan } from '../../plan/schema.ts';
import { type Context, newCommand } from '../context.ts';
import { follow } from '../follow.ts';
import type { CommandSpec } from '../program.ts';

export function startCommand(): CommandSpec {
  const command = newCommand('start', 'Start exactly the plan that dmsa plan saved.', [
    'text',
    'json',
    'jsonl',
  ])
    .argument('<plan>', 'the file, or - for standard input')
    .option('-w, --watch', 'show it until it ends; the exit code is that of its outcome');
  return { command, run: start };
}

async function start(context: Context, options: { watch?: boolean }, file: string): Promise<number> {
  const plan = parsePlan(await readPlanFile(context, file));
  return await context.withMigrations(async (migrations) => {
    const migrationId = await migrations.start(plan);
    if (options.watch) return await follow(context, migrations, migrationId);
    context.answer(`Started ${migrationId}: dmsa status --watch ${plan.account.samAccountName}`, {
      migrationId,
      account: plan.account.samAccountName,
      dmsa: plan.dmsa.name,
      planHash: plan.hash,
    });
    return 0;
  });
}

async function readPlanFile({ io }: Context, file: string): Promise<unknown> {
  const content = await (file === '-' ? readAll(io.in) : readFile(resolve(io.folder, file), 'utf8')).catch(
    (cause) => {
      throw new DmsaError('PLAN_INVALID', file, `${file}: the plan cannot be read (${cause.code})`, {
        cause,
      });
    },
  );
  try {
    return JSON.parse(content.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new DmsaError('PLAN_INVALID', file, `${file}: this is not JSON: save a plan with dmsa plan --out`, {
      cause,
    });
  }
}
