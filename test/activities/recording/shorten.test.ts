import fc from 'fast-check';
import { expect, test } from 'vitest';

import { shortened, shortenedText } from '../../../activities/recording/shorten.ts';

test('a filter of two hundred values keeps its beginning, its length and its digest', () => {
  const filter = `(|${Array.from({ length: 200 }, (_, each) => `(servicePrincipalName=HTTP/web${each})`).join('')})`;
  const short = shortenedText(filter);
  expect(short.startsWith(filter.slice(0, 200))).toBe(true);
  expect(short.slice(200)).toMatch(/^… \(6693 characters, SHA-256 [0-9a-f]{64}\)$/);
  expect(shortenedText(`${filter} `)).not.toBe(shortenedText(`${filter}x`));
});

test('a list of more than forty members keeps twenty, how many more, and the digest of all', () => {
  const list = Array.from({ length: 41 }, (_, each) => `S-1-5-21-${each}`);
  const short = shortened({ principals: list }) as { principals: string[] };
  expect(short.principals.slice(0, 20)).toEqual(list.slice(0, 20));
  expect(short.principals[20]).toMatch(/^… and 21 more, SHA-256 of all [0-9a-f]{64}$/);
  expect(shortened(list.slice(0, 40))).toEqual(list.slice(0, 40));
});

test('a password in a URL is left out', () => {
  expect(shortened({ checks: [{ url: 'https://joe:hunter2@web/health' }] })).toEqual({
    checks: [{ url: 'https://***@web/health' }],
  });
});

test('whatever it is, it is JSON and small; what is short is as it was', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      const json = JSON.stringify(shortened(value));
      expect(json.length).toBeLessThanOrEqual(16_384);
      const plain = JSON.stringify(value);
      if (plain.length < 40 && !plain.includes('://')) expect(json).toBe(plain);
    }),
  );
  const deep = Array.from({ length: 40 }, () => Array.from({ length: 40 }, () => 'x'.repeat(300)));
  expect(shortened(deep)).toMatch(/^\[\["x[x",]+… \(\d+ characters of JSON, SHA-256 [0-9a-f]{64}\)$/);
});
