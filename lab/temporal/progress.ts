/** What getting a Temporal server is busy with, for people who wait for it. */
export interface TemporalProgress {
  step: 'profile' | 'path' | 'cache' | 'download' | 'build' | 'start' | 'ready';
  /** One line, without the step's name. */
  detail: string;
  /** Since the step began; absent in its first report. */
  elapsedMs?: number;
}

export type ReportProgress = (progress: TemporalProgress) => void;

/** Reports a step when it begins, each second while it runs, and how long it took; `detail` may change meanwhile. */
export async function timed<T>(
  step: TemporalProgress['step'],
  detail: () => string,
  report: ReportProgress,
  work: () => Promise<T>,
): Promise<T> {
  const started = performance.now();
  const elapsed = () => Math.round(performance.now() - started);
  report({ step, detail: detail() });
  const ticker = setInterval(() => report({ step, detail: detail(), elapsedMs: elapsed() }), 1_000);
  try {
    const result = await work();
    report({ step, detail: detail(), elapsedMs: elapsed() });
    return result;
  } finally {
    clearInterval(ticker);
  }
}
