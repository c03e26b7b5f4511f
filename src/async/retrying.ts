import { DmsaError } from '../domain/errors/errors.ts';
import type { Clock } from './clock.ts';

/** Tries of a read in one go before its failure counts; effects are retried by Temporal alone. */
const tries = 4;
const firstPauseMs = 100;

/** Makes a read again where the table of errors says that this can help. */
export async function retrying<T>(clock: Clock, read: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await read();
    } catch (error) {
      const again = error instanceof DmsaError && error.retryable && count < tries && !signal?.aborted;
      if (!again) throw error;
      await clock.sleep(firstPauseMs * 2 ** count, signal);
    }
  }
}
