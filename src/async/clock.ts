import { setTimeout as delay } from 'node:timers/promises';

/** Time that passes. It has no date: activities take that of their attempt from Temporal. */
export interface Clock {
  /** Milliseconds by a clock that nobody sets: only differences mean something. */
  elapsedMs(): number;
  /** Waits; rejects once `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  elapsedMs: () => performance.now(),
  sleep: async (ms, signal) => await delay(ms, undefined, { signal }),
};
