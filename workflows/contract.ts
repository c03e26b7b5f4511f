import { defineQuery, defineSignal } from '@temporalio/workflow';

import type { Facts } from '../src/domain/facts/facts.ts';
import type { RecordedVote, Vote } from '../src/domain/gates/votes.ts';
import type { RecordedSignal, Sender, SignalName } from '../src/domain/migration/signals.ts';
import type { MigrationStatus } from '../src/domain/migration/status.ts';
import type { Plan } from '../src/domain/plan/plan.ts';
import type { Duration } from '../src/domain/values/duration.ts';
import type { Carried } from './carried.ts';

/**
 * Signals and queries of a migration. Names and shapes are stable: signals are also sent by hand with the
 * `temporal` CLI and from Temporal's UI. Payloads are checked when they are handled, as anyone may send anything.
 */
export const workflowType = 'migrateServiceAccount';

/** Operator who goes on with a run that was ended by hand. `wait`: time for what it had under way to end; 5m if absent. */
export type Adoption = Sender & { wait?: Duration };

export interface MigrationInput {
  plan: Plan;
  /** Facts when the plan was made; absent if unknown, and from the second run on. */
  seen?: Facts;
  /** State handed over by continue-as-new, or taken from a run that was ended by hand; absent at the start. */
  carried?: Carried;
  /** Operator who goes on with the state of a run that was ended by hand; absent otherwise. */
  adopted?: Adoption;
}

/** A vote, or the same as a compact JWS where only signed votes count (src/approval/signed-votes.ts). */
export type VotePayload = SenderId & (Omit<Vote, 'decision'> | { jws: string });

/** Payload of the other signals, with their subject where they have one. */
export type SignalPayload = SenderId & Sender;

/** Id chosen by the sender, of at most 64 characters, to find the record. */
interface SenderId {
  id?: string;
}

export const approve = defineSignal<[VotePayload]>('approve');
export const reject = defineSignal<[VotePayload]>('reject');
export const pause = defineSignal<[SignalPayload]>('pause');
export const resume = defineSignal<[SignalPayload]>('resume');
export const undo = defineSignal<[SignalPayload]>('undo');
/**
 * Tries a failing compensation again; `accept` ends the migration with the differences that were named. With `host`:
 * tries that host again, whose restart or reboot failed.
 */
export const retry = defineSignal<[SignalPayload & { accept?: boolean; host?: string }]>('retry');
/** Goes on without a host, before its turn or after it failed; there is no way back. */
export const skipHost = defineSignal<[SignalPayload & { host: string }]>('skipHost');
/** Adds to an observation that is under way; `for` is a duration such as `7d`. */
export const extendObservation = defineSignal<[SignalPayload & { for: Duration }]>('extendObservation');
export const allowPrincipal = defineSignal<[SignalPayload & { sid: string }]>('allowPrincipal');

/** Records of each signal of that name, oldest first; without a name, of every signal but votes. */
export const outcomes = defineQuery<(RecordedVote | RecordedSignal)[], [SignalName | Vote['decision']]>(
  'outcomes',
);

/** Record of one vote or other signal, by the `id` of its sender; null if none of that id is kept. */
export const record = defineQuery<RecordedVote | RecordedSignal | null, [string]>('record');

/** Whole state of a run, for `dmsa resume --adopt` after it was ended by hand. */
export const carried = defineQuery<Carried>('carried');

export const status = defineQuery<MigrationStatus>('status');
