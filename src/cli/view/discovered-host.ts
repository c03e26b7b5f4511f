import type { DiscoveredHost } from '../../discover/host.ts';
import { type Paint, wrap } from './text.ts';

/** Uses of the account on a host, with what matters for a restart, and then its findings. */
export function detailLines(host: DiscoveredHost, width: number, { dim, red, yellow }: Paint): string[] {
  const marks = { block: red, warn: yellow, info: dim };
  const uses = usesTexts(host).flatMap((text) => hanging(text, width));
  const findings = host.findings
    .filter(({ code }) => !saidByUses.has(code))
    .flatMap(({ severity, code, evidence }) =>
      hanging(`${severity} ${code}: ${evidence}`, width).map(marks[severity]),
    );
  return [...uses, ...findings];
}

/** Findings that only repeat what the lines of the uses say. */
const saidByUses = new Set<string>(['SERVICE_NOT_RUNNING', 'JOINS_AT_NEXT_LOGON']);

function usesTexts({ uses }: DiscoveredHost): string[] {
  const { services, tasks, pools, comApplications, sessions } = uses;
  return [
    ...services.map((service) => {
      const { name, state, startMode, delayedStart, startName, dependents, recovery, clusterResource } =
        service;
      return listed(`service ${name}: ${state}`, [
        delayedStart ? `${startMode} (delayed)` : startMode,
        `as ${startName}`,
        dependents.length > 0 && `needed by ${dependents.join(', ')}`,
        recovery.some((action) => action !== 'none') && `on failure ${recovery.join(', ')}`,
        clusterResource !== null && `of cluster resource ${clusterResource}`,
      ]);
    }),
    ...tasks.map(({ path, state, account }) => `task ${path}: ${state}, as ${account}`),
    ...pools.map(({ name, state, account }) => `pool ${name}: ${state}, as ${account}`),
    ...comApplications.map(({ name, account }) => `COM+ ${name}: as ${account}`),
    ...sessions.map(({ account, logonType, processes }) => {
      const type = logonTypes[logonType] ?? `logon type ${logonType}`;
      return `${type} session of ${account}: ${processes.join(', ')}`;
    }),
  ];
}

/** Win32_LogonSession.LogonType, as Microsoft documents it. */
const logonTypes: Record<number, string> = {
  2: 'interactive',
  3: 'network',
  4: 'batch',
  5: 'service',
  7: 'unlocked',
  8: 'network (clear text)',
  9: 'new credentials',
  10: 'remote interactive',
  11: 'cached interactive',
};

function listed(head: string, more: (string | false)[]): string {
  return [head, ...more.filter((each) => each !== false)].join(', ');
}

function hanging(text: string, width: number): string[] {
  return wrap(text, width - 6).map((line, part) => `${part === 0 ? '    ' : '      '}${line}`);
}

interface Column {
  title: string;
  cell: (host: DiscoveredHost) => string;
  /** Left out where no host has anything in it. */
  optional?: true;
}

/** The matrix; a host that was not asked has none of it but its name. */
export const matrix: Column[] = [
  { title: 'HOST', cell: ({ name }) => name },
  { title: 'SVC', cell: ({ uses }) => running(uses.services), optional: true },
  { title: 'TASK', cell: ({ uses }) => some(uses.tasks.length), optional: true },
  { title: 'POOL', cell: ({ uses }) => some(uses.pools.length), optional: true },
  { title: 'COM+', cell: ({ uses }) => some(uses.comApplications.length), optional: true },
  { title: 'PROC', cell: ({ uses }) => some(processes(uses)), optional: true },
  { title: 'BUILD', cell: ({ system }) => String(system?.build ?? '?') },
  { title: 'POLICY', cell: ({ system }) => policy(system) },
  { title: 'LOG', cell: ({ system }) => (system ? (system.eventLogEnabled ? 'on' : 'off') : '?') },
  { title: 'REBOOT', cell: ({ system }) => (system?.rebootPending ? 'yes' : ''), optional: true },
  { title: 'CLOCK', cell: ({ system }) => clock(system?.clockAheadMs ?? 0), optional: true },
  { title: 'VERDICT', cell: ({ verdict }) => verdict },
];

type System = DiscoveredHost['system'];

function running(services: { state: string }[]): string {
  if (services.length === 0) return '';
  return `${services.filter(({ state }) => state === 'Running').length}/${services.length}`;
}

function some(count: number): string {
  return count > 0 ? String(count) : '';
}

function processes({ sessions }: DiscoveredHost['uses']): number {
  return sessions.reduce((sum, session) => sum + session.processes.length, 0);
}

function policy(system: System): string {
  if (!system) return '?';
  const value = (system.policyFrom ?? system.policy).value ?? 'absent';
  return system.policyFrom ? `${value} GPO` : String(value);
}

/** Words a clock's error from a minute on (less is network delay), within four characters. */
function clock(aheadMs: number): string {
  const minutes = Math.round(Math.abs(aheadMs) / 60_000);
  if (Math.abs(aheadMs) < 60_000) return '';
  const [count, unit] =
    minutes < 100 ? [minutes, 'm'] : minutes < 6_000 ? [minutes / 60, 'h'] : [minutes / 1_440, 'd'];
  return `${aheadMs > 0 ? '+' : '-'}${Math.round(Number(count))}${unit}`;
}
