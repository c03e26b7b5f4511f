import { readdirSync, readFileSync } from 'node:fs';

import { describe, expect, expectTypeOf, test } from 'vitest';

import { isPatched, type PatchId, patches, type WorkflowPatch } from '../../workflows/versions.ts';

const folder = new URL('../../workflows/', import.meta.url);
const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => ({ name, text: readFileSync(new URL(name, folder), 'utf8') }));
const table: Record<string, WorkflowPatch> = patches;

describe('patches of the workflow', () => {
  test('are asked for by an id of the table and by nothing else', () => {
    expectTypeOf(isPatched).parameter(0).toEqualTypeOf<PatchId>();
    expectTypeOf<string>().not.toExtend<PatchId>();
    const asking = sources.filter(({ text }) => /\b(patched|deprecatePatch)\b/.test(text));
    expect(asking.map(({ name }) => name)).toEqual(['versions.ts']);
  });

  test('say what changed, why, since when and what a replay does', () => {
    for (const [id, patch] of Object.entries(table)) {
      expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
      expect(patch.since).toMatch(/^\d+\.\d+\.\d+$/);
      for (const text of [patch.change, patch.reason, patch.replay]) expect(text.trim()).not.toBe('');
    }
  });

  test('are each asked for somewhere, until no history needs them', () => {
    const asked = new Set(
      sources.flatMap(({ text }) => [...text.matchAll(/isPatched\('([^']+)'\)/g)].map(([, id]) => id)),
    );
    expect([...asked].sort()).toEqual(Object.keys(table).sort());
  });
});
