import { Command } from 'commander';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { run } from '../../../src/bin/run.ts';
import { gateRules } from '../../../src/cli/options/gate-option.ts';
import { addPlanOptions, type PlanOptions, requestOf } from '../../../src/cli/options/plan-options.ts';
import { fakeIo } from '../fake-io.ts';

const host = ['--dmsa', 'dmsa-web', '--host', 'web01.lab.example'];

/** What `dmsa` says of a command line that it refuses, before it reads any setting. */
async function refused(command: string[], ...args: string[]): Promise<string> {
  const io = fakeIo();
  const exitCode = await run([...command, ...host, ...args], io);
  expect({ exitCode, out: io.stdout() }).toEqual({ exitCode: 2, out: '' });
  return io.stderr();
}

const usage = (value: string, why: string) =>
  `USAGE: option '--gate <name:rules>' argument '${value}' is invalid. ${why} (fix: dmsa plan --help)\n`;
const rules = 'one of required, expires-after, on-expiry, remind-every';
const gates = 'one of start, complete, wave, soak';
const example = 'write it as complete:required=2,expires-after=3d';

describe('what is written wrong is one line and exit code 2', () => {
  test.each([
    ['finish:required=2', `"finish" is no gate, ${gates}: ${example}.`],
    ['complet:required=2', `"complet" is no gate, ${gates}: ${example}. Did you mean complete?`],
    ['wave-1:required=2', `"wave-1" is no gate, ${gates}: ${example}. Did you mean wave?`],
    ['required=2', `"required=2" is no gate, ${gates}: ${example}.`],
    ['', `"" is no gate, ${gates}: ${example}.`],
    ['__proto__:required=2', `"__proto__" is no gate, ${gates}: ${example}.`],
    ['complete', `It names no rule: ${example}.`],
    ['complete:', `"" is no rule of a gate, ${rules}: ${example}.`],
    ['complete:required=2,', `"" is no rule of a gate, ${rules}: ${example}.`],
    ['complete:requird=2', `"requird" is no rule of a gate, ${rules}: ${example}. Did you mean required?`],
    ['complete:constructor=2', `"constructor" is no rule of a gate, ${rules}: ${example}.`],
    ['complete:required', `required has no value: ${example}.`],
    ['complete:expires-after=', `expires-after has no value: ${example}.`],
    ['complete:required=two', 'Write a whole number.'],
    ['complete:required=1e1', 'Write a whole number.'],
    ['complete:required=2,required=3', 'For complete, "required=3" is said twice.'],
  ])('%j', async (value, why) => {
    expect(await refused(['plan', 'svc-web'], '--gate', value)).toBe(usage(value, why));
  });

  test('also where two options say the same of one gate', async () => {
    const twice = ['--gate', 'start:on-expiry=undo', '--gate', 'start:on-expiry=hold'];
    expect(await refused(['plan', 'svc-web'], ...twice)).toBe(
      usage('start:on-expiry=hold', 'For start, "on-expiry=hold" is said twice.'),
    );
  });
});

describe('a value is refused as it is of the option for all gates', () => {
  test.each([
    ['required', '0', 'must be at least 1'],
    ['expires-after', '3', '"3" is not a duration: write 10s, 10m, 10h or 14d, never negative'],
    ['expires-after', '0d', 'must be longer than nothing, for example 10m'],
    ['remind-every', '9999d', '9999d is too long: at most 3650d'],
    ['remind-every', '0s', 'must be longer than nothing, for example 10m'],
  ])('%s=%s', async (rule, value, why) => {
    const field = rule.replace(/-(.)/, (_, letter: string) => letter.toUpperCase());
    const ofOne = await refused(['plan', 'svc-web'], '--gate', `complete:${rule}=${value}`);
    const ofAll = await refused(['plan', 'svc-web'], `--${rule}`, value);
    expect(ofOne).toMatch(`ARGUMENT_INVALID: gates.complete.${field}: ${why} (fix: `);
    expect(ofAll).toBe(ofOne.replace('gates.complete.', ''));
  });

  test('on-expiry=wait', async () => {
    expect(await refused(['plan', 'svc-web'], '--gate', 'complete:on-expiry=wait')).toMatch(
      'ARGUMENT_INVALID: gates.complete.onExpiry: must be hold or undo (fix: ',
    );
  });
});

describe('a gate that the plan does not have', () => {
  test.each([
    ['wave', ['plan', 'svc-web']],
    ['soak', ['plan', 'svc-web']],
    ['wave', ['start', 'svc-web']],
  ])('%s has no rules, with %j', async (gate, command) => {
    expect(await refused(command, '--gate', `${gate}:required=2`)).toMatch(
      `ARGUMENT_INVALID: gates.${gate}: the plan has no such gate: ask for it with --${gate}-gate (fix: `,
    );
  });

  test('has them where it is asked for, or somebody is named for it', () => {
    for (const asking of [['--wave-gate'], ['--wave-approver', 'LAB\\bob']]) {
      const request = requested(...asking, '--gate', 'wave:required=2');
      expect([request.waveGate, request.gates]).toEqual([true, { wave: { required: 2 } }]);
    }
    expect(requested('--soak-gate', '--gate', 'soak:required=2').gates).toEqual({ soak: { required: 2 } });
  });
});

function requested(...args: string[]) {
  const command = addPlanOptions(new Command().exitOverride(), { saves: true });
  const options = command.parse([...host, ...args], { from: 'user' }).opts<PlanOptions>();
  return requestOf('svc-web', options, [], 'LAB\\rosa');
}

test('rules of one gate may be given at once or one after the other, and those of another with them', () => {
  const general = { required: 1, expiresAfter: '7d', onExpiry: 'hold' };
  expect(requested()).toMatchObject({ ...general, gates: undefined });
  expect(requested()).not.toHaveProperty('remindEvery');
  expect(
    requested(
      ...['--gate', 'complete:required=2,expires-after=3d,on-expiry=undo,remind-every=1d'],
      ...['--gate', ' start : expires-after = 2d ', '--gate', 'start:required=3'],
    ),
  ).toMatchObject({
    ...general,
    gates: {
      complete: { required: 2, expiresAfter: '3d', onExpiry: 'undo', remindEvery: '1d' },
      start: { expiresAfter: '2d', required: 3 },
    },
  });
});

test('any text is taken as rules of a gate that there is, or refused by commander’s own error', () => {
  const begun = fc.constantFrom('', 'start:', 'start:required=2', 'complete:expires-after=3d,');
  const part = fc.constantFrom(':', '=', ',', 'required', 'on-expiry', 'remind-every', '2', '3d', 'x');
  const rest = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(part, { maxLength: 4 }).map((parts) => parts.join('')),
  );
  let takenOnes = 0;
  fc.assert(
    fc.property(begun, rest, (before, after) => {
      let taken: object;
      try {
        taken = gateRules(`${before}${after}`);
      } catch (error) {
        expect(error).toMatchObject({ code: 'commander.invalidArgument' });
        return;
      }
      takenOnes += 1;
      expect(Object.keys(taken)).toEqual([expect.stringMatching(/^(start|complete|wave|soak)$/)]);
      expect(Object.values(taken)).not.toEqual([{}]);
    }),
    { numRuns: 300 },
  );
  expect(takenOnes).toBeGreaterThan(5);
});
