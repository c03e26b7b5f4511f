import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { planHash } from '../../src/plan/hash.ts';
import { planJsonSchema } from '../../src/plan/json-schema.ts';
import { samplePlan } from './sample-plan.ts';

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

  test('explains every field', () => {
    const fields = described(planJsonSchema());
    expect(fields.length).toBeGreaterThan(80);
    expect(fields.filter(([, description]) => !description)).toEqual([]);
  });
});

/** Every field of a JSON schema, by its place, with its description. */
function described(schema: JsonSchema, place = ''): [string, string | undefined][] {
  const { properties = {}, items, oneOf = [] } = schema;
  const own = Object.entries(properties).flatMap(([name, field]): [string, string | undefined][] => [
    [`${place}.${name}`, field.description],
    ...described(field, `${place}.${name}`),
  ]);
  return [...own, ...[...(items ? [items] : []), ...oneOf].flatMap((each) => described(each, `${place}[]`))];
}

interface JsonSchema {
  description?: string;
  properties?: Record<string, JsonSchema>;
  items?: JsonSchema;
  oneOf?: JsonSchema[];
}
