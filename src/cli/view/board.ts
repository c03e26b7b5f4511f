import type { ListedMigration, LiveStatus } from '../../client/migrations.ts';
import { type StageName, stageNames } from '../../domain/migration/stages.ts';
import { escapeTerminal } from '../../wording/escape/terminal.ts';
import { andMore, counted } from '../../wording/lists.ts';
import { stageTitles } from '../../wording/stage.ts';
import { elapsed } from '../../wording/time.ts';
import { wordWaiting } from '../../wording/waiting.ts';
import { columns, padTo, paint, shorten } from './text.ts';

/** A migration in the list, with its status where a worker answers. */
export interface Watched {
  listed: ListedMigration;
  status: LiveStatus | null;
}

interface View {
  color: boolean;
  width: number;
  /** Rows of the terminal: migrations that do not fit are counted. */
  height: number;
  now: Date;
}

/** All migrations, those first that a person is needed for: how far each has come, and what it waits for. */
export function renderBoard(board: Watched[], { color, width, height, now }: View): string {
  const { bold, dim, yellow, red } = paint(color);
  const rows = escapeTerminal(board).sort((a, b) => rank(a) - rank(b));
  const needing = rows.filter((row) => rank(row) < 2).length;
  const title = `${counted(rows.length, 'migration')}, ${needing} waiting for people`;
  const nameWidth = Math.min(24, Math.max(7, ...rows.map(({ listed }) => columns(listed.account))));
  const lines = rows.map((row) => {
    const { listed, status } = row;
    const text = [
      padTo(shorten(listed.account, nameWidth), nameWidth),
      bar(listed.stage as StageName, listed.outcome),
      padTo(shorten(where(row), 18), 18),
      padTo(hostsText(row), 7),
      waitText(row, now),
    ].join('  ');
    const paintOf = rank(row) === 0 ? red : rank(row) === 1 ? yellow : status === null ? dim : String;
    return paintOf(shorten(text.trimEnd(), width));
  });
  const shown = lines.slice(0, Math.max(1, height - 3));
  const left = lines.length - shown.length;
  return [
    bold(title),
    '',
    ...(shown.length > 0 ? shown : [dim('None runs. Start one with dmsa start.')]),
    ...(left > 0 ? [dim(andMore(left))] : []),
  ].join('\n');
}

/** Something failed, people are asked, or time passes. */
function rank({ listed, status }: Watched): number {
  if (status?.outcome === 'needs-operator' || listed.needs === 'operator' || listed.needs === 'host')
    return 0;
  return listed.needs !== 'none' || listed.gate !== 'none' ? 1 : 2;
}

const barWidth = 12;

function bar(stage: StageName, outcome: string): string {
  const place = outcome === 'completed' ? stageNames.length : Math.max(0, stageNames.indexOf(stage)) + 1;
  const full = Math.min(barWidth, Math.round((place / stageNames.length) * barWidth));
  return '█'.repeat(full) + '░'.repeat(barWidth - full);
}

function where({ listed, status }: Watched): string {
  const { outcome, stage } = status ?? listed;
  return outcome === 'running' ? (stageTitles[stage as StageName] ?? stage) : outcome;
}

/** Counts the hosts that have restarted their services. */
function hostsText({ status }: Watched): string {
  if (!status) return '';
  const done = status.hosts.filter(({ restarted }) => restarted === 'yes').length;
  return `${done}/${status.hosts.length}`;
}

function waitText({ status }: Watched, now: Date): string {
  if (!status) return 'no worker answers';
  if (status.paused) return 'paused';
  const { waitingFor } = status;
  if (!waitingFor) return '';
  const left = waitingFor.until ? Date.parse(waitingFor.until) - now.getTime() : null;
  const until = left === null ? '' : left >= 0 ? `, ${elapsed(left)} left` : `, ${elapsed(-left)} overdue`;
  return `${wordWaiting(waitingFor)}${until}`;
}
