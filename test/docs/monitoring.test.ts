import { describe, expect, test } from 'vitest';

import { noticeEvents } from '../../src/domain/migration/notice.ts';
import { signature } from '../../src/notify/sign.ts';
import { blocks, page } from './markdown.ts';

const monitoring = page('docs/monitoring.md');

describe('the code that verifies a signature, as the page prints it', async () => {
  const [code] = blocks(monitoring).filter(({ language }) => language === 'js');
  const module = `data:text/javascript,${encodeURIComponent(code!.text)}`;
  const { isFromDmsa } = (await import(/* @vite-ignore */ module)) as {
    isFromDmsa(header: string | undefined, body: string, secret: string, now?: number): boolean;
  };
  const at = new Date('2025-06-01T08:00:00.900Z');
  const header = signature('the secret', '{"ü":1}', at);

  test.each([
    ['another body', header, '{"ü":2}', 'the secret', 0],
    ['another secret', header, '{"ü":1}', 'a secret', 0],
    ['another time', header.replace(/t=\d+/, 't=1748764801'), '{"ü":1}', 'the secret', 0],
    ['six minutes later', header, '{"ü":1}', 'the secret', 360_000],
    ['a clock that is six minutes behind', header, '{"ü":1}', 'the secret', -360_000],
    ['no signature', undefined, '{"ü":1}', 'the secret', 0],
    ['half a signature', header.slice(0, -2), '{"ü":1}', 'the secret', 0],
  ])('refuses %s', (_what, given, body, secret, later) => {
    expect(isFromDmsa(given, body, secret, at.getTime() + later)).toBe(false);
  });

  test('accepts what a worker has signed, for some minutes', () => {
    for (const later of [0, 240_000, -240_000])
      expect(isFromDmsa(header, '{"ü":1}', 'the secret', at.getTime() + later)).toBe(true);
  });
});

test('every event that people are told of is in the table of events', () => {
  const named = [...monitoring.matchAll(/^\| `([a-z-]+)` \| .+ \|$/gm)].map(([, name]) => name);
  expect(named).toEqual(expect.arrayContaining([...noticeEvents]));
});
