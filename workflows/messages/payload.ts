import { isUnreadable } from '../../src/domain/facts/unreadable.ts';
import { longestOfVote } from '../../src/domain/gates/gates.ts';
import type { By } from '../contract.ts';

/** Anyone may send any payload by signal: none is trusted to have its shape, and none fails the workflow. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !isUnreadable(value) && !Array.isArray(value);
}

/** Who sent it and why: `unknown` where it does not say. */
export function by(payload: unknown): By {
  const record = isRecord(payload) ? payload : {};
  return {
    by: typeof record.by === 'string' ? record.by.slice(0, longestOfVote.reason) : 'unknown',
    reason: typeof record.reason === 'string' ? record.reason.slice(0, longestOfVote.reason) : '',
  };
}

/** What its sender calls it; nothing where that is no short text. */
export function idOf(payload: unknown): { id?: string } {
  const id = isRecord(payload) ? payload.id : undefined;
  return typeof id === 'string' && id.length <= longestOfVote.id ? { id } : {};
}

/**
 * Whether its sender and reason are texts, where they are there at all. No payload is none that is wrong: whoever asks
 * for an undo in a hurry is heard.
 */
export function isWellFormed(payload: unknown): boolean {
  if (payload === undefined || payload === null) return true;
  const isText = (value: unknown) => value === undefined || typeof value === 'string';
  return isRecord(payload) && isText(payload.by) && isText(payload.reason);
}

/** A text of the payload, cut to a bearable length; null where there is none. */
export function textOf(payload: unknown, field: string): string | null {
  const value = isRecord(payload) ? payload[field] : null;
  return typeof value === 'string' ? value.trim().slice(0, longestName) : null;
}

/** No name that a host may have is longer (RFC 1035). */
const longestName = 255;
