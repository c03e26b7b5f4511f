import { CancellationScope, condition } from '@temporalio/workflow';

/** The result of a wait, or null where it was given up, as something came that changes it. */
export async function unless<T>(given: () => boolean, wait: () => Promise<T>): Promise<T | null> {
  const scope = new CancellationScope();
  const result = scope.run(wait);
  const first = await Promise.race([result, condition(given).then(() => null)]);
  if (first === null) {
    scope.cancel();
    await result.catch(() => undefined);
  }
  return first;
}
