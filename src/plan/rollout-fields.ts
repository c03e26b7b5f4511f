import { z } from 'zod';

import {
  type HealthCheck,
  type MaintenanceWindow,
  type PlanHost,
  type Rollout,
  weekdays,
} from '../domain/plan/plan.ts';
import { distinct, duration, filledText, hostName } from './fields.ts';

/** What plans and plan requests say of the rollout; every message says what is accepted. */

const whole = z.int({ error: 'must be a whole number' });

/** How many hosts are worked on, and left to run, before the next; all but the bounds that depend on the hosts. */
export const rolloutFields = {
  canary: whole.min(0, { error: 'must be at least 0' }),
  bake: duration,
  maxUnavailable: whole.min(1, { error: 'must be at least 1: no host could be worked on' }),
  maxFailures: whole.min(0, { error: 'must be at least 0' }),
  reboot: z.enum(['when-pending', 'after-policy'], { error: 'must be when-pending or after-policy' }),
};

/** Why the two do not go together; null where they do. */
export function bakeProblem({ canary, bake }: Pick<Rollout, 'canary' | 'bake'>): string | null {
  if (canary > 0 || bake === undefined || bake === null) return null;
  return 'there is no canary to be left to run: make the canary 1 or more, or leave it out';
}

const clock = z.string({ error: 'must be a time of day such as 22:00' });
const badTime = ({ input }: { input?: unknown }) => `"${input}" is not a time of day such as 22:00`;

const window = z
  .strictObject({
    days: distinct(
      z.enum(weekdays, { error: `must be one of ${weekdays.join(', ')}` }),
      (day) => day,
      'weekday',
    ),
    from: clock.regex(/^([01]\d|2[0-3]):[0-5]\d$/, { error: badTime }),
    to: clock.regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, { error: badTime }),
    timeZone: z
      .string({ error: 'must be the name of a time zone such as Europe/Zurich' })
      .refine(isTimeZone, {
        error: ({ input }) => `"${input}" is no name of a time zone such as Europe/Zurich`,
      }),
  })
  .refine(({ from, to }) => from !== to, {
    error: 'begins and ends at the same time: write 00:00 to 24:00 for the whole day',
  }) satisfies z.ZodType<MaintenanceWindow>;

export const windowList = distinct(
  window,
  ({ days, from, to, timeZone }) => `${[...days].sort().join(',')} ${from}-${to} ${timeZone}`.trim(),
  'window',
).max(20, { error: 'at most 20 windows go into one plan' });

/** A name of the IANA database. Offsets such as `+02:00`, which Intl takes too, know no daylight saving. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const tries = {
  attempts: whole.min(1, { error: 'must be at least 1' }).max(100, { error: 'must be at most 100' }),
  everySeconds: whole.min(1, { error: 'must be at least 1' }).max(600, { error: 'must be at most 600' }),
};

const healthCheck = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('tcp'),
      port: whole
        .min(1, { error: 'must be a port from 1 to 65535' })
        .max(65_535, { error: 'must be a port from 1 to 65535' }),
      ...tries,
    }),
    z.strictObject({
      kind: z.literal('http'),
      url: z
        .string({ error: 'must be a URL such as http://localhost:8080/health' })
        .superRefine((url, context) => {
          const message = urlProblem(url);
          if (message) context.addIssue({ code: 'custom', message });
        }),
      status: whole
        .min(100, { error: 'must be an HTTP status such as 200' })
        .max(599, { error: 'must be an HTTP status such as 200' }),
      ...tries,
    }),
    z.strictObject({
      kind: z.literal('script'),
      path: z
        .string({ error: 'must be a path such as C:\\Checks\\web.ps1' })
        .max(260, { error: 'must have at most 260 characters' })
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
        .regex(/^([A-Za-z]:[\\/]|\\\\[^\\/]+\\[^\\/]+\\)[^"<>|?*:\u0000-\u001f]+$/, {
          error: ({ input }) => `"${input}" is no full path on a host, such as C:\\Checks\\web.ps1`,
        }),
      ...tries,
    }),
  ],
  { error: 'must be tcp, http or script' },
) satisfies z.ZodType<HealthCheck>;

export const checkList = z
  .array(healthCheck, { error: 'must be a list of checks' })
  .max(10, { error: 'at most 10 checks are made of one host' });

/** So that a plan of hundreds of hosts, each with checks of its own, stays within what Temporal takes as one payload. */
const mostCheckText = 250_000;

/** Why the checks of all hosts are too much; null where they are not. */
export function checksProblem(hosts: Pick<PlanHost, 'checks'>[]): string | null {
  const length = hosts.reduce((sum, { checks = [] }) => sum + JSON.stringify(checks).length, 0);
  if (length <= mostCheckText) return null;
  return `the checks of all hosts take ${length} characters, and a plan holds ${mostCheckText}: make some hosts a plan of their own`;
}

/** What is part of a plan is kept for years, in plain: a URL must hold nothing that opens a door. */
function urlProblem(text: string): string | null {
  const example = 'write it as http://localhost:8080/health';
  if (text.length > 500) return 'must have at most 500 characters';
  const url = URL.canParse(text) ? new URL(text) : null;
  // URL takes tabs, line ends and missing slashes, which others may read in another way.
  if (!url || !/^https?:\/\/[^\s/]/i.test(text) || /[\s\p{C}]/u.test(text))
    return `"${text}" is not a URL: ${example}`;
  const script = 'let a script on the host ask, and name its path';
  if (url.username || url.password) return `it holds a name or a password, which a plan must not: ${script}`;
  const secret = [...url.searchParams.keys()].find((key) =>
    /passw|pwd|secret|token|api-?_?key|signature/i.test(key),
  );
  if (secret !== undefined)
    return `its parameter ${secret} looks like a secret, which a plan must not hold: ${script}`;
  return null;
}

export const groupName = filledText
  .max(64, { error: 'must have at most 64 characters' })
  .refine((name) => !/[\s,=#"\p{C}]/u.test(name), {
    error: ({ input }) =>
      `"${input}" is not the name of a group, such as farm: leave out spaces, commas, = # and "`,
  });

/** Hosts that are never worked on together, as somebody asks for it. */
export const groupList = distinct(
  z.strictObject({ name: groupName, hosts: distinct(hostName, (name) => name, 'host') }),
  ({ name }) => name,
  'group',
);
