import { expect, test } from 'vitest';
import { run } from '../../../src/bin/run.ts';
import type { Assembly } from '../../../src/cli/assembly.ts';
import { dmsa, folder, useFolder } from '../dmsa.ts';
import { fakeIo } from '../fake-io.ts';

useFolder();

test('a scenario that there is not is refused with the one that was meant.', async () => {
  const io = fakeIo({ folder });
  expect(await run(['demo', '--scenario', 'hapyp'], io)).toBe(2);
  expect(io.stderr()).toContain('--scenario: "hapyp" is none of happy, ');
  expect(io.stderr()).toContain('(fix: Did you mean happy? ');
  expect(await run(['demo', '--scenario', 'constructor'], fakeIo({ folder }))).toBe(2);
});

test('the demo gets its scenario, and its exit code is that of the command.', async () => {
  const seen: unknown[] = [];
  const demo: Assembly['demo'] = async (_, options) => {
    seen.push(options);
    return 3;
  };
  expect((await dmsa(['demo', '--scenario', 'rejected', '--directory', 'samba'], { demo })).exitCode).toBe(3);
  expect((await dmsa(['demo', '--list'], { demo })).exitCode).toBe(3);
  expect(seen).toEqual([
    { scenario: 'rejected', directory: 'samba', list: false },
    { scenario: 'happy', directory: 'lab', list: true },
  ]);
});
