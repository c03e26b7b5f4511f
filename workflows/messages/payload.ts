import { isUnreadable } from '../../src/domain/facts/unreadable.ts';
import { longestOfVote } from '../../src/domain/gates/votes.ts';
import type { Sender } from '../../src/domain/migration/signals.ts';

/** Anyone may send any payload by signal: none is trusted to have its shape, and none fails the workflow. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !isUnreadable(value) && !Array.isArray(value);
}

/** Reads who sent it and why, as far as the payload says so in texts. */
export function senderOf(payload: unknown): Sender {
  const sender: Sender = {};
  for (const name of ['by', 'reason'] as const) {
    const text = isRecord(payload) ? payload[name] : undefined;
    if (typeof text === 'string') sender[name] = text.slice(0, longestOfVote.reason);
  }
  return sender;
}

/** Id chosen by the sender, if it is a short text. */
export function idOf(payload: unknown): { id?: string } {
  const id = isRecord(payload) ? payload.id : undefined;
  return typeof id === 'string' && id.length <= longestOfVote.id ? { id } : {};
}

/**
 * Keeps the fields of a vote, at bearable lengths: Temporal ends a workflow that passes megabytes on to an activity, and an
 * ended workflow undoes nothing. A field that is no text, or too long for any vote, becomes null, so the vote is malformed.
 */
export function boundedVote(payload: unknown): unknown {
  if (!isRecord(payload)) return null;
  const fields = voteFields.flatMap((name) => {
    const value = payload[name];
    const longest = name === 'jws' ? longestOfVote.jws : longestOfVote.reason;
    const isBearable = typeof value === 'string' && value.length <= longest;
    return value === undefined ? [] : [[name, isBearable ? value : null]];
  });
  return Object.fromEntries(fields);
}

const voteFields = ['gate', 'hash', 'by', 'reason', 'at', 'jws'] as const;

/**
 * True if sender and reason are texts, or absent. No payload at all is well formed, too: an operator in a hurry can undo
 * without one.
 */
export function isWellFormed(payload: unknown): boolean {
  if (payload === undefined || payload === null) return true;
  const isText = (value: unknown) => value === undefined || typeof value === 'string';
  return isRecord(payload) && isText(payload.by) && isText(payload.reason);
}

/** A text of the payload, cut to a bearable length. */
export function textOf(payload: unknown, field: string): string | undefined {
  const value = isRecord(payload) ? payload[field] : null;
  return typeof value === 'string' ? value.trim().slice(0, longestName) : undefined;
}

/** No name that a host may have is longer (RFC 1035). */
const longestName = 255;
