import type { HostEvidence, HostReading } from '../../domain/facts/host-evidence.ts';
import type { MigrationStatus } from '../../domain/migration/status.ts';
import { columnsFor, type EvidenceColumn, wordSkip } from '../../wording/evidence.ts';
import { wordSender, wordSignalVerdict } from '../../wording/signal.ts';
import { moment } from '../../wording/time.ts';
import { type Block, marked, type Row } from '../model.ts';

/** Table of verdicts by host, with the time and source of each reading below it. */
export function evidenceBlocks({ hosts }: MigrationStatus): Block[] {
  if (hosts.length === 0) return [];
  const columns = columnsFor(hosts);
  const rows = hosts.flatMap((evidence): Row[] => [
    { cells: [evidence.host, ...columns.map(({ of }) => marked(of(evidence)))] },
    ...readings(evidence, columns),
  ]);
  const meaning = columns.map(({ title, meaning }) => `${title}: ${meaning}`).join('; ');
  return [
    { kind: 'table', name: 'evidence', titles: ['Host', ...columns.map(({ title }) => title)], rows },
    { kind: 'text', cell: `✓ yes, ✗ no, ? unknown. ${meaning}.` },
  ];
}

function readings({ seen = [], skipped }: HostEvidence, columns: EvidenceColumn[]): Row[] {
  const titles = new Map(columns.map(({ name, title }) => [name, title]));
  const lines = seen.flatMap(({ at, source, of }) => {
    const told = of.flatMap((name) => titles.get(name) ?? []);
    return told.length > 0 ? [`${moment(at)}, ${sources[source]}: ${told.join(', ')}`] : [];
  });
  const skip = skipped ? [`${moment(skipped.at)}, ${wordSkip(skipped)}`] : [];
  return lines.length + skip.length > 0 ? [{ kind: 'sub', cells: [[...lines, ...skip]] }] : [];
}

const sources: Record<HostReading['source'], string> = {
  host: 'the host',
  'kerberos-log': 'its Kerberos log',
  directory: 'the directory',
  restart: 'its restart',
};

/** Table of the signals that people sent besides votes, with their outcome. */
export function decisionBlocks({ signals }: MigrationStatus): Block[] {
  const rows: Row[] = signals.map((each) => ({
    cells: [
      `${each.signal} ${each.adopted ? 'adopted' : (each.about ?? '')}`,
      wordSender(each),
      each.reason ?? '',
      { time: each.at },
      { mark: each.verdict === 'accepted' ? 'good' : 'bad', word: wordSignalVerdict(each) },
    ],
  }));
  if (rows.length === 0) return [];
  return [{ kind: 'table', name: 'decisions', titles: ['What', 'By', 'Reason', 'When', ''], rows }];
}
