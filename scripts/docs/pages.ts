/** Writes the files that are made of the code: `npm run docs`. Tests compare them with what is made here. */
import { writeFileSync } from 'node:fs';

import { schemaNames, schemaText } from '../../src/cli/commands/schema.ts';
import { cliPage } from './cli.ts';
import { contributingPage } from './rooms.ts';
import { errorsPage, findingsPage, settingsPage } from './tables.ts';

/** Text of each file, by its path in the repository. */
export async function madeFiles(): Promise<Record<string, string>> {
  const schemas = schemaNames.map(async (name) => [`schemas/${name}.schema.json`, await schemaText(name)]);
  return {
    'CONTRIBUTING.md': contributingPage(),
    'docs/cli.md': cliPage(),
    'docs/errors.md': errorsPage(),
    'docs/findings.md': findingsPage(),
    'docs/settings.md': settingsPage(),
    ...Object.fromEntries(await Promise.all(schemas)),
  };
}

if (import.meta.main) {
  for (const [file, text] of Object.entries(await madeFiles()))
    writeFileSync(new URL(`../../${file}`, import.meta.url), text);
}
