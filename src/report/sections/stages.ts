import { type Stage, stageEnd } from '../../domain/migration/stages.ts';
import type { MigrationStatus } from '../../domain/migration/status.ts';
import { wordChange, wordNote } from '../../wording/change.ts';
import { andMore, firstOf } from '../../wording/lists.ts';
import { stageTitles } from '../../wording/stage.ts';
import { elapsed } from '../../wording/time.ts';
import type { Block } from '../model.ts';

/** The drawing, and below it what each stage changed. */
export function stageBlocks(status: MigrationStatus): Block[] {
  if (status.stages.length === 0) return [];
  return [
    { kind: 'timeline' },
    {
      kind: 'table',
      name: 'stages',
      titles: ['Stage', 'Started', 'Took', 'Changed, or waited for'],
      rows: status.stages.map((stage) => ({
        cells: [stageTitles[stage.name], { time: stage.startedAt }, took(stage, status), details(stage)],
      })),
    },
  ];
}

function took(stage: Stage, status: MigrationStatus): string {
  const end = stageEnd(stage, status);
  return end === null ? 'it runs' : elapsed(end - Date.parse(stage.startedAt));
}

function details({ changed, note }: Stage): string[] {
  return [...firstOf(changed.map(wordChange), 12, andMore), ...(note ? [wordNote(note)] : [])];
}
