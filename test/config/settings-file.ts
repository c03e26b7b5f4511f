import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { loadSettings } from '../../src/config/load.ts';

/** A dmsa.toml with everything that must be given. */
export const complete = `
[directory]
urls = ["ldaps://dc1.lab.example:636"]
ca-file = "ca.pem"
user = "reader@lab.example"
password-file = "reader.password"

[management]
host = "Mgmt.lab.example"

[powershell]
user = "admin"
private-key-file = "id"
known-hosts-file = "known_hosts"

[hosts."Web01.lab.example"]
address = "127.0.0.1"
port = 2222
`;

/** Folder of the running test. */
export let folder: string;
/** Its dmsa.toml. */
export let file: string;

/** Gives each test of the file a new folder with the complete dmsa.toml. */
export function useSettingsFile(): void {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dmsa-settings-'));
    file = join(folder, 'dmsa.toml');
    await writeFile(file, complete);
  });
  afterEach(() => rm(folder, { recursive: true }));
}

export const load = (env: NodeJS.ProcessEnv = {}, flags: Record<string, string> = {}) =>
  loadSettings({ configFile: file, env, flags, folder: '/elsewhere' });

/** Why settings are refused, in one line. */
export async function refused(content: string): Promise<string> {
  await writeFile(file, content);
  const error = await load().then(
    () => null,
    (thrown) => thrown,
  );
  expect(error).toMatchObject({ name: 'DmsaError', code: 'SETTINGS_INVALID' });
  expect(error.message).not.toContain('\n');
  return error.message.replace(file, 'dmsa.toml');
}
