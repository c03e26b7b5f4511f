import { type MaintenanceWindow, type Weekday, weekdays } from '../../domain/plan/plan.ts';

/**
 * Windows, checks and groups as people write them in options and hosts files. What is read here is only taken apart:
 * whether a port, a time zone or a path is one is the plan request's to say. Each throws a RangeError that shows how it
 * is written.
 */

const windowExample = 'write it as "sat,sun 22:00-04:00 Europe/Zurich"';

/** `sat,sun 22:00-04:00 Europe/Zurich`, `mon-fri 22:00-04:00 UTC`; without weekdays it is every day. */
export function parseWindow(text: string): MaintenanceWindow {
  const match = /^\s*(?:([a-z,-]+)\s+)?(\d{1,2}:\d{2})\s*-\s*(\d{1,2}:\d{2})\s+(\S+)\s*$/i.exec(text);
  if (!match) throw new RangeError(`"${text}" is no maintenance window: ${windowExample}`);
  const [, days = '', from, to, timeZone] = match;
  return {
    days: days
      .split(',')
      .filter(Boolean)
      .flatMap((part) => daysOf(part, text)),
    from: from!.padStart(5, '0'),
    to: to!.padStart(5, '0'),
    timeZone: timeZone!,
  };
}

/** `sat`, or `fri-mon`, which goes on after the end of the week. */
function daysOf(part: string, text: string): Weekday[] {
  const [first, last = first, ...rest] = part
    .toLowerCase()
    .split('-')
    .map((day) => weekdays.indexOf(day as Weekday));
  if (rest.length > 0 || first === undefined || first < 0 || last === undefined || last < 0) {
    throw new RangeError(
      `"${part}" in "${text}" is no weekday, one of ${weekdays.join(', ')}: ${windowExample}`,
    );
  }
  const count = ((last - first + 7) % 7) + 1;
  return Array.from({ length: count }, (_, index) => weekdays[(first + index) % 7]!);
}

export type WrittenCheck =
  | { kind: 'tcp'; port: number }
  | { kind: 'http'; url: string; status: number }
  | { kind: 'script'; path: string };

/**
 * `tcp:8080`, `script:C:\Checks\web.ps1`, `http://localhost/health`, or `http://localhost/health=204` where another
 * status than 200 is healthy. After a `?`, what follows the `=` of the last parameter is its value: `?deep=1=204`.
 */
export function parseCheck(text: string): WrittenCheck {
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

/** `farm=web01.contoso.com,web02.contoso.com`. */
export function parseGroup(text: string): { name: string; hosts: string[] } {
  const at = text.indexOf('=');
  const hosts = text
    .slice(at + 1)
    .split(',')
    .map((host) => host.trim())
    .filter(Boolean);
  if (at < 1 || hosts.length === 0) {
    throw new RangeError(`"${text}" is no group: write it as farm=web01.contoso.com,web02.contoso.com`);
  }
  return { name: text.slice(0, at).trim(), hosts };
}
