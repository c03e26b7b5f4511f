import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { run } from '../../src/bin/run.ts';
import { examples } from '../../src/cli/examples.ts';
import { commandSpecs, newProgram } from '../../src/cli/program.ts';
import { fakeIo } from './fake-io.ts';

/** The words of a command line as sh reads them, where all quotes are single. */
function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain!);
}

test('every command has examples, and every example is of a command', () => {
  const names = commandSpecs().map(({ command }) => command.name());
  expect(Object.keys(examples).sort()).toEqual([...names].sort());
});

test('an option that there is not fails the parsing that examples are put to', async () => {
  await expect(parsed('dmsa list --everything')).rejects.toThrow("unknown option '--everything'");
});

test.each(Object.entries(examples).flatMap(([name, all]) => all.map(({ line }) => [name, line] as const)))(
  'of %s: %s is taken',
  async (name, line) => {
    expect(await parsed(line)).toBe(name);
  },
);

/** The name of the command that commander would have run. */
async function parsed(line: string): Promise<string | null> {
  let ran: string | null = null;
  const program = newProgram({ out: new PassThrough(), err: new PassThrough() }, (_, command) => async () => {
    ran = command.name();
  });
  const [program_, ...args] = words(line);
  expect(program_).toBe('dmsa');
  await program.parseAsync(args, { from: 'user' });
  return ran;
}

test('--help shows them after the options', async () => {
  const io = fakeIo();
  expect(await run(['reject', '--help'], io)).toBe(0);
  expect(io.stdout()).toMatch(
    /Options:\n(.*\n)+Examples:\n {2}# no: everything is undone\n {2}dmsa reject svc-web --reason 'change freeze'\n$/,
  );
});
