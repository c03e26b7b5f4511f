import { stageAt } from '../../domain/migration/stages.ts';
import type { MigrationStatus } from '../../domain/migration/status.ts';
import { isRecord } from '../../domain/values/record.ts';
import { stageTitles } from '../../wording/stage.ts';
import { elapsed } from '../../wording/time.ts';
import type { Block, Cell, Mark, Row } from '../model.ts';
import type { Command, Recorded } from '../recorded.ts';

/** Most commands on a page; the JSON report has more. */
const most = 2_000;

/** Every operation that was run in PowerShell: when, where, with which parameters, and what came of it. */
export function commandBlocks(records: Recorded, status: MigrationStatus): Block[] {
  const { commands, leftOut, full } = records;
  if (commands.length === 0) return [];
  const changing = commands.filter(({ changes }) => changes).length;
  const left = leftOut.commands + Math.max(0, commands.length - most);
  const stages = byStage(commands.slice(-most), status);
  return [
    {
      kind: 'text',
      cell: `${commands.length} in all, ${changing} of them meant to change something.${left > 0 ? ` The first ${left} are not shown here.` : ''}${full.commands ? ' The file of them is full: later ones were not written down.' : ''}`,
    },
    {
      kind: 'table',
      name: 'commands',
      titles: ['When', 'On', 'Operation', 'Parameters', 'Answer'],
      rows: stages.flatMap(({ title, commands }): Row[] => [
        { kind: 'group', cells: [title] },
        ...commands.map(commandRow),
      ]),
    },
  ];
}

function byStage(commands: Command[], status: MigrationStatus): { title: string; commands: Command[] }[] {
  const groups: { stage: unknown; title: string; commands: Command[] }[] = [];
  for (const command of commands) {
    const stage = stageAt(status, command.at);
    if (groups.at(-1)?.stage !== stage || groups.length === 0)
      groups.push({ stage, title: stage ? stageTitles[stage.name] : 'Before the first stage', commands: [] });
    groups.at(-1)!.commands.push(command);
  }
  return groups;
}

function commandRow(command: Command): Row {
  const { at, host, operation, changes, parameters, attempt } = command;
  const how: Cell[] = [
    { code: operation },
    changes ? { mark: 'warn', word: 'changes' } : { mark: 'calm', word: 'reads' },
    ...(attempt > 1 ? [`attempt ${attempt}`] : []),
  ];
  return { cells: [{ time: at }, host, how, described(parameters), answer(command)] };
}

function answer({ outcome, error, result, tookMs }: Command): Cell {
  const took = tookMs === null ? '' : ` after ${tookMs < 1_000 ? `${tookMs} ms` : elapsed(tookMs)}`;
  const words: Record<Command['outcome'], Mark> = {
    ok: { mark: 'good', word: `done${took}` },
    failed: { mark: 'bad', word: `${error?.code}${took}` },
    unknown: { mark: 'unknown', word: 'no answer is recorded' },
  };
  return [words[outcome], ...(error ? [error.message] : []), ...(result === null ? [] : resultOf(result))];
}

/** Members of a result that hold something; of events, the ids. */
function resultOf(result: unknown): Cell[] {
  if (!isRecord(result)) return described(result);
  const told = Object.entries(result).flatMap(([name, member]): [string, unknown][] => {
    if (member === null || (Array.isArray(member) && member.length === 0)) return [];
    return name === 'events' && Array.isArray(member)
      ? [[name, member.map((event) => event?.id)]]
      : [[name, member]];
  });
  return described(Object.fromEntries(told));
}

/** `name: value`, a line each, and a line for each thing in a list of them. */
function described(value: unknown): Cell[] {
  if (!isRecord(value)) return [{ code: plain(value) }];
  return Object.entries(value).flatMap(([name, member]): Cell[] => {
    if (Array.isArray(member) && member.some(isRecord))
      return member.map((each) => ({ code: `${name}: ${plain(each)}` }));
    return member === undefined ? [] : [{ code: `${name}: ${plain(member)}` }];
  });
}

function plain(value: unknown): string {
  if (value === null || (Array.isArray(value) && value.length === 0)) return 'none';
  if (Array.isArray(value)) return value.map(plain).join(', ');
  if (!isRecord(value)) return String(value);
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  return members.map(([name, member]) => `${name} ${plain(member)}`).join(', ');
}
