/** Limits how many sessions are open at once; who waits is served in the order of coming. */
export interface SessionSlots {
  /** Waits for a free slot; the answer gives it back, once. Aborting `signal` leaves the queue with its reason. */
  take(signal?: AbortSignal): Promise<() => void>;
}

export function sessionSlots(limit: number): SessionSlots {
  let free = limit;
  const waiting: (() => void)[] = [];

  function slot(): () => void {
    let held = true;
    return () => {
      if (!held) return;
      held = false;
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    };
  }

  return {
    take(signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        if (free > 0) {
          free -= 1;
          return resolve(slot());
        }
        const enter = () => {
          signal?.removeEventListener('abort', leave);
          resolve(slot());
        };
        const leave = () => {
          waiting.splice(waiting.indexOf(enter), 1);
          reject(signal!.reason);
        };
        waiting.push(enter);
        signal?.addEventListener('abort', leave, { once: true });
      });
    },
  };
}
