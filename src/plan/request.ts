import { z } from 'zod';
import { DmsaError } from '../domain/errors/errors.ts';
import type {
  ApproverKey,
  GatePlan,
  HealthCheck,
  MaintenanceWindow,
  PlanGates,
  Rollout,
} from '../domain/plan/plan.ts';
import type { Duration } from '../domain/values/duration.ts';
import { approverKeyList } from './approver-keys.ts';
import {
  distinct,
  distinguishedName,
  dmsaName,
  duration,
  filledText,
  hostName,
  positiveDuration,
} from './fields.ts';
import { firstIssue } from './issues.ts';
import { bakeProblem, checkList, groupList, rolloutFields, windowList } from './rollout-fields.ts';
import { maxHosts } from './schema.ts';

/** What may differ from gate to gate, but for who votes. */
export type GateRules = Pick<GatePlan, 'required' | 'expiresAfter' | 'onExpiry'> & { remindEvery: Duration };

/** What a person asks for; the planner reads the directory and the hosts and makes a `Plan` of it. */
export interface PlanRequest {
  /** DN, GUID, SID, sAMAccountName, UPN or DOMAIN\name of the account to be superseded. */
  account: string;
  /** Common name of the dMSA, at most 15 characters, without the `$`. */
  dmsa: string;
  /** Full DNS names, lower case, in rollout order. */
  hosts: string[];
  /** Who asks; may not approve. Declared, not proven. */
  requestedBy: string;
  /** DN of the container of the dMSA; null for `CN=Managed Service Accounts,<domain>`. */
  container: string | null;
  /** Null for `<dmsa>.<domain>`. */
  dnsHostName: string | null;
  observe: Duration;
  soak: Duration;
  join: Duration;
  checkEvery: Duration;
  /** Empty lists mean anyone but the requester. */
  approvers: Record<'start' | 'complete', string[]> & Partial<Record<'wave' | 'soak', string[]>>;
  /** Whether each wave of restarts, and the end of the soak, needs a yes of its own. */
  waveGate: boolean;
  soakGate: boolean;
  /** How often people are reminded of an open gate; null for never. */
  remindEvery: Duration | null;
  /** Public keys of approvers: where there are any, only signed votes count. */
  approverKeys: ApproverKey[];
  /** How many have to approve at each gate. */
  required: number;
  expiresAfter: Duration;
  onExpiry: 'hold' | 'undo';
  /** What is so at single gates; what they do not say is as `required` and the like say for every gate. */
  gates?: Partial<Record<keyof PlanGates, Partial<GateRules>>>;
  /** How many hosts go first, alone. */
  canary: number;
  maxParallel: number;
  serviceTimeout: Duration;
  /** How long the canary is left to run before the next wave; null for not at all. */
  bake: Duration | null;
  /** Null for no limit but `maxParallel`. */
  maxUnavailable: number | null;
  /** How many hosts may fail before everything is undone; null for none. */
  maxFailures: number | null;
  /** Empty for any time. */
  windows: MaintenanceWindow[];
  /** Null for never. */
  reboot: NonNullable<Rollout['reboot']> | null;
  /** Hosts that are never worked on together; a host is in one group at most. */
  groups: { name: string; hosts: string[] }[];
  /** What has to be healthy after the restart of every host, before what is asked of some hosts alone. */
  checks: HealthCheck[];
  hostChecks: { host: string; checks: HealthCheck[] }[];
  enableEventLog: boolean;
  /** Put the logs back after the soak that were enabled for the migration. */
  restoreEventLog: boolean;
  /** Wait for a KDS root key that becomes effective later, instead of refusing. */
  waitForKds: boolean;
  /** Tell people by the webhooks of the worker's settings. */
  notify: boolean;
}

/** What is taken where the request does not say; 28 days are the four ticket lifetimes recommended by [overview]. */
export const requestDefaults = {
  container: null,
  dnsHostName: null,
  observe: '28d',
  soak: '1d',
  join: '15m',
  checkEvery: '10h',
  approvers: { start: [], complete: [] },
  required: 1,
  expiresAfter: '7d',
  onExpiry: 'hold',
  waveGate: false,
  soakGate: false,
  remindEvery: null,
  approverKeys: [],
  canary: 1,
  maxParallel: 5,
  serviceTimeout: '2m',
  bake: null,
  maxUnavailable: null,
  maxFailures: null,
  windows: [],
  reboot: null,
  groups: [],
  checks: [],
  hostChecks: [],
  enableEventLog: true,
  restoreEventLog: false,
  waitForKds: false,
  notify: true,
} satisfies Partial<PlanRequest>;

type RequestInput = Pick<PlanRequest, 'account' | 'dmsa' | 'hosts' | 'requestedBy'> & Partial<PlanRequest>;

