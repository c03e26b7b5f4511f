import type { ListedMigration } from '../../client/migrations.ts';
import { type Context, newCommand } from '../context.ts';
import type { CommandSpec } from '../program.ts';
import { cleaned, columns, padTo, paint, shorten } from '../render/text.ts';
import { moment } from '../render/time.ts';

export function listCommand(): CommandSpec {
  const command = newCommand('list', 'List the migrations that run.').option(
    '-a, --all',
    'also those that have ended',
  );
  return { command, run: list };
}

async function list(context: Context, options: { all?: boolean }): Promise<number> {
  const migrations = await context.withMigrations((each) => each.list(options));
  // What reads a pipe wants ids whole.
  const width = context.io.out.isTTY ? context.width : Number.POSITIVE_INFINITY;
  context.answer(renderList(migrations, { color: context.color, width }), { migrations });
  return 0;
}

/** A line for each migration; a gate that waits for votes is marked, as that is what people look for. */
export function renderList(
  migrations: ListedMigration[],
  options: { color: boolean; width: number },
): string {
  if (migrations.length === 0) return 'No migrations.';
  const { bold, yellow } = paint(options.color);
  const rows = cleaned(migrations).map((each) => [
    each.account,
    each.outcome,
    each.outcome === 'running' ? each.stage : '',
    each.gate === 'none' ? '' : `vote: ${each.gate}`,
    moment(each.startedAt).slice(0, 16),
    each.migrationId,
  ]);
  const head = ['ACCOUNT', 'OUTCOME', 'STAGE', 'GATE', 'STARTED (UTC)', 'ID'];
  const widths = head.map((title, column) =>
    Math.max(columns(title), ...rows.map((row) => columns(row[column]!))),
  );
  const line = (row: string[]) => {
    const text = row
      .map((cell, column) => padTo(cell, widths[column]!))
      .join('  ')
      .trimEnd();
    return columns(text) > options.width ? shorten(text, options.width) : text;
  };
  return [bold(line(head)), ...rows.map((row) => (row[3] ? yellow(line(row)) : line(row)))].join('\n');
}
