import { expect, test } from 'vitest';

import { parseGroup } from '../../src/plan/groups.ts';

test('a group needs a name and hosts.', () => {
  for (const text of ['farm', '=web01', 'farm=', 'farm= , ']) {
    expect(() => parseGroup(text)).toThrow(
      `"${text}" is no group: write it as farm=web01.contoso.com,web02.contoso.com`,
    );
  }
  expect(parseGroup('farm = web01, web02')).toEqual({ name: 'farm', hosts: ['web01', 'web02'] });
});
