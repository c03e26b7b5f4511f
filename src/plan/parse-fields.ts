import type { z } from 'zod';

import { DmsaError, type ErrorCode } from '../domain/errors/errors.ts';

/** The value if the schema accepts it. Throws DmsaError `code` that names the first wrong field and the accepted form. */
export function parseFields<T>(schema: z.ZodType<T>, input: unknown, code: ErrorCode): T {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const { field, message } = firstIssue(parsed.error, input);
  throw new DmsaError(code, field, message);
}

/** The first thing that is wrong, in one line that begins with the field's path; `field` alone is for the subject. */
export function firstIssue(error: z.ZodError, input: unknown): { field: string; message: string } {
  const issue = error.issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    const field = fieldPath([...issue.path, issue.keys[0]!]);
    return { field, message: `${field}: there is no such field: take it out` };
  }
  const field = fieldPath(issue.path) || 'plan';
  const missing = valueAt(input, issue.path) === undefined;
  return { field, message: `${field}: ${missing ? `is missing: ${issue.message}` : issue.message}` };
}

/** `hosts[2].name` of `['hosts', 2, 'name']`. */
function fieldPath(path: PropertyKey[]): string {
  return path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '');
}

function valueAt(input: unknown, path: PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[key];
  }
  return value;
}
