import { approvals, awaitedAt, type Gate } from '../gates/gates.ts';
import type { Plan } from '../plan/plan.ts';
import type { StageName } from './stages.ts';
import type { Failure, MigrationStatus } from './status.ts';

/** What people are told of, in the order of a migration. */
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

/** What a webhook is told: names, a hash, who is missing and until when. No address, no secret, no fact of a host. */
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
  /** What ended the way forward, or what a person is needed for. */
  failure: Failure | null;
  /** What differs from what was voted on; empty but for `drift`. */
  drift: string[];
  /** Hosts that have failed and wait for `retry` or `skipHost`; empty but for `host-failed`. */
  hosts: (Failure & { host: string })[];
}

export interface NoticeGate {
  name: string;
  /** SHA-256 of the evidence that is voted on. */
  hash: string;
  required: number;
  /** How many yeses are missing. */
  missing: number;
  /** Who has voted yes, as they wrote themselves. */
  approved: string[];
  /** Who may still vote; empty for anyone but the requester. */
  awaited: string[];
  /** ISO 8601. */
  expiresAt: string;
  overdue: boolean;
}

export type NoticeDetail = Partial<Pick<Notice, 'failure' | 'drift' | 'hosts'>>;

/** So that a message stays one that people read, and that chats accept (Teams: 28 KB). */
const most = { text: 300, lines: 10 };

/** What there is to tell of the migration as it is now. Texts are cut to a bearable length. */
export function noticeOf(
  event: NoticeEvent,
  { plan, status, at }: { plan: Plan; status: MigrationStatus; at: string },
  detail: NoticeDetail = {},
): Notice {
  const open = status.gates.find((gate) => gate.decision === 'open' && gate.hash !== null);
  const failure = detail.failure ?? status.failure;
  const hosts = (detail.hosts ?? []).map(({ host, code, message }) => ({
    host,
    code,
    message: cut(message),
  }));
  return {
    event,
    at,
    migrationId: status.migrationId,
    account: cut(status.account),
    dmsa: cut(status.dmsa),
    domain: plan.domain.dnsName,
    requestedBy: cut(plan.requestedBy),
    planHash: plan.hash,
    stage: status.stage,
    outcome: status.outcome,
    gate: open ? noticeGate(open, plan) : null,
    failure: failure && { code: failure.code, message: cut(failure.message) },
    drift: fewer((detail.drift ?? []).map(cut), (left) => `and ${left} more`),
    hosts: fewer(hosts, (left) => ({ host: `and ${left} more`, code: '', message: '' })),
  };
}

function noticeGate(gate: Gate, plan: Plan): NoticeGate {
  const yes = approvals(gate);
  const awaited = awaitedAt(gate, plan);
  const more = (left: number) => `and ${left} more`;
  return {
    name: gate.name,
    hash: gate.hash!,
    required: gate.required,
    missing: Math.max(0, gate.required - yes.length),
    approved: fewer(
      yes.map(({ by }) => cut(by)),
      more,
    ),
    awaited: fewer(awaited.map(cut), more),
    expiresAt: gate.expiresAt,
    overdue: gate.overdue,
  };
}

function cut(text: string): string {
  const letters = [...text];
  return letters.length <= most.text ? text : `${letters.slice(0, most.text - 1).join('')}…`;
}

function fewer<T>(list: T[], more: (left: number) => T): T[] {
  if (list.length <= most.lines) return list;
  return [...list.slice(0, most.lines), more(list.length - most.lines)];
}
