import { resolve } from 'node:path';

import { z } from 'zod';

import { hostAddresses } from './hosts.ts';
import { filled } from './keys/key.ts';
import { keysOf, type SettingKey, secretEndings, settingKeys, settingPath } from './keys.ts';
import { invalid, readSources, type SettingSources, type WrittenSetting } from './read.ts';
import type { Secret } from './secret.ts';
import { secretOf } from './secret-place.ts';
import { webhooks } from './webhooks.ts';

/** The agent that Windows has as a service (ssh-agent). */
const windowsAgent = process.platform === 'win32' ? '\\\\.\\pipe\\openssh-ssh-agent' : null;

export type SettingsReader = Awaited<ReturnType<typeof readSettings>>;

/**
 * Reads one key at a time, checked as `keys.ts` has it; where it is written goes into the message of what is wrong.
 * Throws DmsaError SETTINGS_INVALID.
 */
export async function readSettings(sources: Partial<SettingSources>) {
  const folder = sources.folder ?? process.cwd();
  const file = sources.configFile ?? 'dmsa.toml';
  const written = await readSources({ configFile: null, env: process.env, flags: {}, ...sources, folder });

  const optionalText = (name: string): string | null => {
    const key = keyNamed(name);
    const found = written.get(name);
    if (found) return checkedText(key, found);
    if (key.required) throw missing(key, file);
    if (key.default === undefined) return null;
    return key.kind === 'path' ? resolve(folder, key.default) : key.default;
  };

  const optionalSecret = (name: string): Secret | null => {
    const found = secretPlaces(name, written);
    if (found.length > 1)
      throw invalid(found[1]!.place, `is given together with ${found[0]!.place}: keep one`);
    if (found[0]) return found[0].secret();
    const key = keyNamed(name);
    if (key.required) throw missing(key, file);
    return null;
  };

  return {
    optionalText,
    optionalSecret,
    /** Place of a setting, for a message; null if it is not given. */
    writtenPlace: (name: string): string | null => {
      const place = keyNamed(name).kind === 'secret' ? secretPlaces(name, written)[0] : written.get(name);
      return place?.place ?? null;
    },
    text: (name: string) => optionalText(name)!,
    missing: (name: string, or = '') => missing(keyNamed(name), file, or),
    /** `true` is the agent of the environment. */
    agent: (): string => {
      const agent = optionalText('powershell.agent')!;
      if (agent !== 'true') return agent;
      const ofEnvironment = (sources.env ?? process.env).SSH_AUTH_SOCK || windowsAgent;
      if (ofEnvironment) return ofEnvironment;
      const { place } = written.get('powershell.agent')!;
      throw invalid(place, 'there is no SSH_AUTH_SOCK in the environment: start an agent, or write its path');
    },
    secret: (name: string) => optionalSecret(name)!,
    /** The keys of a section by their names in `Settings`, without those that are not given. */
    section: <T extends object>(name: string): T =>
      Object.fromEntries(
        keysOf(name)
          .map((key) => [
            settingPath(key)[1]!,
            (key.kind === 'secret' ? optionalSecret : optionalText)(key.name),
          ])
          .filter(([, value]) => value !== null),
      ) as T,
    list: (name: string): string[] => {
      const found = written.get(name);
      if (!found) throw missing(keyNamed(name), file);
      return checkedList(keyNamed(name), found);
    },
    hosts: () => hostAddresses(written.get('hosts')),
    webhooks: () => webhooks(written.get('notify')),
  };
}

function keyNamed(name: string): SettingKey {
  return settingKeys.find((key) => key.name === name)!;
}

function checkedText(key: SettingKey, { value, place, folder }: WrittenSetting): string {
  const parsed = (key.schema ?? filled).safeParse(value);
  if (!parsed.success) throw wrongForm(key, place);
  return key.kind === 'path' ? resolve(folder, parsed.data) : parsed.data;
}

/** A list in the environment or a flag is separated by commas. */
function checkedList(key: SettingKey, { value, place }: WrittenSetting): string[] {
  const list = typeof value === 'string' ? value.split(',').map((member) => member.trim()) : value;
  const parsed = z
    .array(key.schema ?? filled)
    .min(1)
    .safeParse(list);
  if (!parsed.success) throw wrongForm(key, place);
  return parsed.data;
}

/** A flag or variable replaces every place that the file gives, whichever of the three it is. */
function secretPlaces(name: string, written: Map<string, WrittenSetting>) {
  const found = secretEndings.flatMap((ending) => {
    const each = written.get(`${name}-${ending}`);
    return each ? [{ ...each, secret: () => secretOf(ending, each) }] : [];
  });
  const rank = ({ place }: { place: string }) =>
    place.startsWith('--set') ? 0 : place.startsWith('DMSA_') ? 1 : 2;
  const best = Math.min(...found.map(rank));
  return found.filter((each) => rank(each) === best);
}

function missing(key: SettingKey, file: string, or = '') {
  const [section, name] = key.name.split('.');
  const written = key.kind === 'secret' ? `${name}-file` : name;
  return invalid(`${file}: [${section}] ${written}`, `is missing: write ${written} = ${key.example}${or}`);
}

function wrongForm(key: SettingKey, place: string) {
  return invalid(place, `is not acceptable: write it as ${key.name.split('.')[1]} = ${key.example}`);
}
