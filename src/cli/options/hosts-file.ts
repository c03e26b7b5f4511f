import { resolve } from 'node:path';

import { readNamedFile } from '../../config/files.ts';
import { type DmsaError, errorAbout } from '../../domain/errors/errors.ts';
import type { CheckTarget } from '../../domain/plan/plan.ts';
import { parseCheck } from '../../plan/checks.ts';
import type { Io } from '../io.ts';

/** A host of a hosts file, with what its line says of the rollout. */
export interface HostLine {
  name: string;
  group: string | null;
  checks: CheckTarget[];
}

/** The names of the hosts of `--hosts-file`. Throws as `readHostLines`. */
export async function readHostsFile(io: Pick<Io, 'folder'>, file: string | undefined): Promise<string[]> {
  return (await readHostLines(io, file)).map(({ name }) => name);
}

/**
 * One host a line, `web01.contoso.com group=farm check=tcp:8080 check="script:C:\Program Files\web.ps1"`; `#` begins a
 * comment, but for within quotes. Throws FILE_UNREADABLE, and ARGUMENT_INVALID with the line.
 */
export async function readHostLines(io: Pick<Io, 'folder'>, file: string | undefined): Promise<HostLine[]> {
  if (!file) return [];
  const content = await readNamedFile('--hosts-file', resolve(io.folder, file));
  // Windows' editors begin UTF-8 with a mark.
  const lines = content.replace(/^\uFEFF/, '').split(/\r?\n/);
  return lines.flatMap((line, index) => hostLine(line, `--hosts-file ${file}, line ${index + 1}`));
}

function hostLine(line: string, where: string): HostLine[] {
  const invalid = (message: string) => errorAbout(where, 'ARGUMENT_INVALID', message);
  const [name, ...words] = wordsOf(line, invalid);
  if (name === undefined) return [];
  if (!/^[^\s#=]+$/.test(name))
    throw invalid(`invalid host name "${name}": each line must start with a host name`);
  const host: HostLine = { name, group: null, checks: [] };
  for (const word of words) {
    const [, key, value] = /^(group|check)=(.+)$/s.exec(word) ?? [];
    if (key === 'group' && host.group !== null) throw invalid('a host is in one group at most');
    if (key === 'group') host.group = value!;
    else if (key === 'check') host.checks.push(checkOf(value!, invalid));
    else throw invalid(`"${word}" is neither group=NAME nor check=WHAT; one host goes on one line`);
  }
  return [host];
}

function checkOf(text: string, invalid: (message: string) => DmsaError): CheckTarget {
  try {
    return parseCheck(text);
  } catch (error) {
    if (error instanceof RangeError) throw invalid(error.message);
    throw error;
  }
}

/** Words between blanks up to a `#`; quotes hold what is in them together, and are taken off. */
function wordsOf(line: string, invalid: (message: string) => DmsaError): string[] {
  const words: string[] = [];
  let rest = line.trimStart();
  while (rest !== '' && !rest.startsWith('#')) {
    const [word] = /^(?:[^\s"#]|"[^"]*")+/.exec(rest) ?? [];
    if (word === undefined) throw invalid('a quote is opened and not closed');
    words.push(word.replaceAll('"', ''));
    rest = rest.slice(word.length).trimStart();
  }
  return words;
}
