import { Argument } from 'commander';

import { type CommandSpec, newCommand } from '../command.ts';
import type { Context } from '../context.ts';

export const schemaNames = ['plan', 'settings'] as const;

export function schemaCommand(): CommandSpec {
  const command = newCommand(
    'schema',
    'Print the JSON schema of plans or of settings, for editors and for programs that read them.',
  ).addArgument(new Argument('<of>', 'what it describes').choices(schemaNames));
  return { command, run: printSchema };
}

/** Prints JSON whatever `--output` says: a schema has no other form. */
async function printSchema({ io }: Context, _: unknown, of?: string): Promise<number> {
  io.out.write(await schemaText(of as (typeof schemaNames)[number]));
  return 0;
}

/** Text of the schema, as in `schemas/`. */
export async function schemaText(of: (typeof schemaNames)[number]): Promise<string> {
  const schema =
    of === 'plan'
      ? (await import('../../plan/json-schema.ts')).planJsonSchema()
      : (await import('../../config/json-schema.ts')).settingsJsonSchema();
  return `${JSON.stringify(schema, null, 2)}\n`;
}
