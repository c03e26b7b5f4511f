import type { z } from 'zod';

/** One field of a plan request. Without a default it is absent unless given; its schema says if it may be absent. */
export interface PlanField<T = unknown> {
  schema: z.ZodType<T>;
  /** Noun phrase or sentence without its period: for the JSON schema, and for help unless `help` says more. */
  description: string;
  default?: T;
  /** Flags of its option. `src/cli/options/plan-options.ts` has the options of fields without one. */
  option?: string;
  help?: string;
  /** Reads the option's text, for what is not text. Throws a RangeError that shows the form. */
  parse?: (text: string) => unknown;
  choices?: readonly string[];
  /** The option may be repeated; its values make a list. */
  repeated?: true;
}

/** A row for each field of a part of the plan. */
export type PlanFields<T> = { [Name in keyof T]-?: PlanField<T[Name]> };

type Shape<F extends Record<string, PlanField>> = { [Name in keyof F]: F[Name]['schema'] };

/** The members of a zod object with these fields, each with its description for the JSON schema. */
export function shapeOf<F extends Record<string, PlanField>>(fields: F): Shape<F> {
  const members = Object.entries(fields).map(([name, { schema, description }]) => [
    name,
    schema.describe(`${description}.`),
  ]);
  return Object.fromEntries(members) as Shape<F>;
}

export function wholeNumber(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new RangeError('Write a whole number.');
  return Number(text);
}
