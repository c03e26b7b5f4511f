import { wordStatus } from '../../wording/status.ts';
import { type CommandSpec, newCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { exitCodeOf, follow } from '../view/follow.ts';
import { renderStatus } from '../view/status.ts';

export function statusCommand(): CommandSpec {
  const command = newCommand('status', 'Show how a migration stands.', ['text', 'json', 'jsonl'])
    .argument('<migration>', 'its id, or the name of the account')
    .option('-w, --watch', 'show it until it ends; jsonl prints an object for each change');
  return { command, run: status };
}

async function status(context: Context, options: { watch?: boolean }, id: string): Promise<number> {
  return await context.withMigrations(async (migrations) => {
    if (options.watch) return await follow(context, migrations, id);
    const now = await migrations.status(id);
    const { color, width, io } = context;
    context.answer(
      renderStatus(now, { color, width, now: io.now(), progress: now.progress }),
      wordStatus(now),
    );
    return exitCodeOf(now);
  });
}
