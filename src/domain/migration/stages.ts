import type { Change, StageNote } from './change.ts';

/** The runbook's stages, in their order; src/wording/stage.ts has their titles. `undo` is entered from any of them. */
export const stageNames = [
  'plan',
  'preflight',
  'gate-start',
  'prepare-hosts',
  'reboot-hosts',
  'create-dmsa',
  'link',
  'restart-services',
  'verify-principals',
  'observe',
  'preflight-again',
  'gate-complete',
  'complete',
  'restart-and-verify',
  'soak',
  'undo',
  'done',
] as const;

export type StageName = (typeof stageNames)[number];

/** Stages that only some plans have: they are shown once they are reached. */
export const optionalStages: StageName[] = ['reboot-hosts', 'undo'];

/** One stage as the status, the report and the JSON output show it. Times are ISO 8601, UTC. */
export interface Stage {
  name: StageName;
  startedAt: string;
  endedAt: string | null;
  /** Changes that the stage made; empty if it only read. */
  changed: Change[];
  /** Remark on the stage; null if there is none. */
  note: StageNote | null;
}

/** The stages of a status, and what ended the way forward. */
interface Course {
  stages: Stage[];
  failure: { code: string } | null;
}

/** The stage that ended the way forward; null while all is well or where a person merely asked to turn back. */
export function failedStage({ failure, stages }: Course): Stage | null {
  if (!failure || failure.code === 'UNDO_REQUESTED' || failure.code === 'CANCELLED') return null;
  return stages.findLast(({ name }) => name !== 'undo' && name !== 'done') ?? null;
}

/** End of a stage, in milliseconds; a stage that was broken off ends when the next begins. Null while it runs. */
export function stageEnd(stage: Stage, { stages }: Pick<Course, 'stages'>): number | null {
  const end = stage.endedAt ?? stages[stages.indexOf(stage) + 1]?.startedAt;
  return end ? Date.parse(end) : null;
}

/** The stage that something happened in, by its time (ISO 8601); null before the first. */
export function stageAt({ stages }: Pick<Course, 'stages'>, at: string): Stage | null {
  const time = Date.parse(at);
  return stages.findLast((stage) => Date.parse(stage.startedAt) <= time) ?? null;
}
