import { expect } from 'vitest';

import type { Played } from '../../../lab/demo/play-scenario.ts';
import { differences } from '../../../src/domain/facts/compare.ts';

/** Sessions that a migration without undo may open on one host, from planning to the end of the soak. */
export const sessionsPerHost = 8;

export function expectUndone(status: Played['status']): void {
  expect(status.outcome).toBe('undone');
  expect(differences(status.before!, status.after!)).toEqual([]);
  expect(status.journal.map((entry) => entry.status)).not.toContain('applied');
  expect(status.journal.map((entry) => entry.status)).not.toContain('intended');
}

export function expectRefused(status: Played['status'], code: string, subject: string): void {
  expect(status.outcome).toBe('refused');
  expect(status.findings).toContainEqual(expect.objectContaining({ code, subject, severity: 'block' }));
  expect(status.after).toEqual(status.before);
  expect(status.journal).toEqual([]);
}
