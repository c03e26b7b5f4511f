import { describe, expect, test } from 'vitest';
import { run } from '../../../src/bin/run.ts';
import { schemaNames, schemaText } from '../../../src/cli/commands/schema.ts';
import { fakeIo } from '../fake-io.ts';

test('a schema that there is not is refused with the one that was meant', async () => {
  const io = fakeIo();
  expect(await run(['schema', 'setings'], io)).toBe(2);
  expect(io.stderr()).toContain('(fix: Did you mean settings? dmsa schema --help)');
});

describe.each(schemaNames)('the schema of %s', (of) => {
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
