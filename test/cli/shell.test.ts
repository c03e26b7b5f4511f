import { expect, test } from 'vitest';

import { migrationWord } from '../../src/cli/shell.ts';

test.each([
  ['svc-web', 'svc-web'],
  ['-x', 'dmsa/lab.example/-x'],
])('a command names the migration of %j by %s', (account, word) => {
  expect(migrationWord(`dmsa/lab.example/${account}`, account)).toBe(word);
});
