import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Assembly } from '../../../src/cli/assembly.ts';
import { dmsa, folder, planArgs, planning, useFolder } from '../dmsa.ts';

useFolder();

test('the lab prints a dmsa.toml alone, or writes it where it is told to.', async () => {
  const lab: Assembly['lab'] = async ({ onReady }) => {
    await onReady({
      directory: { urls: ['ldaps://127.0.0.1:1'], caFile: '/ca', user: 'u', password: { file: '/p' } },
      management: { host: 'm' },
      powershell: {
        transport: 'ssh',
        user: 'u',
        privateKeyFile: '/k',
        passphrase: null,
        knownHostsFile: '/h',
        credential: null,
      },
      hosts: {},
      worker: { taskQueue: 'dmsa' },
      records: { folder: '/r' },
    });
  };
  const printed = await dmsa(['lab'], { lab });
  await writeFile(join(folder, 'printed.toml'), printed.io.stdout());
  const planned = await dmsa([...planArgs, '--config', 'printed.toml'], planning());
  expect(planned.exitCode).toBe(0);
  await dmsa(['lab', '--out', 'lab.toml'], { lab });
  expect(await readFile(join(folder, 'lab.toml'), 'utf8')).toBe(printed.io.stdout());
});
