/**
 * The rooms of the house: every folder, what it holds, and which other rooms it may import. The table in CONTRIBUTING
 * is made of this one, and `test/architecture` holds every import to it. Imports go one way: no two rooms
 * import each other, and inside a room no files form a circle.
 */
export interface Room {
  /** A folder, or a file that stands alone in `src`. */
  path: string;
  holds: string;
  /** Other rooms, with all that is below them. Absent for a folder that may import what the room around it may. */
  mayImport?: readonly string[];
  /** Rooms of which it may import types alone. */
  mayImportTypes?: readonly string[];
  /** The npm packages that it may import; absent for any. */
  packages?: readonly string[];
  /** The one file that other rooms of the product may import. */
  door?: string;
}

const pure = { packages: [] } as const;
const words = ['src/domain', 'src/wording'] as const;

export const rooms: readonly Room[] = [
  {
    path: 'workflows',
    holds: 'deterministic code: the runbook, its state, its patches',
    mayImport: words,
    mayImportTypes: ['activities'],
    packages: ['@temporalio/workflow', '@temporalio/common'],
  },
  { path: 'workflows/steps', holds: 'a file for each step, with its undo' },
  { path: 'workflows/gates', holds: 'waiting for votes, and the last look before acting' },
  { path: 'workflows/hosts', holds: 'waves of hosts, windows, what becomes of each host' },
  { path: 'workflows/messages', holds: 'signals and votes that arrive, notices that leave' },
  {
    path: 'activities',
    holds: 'everything that touches directory and hosts',
    mayImport: [
      ...words,
      'src/ports.ts',
      'src/inspection',
      'src/directory/directory.ts',
      'src/directory/dn.ts',
      'src/directory/read',
      'src/directory/principals',
      'src/powershell/wire/operations.ts',
      'src/plan',
      'src/approval',
      'src/notify/notifier.ts',
      'src/records',
      'src/async',
    ],
    packages: ['@temporalio/activity', '@temporalio/common', 'node:crypto'],
  },
  { path: 'activities/directory', holds: 'changes of the pair of objects, each with its undo' },
  { path: 'activities/hosts', holds: 'changes on hosts, each with its undo' },
  { path: 'activities/gates', holds: 'signed votes, counted again where something is changed' },
  { path: 'activities/recording', holds: 'the journal outside Temporal; commands and reads for the report' },
  { path: 'activities/scripts', holds: 'PowerShell, a script for each operation' },
  { path: 'activities/scripts/prelude', holds: 'what the scripts share, a theme a file' },

  { path: 'src/domain', holds: 'glossary and states; pure rules and types below it', mayImport: [], ...pure },
  { path: 'src/domain/values', holds: 'durations, canonical JSON, differences' },
  { path: 'src/domain/errors', holds: 'the table of errors: meaning, fix, tried again or not' },
  { path: 'src/domain/plan', holds: 'the plan, who is one person, waves, windows' },
  { path: 'src/domain/facts', holds: 'what is read of directory and hosts' },
  { path: 'src/domain/findings', holds: 'the table of findings' },
  { path: 'src/domain/assess', holds: 'which findings follow from facts' },
  { path: 'src/domain/gates', holds: 'gates and votes' },
  { path: 'src/domain/migration', holds: 'status, journal, stages, what is waited for' },
  {
    path: 'src/wording',
    holds: 'every sentence, made of data',
    mayImport: ['src/domain'],
    ...pure,
  },
  { path: 'src/wording/escape', holds: 'what comes from outside, escaped for each output' },

  {
    path: 'src/ports.ts',
    holds: 'interfaces of what reaches a domain, and one way to wrap them',
    mayImport: ['src/directory', 'src/powershell', 'src/async'],
  },
  {
    path: 'src/connections.ts',
    holds: 'the real directory and hosts, by the settings',
    mayImport: ['src/ports.ts', 'src/config', 'src/directory', 'src/powershell', 'src/async'],
  },
  { path: 'src/version.ts', holds: 'the version in package.json', mayImport: [] },
  { path: 'src/config', holds: 'settings: file, environment, secrets', mayImport: ['src/domain'] },
  { path: 'src/config/keys', holds: 'each setting with its meaning and its bounds' },
  { path: 'src/async', holds: 'limits, retries, the clock of waits', mayImport: ['src/domain'] },
  {
    path: 'src/directory',
    holds: 'reading a domain; there is no way to write',
    mayImport: ['src/domain', 'src/config'],
  },
  { path: 'src/directory/connection', holds: 'ways to a domain controller, failover, logins' },
  { path: 'src/directory/ldap', holds: 'what a server may answer, checked' },
  { path: 'src/directory/names', holds: 'every form of a name' },
  { path: 'src/directory/principals', holds: 'groups followed to their members' },
  { path: 'src/directory/read', holds: 'what preflight reads of domain, account and dMSA' },
  { path: 'src/directory/security', holds: 'security descriptors, and who they let in' },
  { path: 'src/powershell', holds: 'ways to a host', mayImport: ['src/domain', 'src/config'] },
  { path: 'src/powershell/wire', holds: 'operations, their schemas, the envelope' },
  { path: 'src/powershell/ssh', holds: 'hosts over SSH' },
  { path: 'src/powershell/local', holds: 'hosts over WinRM, from a Windows machine' },
  { path: 'src/records', holds: 'what is kept beside Temporal', mayImport: ['src/domain', 'src/powershell'] },
  {
    path: 'src/inspection',
    holds: 'preflight, hosts asked, what uses an account',
    mayImport: ['src/domain', 'src/ports.ts', 'src/directory', 'src/powershell', 'src/async'],
  },
  {
    path: 'src/plan',
    holds: 'a request made into a plan, checked, hashed, saved',
    mayImport: [...words, 'src/ports.ts', 'src/inspection', 'src/directory', 'src/async'],
  },
  { path: 'src/plan/fields', holds: 'the fields of a plan, one table' },
  {
    path: 'src/approval',
    holds: 'keys, signed votes, the verdict on each vote',
    mayImport: ['src/domain', 'src/config', 'src/plan'],
  },
  {
    path: 'src/notify',
    holds: 'webhooks and their bodies',
    mayImport: [...words, 'src/config', 'src/version.ts'],
  },
  {
    path: 'src/discover',
    holds: 'what logs on as an account, on which hosts',
    mayImport: [
      ...words,
      'src/ports.ts',
      'src/inspection',
      'src/plan',
      'src/directory',
      'src/powershell',
      'src/async',
    ],
  },
  {
    path: 'src/audit',
    holds: 'what is wrong with the dMSAs of a domain',
    mayImport: [...words, 'src/directory', 'src/powershell', 'src/records', 'src/async', 'src/config'],
  },
  {
    path: 'src/temporal',
    holds: 'connections, codecs, search attributes',
    mayImport: ['src/domain', 'src/config', 'workflows'],
  },
  {
    path: 'src/telemetry',
    holds: 'logs, metrics, traces',
    mayImport: ['src/domain', 'src/wording/escape', 'src/config', 'src/ports.ts', 'src/version.ts'],
  },
  {
    path: 'src/worker',
    holds: '`dmsa worker`',
    mayImport: [
      'src/domain',
      'src/config',
      'src/connections.ts',
      'src/approval',
      'src/notify',
      'src/records',
      'src/telemetry',
      'src/temporal',
      'activities',
    ],
  },
  {
    path: 'src/client',
    holds: 'starting, signals, queries',
    mayImport: [...words, 'src/temporal', 'workflows'],
  },
  {
    path: 'src/codec-server',
    holds: 'clear text in Temporal’s UI',
    mayImport: ['src/domain', 'src/config', 'src/telemetry', 'src/temporal'],
  },
  {
    path: 'src/doctor',
    holds: 'what a migration needs, looked at',
    mayImport: [
      ...words,
      'src/config',
      'src/directory',
      'src/powershell',
      'src/plan',
      'src/temporal',
      'workflows',
    ],
  },
  {
    path: 'src/report',
    holds: 'the report, and its verification',
    mayImport: [
      ...words,
      'src/config',
      'src/records',
      'src/powershell',
      'src/plan',
      'src/approval',
      'src/client',
      'src/version.ts',
    ],
  },
  { path: 'src/report/sections', holds: 'a file for each section' },
  { path: 'src/report/chart', holds: 'the time line, drawn' },
  {
    path: 'src/cli',
    holds: 'the command line: program, context, streams',
    mayImport: [
      ...words,
      'src/version.ts',
      'src/config',
      'src/directory',
      'src/plan',
      'src/approval',
      'src/audit',
      'src/discover',
      'src/doctor',
      'src/client',
      'src/report',
      'src/telemetry',
    ],
    mayImportTypes: ['src/worker', 'src/temporal', 'src/codec-server'],
  },
  { path: 'src/cli/commands', holds: 'a file for each command' },
  { path: 'src/cli/options', holds: 'options that several commands take' },
  { path: 'src/cli/prompts', holds: 'questions to people' },
  { path: 'src/cli/view', holds: 'what is laid out on a terminal' },
  { path: 'src/cli/completion', holds: 'completion for four shells' },
  {
    path: 'src/bin',
    holds: 'the process, and what is behind the commands',
    mayImport: [
      'src/cli',
      'src/connections.ts',
      'src/plan',
      'src/audit',
      'src/discover',
      'src/doctor',
      'src/directory',
      'src/powershell',
      'src/client',
      'src/report',
      'src/telemetry',
      'src/temporal',
      'src/worker',
      'src/codec-server',
      'src/config',
      'lab',
    ],
  },

  {
    path: 'lab',
    holds: 'the simulated domain',
    mayImport: ['src', 'workflows'],
    door: 'lab/index.ts',
  },
  { path: 'lab/directory', holds: 'the directory in memory, as a DC keeps it' },
  { path: 'lab/formats', holds: 'descriptors, times and answers as a DC and a host write them' },
  { path: 'lab/ldap', holds: 'its LDAP server' },
  { path: 'lab/hosts', holds: 'hosts with services, registry and logs' },
  { path: 'lab/ssh', holds: 'their SSH server' },
  { path: 'lab/rules', holds: 'what Windows does, each rule with its source' },
  { path: 'lab/seed', holds: 'who and what is there before' },
  { path: 'lab/samba', holds: 'a real Samba in place of the directory' },
  { path: 'lab/scenarios', holds: 'stories, as data' },
  {
    path: 'lab/temporal',
    holds: 'a Temporal server for demonstration and tests: found, fetched, built, started',
  },
  { path: 'lab/processes', holds: 'child processes that end with their parent, free ports' },
  { path: 'lab/demo', holds: '`npm start`' },

  { path: 'scripts/docs', holds: '`npm run docs`: pages made of the code', mayImport: ['src', 'rooms.ts'] },
  { path: 'bench', holds: '`npm run bench`', mayImport: ['src', 'lab'] },
];
