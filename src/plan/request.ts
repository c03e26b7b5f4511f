import { z } from 'zod';

import type { Duration } from '../domain/duration.ts';
import { DmsaError } from '../domain/errors.ts';
import type { GateName } from '../domain/plan.ts';
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
import { maxHosts } from './schema.ts';

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
  approvers: Record<GateName, string[]>;
  /** How many have to approve at each gate. */
  required: number;
  expiresAfter: Duration;
  onExpiry: 'hold' | 'undo';
  /** How many hosts go first, alone. */
  canary: number;
  maxParallel: number;
  serviceTimeout: Duration;
  enableEventLog: boolean;
  /** Wait for a KDS root key that becomes effective later, instead of refusing. */
  waitForKds: boolean;
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
  canary: 1,
  maxParallel: 5,
  serviceTimeout: '2m',
  enableEventLog: true,
  waitForKds: false,
} as const satisfies Partial<PlanRequest>;

type RequestInput = Pick<PlanRequest, 'account' | 'dmsa' | 'hosts' | 'requestedBy'> & Partial<PlanRequest>;

/** The request with the defaults filled in. Throws DmsaError PLAN_INVALID that names the field and what is accepted. */
export function parseRequest(input: RequestInput): PlanRequest {
  const hosts = input.hosts.map((name) => name.trim().toLowerCase().replace(/\.$/, ''));
  const request = { ...requestDefaults, ...input, hosts };
  const parsed = requestSchema.safeParse(request);
  if (parsed.success) return parsed.data;
  const { field, message } = firstIssue(parsed.error, request);
  throw new DmsaError('PLAN_INVALID', field, message);
}

const whole = z.int({ error: 'must be a whole number' });
const approverList = distinct(filledText, (name) => name.toLowerCase(), 'approver');

const requestSchema = z.strictObject({
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
  approvers: z.strictObject({ start: approverList, complete: approverList }),
  required: whole.min(1, { error: 'must be at least 1' }),
  expiresAfter: positiveDuration,
  onExpiry: z.enum(['hold', 'undo'], { error: 'must be hold or undo' }),
  canary: whole.min(0, { error: 'must be at least 0' }),
  maxParallel: whole
    .min(1, { error: 'must be at least 1' })
    .max(maxHosts, { error: `must be at most ${maxHosts}` }),
  serviceTimeout: positiveDuration,
  enableEventLog: z.boolean(),
  waitForKds: z.boolean(),
}) satisfies z.ZodType<PlanRequest>;
