import { DmsaError, errorAbout } from '../../domain/errors/errors.ts';
import { durationPattern } from '../../domain/values/duration.ts';
import { wordUndo } from '../../wording/journal.ts';
import type { CommandSpec } from '../command.ts';
import type { Context } from '../context.ts';
import { shellWord } from '../shell.ts';
import { type ActOptions, act, confirm, whoOf } from './acting.ts';

interface ResumeOptions extends ActOptions {
  adopt?: boolean;
  wait?: string;
}

export function resumeCommand(): CommandSpec {
  const description = 'Go on after a pause; or with a migration whose workflow was ended by hand.';
  const spec = act('resume', description, async ({ id, send }) => {
    await send('resume');
    return `Resumed ${id}`;
  });
  spec.command
    .option('--adopt', 'go on with a migration that was terminated, from its own journal and evidence')
    .option('--wait <duration>', 'with --adopt: how long what it had under way gets to end', '5m');
  const { run } = spec;
  spec.run = (context, options: ResumeOptions, ...args) =>
    options.adopt ? adopt(context, options, args[0]!) : run(context, options, ...args);
  return spec;
}

async function adopt(context: Context, options: ResumeOptions, id: string): Promise<number> {
  const who = whoOf(context, options);
  const adoption = { ...who, wait: waitOf(options) };
  return await context.withMigrations(async (migrations) => {
    const status = await migrations.status(id);
    const { migrationId } = status;
    if (!status.ended)
      throw new DmsaError(
        'MIGRATION_RUNNING',
        migrationId,
        `${migrationId} is running: there is nothing to adopt`,
      );
    const { stage, account } = status;
    const steps = wordUndo(status);
    context.tell(`It ended at stage ${stage}, with ${steps.length} steps that an undo would undo.`);
    await confirm(context, `Go on with ${migrationId}?`);
    await migrations.adopt(migrationId, adoption);
    const text = `Going on with ${migrationId}: dmsa status --watch ${shellWord(account)}`;
    context.answer(text, { migrationId, sent: 'resume', adopted: true, ...who });
    return 0;
  });
}

function waitOf({ wait = '5m' }: ResumeOptions): string {
  if (durationPattern.test(wait)) return wait;
  const why = `"${wait}" is not a duration: write 10s, 10m, 10h or 14d`;
  throw errorAbout('--wait', 'ARGUMENT_INVALID', why);
}
