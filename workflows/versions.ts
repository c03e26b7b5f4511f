import { patched as sdkPatched } from '@temporalio/workflow';

/** A change of the workflow that keeps replaying the histories of versions before it. */
export interface WorkflowPatch {
  /** Behaviour of new runs. */
  readonly change: string;
  /** Reason to change it. */
  readonly reason: string;
  /** First version of the product whose new runs take the new way. */
  readonly since: `${number}.${number}.${number}`;
  /** Behaviour of a replay of an older history. */
  readonly replay: string;
}

/**
 * Every patch of the workflow by its id, the oldest first. An id is a promise: it stands in histories, so it is never
 * renamed and never given to another change. CONTRIBUTING.md ("Recorded histories") says how a change enters the table.
 */
export const patches = {} as const satisfies Record<string, WorkflowPatch>;

export type PatchId = keyof typeof patches;

/**
 * Returns whether this run takes the new way of a patch: true for a new run, which records it in its history; on a replay,
 * true only if the history has it. Workflow code asks here alone, so that no patch is missing from the table.
 */
export function isPatched(id: PatchId): boolean {
  return sdkPatched(id);
}

/**
 * Records a fact that only the present worker can see, as which keys it has. True in the run that finds the fact; on a
 * replay, true only if the history has it. `mark` names the fact once in a run. This is no change of the workflow, so
 * the table does not list it.
 */
export function recordMark(mark: string): boolean {
  return sdkPatched(mark);
}
