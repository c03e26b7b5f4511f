import { z } from 'zod';

import { hostEntry } from './hosts.ts';
import { filled } from './keys/key.ts';
import { keysOf, type SettingKey, secretEndings, sections } from './keys.ts';
import { eventList, kinds } from './webhooks.ts';

/** JSON schema of `dmsa.toml`, made of the table in `keys.ts`: what an editor completes, explains and checks. */
export function settingsJsonSchema(): object {
  const table = z.strictObject({
    ...Object.fromEntries(sections.map((section) => [section, sectionSchema(section).optional()])),
    hosts: z
      .record(z.string(), hostEntry)
      .describe('Addresses and fingerprints by DNS name, if they differ from what the name says.')
      .optional(),
    notify: z.record(z.string(), webhookSchema()).describe('Webhooks by name.').optional(),
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
  return z.strictObject({
    kind: z.enum(kinds).describe('Form of the body.'),
    events: eventList.describe('Events to tell; all if absent.').optional(),
    ...secretProperties('url', 'URL that it is sent to.'),
    ...secretProperties('secret', 'Key that bodies of kind json are signed with.'),
  });
}

function sectionSchema(section: string) {
  return z.strictObject(Object.assign({}, ...keysOf(section).map(properties)));
}

function properties(key: SettingKey): Record<string, z.ZodType> {
  const name = key.name.slice(key.name.indexOf('.') + 1);
  if (key.kind === 'secret') return secretProperties(name, key.meaning);
  const { default: value } = key;
  const meta = { description: plain(key.meaning), ...(value !== undefined && { default: value }) };
  return { [name]: valueSchema(key).meta(meta).optional() };
}

function valueSchema({ kind, example, schema = filled }: SettingKey): z.ZodType {
  if (kind === 'list') return z.array(schema).min(1);
  // TOML's own truth is taken where its example is one.
  return example === 'true' ? z.union([z.literal(true), filled]) : schema;
}

function secretProperties(name: string, meaning: string): Record<string, z.ZodType> {
  const forms = {
    file: [filled, 'A file that holds it.'],
    env: [filled, 'The name of an environment variable that holds it.'],
    command: [z.union([filled, z.array(filled).min(1)]), 'A program with its arguments that prints it.'],
  } as const;
  const members = secretEndings.map((ending) => {
    const [schema, what] = forms[ending];
    return [`${name}-${ending}`, schema.describe(`${plain(meaning)} ${what}`).optional()];
  });
  return Object.fromEntries(members);
}

/** Markdown's code marks mean nothing in an editor's box. */
function plain(text: string): string {
  return text.replaceAll('`', '');
}
