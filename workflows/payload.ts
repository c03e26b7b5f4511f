import type { By } from './contract.ts';

/** Anyone may send any payload by signal: none is trusted to have its shape, and none fails the workflow. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** As long as a reason may be (activities/gates/verify-votes.ts). */
export const longestText = 1024;

export function by(payload: unknown): By {
  const record = isRecord(payload) ? payload : {};
  return {
    by: typeof record.by === 'string' ? record.by.slice(0, longestText) : 'unknown',
    reason: typeof record.reason === 'string' ? record.reason.slice(0, longestText) : '',
  };
}
