import ssh2 from 'ssh2';
import { expect, test } from 'vitest';

import { newKeyPair } from '../../../lab/ssh/key-pair.ts';

test('every key pair can be read again, also those that begin with a zero', () => {
  // One in 256 pairs of ssh2's own cannot: a thousand leave no doubt.
  const unreadable = Array.from({ length: 1_000 }, () => newKeyPair()).filter((pair) =>
    [pair.public, pair.private].some((key) => ssh2.utils.parseKey(key) instanceof Error),
  );
  expect(unreadable).toEqual([]);
});
