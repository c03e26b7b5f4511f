import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { madeFiles } from '../../scripts/docs/pages.ts';
import { commandSpecs } from '../../src/cli/program.ts';
import { environmentName, settingKeys } from '../../src/config/keys.ts';
import { errorKinds } from '../../src/domain/errors/errors.ts';
import { findingKinds } from '../../src/domain/findings/findings.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = (name: string) => readFile(`${root}docs/${name}`, 'utf8');

test.each(Object.entries(await madeFiles()))('%s is what the code says.', async (file, text) => {
  await expect(text).toMatchFileSnapshot(`${root}${file}`);
});

test('every error and every finding is on its page with its meaning and its fix, and nothing else is.', async () => {
  for (const [name, kinds] of [
    ['errors.md', errorKinds],
    ['findings.md', findingKinds],
  ] as const) {
    const rows = (await page(name)).split('\n').filter((line) => line.startsWith('| `'));
    const written = rows.map((line) => line.split(' | ').map((cell) => cell.replace(/^\| | \|$/g, '')));
    expect(written.map((cells) => [cells[0], ...cells.slice(-2)])).toEqual(
      Object.entries(kinds).map(([code, { meaning, fix }]) => [`\`${code}\``, meaning, fix]),
    );
  }
});

test('every command, option and setting is on its page.', async () => {
  const [cli, settings] = await Promise.all([page('cli.md'), page('settings.md')]);
  for (const { command } of commandSpecs()) {
    expect(cli).toContain(`\n## dmsa ${command.name()}`);
    for (const option of command.options) expect(cli).toContain(`| \`${option.flags}\` |`);
  }
  for (const { name } of settingKeys) expect(settings).toContain(environmentName(name));
});

test('every page that a message points at is there.', async () => {
  const texts = [...Object.values(errorKinds), ...Object.values(findingKinds)]
    .map(({ fix }) => fix)
    .join(' ');
  for (const [, name] of texts.matchAll(/docs\/([a-z-]+\.md)/g))
    expect((await page(name!)).length).toBeGreaterThan(0);
});
