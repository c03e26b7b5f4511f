import type { StageName } from '../domain/migration/stages.ts';

/** Titles of the stages of the runbook. */
export const stageTitles: Record<StageName, string> = {
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
};
