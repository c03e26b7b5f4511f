import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

import { parse, TomlError } from 'smol-toml';

import { type DmsaError, errorAbout } from '../domain/errors/errors.ts';
import { didYouMean, editDistance } from '../domain/values/nearest.ts';
import { environmentName, secretEndings, sections, settingKeys, writableNames } from './keys.ts';

/** One setting as it was written, and where: for messages, and for paths relative to it. */
export interface WrittenSetting {
  value: unknown;
  /** Place as messages name it: `dmsa.toml: [directory] ca-file`, `DMSA_DIRECTORY_CA_FILE`, `--set …`. */
  place: string;
  folder: string;
}

export interface SettingSources {
  /** Null for `dmsa.toml` in the working folder, where there is one. */
  configFile: string | null;
  env: NodeJS.ProcessEnv;
  /** Values of `--set`, by `section.key`. */
  flags: Record<string, string>;
  /** Base of relative paths in flags and environment. */
  folder: string;
}

const writable = new Set(writableNames);

const secrets = new Set(settingKeys.filter(({ kind }) => kind === 'secret').map(({ name }) => name));

/**
 * All given settings, by `section.key`: flags over environment over file. `hosts` and `notify` hold the tables of
 * those names. Throws FILE_UNREADABLE for the file, and SETTINGS_INVALID for keys that do not exist.
 */
export async function readSources({
  configFile,
  env,
  flags,
  folder,
}: SettingSources): Promise<Map<string, WrittenSetting>> {
  const fromFile = await readToml(configFile ?? env.DMSA_CONFIG ?? null, folder);
  return new Map([...fromFile, ...fromEnvironment(env, folder), ...fromFlags(flags, folder)]);
}

async function readToml(named: string | null, folder: string): Promise<Map<string, WrittenSetting>> {
  const file = resolve(folder, named ?? 'dmsa.toml');
  const written = new Map<string, WrittenSetting>();
  for (const [section, table] of Object.entries(await parseToml(file, named !== null))) {
    if (section === 'hosts' || section === 'notify') {
      written.set(section, { value: table, place: `${file}: [${section}]`, folder: dirname(file) });
      continue;
    }
    if (!sections.includes(section))
      throw invalid(
        `${file}: [${section}]`,
        'there is no such section',
        didYouMean(section, [...sections, 'hosts', 'notify'], (name) => `[${name}]`),
      );
    if (typeof table !== 'object' || table === null || Array.isArray(table))
      throw invalid(`${file}: ${section}`, `must be a section: write [${section}]`);
    for (const [key, value] of Object.entries(table)) {
      const place = `${file}: [${section}] ${key}`;
      checkName(`${section}.${key}`, place);
      written.set(`${section}.${key}`, { value, place, folder: dirname(file) });
    }
  }
  return written;
}

async function parseToml(file: string, required: boolean): Promise<Record<string, unknown>> {
  let content: string;
  try {
    content = await readFile(file, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'error';
    if (code === 'ENOENT' && !required) return {};
    throw errorAbout(file, 'FILE_UNREADABLE', `the settings cannot be read (${code})`, { cause });
  }
  try {
    return parse(content);
  } catch (cause) {
    if (!(cause instanceof TomlError)) throw cause;
    const reason = cause.message.split('\n')[0]!.replace(/^Invalid TOML document: /, '');
    throw invalid(`${file}:${cause.line}:${cause.column}`, `this is not TOML: ${reason}`);
  }
}

/** Only names of the table are looked at: other DMSA_… variables are not settings. A secret may be one itself. */
function fromEnvironment(env: NodeJS.ProcessEnv, folder: string): Map<string, WrittenSetting> {
  const written = new Map<string, WrittenSetting>();
  checkVariables(env);
  for (const name of secrets) {
    const variable = environmentName(name);
    if (env[variable]) written.set(`${name}-env`, { value: variable, place: variable, folder });
  }
  for (const name of writable) {
    const variable = environmentName(name);
    const value = env[variable];
    if (value) written.set(name, { value, place: variable, folder });
  }
  return written;
}

const variables = new Map([...writable, ...secrets].map((name) => [environmentName(name), name]));

/**
 * A variable that is one letter away from a setting's is a slip that would go unseen; one that holds a secret under a
 * name of its own is not.
 */
function checkVariables(env: NodeJS.ProcessEnv): void {
  const named = new Set(
    [...variables.keys()].filter((each) => each.endsWith('_ENV')).map((each) => env[each]),
  );
  for (const name of Object.keys(env)) {
    if (!name.startsWith('DMSA_') || !env[name] || variables.has(name) || named.has(name)) continue;
    const near = [...variables.keys()].find((each) => editDistance(name, each) === 1);
    if (near) throw invalid(name, 'there is no such setting', `Did you mean ${near}?`);
  }
}

function fromFlags(flags: Record<string, string>, folder: string): Map<string, WrittenSetting> {
  return new Map(
    Object.entries(flags).map(([name, value]) => {
      const place = `--set ${name}`;
      checkName(name, place);
      return [name, { value, place, folder }];
    }),
  );
}

/** A secret that is written out is refused, and never repeated in the message. */
function checkName(name: string, place: string): void {
  if (writable.has(name)) return;
  const key = name.slice(name.indexOf('.') + 1);
  if (secrets.has(name))
    throw invalid(
      place,
      `a secret is never written here: use ${secretEndings.map((ending) => `${key}-${ending}`).join(', ')}`,
    );
  const near = [...writable].find((each) => squeezed(each) === squeezed(name));
  if (near) throw invalid(place, `there is no such setting: write ${near.slice(near.indexOf('.') + 1)}`);
  throw invalid(place, 'there is no such setting', meantSetting(name));
}

/** In its own section the key is compared alone, so that a short one is near, too. */
function meantSetting(name: string): string | undefined {
  const [section, key = ''] = name.split(/\.(.*)/s);
  const own = [...writable].filter((each) => each.startsWith(`${section}.`));
  const inSection = didYouMean(
    key,
    own.map((each) => each.slice(section!.length + 1)),
  );
  return inSection ?? didYouMean(name, writable);
}

function squeezed(name: string): string {
  return name.replace(/[^a-z]/gi, '').toLowerCase();
}

export function invalid(place: string, message: string, hint?: string): DmsaError {
  return errorAbout(place, 'SETTINGS_INVALID', message, { hint });
}
