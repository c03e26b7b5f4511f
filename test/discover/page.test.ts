import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

import { noPlan } from '../../src/cli/commands/discover-plan.ts';
import { discoverCsvColumns } from '../../src/discover/csv.ts';
import { findingKinds } from '../../src/domain/findings/findings.ts';
import { page, root, tableUnder } from '../docs/markdown.ts';
import { discoveryOf } from './in-lab.ts';
import { everyUse, inventoryOf } from './inventories.ts';

const names = (heading: string) => tableUnder(page('docs/discover.md'), heading).map(([name]) => name!);

/** `hosts[].computer.dn` and so on: where a value is that is neither object nor list of objects. */
function paths(value: unknown, at = ''): string[] {
  const isObject = (each: unknown) => typeof each === 'object' && each !== null && !Array.isArray(each);
  if (Array.isArray(value) && value.length > 0 && value.every(isObject)) {
    return value.flatMap((each) => paths(each, `${at}[]`));
  }
  if (!isObject(value)) return [at];
  return Object.entries(value as object).flatMap(([name, each]) =>
    paths(each, at === '' ? name : `${at}.${name}`),
  );
}

const isWithin = (path: string, parent: string) =>
  path.startsWith(`${parent}.`) || path.startsWith(`${parent}[]`);

test('the page of the discovery names every finding that it can make, and no other', () => {
  const source = readFileSync(resolve(root, 'src/domain/assess/assess-hosts.ts'), 'utf8');
  // Of a plan, of a migration, and of a column of its own.
  const others = ['SERVICE_MISSING', 'SERVICE_UNPLANNED', 'HOST_NOT_REBOOTED', 'HOST_HAS_NO_SERVICE'];
  const made = [...source.matchAll(/'([A-Z]+_[A-Z_]+)'/g)].map(([, code]) => code!);
  const codes = [...new Set(made)].filter((code) => code in findingKinds && !others.includes(code));
  expect(names('## What it finds').sort()).toEqual(codes.sort());
});

test('the page of the discovery names every field of its JSON, and no other', async () => {
  const found = await discoveryOf({
    fin01: inventoryOf({
      ...everyUse(),
      policyFrom: { gpo: 'Kerberos', value: 1 },
      unread: [{ part: 'cluster', why: 'refused' }],
    }),
    locked: null,
  });
  const { refused, text, ...told } = noPlan;
  const added = ['planCommand', 'hostsOut', ...Object.keys(told)];
  const seen = [...new Set(paths(found))];
  // Of an absent object only the name is seen.
  const whole = seen.filter((path) => !seen.some((other) => other !== path && isWithin(other, path)));
  expect(names('## As JSON').sort()).toEqual([...whole, ...added].sort());
});

test('the page of the discovery names the columns of its comma-separated values, in their order', () => {
  expect(names('## As CSV')).toEqual(discoverCsvColumns);
});
