import { z } from 'zod';

import type { CheckTarget, HealthCheck, PlanHost } from '../domain/plan/plan.ts';
import { whole } from './values.ts';

const tries = {
  attempts: whole(1, 100).describe('Number of tries.'),
  everySeconds: whole(1, 600).describe('Seconds between two tries.'),
};

const badPort = { error: 'must be a port from 1 to 65535' };
const badStatus = { error: 'must be an HTTP status such as 200' };
const kindMeaning = 'What is asked: a port, a URL, or a script on the host.';

const healthCheck = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('tcp').describe(kindMeaning),
      port: z
        .int(badPort)
        .min(1, badPort)
        .max(65_535, badPort)
        .describe('TCP port that has to take connections.'),
      ...tries,
    }),
    z.strictObject({
      kind: z.literal('http').describe(kindMeaning),
      url: z
        .string({ error: 'must be a URL such as http://localhost:8080/health' })
        .superRefine((url, context) => {
          const message = urlProblem(url);
          if (message) context.addIssue({ code: 'custom', message });
        })
        .describe('URL that the host itself asks; holds no secret.'),
      status: z
        .int(badStatus)
        .min(100, badStatus)
        .max(599, badStatus)
        .describe('HTTP status of a healthy answer.'),
      ...tries,
    }),
    z.strictObject({
      kind: z.literal('script').describe(kindMeaning),
      path: z
        .string({ error: 'must be a path such as C:\\Checks\\web.ps1' })
        .max(260, { error: 'must have at most 260 characters' })
        // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused here
        .regex(/^([A-Za-z]:[\\/]|\\\\[^\\/]+\\[^\\/]+\\)[^"<>|?*:\u0000-\u001f]+$/, {
          error: ({ input }) => `"${input}" is no full path on a host, such as C:\\Checks\\web.ps1`,
        })
        .describe('Full path of a PowerShell script on the host; exit code 0 is healthy.'),
      ...tries,
    }),
  ],
  { error: 'must be tcp, http or script' },
) satisfies z.ZodType<HealthCheck>;

export const checkList = z
  .array(healthCheck, { error: 'must be a list of checks' })
  .max(10, { error: 'at most 10 checks are made of one host' });

/** Most characters of all checks. A plan of hundreds of hosts with checks then fits into one payload of Temporal. */
const mostCheckText = 250_000;

/** Why the checks of all hosts are too much; null if they are not. */
export function checksProblem(hosts: Pick<PlanHost, 'checks'>[]): string | null {
  const length = hosts.reduce((sum, { checks = [] }) => sum + JSON.stringify(checks).length, 0);
  if (length <= mostCheckText) return null;
  return `the checks of all hosts take ${length} characters, and a plan holds ${mostCheckText}: make some hosts a plan of their own`;
}

/** Why a plan, which is kept in clear text for years, must not hold the URL; null if it may. */
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
  if (secret === undefined) return null;
  return `its parameter ${secret} looks like a secret, which a plan must not hold: ${script}`;
}

/**
 * Takes apart `tcp:8080`, `script:C:\Checks\web.ps1`, `http://localhost/health`, or `http://localhost/health=204` for
 * another healthy status than 200. After a `?`, what follows the `=` of the last parameter is its value:
 * `?deep=1=204`. The request checks the values. Throws a RangeError that shows the form.
 */
export function parseCheck(text: string): CheckTarget {
  const tcp = /^tcp:(\d+)$/i.exec(text);
  if (tcp) return { kind: 'tcp', port: Number(tcp[1]) };
  const script = /^script:(.+)$/i.exec(text);
  if (script) return { kind: 'script', path: script[1]! };
  if (/^https?:/i.test(text)) {
    const withStatus = /^([^?]*|.*[?&][^&=]*=[^&]*)=(\d{3})$/.exec(text);
    return { kind: 'http', url: withStatus?.[1] ?? text, status: Number(withStatus?.[2] ?? 200) };
  }
  throw new RangeError(
    `"${text}" is no check: write it as tcp:8080, http://localhost/health=200 or script:C:\\Checks\\web.ps1`,
  );
}
