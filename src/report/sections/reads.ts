import type { ReadRecord } from '../../records/records.ts';
import { wordExcerpt } from '../../wording/excerpt.ts';
import { moment } from '../../wording/time.ts';
import type { Block, Cell, Row } from '../model.ts';
import type { Recorded } from '../recorded.ts';

/** Question that the reads of an activity answer. */
const decides: Record<string, string> = {
  preflight: 'Preflight: whether something stands in the way, and what is voted on',
  createDmsa: 'Whether the dMSA is there, and is the one that was created',
  removeDmsa: 'Whether the dMSA is gone again',
  startMigration: 'Whether both objects are linked, each pointing at the other',
  undoLink: 'Whether the link is undone',
  verifyPrincipals: 'Who may retrieve the managed password',
  observe: 'Whether link and principals are still as they were',
  completeMigration: 'Whether the migration is completed, on both objects',
  undoComplete: 'Whether the completion is undone, and both objects are as before it',
  verifyCompleted: 'Whether all is as it has to be after completion',
  verifyRestored: 'Whether all is as it was before the migration',
  lookAtHosts: 'Whether the hosts are well',
};

const most = 400;

/** Every question to the directory, by the verdict that it was for; the same questions asked again are told once. */
export function readBlocks({ reads, leftOut, full }: Recorded): Block[] {
  if (reads.length === 0) return [];
  const occasions = merged(occasionsOf(reads));
  const shown = occasions.slice(0, most);
  const left = occasions.length - shown.length;
  const about = [
    `${reads.length} in all, over LDAPS by the worker itself.`,
    ...(leftOut.reads > 0 ? [`${leftOut.reads} before them are left out.`] : []),
    ...(full.reads ? ['The file of them is full: later ones were not written down.'] : []),
    ...(left > 0 ? [`${left} more occasions are in the JSON report.`] : []),
  ].join(' ');
  const sets = attributeSets(shown);
  return [
    { kind: 'text', cell: about },
    {
      kind: 'table',
      name: 'reads',
      titles: ['Domain controller', 'Base and scope', 'Filter', 'Attributes', 'Entries'],
      rows: shown.flatMap((occasion) => occasionRows(occasion, sets)),
    },
    ...(sets.size > 0 ? [setList(sets)] : []),
  ];
}

/** Longer lists of attributes become named sets: the same ones are read again and again. */
const shortList = 4;

function attributeSets(occasions: Occasion[]): Map<string, string> {
  const lists = occasions.flatMap(({ reads }) => reads.map(({ attributes }) => attributes));
  const long = new Set(lists.filter(({ length }) => length > shortList).map((list) => list.join(', ')));
  return new Map([...long].map((list, at) => [list, `set ${at + 1}`]));
}

function setList(sets: Map<string, string>): Block {
  const rows = [...sets].map(([list, name]): Row => ({ cells: [name, { code: list }] }));
  return { kind: 'table', name: 'sets', titles: ['Set', 'Attributes'], rows };
}

/** The questions of one attempt of one activity. */
interface Occasion {
  activity: string;
  times: string[];
  reads: ReadRecord[];
  /** Entries found by each question, over all times. */
  entries: Set<string>[];
}

function occasionsOf(reads: ReadRecord[]): Occasion[] {
  const occasions = new Map<string, Occasion>();
  for (const read of reads) {
    const key = JSON.stringify([read.activity, read.task, read.attempt]);
    const occasion = occasions.get(key) ?? {
      activity: read.activity,
      times: [read.at],
      reads: [],
      entries: [],
    };
    occasion.reads.push(read);
    occasion.entries.push(new Set([read.error ?? String(read.entries)]));
    occasions.set(key, occasion);
  }
  return [...occasions.values()];
}

/** An observation of weeks asks the same again and again. */
function merged(occasions: Occasion[]): Occasion[] {
  const alike = new Map<string, Occasion>();
  for (const occasion of occasions) {
    const questions = occasion.reads.map(({ dc, base, scope, filter, attributes }) => [
      dc,
      base,
      scope,
      filter,
      attributes,
    ]);
    const key = JSON.stringify([occasion.activity, questions]);
    const same = alike.get(key);
    if (!same) {
      alike.set(key, occasion);
      continue;
    }
    same.times.push(...occasion.times);
    for (const [at, entries] of occasion.entries.entries())
      for (const each of entries) same.entries[at]!.add(each);
  }
  return [...alike.values()];
}

function occasionRows({ activity, times, reads, entries }: Occasion, sets: Map<string, string>): Row[] {
  const when =
    times.length === 1
      ? moment(times[0]!)
      : `${times.length} times, from ${moment(times[0]!)} to ${moment(times.at(-1)!)}`;
  const title: Cell = [decides[activity] ?? activity, [`${activity}, ${when}`]];
  return [
    { kind: 'group', cells: [title] },
    ...reads.map((read, at): Row => readRow(read, [...entries[at]!], sets)),
  ];
}

function readRow(
  { dc, base, scope, filter, attributes }: ReadRecord,
  entries: string[],
  sets: Map<string, string>,
): Row {
  const isCount = entries.every((each) => /^\d+$/.test(each));
  const found = isCount
    ? entries.join(', ')
    : entries.map((each) => (/^\d+$/.test(each) ? each : ({ mark: 'bad', word: each } as const)));
  const where: Cell[] = [{ code: base || '(rootDSE)' }, scope];
  return { cells: [dc, where, { code: wordExcerpt(filter) }, attributesOf(attributes, sets), found] };
}

function attributesOf(attributes: string[], sets: Map<string, string>): Cell {
  const list = attributes.join(', ');
  const name = sets.get(list);
  return name ? `${name}, ${attributes.length} attributes` : { code: list };
}
