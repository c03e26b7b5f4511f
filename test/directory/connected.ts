import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LabDirectory } from '../../lab/lab-directory.ts';
import { connectDirectory } from '../../src/directory/connection/connection.ts';
import type { Directory } from '../../src/directory/directory.ts';

/** Connects to a directory without any hosts as the worker would, with settings in files. The caller closes it. */
export async function connected({ controllers, caPem, user, password }: LabDirectory): Promise<Directory> {
  const folder = await mkdtemp(join(tmpdir(), 'dmsa-directory-'));
  try {
    const [caFile, file] = [join(folder, 'ca.pem'), join(folder, 'password')];
    await writeFile(caFile, caPem);
    await writeFile(file, password, { mode: 0o600 });
    const settings = { urls: ['ldaps://dc1.lab.example:636'], caFile, user, password: { file } };
    return await connectDirectory(settings, { 'dc1.lab.example': controllers[0]!.at })();
  } finally {
    await rm(folder, { recursive: true });
  }
}
