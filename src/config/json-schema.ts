import { z } from 'zod';

import { hostEntry } from './hosts.ts';
import { type SettingKey, secretEndings, settingKeys } from './keys.ts';
import { eventList, kinds } from './webhooks.ts';

/** JSON schema of `dmsa.toml`, made of the table in `keys.ts`: what an editor completes, explains and checks. */
export function settingsJsonSchema(): object {
  const sections = [...new Set(settingKeys.map(({ name }) => name.split('.')[0]!))];
  const table = z.strictObject({
    ...Object.fromEntries(sections.map((section) => [section, sectionSchema(section).optional()])),
    hosts: z
      .record(z.string(), hostEntry)
      .describe('Addresses and fingerprints by DNS name, where they are not what the name says.')
      .optional(),
    notify: z.record(z.string(), webhookSchema()).describe('Who is told of what, by webhook.').optional(),
  });
  return {
    title: 'Settings of dmsa (dmsa.toml)',
    description:
      'A setting that is not here may come from the environment or from --set: see docs/settings.md.',
    ...z.toJSONSchema(table, { io: 'input' }),
  };
}

/** A table of `[notify.NAME]`; `webhooks.ts` reads it. */
function webhookSchema() {
  const secret = (name: string, meaning: string) => {
    const key = {
      name,
      meaning,
      kind: 'secret',
      default: 'absent',
      example: '',
      schema: z.string(),
    } as const;
    return secretEndings.map((ending) => secretProperty(key, name, ending));
  };
  return z.strictObject({
    kind: z.enum(kinds).describe('What the body looks like.'),
    events: eventList.describe('What is told; everything where absent.').optional(),
    ...Object.fromEntries([
      ...secret('url', 'Where it is sent to.'),
      ...secret('secret', 'What bodies of kind json are signed with.'),
    ]),
  });
}

function sectionSchema(section: string) {
  const keys = settingKeys.filter(({ name }) => name.startsWith(`${section}.`));
  return z.strictObject(Object.fromEntries(keys.flatMap(properties)));
}

function properties(key: SettingKey): [string, z.ZodType][] {
  const name = key.name.slice(key.name.indexOf('.') + 1);
  if (key.kind === 'secret') return secretEndings.map((ending) => secretProperty(key, name, ending));
  return [[name, described(valueSchema(key), key)]];
}

function valueSchema({ kind, example, schema }: SettingKey): z.ZodType {
  if (kind === 'list') return z.array(schema).min(1);
  // TOML's own truth is taken where its example is one.
  return example === 'true' ? z.union([z.literal(true), z.string().min(1)]) : schema;
}

function described(schema: z.ZodType, { meaning, default: value }: SettingKey): z.ZodType {
  const withDefault = value === null || value === 'absent' ? {} : { default: value };
  return schema.meta({ description: plain(meaning), ...withDefault }).optional();
}

function secretProperty(
  { meaning }: SettingKey,
  name: string,
  ending: (typeof secretEndings)[number],
): [string, z.ZodType] {
  const words = z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]);
  const [schema, what] = {
    file: [z.string().min(1), 'A file that holds it.'] as const,
    env: [z.string().min(1), 'The name of an environment variable that holds it.'] as const,
    command: [words, 'A program with its arguments that prints it.'] as const,
  }[ending];
  return [`${name}-${ending}`, schema.describe(`${plain(meaning)} ${what}`).optional()];
}

/** Markdown's code marks mean nothing in an editor's box. */
function plain(text: string): string {
  return text.replaceAll('`', '');
}
