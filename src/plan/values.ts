import { z } from 'zod';

import { parseDn } from '../directory/dn.ts';
import { durationMs, durationPattern } from '../domain/values/duration.ts';

/** Schemas of single values, shared by plans, requests and options. Each message names the accepted form. */

/**
 * Most hosts of one plan, so that no payload passes 256 KB. The largest payload is the state that crosses
 * continue-as-new: 3 MB for 500 hosts with two services each, a tenth of it deflated
 * (test/workflows/state-size.test.ts). The status, 2 MB of it, is half of what a query may answer.
 */
export const maxHosts = 500;

const longestWaitMs = durationMs('3650d');

/** `10s`, `10m`, `10h`, `14d`; at most ten years, so that every date made of it can be written. */
export const duration = z
  .string({ error: 'must be a duration such as 10s, 10m, 10h or 14d' })
  .regex(durationPattern, {
    error: ({ input }) => `"${input}" is not a duration: write 10s, 10m, 10h or 14d, never negative`,
  })
  .refine((text) => !durationPattern.test(text) || durationMs(text) <= longestWaitMs, {
    error: ({ input }) => `${input} is too long: at most 3650d`,
  });

export const positiveDuration = duration.refine(
  (text) => !durationPattern.test(text) || durationMs(text) > 0,
  { error: 'must be longer than nothing, for example 10m' },
);

/**
 * Common name of a dMSA, without the `$`. At most 15 characters, as for every computer account's NetBIOS name; the
 * characters are those that sAMAccountName cannot hold (SAM-Account-Name in Microsoft's AD schema reference), and
 * `$`, which is added.
 */
export const dmsaName = z
  .string({ error: 'must be the name of the dMSA, for example dmsa-web' })
  .min(1, { error: 'must not be empty: name the dMSA, for example dmsa-web' })
  .max(15, {
    error: ({ input }) => `"${input}" has ${String(input).length} characters: use at most 15, without the $`,
  })
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
  .regex(/^[^"/\\[\]:;|=,+*?<>$@\u0000-\u001f\u007f]*$/, {
    error: ({ input }) =>
      `"${input}" holds a character that AD refuses: leave out " / \\ [ ] : ; | = , + * ? < > @ and $`,
  })
  .refine((name) => name === name.trim() && !name.endsWith('.'), {
    error: 'must not begin or end with a space or end with a period',
  });

/** Fully qualified, lower case: one host has one spelling, so that a duplicate is seen. */
export const hostName = z
  .string({ error: 'must be a DNS name such as web01.contoso.com' })
  .max(253, { error: 'must have at most 253 characters' })
  .regex(/^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?)+$/, {
    error: ({ input }) => `"${input}" is not a full DNS name in lower case, such as web01.contoso.com`,
  });

export const distinguishedName = z
  .string({ error: 'must be a DN such as CN=svc,DC=contoso,DC=com' })
  .refine(isDn, { error: ({ input }) => `"${input}" is not a DN such as CN=svc,DC=contoso,DC=com` });

export const sid = z
  .string({ error: 'must be a SID such as S-1-5-21-1-2-3-1104' })
  .regex(/^S-1-\d+(-\d+)+$/, { error: ({ input }) => `"${input}" is not a SID such as S-1-5-21-1-2-3-1104` });

export const guid = z.guid({ error: 'must be a GUID such as 0f8fad5b-d9cb-469f-a165-70867728950e' });

export const filledText = z.string({ error: 'must be text' }).regex(/\S/, { error: 'must not be empty' });

export const trueOrFalse = z.boolean({ error: 'must be true or false' });

/** A whole number from `least` on, to `most` if given. */
export function whole(least: number, most?: number): z.ZodInt {
  const from = z.int({ error: 'must be a whole number' }).min(least, { error: `must be at least ${least}` });
  return most === undefined ? from : from.max(most, { error: `must be at most ${most}` });
}

export const isoTime = z.iso.datetime({ error: 'must be a time in UTC such as 2025-06-01T08:00:00.000Z' });

/** A list without duplicates, compared by `key`. */
export function distinct<T extends z.ZodType>(
  member: T,
  key: (value: z.output<T>) => string,
  what: string,
): z.ZodArray<T> {
  return z.array(member, { error: `must be a list of ${what}s` }).superRefine((list, context) => {
    const seen = new Map<string, number>();
    for (const [index, value] of list.entries()) {
      const name = key(value);
      if (seen.has(name))
        context.addIssue({
          code: 'custom',
          path: [index],
          message: `the ${what} ${name} is listed twice: list it once`,
        });
      seen.set(name, index);
    }
  });
}

function isDn(text: string): boolean {
  try {
    return parseDn(text).length > 0;
  } catch {
    return false;
  }
}

/** Hosts of a plan or a request: at least one, each once. */
export function hostList<T extends z.ZodType>(
  member: T,
  name: (value: z.output<T>) => string,
): z.ZodArray<T> {
  return distinct(member, name, 'host')
    .min(1, { error: 'there are no hosts: name at least one with --host' })
    .max(maxHosts, {
      error: `at most ${maxHosts} hosts go into one plan: make the rest a plan of their own`,
    });
}
