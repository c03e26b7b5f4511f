import { expect, test } from 'vitest';

import { failed, isCheck, ok, within } from '../../src/doctor/check.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';

const patient = (signal = new AbortController().signal) => ({ limitMs: 30_000, signal });

test('an error is a failed check with its own fix, also one that nobody foresaw', async () => {
  const error = new DmsaError('LOGIN_REFUSED', 'mgmt', 'mgmt refused the login');
  expect(await within('management host', patient(), () => Promise.reject(error))).toEqual({
    name: 'management host',
    verdict: 'fail',
    seen: 'LOGIN_REFUSED: mgmt refused the login',
    fix: error.fix,
  });
  expect(failed('x', new TypeError('x is no function'))).toMatchObject({
    verdict: 'fail',
    seen: 'UNEXPECTED: x is no function',
  });
});

test('work that heeds no signal fails when its time is over, and its signal is aborted', async () => {
  let given: AbortSignal | undefined;
  const check = await within('Temporal', { ...patient(), limitMs: 1 }, (signal) => {
    given = signal;
    return new Promise<never>(() => undefined);
  });
  expect(check).toMatchObject({ verdict: 'fail', seen: 'no answer within 0.001 s' });
  expect(given!.aborted).toBe(true);
});

test('work that ends by its signal is late, not wrong', async () => {
  const check = await within('x', { ...patient(), limitMs: 1 }, async (signal) => {
    await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  });
  expect(check).toMatchObject({ seen: 'no answer within 0.001 s' });
});

test('an interruption is thrown, before the work and during it', async () => {
  const aborted = AbortSignal.abort(new Error('interrupted'));
  await expect(within('x', patient(aborted), async () => ok('x', ''))).rejects.toThrow('interrupted');
  const controller = new AbortController();
  const running = within('x', patient(controller.signal), () => new Promise<never>(() => undefined));
  controller.abort(new Error('interrupted'));
  await expect(running).rejects.toThrow('interrupted');
});

test('an answer is given as it is', async () => {
  const answer = await within('x', patient(), async () => ({ code: 7 }));
  expect(answer).toEqual({ code: 7 });
  expect(isCheck(answer)).toBe(false);
  expect(isCheck(ok('x', 'y'))).toBe(true);
});
