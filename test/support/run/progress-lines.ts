import type { ReportProgress } from '../../../lab/temporal/progress.ts';

const everyMs = 30_000;

/** Progress as plain lines: each step of getting a server once, and one that takes minutes every half minute. */
export function progressLines(tell: (line: string) => void): ReportProgress {
  let step = '';
  let dueMs = 0;
  return (progress) => {
    const { elapsedMs = 0 } = progress;
    if (progress.step !== step) dueMs = 0;
    step = progress.step;
    if (elapsedMs < dueMs) return;
    dueMs = elapsedMs + everyMs;
    tell(`Temporal: ${progress.detail}`);
  };
}
