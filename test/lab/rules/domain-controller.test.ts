import { expect, test } from 'vitest';

import { newDomain } from './domain.ts';

test('one thing happens at a time, in the order it was begun, whatever fails', async () => {
  const { dc } = await newDomain();
  const order: string[] = [];
  const step = (name: string, fails = false) =>
    dc.serially(async () => {
      order.push(`${name} begins`);
      await Promise.resolve();
      order.push(`${name} ends`);
      if (fails) throw new Error(name);
      return name;
    });
  const results = await Promise.allSettled([step('a'), step('b', true), step('c')]);
  expect(
    results.map((result) => (result.status === 'fulfilled' ? result.value : `${result.reason}`)),
  ).toEqual(['a', 'Error: b', 'c']);
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});

test('what is logged carries the lab’s time, not the machine’s', async () => {
  const { dc, clock } = await newDomain();
  clock.now = new Date('2001-02-03T04:05:06.789Z');
  dc.log({ id: 3085, operation: 'x', requestedBy: 'y', errorCode: '0', account: 'a', dmsa: 'd' });
  expect(dc.events.map((event) => event.at)).toEqual(['2001-02-03T04:05:06.789Z']);
});
