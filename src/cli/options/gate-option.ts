import { InvalidArgumentError, Option } from 'commander';
import type { GateRules, PlanGates } from '../../domain/plan/plan.ts';
import { didYouMean } from '../../domain/values/nearest.ts';
import type { PlanField } from '../../plan/fields/field.ts';
import { gateFields } from '../../plan/fields/gates.ts';
import type { PlanRequest } from '../../plan/request.ts';
import { once } from './parsers.ts';

type RulesByGate = NonNullable<PlanRequest['gates']>;

const gateNames: readonly (keyof PlanGates)[] = ['start', 'complete', 'wave', 'soak'];

/** The rules by the name of the option that gives them for every gate, without its dashes. */
const rulesByName = new Map(
  Object.entries(gateFields).map(([name, field]: [string, PlanField]) => {
    const option = new Option(field.option!);
    const parse = field.parse ?? ((text: string) => text);
    return [option.name(), { name: name as keyof GateRules, parse: once(parse) }];
  }),
);

const example = 'write it as complete:required=2,expires-after=3d';

/**
 * Collects `--gate complete:required=2,expires-after=3d`, which may be repeated, also for one gate. Throws commander's
 * InvalidArgumentError for what is no gate or no rule, and for a rule that is given twice.
 */
export function gateRules(text: string, earlier: RulesByGate = {}): RulesByGate {
  const [written = '', rest] = splitAt(text, ':');
  const gate = gateNames.find((name) => name === written);
  if (gate === undefined) throw unknown('gate', written, gateNames);
  if (rest === null) throw new InvalidArgumentError(`It names no rule: ${example}.`);
  const rules: Partial<GateRules> = { ...earlier[gate] };
  for (const part of rest.split(',')) {
    const { name, value } = parseRule(part);
    if (name in rules) throw new InvalidArgumentError(`For ${gate}, "${part.trim()}" is said twice.`);
    Object.assign(rules, { [name]: value });
  }
  return { ...earlier, [gate]: rules };
}

/** A rule's value is only read here; the plan request checks it. */
function parseRule(text: string): { name: keyof GateRules; value: unknown } {
  const [written = '', value] = splitAt(text, '=');
  const rule = rulesByName.get(written);
  if (!rule) throw unknown('rule of a gate', written, [...rulesByName.keys()]);
  if (value === null || value === '') throw new InvalidArgumentError(`${written} has no value: ${example}.`);
  return { name: rule.name, value: rule.parse(value) };
}

function unknown(what: string, written: string, names: readonly string[]): InvalidArgumentError {
  const message = `"${written}" is no ${what}, one of ${names.join(', ')}: ${example}.`;
  return new InvalidArgumentError([message, didYouMean(written, names)].filter(Boolean).join(' '));
}

/** The text before and after the first `separator`; null for the second without a separator. */
function splitAt(text: string, separator: string): [before: string, after: string | null] {
  const at = text.indexOf(separator);
  return at < 0 ? [text.trim(), null] : [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}
