import { resolve } from 'node:path';

import { z } from 'zod';

import type { secretEndings } from './keys.ts';
import { invalid, type WrittenSetting } from './read.ts';
import type { Secret } from './secret.ts';

/** The place that a key with one of the three endings names. Throws DmsaError SETTINGS_INVALID. */
export function secretOf(
  ending: (typeof secretEndings)[number],
  { value, place, folder }: WrittenSetting,
): Secret {
  if (ending === 'command') {
    const words = typeof value === 'string' ? value.split(/\s+/).filter(Boolean) : value;
    const command = z.array(z.string().min(1)).min(1).safeParse(words);
    if (!command.success)
      throw invalid(place, 'must be a program and its arguments, such as ["pass", "show", "dmsa"]');
    return { command: command.data };
  }
  const text = z.string().min(1).safeParse(value);
  if (!text.success)
    throw invalid(place, `must be the ${ending === 'file' ? 'path of a file' : 'name of a variable'}`);
  return ending === 'file' ? { file: resolve(folder, text.data) } : { env: text.data };
}
