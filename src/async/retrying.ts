import { setTimeout as delay } from 'node:timers/promises';

import { DmsaError } from '../domain/errors/errors.ts';

/** How often a read is made in one go before its failure counts; effects are retried by Temporal alone. */
const tries = 4;
const firstPauseMs = 100;

/** Makes a read again where the table of errors says that this can help. */
export async function retrying<T>(read: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let count = 1; ; count++) {
    try {
      return await read();
    } catch (error) {
      const again = error instanceof DmsaError && error.retryable && count < tries && !signal?.aborted;
      if (!again) throw error;
      await delay(firstPauseMs * 2 ** count, undefined, { signal });
    }
  }
}
