/** The runbook's stages, in their order. `undo` is entered from any of them. */
export const stageTitles = {
  plan: 'Plan checked and names locked',
  preflight: 'Preflight',
  'gate-start': 'Gate "start"',
  'prepare-hosts': 'Prepare hosts',
  'reboot-hosts': 'Reboot hosts',
  'create-dmsa': 'Create dMSA',
  link: 'Link',
  'restart-services': 'Restart services',
  'verify-principals': 'Principals verified',
  observe: 'Observation',
  'preflight-again': 'Preflight again',
  'gate-complete': 'Gate "complete"',
  complete: 'Complete',
  'restart-and-verify': 'Restart and verify',
  soak: 'Soak',
  undo: 'Undo',
  done: 'Done',
} as const;

export type StageName = keyof typeof stageTitles;

export const stageNames = Object.keys(stageTitles) as StageName[];

/** Stages that only some plans have: they are shown once they are reached. */
export const optionalStages: StageName[] = ['reboot-hosts', 'undo'];

/** One stage as the status, the report and the JSON output show it. Times are ISO 8601, UTC. */
export interface Stage {
  name: StageName;
  startedAt: string;
  endedAt: string | null;
  /** What the stage changed, one short sentence each; empty for a stage that only read. */
  changed: string[];
  /** What it is waiting for, why it started again, or how it failed. */
  note: string | null;
}
