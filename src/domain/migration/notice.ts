import type { Gate } from '../gates/gates.ts';
import { type Tally, tallyOf } from '../gates/tally.ts';
import type { GateName, Plan } from '../plan/plan.ts';
import { beginningOf } from '../values/beginning.ts';
import type { Drift } from '../values/drift.ts';
import type { Failure } from './failure.ts';
import type { StageName } from './stages.ts';
import type { MigrationStatus } from './status.ts';

/** Events that people are notified of, in the order of a migration. */
export const noticeEvents = [
  'gate-opened',
  'reminder',
  'drift',
  'host-failed',
  'turned-back',
  'needs-operator',
  'done',
] as const;

export type NoticeEvent = (typeof noticeEvents)[number];

/** Data of a notification: names, a hash, who is missing and until when. No address, no secret, no fact of a host. */
export interface Notice {
  event: NoticeEvent;
  /** ISO 8601, by the workflow's clock. */
  at: string;
  migrationId: string;
  account: string;
  dmsa: string;
  domain: string;
  requestedBy: string;
  planHash: string;
  stage: StageName;
  outcome: MigrationStatus['outcome'];
  /** The gate that is open; null where none is. */
  gate: NoticeGate | null;
  /** Failure that ended the way forward, or that needs a person; null for none. */
  failure: Failure | null;
  /** Differences from what was voted on; empty except for `drift`. */
  drift: Drift[];
  /** Hosts that have failed and wait for `retry` or `skipHost`; empty but for `host-failed`. */
  hosts: (Failure & { host: string })[];
  /** Number of members that each list lacks. */
  leftOut: { approved: number; awaited: number; drift: number; hosts: number };
}

export interface NoticeGate extends Tally {
  name: GateName;
  /** SHA-256 of the evidence that is voted on. */
  hash: string;
  /** ISO 8601. */
  expiresAt: string;
  overdue: boolean;
}

export type NoticeDetail = Partial<Pick<Notice, 'failure' | 'drift' | 'hosts'>>;

/** Limits that keep a message readable and within what chats accept (Teams: 28 KB). */
const most = { text: 300, members: 10 };

/** Makes a notice of the migration as it is now, with long texts and lists cut. */
export function noticeOf(
  event: NoticeEvent,
  { plan, status, at }: { plan: Plan; status: MigrationStatus; at: string },
  detail: NoticeDetail = {},
): Notice {
  const open = status.gates.find((gate) => gate.decision === 'open' && gate.hash !== null);
  const gate = open ? noticeGate(open, plan) : null;
  const { failure = status.failure, drift = [], hosts = [] } = detail;
  const left = (list: unknown[] | null = null) => Math.max(0, (list?.length ?? 0) - most.members);
  return cut({
    event,
    at,
    migrationId: status.migrationId,
    account: status.account,
    dmsa: status.dmsa,
    domain: plan.domain.dnsName,
    requestedBy: plan.requestedBy,
    planHash: plan.hash,
    stage: status.stage,
    outcome: status.outcome,
    gate,
    failure,
    drift,
    hosts: hosts.map(({ host, code, message }) => ({ host, code, message })),
    leftOut: {
      approved: left(gate?.approved),
      awaited: left(gate?.awaited),
      drift: left(drift),
      hosts: left(hosts),
    },
  });
}

function noticeGate(gate: Gate, plan: Plan): NoticeGate {
  const { name, hash, expiresAt, overdue } = gate;
  return { name, hash: hash!, ...tallyOf(gate, plan), expiresAt, overdue };
}

/** Plain data with the beginning of each long text, and the first members of each long list. */
function cut<T>(value: T): T {
  if (Array.isArray(value)) return value.slice(0, most.members).map(cut) as T;
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, cut(member)])) as T;
  if (typeof value !== 'string') return value;
  return beginningOf(value, most.text) as T;
}
