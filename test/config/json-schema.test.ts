import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { settingsJsonSchema } from '../../src/config/json-schema.ts';
import { secretEndings, settingKeys } from '../../src/config/keys.ts';
import { blocks, page } from '../docs/markdown.ts';

describe('the schema of settings', () => {
  const schema = z.fromJSONSchema(settingsJsonSchema() as z.core.JSONSchema.JSONSchema);
  const accepts = (toml: string) => schema.safeParse(parse(toml)).success;

  test.each([
    '[directory]\nurl = ["ldaps://dc1.contoso.com"]',
    '[directory]\nurls = ["https://dc1.contoso.com"]',
    '[directory]\nurls = []',
    '[directory]\npassword = "x"',
    '[powershell]\ntransport = "telnet"',
    '[powershell]\nagent = false',
    '[log]\nlevel = 3',
    '[wroker]\ntask-queue = "x"',
    '[hosts."a.contoso.com"]\nport = 70000\naddress = "10.0.0.1"',
    '[hosts."a.contoso.com"]\nfingerprint = "MD5:x"',
  ])('refuses %j', (toml) => {
    expect(accepts(toml)).toBe(false);
  });

  test('takes the example of every setting, in each of its forms', () => {
    for (const { name, kind, example } of settingKeys) {
      const [section, key] = name.split('.');
      const lines =
        kind === 'secret'
          ? secretEndings.map((ending) => `${key}-${ending} = ${example}`)
          : [`${key} = ${example}`];
      for (const line of lines) expect([line, accepts(`[${section}]\n${line}`)]).toEqual([line, true]);
    }
  });

  test('takes every settings file of the documentation, commands as lists of words too', () => {
    const shown = ['README.md', 'docs/ssh.md', 'docs/windows.md', 'docs/settings.md'].flatMap((name) =>
      blocks(page(name)).filter(({ language }) => language === 'toml'),
    );
    expect(shown.length).toBeGreaterThan(2);
    for (const { text } of shown) expect([text, accepts(text)]).toEqual([text, true]);
    expect(accepts('[directory]\npassword-command = ["pass", "show", "dmsa"]')).toBe(true);
  });

  test('explains every setting', () => {
    const { properties } = settingsJsonSchema() as { properties: Record<string, { properties?: object }> };
    const described = Object.entries(properties).flatMap(([section, { properties: own = {} }]) =>
      Object.entries(own).map(([key, value]) => [
        `${section}.${key}`,
        (value as { description?: string }).description,
      ]),
    );
    expect(described.length).toBeGreaterThan(settingKeys.length);
    expect(described.filter(([, description]) => !description)).toEqual([]);
  });
});
