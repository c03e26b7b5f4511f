import { type Command, Option } from 'commander';
import type { ApproverKey, CheckTarget, HealthCheck } from '../../domain/plan/plan.ts';
import { durationMs } from '../../domain/values/duration.ts';
import { parseCheck } from '../../plan/checks.ts';
import { type PlanField, wholeNumber } from '../../plan/fields/field.ts';
import { approvalFields, gateFields } from '../../plan/fields/gates.ts';
import { rolloutFields } from '../../plan/fields/rollout.ts';
import { targetFields } from '../../plan/fields/target.ts';
import { switchFields, waitFields } from '../../plan/fields/waits.ts';
import { requestFields } from '../../plan/fields.ts';
import type { HostGroup } from '../../plan/groups.ts';
import { type PlanRequest, parseRequest } from '../../plan/request.ts';
import { collect, repeating } from '../command.ts';
import { gateRules } from './gate-option.ts';
import type { HostLine } from './hosts-file.ts';
import { once, repeated } from './parsers.ts';

/** Options of `dmsa plan` as commander parses them: these, and one for each row of the table that has flags. */
export interface PlanOptions {
  [attribute: string]: unknown;
  dmsa: string;
  host?: string[];
  hostsFile?: string;
  group?: HostGroup[];
  out?: string;
  by?: string;
  approver?: string[];
  startApprover?: string[];
  completeApprover?: string[];
  waveGate?: boolean;
  waveApprover?: string[];
  soakGate?: boolean;
  soakApprover?: string[];
  approverKeys?: string[];
  gate?: PlanRequest['gates'];
  check?: CheckTarget[];
  checkAttempts: number;
  checkPause: string;
}

/** Adds the options that say what is migrated, who decides, and how hosts are worked on. */
export function addPlanOptions(command: Command, { saves }: { saves: boolean }): Command {
  const add = (fields: Record<string, PlanField>) => {
    for (const field of Object.values(fields)) if (field.option) command.addOption(optionOf(field));
  };
  if (saves) command.option('--out <file>', 'save the plan, for dmsa start');
  add(targetFields);
  command.options.find(({ long }) => long === '--dmsa')!.makeOptionMandatory(saves);
  command.option(
    '--hosts-file <file>',
    'a file with one host a line, also with group=… and check=…; # begins a comment',
  );
  add(waitFields);
  command
    .option(
      '--approver <who>',
      'who may approve at every gate; may be repeated (default: all but you)',
      collect,
    )
    .option('--start-approver <who>', 'who may approve at the gate "start"; may be repeated', collect)
    .option('--complete-approver <who>', 'who may approve at the gate "complete"; may be repeated', collect)
    .option('--wave-approver <who>', 'who may approve each wave; may be repeated', collect)
    .option('--soak-approver <who>', 'who may approve after the soak; may be repeated', collect)
    .option(
      '--approver-keys <file>',
      'public keys of approvers, a JWK or a JWK set: only signed votes count; may be repeated',
      collect,
    );
  add(approvalFields);
  add(gateFields);
  command.option(
    '--gate <name:rules>',
    'what differs at one gate: start, complete, wave or soak, as complete:required=2,expires-after=3d,on-expiry=undo,remind-every=1d; may be repeated',
    repeating(gateRules),
  );
  add(rolloutFields);
  command
    .option(
      '--check <what>',
      'what has to be healthy after each restart: tcp:8080, http://localhost/health=200 or script:C:\\Checks\\web.ps1; may be repeated',
      repeated(parseCheck),
    )
    .option('--check-attempts <number>', 'number of times a check is tried', once(wholeNumber), 6)
    .option('--check-pause <duration>', 'time between two tries', once(duration), '10s');
  add(switchFields);
  return command;
}

function optionOf({
  option,
  description,
  help,
  parse,
  choices,
  repeated: isRepeated,
  ...field
}: PlanField): Option {
  const made = new Option(option!, help ?? description[0]!.toLowerCase() + description.slice(1));
  if (typeof field.default === 'string' || typeof field.default === 'number') made.default(field.default);
  if (choices) made.choices(choices);
  else if (isRepeated) made.argParser(repeated(parse ?? ((text) => text)));
  else if (parse) made.argParser(once(parse));
  return made;
}

/** Request for the planner. Throws ARGUMENT_INVALID that names the field and the accepted form. */
export function requestOf(
  account: string,
  options: PlanOptions,
  lines: HostLine[],
  requestedBy: string,
  approverKeys: ApproverKey[] = [],
): PlanRequest {
  const { approver = [] } = options;
  const tried = (checks: CheckTarget[]): HealthCheck[] =>
    checks.map((check) => ({
      ...check,
      attempts: options.checkAttempts,
      everySeconds: durationMs(options.checkPause) / 1_000,
    }));
  return parseRequest({
    requestedBy,
    ...givenFields(options),
    account,
    dmsa: options.dmsa,
    hosts: [...(options.host ?? []), ...lines.map(({ name }) => name)],
    groups: groupsOf(options, lines),
    approvers: {
      start: [...approver, ...(options.startApprover ?? [])],
      complete: [...approver, ...(options.completeApprover ?? [])],
      wave: [...approver, ...(options.waveApprover ?? [])],
      soak: [...approver, ...(options.soakApprover ?? [])],
    },
    // An approver of a gate is reason enough to have that gate.
    waveGate: (options.waveGate ?? false) || options.waveApprover !== undefined,
    soakGate: (options.soakGate ?? false) || options.soakApprover !== undefined,
    approverKeys,
    gates: options.gate,
    checks: tried(options.check ?? []),
    hostChecks: lines
      .filter(({ checks }) => checks.length > 0)
      .map(({ name, checks }) => ({ host: name, checks: tried(checks) })),
  });
}

/** The fields of the table whose option was given, or has a default. */
function givenFields(options: PlanOptions): Partial<PlanRequest> {
  const given = Object.entries(requestFields).flatMap(([name, field]: [string, PlanField]) => {
    const value = field.option && options[new Option(field.option).attributeName()];
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(given) as Partial<PlanRequest>;
}

/** Groups of the options and of the file; one name is one group. */
function groupsOf({ group = [] }: PlanOptions, lines: HostLine[]): HostGroup[] {
  const ofLines = lines.flatMap(({ name, group: of }) => (of === null ? [] : [{ name: of, hosts: [name] }]));
  const groups = new Map<string, Set<string>>();
  for (const { name, hosts } of [...group, ...ofLines]) {
    groups.set(name, new Set([...(groups.get(name) ?? []), ...hosts.map((host) => host.toLowerCase())]));
  }
  return [...groups].map(([name, hosts]) => ({ name, hosts: [...hosts] }));
}

function duration(text: string): string {
  try {
    durationMs(text);
    return text;
  } catch {
    throw new RangeError('Write a duration such as 10s or 1m.');
  }
}
