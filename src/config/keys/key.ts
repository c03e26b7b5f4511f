import { z } from 'zod';

/** One setting: its form and its meaning. */
export interface SettingKey {
  /** `section.key`; a secret's key stands for `<key>-file`, `<key>-env` and `<key>-command`. */
  name: string;
  kind: 'text' | 'list' | 'path' | 'secret';
  required?: true;
  default?: string;
  /** Form of its text, or of each member of its list; absent for any text. */
  schema?: z.ZodType<string>;
  /** The accepted form, as it would stand in `dmsa.toml`. */
  example: string;
  meaning: string;
  /** Its path in `Settings`, where that is not its name in camel case. */
  at?: string;
}

export const filled = z.string().min(1);
