import { expect, test } from 'vitest';

import { sessionSlots } from '../../../src/powershell/ssh/session-slots.ts';

test('who aborts while waiting leaves the queue, and the slot goes to the next', async () => {
  const slots = sessionSlots(1);
  const order: string[] = [];
  const giveBack = await slots.take();
  const controller = new AbortController();
  const leaving = slots.take(controller.signal).then(() => order.push('left'));
  const staying = slots.take().then((release) => {
    order.push('stayed');
    return release;
  });
  controller.abort(new Error('no longer'));
  await expect(leaving).rejects.toThrow('no longer');
  giveBack();
  (await staying)();
  expect(order).toEqual(['stayed']);
});

test('a signal that is aborted already takes no slot', async () => {
  const slots = sessionSlots(1);
  await expect(slots.take(AbortSignal.abort(new Error('before')))).rejects.toThrow('before');
  expect(await slots.take()).toBeTypeOf('function');
});

test('a slot given back twice is free once', async () => {
  const slots = sessionSlots(1);
  const first = await slots.take();
  first();
  first();
  await slots.take();
  let entered = false;
  const second = slots.take().then(() => {
    entered = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(entered).toBe(false);
  void second;
});

test('an abort after the slot was taken changes nothing, also for who still waits', async () => {
  const slots = sessionSlots(1);
  const controller = new AbortController();
  const giveBack = await slots.take();
  const second = slots.take(controller.signal);
  const third = slots.take();
  giveBack();
  const giveBackSecond = await second;
  controller.abort();
  giveBackSecond();
  expect(await third).toBeTypeOf('function');
});

test('slots are given in the order of asking', async () => {
  const slots = sessionSlots(2);
  const order: number[] = [];
  const visit = async (number: number) => {
    const giveBack = await slots.take();
    order.push(number);
    await new Promise((resolve) => setImmediate(resolve));
    giveBack();
  };
  await Promise.all([1, 2, 3, 4, 5].map(visit));
  expect(order).toEqual([1, 2, 3, 4, 5]);
});
