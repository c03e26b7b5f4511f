import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortened, shortenedText } from '../../../activities/recording/shorten.ts';
import type { Excerpt } from '../../../src/domain/values/excerpt.ts';
import { wordExcerpt } from '../../../src/wording/excerpt.ts';

test('a filter of two hundred values keeps its beginning, its length and its digest', () => {
  const filter = `(|${Array.from({ length: 200 }, (_, each) => `(servicePrincipalName=HTTP/web${each})`).join('')})`;
  const short = shortenedText(filter);
  const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect(short).toEqual({ beginning: filter.slice(0, 200), length: 6693, sha256 });
  expect(shortenedText(`${filter} `)).not.toEqual(shortenedText(`${filter}x`));
  expect(wordExcerpt(short)).toMatch(
    /^\(\|\(servicePrincipalName=HTTP\/web0\).*… \(6693 characters, SHA-256 [0-9a-f]{64}\)$/,
  );
});

test('a list of more than forty members keeps twenty, its length, and the digest of all', () => {
  const list = Array.from({ length: 41 }, (_, each) => `S-1-5-21-${each}`);
  const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/);
  expect(shortened({ principals: list })).toEqual({
    principals: { beginning: list.slice(0, 20), length: 41, sha256 },
  });
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
  const { beginning, length } = shortened(deep) as Excerpt<string>;
  expect(beginning).toMatch(/^\[\["x[x",]+$/);
  expect(length).toBeGreaterThan(16_384);
});
