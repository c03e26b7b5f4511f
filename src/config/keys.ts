import { directoryKeys } from './keys/directory.ts';
import { encryptionKeys } from './keys/encryption.ts';
import type { SettingKey } from './keys/key.ts';
import { ownKeys } from './keys/own.ts';
import { powerShellKeys } from './keys/powershell.ts';

export type { SettingKey };

/**
 * The table of all settings except `[hosts]` and `[notify.NAME]`. Made of it: the keys of `dmsa.toml`, environment variables
 * (`DMSA_DIRECTORY_CA_FILE`), the names that `--set` takes (`directory.ca-file`), reading and writing, the template of
 * `dmsa init`, the JSON schema, completion and `docs/settings.md`.
 */
export const settingKeys: SettingKey[] = [...directoryKeys, ...powerShellKeys, ...ownKeys, ...encryptionKeys];

/** The three places a secret may be in, as endings of its key. */
export const secretEndings = ['file', 'env', 'command'] as const;

/** Sections of the table, each once, in its order. */
export const sections = [...new Set(settingKeys.map(({ name }) => name.split('.')[0]!))];

/** Keys of a section. */
export function keysOf(section: string): SettingKey[] {
  return settingKeys.filter(({ name }) => name.startsWith(`${section}.`));
}

/** Names as `dmsa.toml` and `--set` take them: a secret has three. */
export const writableNames = settingKeys.flatMap(({ name, kind }) =>
  kind === 'secret' ? secretEndings.map((ending) => `${name}-${ending}`) : [name],
);

/** `directory.ca-file` is `DMSA_DIRECTORY_CA_FILE`. */
export function environmentName(name: string): string {
  return `DMSA_${name.replace(/[.-]/g, '_').toUpperCase()}`;
}

/** `worker.task-queue` is `worker.taskQueue` in `Settings`. */
export function settingPath({ name, at }: SettingKey): string[] {
  return (at ?? name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())).split('.');
}
