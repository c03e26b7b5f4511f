import {
  failedStage,
  optionalStages,
  type Stage,
  type StageName,
  stageEnd,
  stageNames,
} from '../../domain/migration/stages.ts';
import type { MigrationStatus } from '../../domain/migration/status.ts';
import { wordChange, wordNote } from '../../wording/change.ts';
import { andMore } from '../../wording/lists.ts';
import { stageTitles } from '../../wording/stage.ts';
import { elapsed } from '../../wording/time.ts';
import type { StatusView } from './status-view.ts';
import { padTo, paint, shorten, wrap } from './text.ts';

/** `brief` is without what each stage changed; `least` has the stages around the one that runs, and counts the rest. */
export type Detail = 'full' | 'brief' | 'least';

/** One line for each stage of the runbook: what is behind, what runs, what is to come. */
export function stageLines(status: MigrationStatus, options: StatusView, detail: Detail): string[] {
  const names = stageNames.filter(
    (name) => !optionalStages.includes(name) || status.stages.some((stage) => stage.name === name),
  );
  const blocks = names.map((name) => {
    const times = status.stages.filter((stage) => stage.name === name);
    const latest = times.at(-1);
    return latest ? reached(latest, times.length, status, options, detail) : ahead(name, status, options);
  });
  if (detail !== 'least') return blocks.flat();
  return around(blocks, names.indexOf(status.stage), paint(options.color).dim);
}

/** The stage that runs with two before and two after it; the others are counted. */
function around(blocks: string[][], at: number, dim: (text: string) => string): string[] {
  const first = Math.max(0, at - 2);
  const last = Math.min(blocks.length, at + 3);
  return [
    ...(first > 0 ? [dim(` … ${first} before`)] : []),
    ...blocks.slice(first, last).flat(),
    ...(last < blocks.length ? [dim(` … ${blocks.length - last} to come`)] : []),
  ];
}

function reached(
  stage: Stage,
  times: number,
  status: MigrationStatus,
  options: StatusView,
  detail: Detail,
): string[] {
  const { color, width, now } = options;
  const { dim } = paint(color);
  const took = elapsed((stageEnd(stage, status) ?? now.getTime()) - Date.parse(stage.startedAt));
  const title = stageTitles[stage.name] + (times > 1 ? ` (${times} times)` : '');
  const line = ` ${mark(stage, status, options)} ${padTo(title, width - took.length - 4)} ${dim(took)}`;
  return [line, ...(detail === 'full' || !stage.endedAt ? detailLines(stage, options) : [])];
}

/** Lines below a stage: everything while it runs; once it has ended, its changes in one line. */
function detailLines(stage: Stage, { color, width }: StatusView): string[] {
  const { dim } = paint(color);
  const changed = stage.changed.slice(0, 1).map((first) => {
    const rest = stage.changed.length - 1;
    const words = wordChange(first);
    return shorten(rest > 0 ? `${words} (${andMore(rest)})` : words, width - 3);
  });
  const note = stage.note ? wrap(wordNote(stage.note), width - 3).slice(0, stage.endedAt ? 1 : 4) : [];
  return [...changed, ...note].map((line) => `   ${dim(line)}`);
}

function mark(stage: Stage, status: MigrationStatus, { color, spinner }: StatusView): string {
  const { green, red, cyan, yellow } = paint(color);
  if (stage === failedStage(status)) return red('✗');
  if (stage.endedAt) return stage.name === 'undo' ? yellow('↩') : green('✓');
  if (stageEnd(stage, status) !== null) return yellow('–');
  if (status.outcome === 'needs-operator') return red('!');
  return cyan(status.paused ? '‖' : (spinner ?? '▶'));
}

function ahead(name: StageName, status: MigrationStatus, { color, width }: StatusView): string[] {
  const turnedBack = status.outcome !== 'running' || status.stages.some((stage) => stage.name === 'undo');
  const { dim } = paint(color);
  return [dim(` ${turnedBack && name !== 'done' ? '–' : '·'} ${shorten(stageTitles[name], width - 4)}`)];
}
