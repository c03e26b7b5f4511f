import { InvalidArgumentError } from 'commander';
import type { PlanGates } from '../../domain/plan/plan.ts';
import { didYouMean } from '../../domain/values/nearest.ts';
import type { GateRules, PlanRequest } from '../../plan/request.ts';
import { number } from './rollout-options.ts';

type GatesRules = NonNullable<PlanRequest['gates']>;

const gateNames: readonly (keyof PlanGates)[] = ['start', 'complete', 'wave', 'soak'];

/** By the names of the options that say it for every gate. What a duration may be is the plan request's to say. */
const readers: Record<string, (value: string) => Partial<GateRules>> = {
  required: (value) => ({ required: number(value) }),
  'expires-after': (value) => ({ expiresAfter: value }),
  'on-expiry': (value) => ({ onExpiry: value as GateRules['onExpiry'] }),
  'remind-every': (value) => ({ remindEvery: value }),
};

const example = 'write it as complete:required=2,expires-after=3d';

/**
 * Collects `--gate complete:required=2,expires-after=3d`, which may be repeated, also for one gate. Throws commander's
 * InvalidArgumentError for what is no gate or no rule, and for a rule that is given twice.
 */
export function gateRules(text: string, earlier: GatesRules = {}): GatesRules {
  const [written = '', rest] = splitAt(text, ':');
  const gate = gateNames.find((name) => name === written);
  if (gate === undefined) throw unknown('gate', written, gateNames);
  if (rest === null) throw new InvalidArgumentError(`It names no rule: ${example}.`);
  const rules: Partial<GateRules> = { ...earlier[gate] };
  for (const part of rest.split(',')) {
    const rule = parseRule(part);
    const [name] = Object.keys(rule);
    if (name! in rules) throw new InvalidArgumentError(`For ${gate}, "${part.trim()}" is said twice.`);
    Object.assign(rules, rule);
  }
  return { ...earlier, [gate]: rules };
}

function parseRule(text: string): Partial<GateRules> {
  const [name = '', value] = splitAt(text, '=');
  const read = Object.hasOwn(readers, name) ? readers[name] : undefined;
  if (!read) throw unknown('rule of a gate', name, Object.keys(readers));
  if (value === null || value === '') throw new InvalidArgumentError(`${name} has no value: ${example}.`);
  return read(value);
}

function unknown(what: string, written: string, names: readonly string[]): InvalidArgumentError {
  const message = `"${written}" is no ${what}, one of ${names.join(', ')}: ${example}.`;
  return new InvalidArgumentError([message, didYouMean(written, names)].filter(Boolean).join(' '));
}

/** What is before the first `separator` and what is after it, which is null where there is none. */
function splitAt(text: string, separator: string): [before: string, after: string | null] {
  const at = text.indexOf(separator);
  return at < 0 ? [text.trim(), null] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}
