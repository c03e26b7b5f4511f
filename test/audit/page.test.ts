import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

import { csvColumns } from '../../src/audit/csv.ts';
import { findingKinds } from '../../src/domain/findings/findings.ts';
import { page, root, tableUnder } from '../docs/markdown.ts';
import { domainOf } from './in-domain.ts';

const names = (heading: string) => tableUnder(page('docs/audit.md'), heading).map(([name]) => name!);

/** `pairs[].account.dn` and so on: where a value is that is neither object nor list of objects. */
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

test('the page of the audit names every finding that its code can make, and no other', () => {
  const sources = globSync('src/audit/*.ts', { cwd: root }).map((file) =>
    readFileSync(resolve(root, file), 'utf8'),
  );
  const made = new Set(
    sources.flatMap((source) => [...source.matchAll(/'([A-Z]+_[A-Z_]+)'/g)].map(([, code]) => code!)),
  );
  const codes = [...made].filter((code) => code in findingKinds);
  expect(names('## What it finds').sort()).toEqual(codes.sort());
});

test('the page of the audit names every field of its JSON, and no other', async () => {
  const domain = await domainOf();
  const group = await domain.group('hosts', ['CN=FIN01,CN=Computers,DC=lab,DC=example']);
  await domain.account('svc-web');
  await domain.dmsa('dmsa-web', { principals: [group] });
  await domain.start('svc-web', 'dmsa-web');
  await domain.account('svc-odd', { state: 1 });
  const seen = new Set([...paths(await domain.audit()), ...paths(await domain.audit({}, { events: false }))]);
  // Of an empty list or an absent object only the name is seen.
  const whole = [...seen].filter(
    (path) => ![...seen].some((other) => other !== path && isWithin(other, path)),
  );
  const rare = ['pairs[].dmsa.principals[].conditional'];
  expect(names('## As JSON').sort()).toEqual([...whole, ...rare].sort());
});

const isWithin = (path: string, parent: string) =>
  path.startsWith(`${parent}.`) || path.startsWith(`${parent}[]`);

test('the page of the audit names the columns of its comma-separated values, in their order', () => {
  expect(names('## As CSV')).toEqual(csvColumns);
});
