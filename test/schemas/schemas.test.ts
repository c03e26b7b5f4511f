import { fileURLToPath } from 'node:url';
import { parse } from 'smol-toml';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { schemaNames, schemaText } from '../../src/cli/commands/schema.ts';
import { run } from '../../src/cli/program.ts';
import { secretEndings, settingKeys } from '../../src/config/keys.ts';
import { planHash } from '../../src/plan/hash.ts';
import { descriptionOf, planFields, planJsonSchema, planPlaces } from '../../src/schemas/plan.ts';
import { settingsSchema } from '../../src/schemas/settings.ts';
import { fakeIo } from '../cli/fake-io.ts';
import { blocks, page } from '../docs/markdown.ts';
import { samplePlan } from '../plan/sample-plan.ts';

const folder = fileURLToPath(new URL('../../schemas/', import.meta.url));

describe.each(schemaNames)('the schema of %s', (of) => {
  test('lies in schemas/ as the code makes it', async () => {
    await expect(await schemaText(of)).toMatchFileSnapshot(`${folder}${of}.schema.json`);
  });

  test('is printed by dmsa schema, and is of the draft that editors know', async () => {
    const io = fakeIo();
    expect(await run(['schema', of], io)).toBe(0);
    expect(io.stdout()).toBe(await schemaText(of));
    expect(JSON.parse(io.stdout())).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: expect.any(String),
    });
  });
});

test('a schema that there is not is refused with the one that was meant', async () => {
  const io = fakeIo();
  expect(await run(['schema', 'setings'], io)).toBe(2);
  expect(io.stderr()).toContain('(fix: Did you mean settings? dmsa schema --help)');
});

describe('the schema of settings', () => {
  const schema = z.fromJSONSchema(settingsSchema() as z.core.JSONSchema.JSONSchema);
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
    const { properties } = settingsSchema() as { properties: Record<string, { properties?: object }> };
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

describe('the schema of plans', () => {
  const schema = z.fromJSONSchema(planJsonSchema() as z.core.JSONSchema.JSONSchema);
  const accepts = (plan: unknown) => schema.safeParse(plan).success;
  const plan = samplePlan();

  test('refuses what dmsa start refuses by its form', () => {
    const { hash: _, ...unsealed } = plan;
    for (const wrong of [
      unsealed,
      { ...plan, version: 2 },
      { ...plan, hosts: [] },
      { ...plan, note: 'mine' },
      { ...plan, waits: { ...plan.waits, observe: '28 days' } },
      { ...plan, dmsa: { ...plan.dmsa, name: 'dmsa-web-service-account' } },
      {
        ...plan,
        hosts: [{ ...plan.hosts[0]!, checks: [{ kind: 'tcp', port: 0, attempts: 1, everySeconds: 1 }] }],
      },
    ])
      expect(accepts(wrong)).toBe(false);
  });

  test('takes a plan, also with everything that may be left out', () => {
    expect(accepts(plan)).toBe(true);
    const tries = { attempts: 3, everySeconds: 10 };
    const whole = samplePlan({
      hosts: plan.hosts.map((host) => ({
        ...host,
        pools: ['Web'],
        group: 'farm',
        checks: [
          { kind: 'tcp', port: 8080, ...tries },
          { kind: 'http', url: 'http://localhost/health', status: 200, ...tries },
          { kind: 'script', path: 'C:\\Checks\\web.ps1', ...tries },
        ],
      })),
      rollout: {
        ...plan.rollout,
        bake: '1h',
        maxUnavailable: 2,
        maxFailures: 1,
        reboot: 'when-pending',
        windows: [{ days: ['sat'], from: '22:00', to: '24:00', timeZone: 'Europe/Zurich' }],
      },
      restoreEventLog: true,
      waitForKds: true,
    });
    expect(whole.hash).toBe(planHash(whole));
    expect(accepts(whole)).toBe(true);
  });

  test('explains every field that there is, and no other', () => {
    const places = planPlaces();
    expect(places.filter((place) => descriptionOf(place) === undefined)).toEqual([]);
    const named = Object.keys(planFields).filter((place) => !place.includes('*'));
    expect(named.filter((place) => !places.includes(place))).toEqual([]);
  });
});
