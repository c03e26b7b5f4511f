import { type Command, InvalidArgumentError, Option } from 'commander';
import type { HealthCheck, MaintenanceWindow } from '../../domain/plan/plan.ts';
import { durationMs } from '../../domain/values/duration.ts';
import { type PlanRequest, requestDefaults } from '../../plan/request.ts';
import type { HostLine } from './hosts-file.ts';
import { parseCheck, parseGroup, parseWindow, type WrittenCheck } from './rollout-text.ts';

/** What is asked of the rollout, as commander parses it. */
export interface RolloutOptions {
  canary: number;
  maxParallel: number;
  serviceTimeout: string;
  bake?: string;
  maxUnavailable?: number;
  maxFailures?: number;
  window?: MaintenanceWindow[];
  reboot?: NonNullable<PlanRequest['reboot']>;
  group?: PlanRequest['groups'];
  check?: WrittenCheck[];
  checkAttempts: number;
  checkPause: string;
  restoreEventLog?: boolean;
}

/** The options that say in which order hosts are worked on, when, and how each is proven to be well. */
export function addRolloutOptions(command: Command): Command {
  const defaults = requestDefaults;
  return command
    .option('--canary <number>', 'how many hosts go first, alone', number, defaults.canary)
    .option('--bake <duration>', 'how long the canary is left to run before the next hosts')
    .option('--max-parallel <number>', 'how many hosts go at a time after them', number, defaults.maxParallel)
    .option('--max-unavailable <number>', 'how many hosts may be down at once, failed ones included', number)
    .option(
      '--max-failures <number>',
      'how many hosts may fail before everything is undone (default: none)',
      number,
    )
    .option(
      '--group <name=hosts>',
      'hosts never worked on together, as farm=web01.contoso.com,web02.contoso.com; may be repeated',
      each(parseGroup),
    )
    .option(
      '--window <window>',
      'when to begin something on hosts, as "sat,sun 22:00-04:00 Europe/Zurich"; may be repeated (default: any time)',
      each(parseWindow),
    )
    .addOption(
      new Option('--reboot <when>', 'reboot hosts (default: never)').choices([
        'when-pending',
        'after-policy',
      ]),
    )
    .option('--service-timeout <duration>', 'how long a service may take to restart', defaults.serviceTimeout)
    .option(
      '--check <what>',
      'what has to be healthy after each restart: tcp:8080, http://localhost/health=200 or script:C:\\Checks\\web.ps1; may be repeated',
      each(parseCheck),
    )
    .option('--check-attempts <number>', 'how often a check is tried', number, 6)
    .option('--check-pause <duration>', 'how long between two tries', duration, '10s')
    .option('--restore-event-log', 'after the soak, put back the logs that were enabled for the migration');
}

/** What the options and the lines of a hosts file say of the rollout. */
export function rolloutOf(options: RolloutOptions, lines: HostLine[]): Partial<PlanRequest> {
  const tried = (checks: WrittenCheck[]): HealthCheck[] =>
    checks.map((check) => ({
      ...check,
      attempts: options.checkAttempts,
      everySeconds: durationMs(options.checkPause) / 1_000,
    }));
  return {
    canary: options.canary,
    maxParallel: options.maxParallel,
    serviceTimeout: options.serviceTimeout,
    bake: options.bake ?? null,
    maxUnavailable: options.maxUnavailable ?? null,
    maxFailures: options.maxFailures ?? null,
    windows: options.window ?? [],
    reboot: options.reboot ?? null,
    groups: groupsOf(options, lines),
    checks: tried(options.check ?? []),
    hostChecks: lines
      .filter(({ checks }) => checks.length > 0)
      .map(({ name, checks }) => ({ host: name, checks: tried(checks) })),
    restoreEventLog: options.restoreEventLog ?? false,
  };
}

/** Those of the options, and those of the file; one name is one group. */
function groupsOf({ group = [] }: RolloutOptions, lines: HostLine[]): PlanRequest['groups'] {
  const ofLines = lines.flatMap(({ name, group: of }) => (of === null ? [] : [{ name: of, hosts: [name] }]));
  const groups = new Map<string, Set<string>>();
  for (const { name, hosts } of [...group, ...ofLines]) {
    groups.set(name, new Set([...(groups.get(name) ?? []), ...hosts.map((host) => host.toLowerCase())]));
  }
  return [...groups].map(([name, hosts]) => ({ name, hosts: [...hosts] }));
}

/** Collects an option that may be repeated, each read by `parse`. */
function each<T>(parse: (text: string) => T): (text: string, earlier: T[] | undefined) => T[] {
  return (text, earlier = []) => {
    try {
      return [...earlier, parse(text)];
    } catch (error) {
      if (error instanceof RangeError) throw new InvalidArgumentError(error.message);
      throw error;
    }
  };
}

export function number(value: string): number {
  if (!/^-?\d+$/.test(value)) throw new InvalidArgumentError('Write a whole number.');
  return Number(value);
}

function duration(value: string): string {
  try {
    durationMs(value);
    return value;
  } catch {
    throw new InvalidArgumentError('Write a duration such as 10s or 1m.');
  }
}
