import { defineQuery, defineSignal } from '@temporalio/workflow';

import type { Vote } from '../src/domain/gates.ts';
import type { Plan } from '../src/domain/plan.ts';
import type { MigrationStatus } from '../src/domain/status.ts';
import type { Carried } from './state.ts';

/**
 * What the outside world sees of a migration. Names and shapes are stable: signals are also sent by hand with the
 * `temporal` CLI and from Temporal's UI. Payloads are checked when they are handled, as anyone may send anything.
 */
export const workflowType = 'migrateServiceAccount';

export interface MigrationInput {
  plan: Plan;
  /** State handed over by continue-as-new; absent at the start. */
  carried?: Carried;
}

/** Someone who acts, by declaration, and why. */
export interface By {
  by: string;
  reason: string;
}

export const approve = defineSignal<[Omit<Vote, 'decision'>]>('approve');
export const reject = defineSignal<[Omit<Vote, 'decision'>]>('reject');
export const pause = defineSignal<[By]>('pause');
export const resume = defineSignal<[By]>('resume');
export const undo = defineSignal<[By]>('undo');
/**
 * Tries a failing compensation again; `accept` ends the migration with the differences that were named. With `host`:
 * tries that host again, whose restart or reboot failed.
 */
export const retry = defineSignal<[By & { accept?: boolean; host?: string }]>('retry');
/** Goes on without a host, before its turn or after it failed; there is no way back. */
export const skipHost = defineSignal<[By & { host: string }]>('skipHost');
export const allowPrincipal = defineSignal<[By & { sid: string }]>('allowPrincipal');

export const status = defineQuery<MigrationStatus>('status');
