import { Option } from 'commander';
import type { ListedMigration } from '../../client/migrations.ts';
import type { Needs } from '../../domain/migration/needs.ts';
import { escapeTerminal } from '../../wording/escape/terminal.ts';
import { moment } from '../../wording/time.ts';
import { type CommandSpec, newCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { paint, shorten, tableLine, widthsOf } from '../view/text.ts';

interface ListOptions {
  all?: boolean;
  waiting?: boolean;
  overdue?: boolean;
  failed?: boolean;
}

export function listCommand(): CommandSpec {
  const only = (flag: string, what: string, ...others: string[]) => new Option(flag, what).conflicts(others);
  const command = newCommand('list', 'List the migrations that run.')
    .option('-a, --all', 'also those that have ended')
    .addOption(only('--waiting', 'only those that wait for approval', 'overdue', 'failed'))
    .addOption(only('--overdue', 'only those whose gate has expired and is held open', 'waiting', 'failed'))
    .addOption(
      only(
        '--failed',
        'only those that wait for a person because something failed, or whose workflow was terminated',
        'waiting',
        'overdue',
      ),
    );
  return { command, run: list };
}

async function list(context: Context, options: ListOptions): Promise<number> {
  const needs = wanted(options);
  const filter = { ...(options.all && { all: true }), ...(needs && { needs }) };
  const migrations = await context.withMigrations((each) => each.list(filter));
  // A program that reads a pipe needs whole ids.
  const width = context.io.out.isTTY ? context.width : Number.POSITIVE_INFINITY;
  context.answer(renderList(migrations, { color: context.color, width }), { migrations });
  return 0;
}

function wanted({ waiting, overdue, failed }: ListOptions): Needs[] | null {
  if (waiting) return ['approval', 'overdue'];
  if (overdue) return ['overdue'];
  return failed ? ['operator', 'host'] : null;
}

/** One line for each migration; those that need a person are marked, as people look for them. */
export function renderList(
  migrations: ListedMigration[],
  options: { color: boolean; width: number },
): string {
  if (migrations.length === 0) return 'No migrations.';
  const { bold, yellow } = paint(options.color);
  const rows = escapeTerminal(migrations).map((each) => [
    each.account,
    each.outcome,
    each.outcome === 'running' ? each.stage : '',
    needed(each),
    moment(each.startedAt).slice(0, 16),
    each.migrationId,
  ]);
  const head = ['ACCOUNT', 'OUTCOME', 'STAGE', 'NEEDS', 'STARTED (UTC)', 'ID'];
  const widths = widthsOf([head, ...rows]);
  const line = (row: string[]) => shorten(tableLine(row, widths), options.width);
  return [bold(line(head)), ...rows.map((row) => (row[3] ? yellow(line(row)) : line(row)))].join('\n');
}

function needed({ needs, gate }: Pick<ListedMigration, 'needs' | 'gate'>): string {
  if (needs === 'approval' || needs === 'overdue')
    return `vote: ${gate}${needs === 'overdue' ? ' (overdue)' : ''}`;
  return needs === 'none' ? '' : needs;
}
