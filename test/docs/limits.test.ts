import { readFileSync } from 'node:fs';

import { expect, test } from 'vitest';

import { defaultLimits } from '../../src/directory/ldap/limits.ts';

test('docs/directory.md has the limits of an answer', () => {
  const page = readFileSync(new URL('../../docs/directory.md', import.meta.url), 'utf8');
  const rows = [...page.matchAll(/^\| ([^|]+) \| ([\d,]+) \|$/gm)].map(([, , most]) =>
    Number(most!.replaceAll(',', '')),
  );
  const { messageOctets, answerOctets, searchOctets, entries, pages, values } = defaultLimits;
  expect(rows).toEqual([messageOctets, answerOctets, searchOctets, entries, pages, values]);
  expect(page).toContain(`at most ${defaultLimits.rangeAttempts} times`);
});
