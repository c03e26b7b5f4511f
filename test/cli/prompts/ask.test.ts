import { expect, test } from 'vitest';

import { askLine } from '../../../src/cli/prompts/ask.ts';
import { fakeIo } from '../fake-io.ts';

test('a suggestion is escaped where it is shown, and answered as it is', async () => {
  const io = fakeIo({ answer: '' });
  expect(await askLine(io, 'Domain', 'a\u001b[2J\u202eb')).toBe('a\u001b[2J\u202eb');
  expect(io.stderr()).toContain('Domain [a\\u{1b}[2J\\u{202e}b]: ');
});