/** The request with the defaults filled in. Throws DmsaError PLAN_INVALID that names the field and what is accepted. */
export function parseRequest(input: RequestInput): PlanRequest {
  const request = {
    ...requestDefaults,
    ...input,
    hosts: input.hosts.map(oneSpelling),
    groups: (input.groups ?? []).map(({ name, hosts }) => ({ name, hosts: hosts.map(oneSpelling) })),
    hostChecks: (input.hostChecks ?? []).map(({ host, checks }) => ({ host: oneSpelling(host), checks })),
  };
  const parsed = requestSchema.safeParse(request);
  if (parsed.success) return parsed.data;
  const { field, message } = firstIssue(parsed.error, request);
  throw new DmsaError('PLAN_INVALID', field, message);
}

function oneSpelling(name: string): string {
  return name.trim().toLowerCase().replace(/\.$/, '');
}

const whole = z.int({ error: 'must be a whole number' });
const approverList = distinct(filledText, (name) => name.toLowerCase(), 'approver');

const gateFields = {
  required: whole.min(1, { error: 'must be at least 1' }),
  expiresAfter: positiveDuration,
  onExpiry: z.enum(['hold', 'undo'], { error: 'must be hold or undo' }),
};
const gateRules = z
  .strictObject({ ...gateFields, remindEvery: positiveDuration })
  .partial()
  .optional();

const requestFields = z.strictObject({
  account: filledText,
  dmsa: z.preprocess((name) => (typeof name === 'string' ? name.replace(/\$$/, '') : name), dmsaName),
  hosts: distinct(hostName, (name) => name, 'host')
    .min(1, { error: 'there are no hosts: name at least one with --host' })
    .max(maxHosts, {
      error: `at most ${maxHosts} hosts go into one plan: make the rest a plan of their own`,
    }),
  requestedBy: filledText,
  container: distinguishedName.nullable(),
  dnsHostName: hostName.nullable(),
  observe: duration,
  soak: duration,
  join: positiveDuration,
  checkEvery: positiveDuration,
  approvers: z.strictObject({
    start: approverList,
    complete: approverList,
    wave: approverList.optional(),
    soak: approverList.optional(),
  }),
  waveGate: z.boolean(),
  soakGate: z.boolean(),
  remindEvery: positiveDuration.nullable(),
  approverKeys: approverKeyList,
  ...gateFields,
  gates: z
    .strictObject({ start: gateRules, complete: gateRules, wave: gateRules, soak: gateRules })
    .optional(),
  canary: rolloutFields.canary,
  maxParallel: whole
    .min(1, { error: 'must be at least 1' })
    .max(maxHosts, { error: `must be at most ${maxHosts}` }),
  serviceTimeout: positiveDuration,
  bake: rolloutFields.bake.nullable(),
  maxUnavailable: rolloutFields.maxUnavailable.nullable(),
  maxFailures: rolloutFields.maxFailures.nullable(),
  windows: windowList,
  reboot: rolloutFields.reboot.nullable(),
  groups: groupList,
  checks: checkList,
  hostChecks: distinct(
    z.strictObject({ host: hostName, checks: checkList }),
    ({ host }) => host,
    'host with checks',
  ),
  enableEventLog: z.boolean(),
  restoreEventLog: z.boolean(),
  waitForKds: z.boolean(),
  notify: z.boolean(),
}) satisfies z.ZodType<PlanRequest>;

const requestSchema = requestFields.superRefine((request, context) => {
  for (const { path, message } of contradictions(request)) {
    context.addIssue({ code: 'custom', path, message });
  }
});

/** What each field may say, and the whole may not. */
function contradictions(request: PlanRequest): { path: PropertyKey[]; message: string }[] {
  const { hosts, groups, hostChecks, canary, bake } = request;
  const problems: { path: PropertyKey[]; message: string }[] = [];
  const add = (message: string | null, ...path: PropertyKey[]) => {
    if (message) problems.push({ path, message });
  };
  const stranger = (name: string) =>
    hosts.includes(name) ? null : `${name} is none of the hosts: name it with --host, too`;
  const groupOf = new Map<string, string>();
  for (const [at, group] of groups.entries()) {
    for (const [index, name] of group.hosts.entries()) {
      const other = groupOf.get(name);
      add(stranger(name), 'groups', at, 'hosts', index);
      if (other !== undefined)
        add(`${name} is in ${other}, too: a host is in one group at most`, 'groups', at, 'hosts', index);
      groupOf.set(name, group.name);
    }
  }
  for (const [at, { host }] of hostChecks.entries()) add(stranger(host), 'hostChecks', at, 'host');
  for (const gate of ['wave', 'soak'] as const) {
    if (request.gates?.[gate] && !request[`${gate}Gate`])
      add(`the plan has no such gate: ask for it with --${gate}-gate`, 'gates', gate);
  }
  add(bakeProblem({ canary, bake: bake ?? undefined }), 'bake');
  if (request.restoreEventLog && !request.enableEventLog)
    add('no log is enabled that could be put back: leave it out, or enable the log', 'restoreEventLog');
  return problems;
}
