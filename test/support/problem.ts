import { expect } from 'vitest';

import { DmsaError } from '../../src/domain/errors/errors.ts';

/** `CODE: message` of a failure that has a fix. */
export async function problem(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DmsaError)) throw error ?? new Error('it did not fail');
  expect(error.fix).toMatch(/^[A-Z].*\.$/);
  return `${error.code}: ${error.message}`;
}
