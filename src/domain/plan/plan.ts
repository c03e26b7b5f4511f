import type { Duration } from '../values/duration.ts';
import type { DomainNames } from './identity.ts';
import type { Person } from './people.ts';

/** Everything a migration will do, and no more. Saved as JSON by `dmsa plan --out`; `start` does exactly this plan. */
export interface Plan extends PlanSwitches {
  version: 1;
  /** ISO 8601, UTC. */
  createdAt: string;
  /** Requester of the migration, who may not approve it. Declared, not proven. */
  requestedBy: string;
  domain: PlanDomain;
  account: { dn: string; guid: string; sid: string; samAccountName: string };
  dmsa: PlanDmsa;
  /** In rollout order: the first `rollout.canary` hosts go first, alone. */
  hosts: PlanHost[];
  rollout: Rollout;
  waits: PlanWaits;
  gates: PlanGates;
  /** Accounts of the requester and of the approvers that the directory knows: one person has one vote under any name. */
  people: Person[];
  /** Public keys of approvers. If there are any, only votes signed by one of them count. */
  approverKeys?: ApproverKeySet;
  /** SHA-256, hex, of the canonical JSON of everything above. */
  hash: string;
}

export interface PlanSwitches {
  /** The Kerberos operational log is enabled, so that joining can be proven; an undo puts it back. */
  enableEventLog: boolean;
  /** Logs that the migration enabled are put back after the soak. */
  restoreEventLog: boolean;
  /** A KDS root key that becomes effective later is waited for; otherwise it blocks. */
  waitForKds: boolean;
  /** The webhooks of the worker's settings notify people. */
  notify: boolean;
}

export interface PlanDomain extends DomainNames {
  /** DN of the domain, such as `DC=contoso,DC=com`. */
  baseDn: string;
  /** DNS name of the DC that the cmdlets are sent to: a capable one, the one that is read from where it is capable. */
  server: string;
}

/** The part of a plan that every step needs; small, as each activity carries it into the history. */
export type Target = Pick<Plan, 'domain' | 'account' | 'dmsa' | 'hash'>;

/** `server`: the current DC, if it is another than the plan's. */
export function targetOf({ domain, account, dmsa, hash }: Plan, server: string = domain.server): Target {
  return { domain: { ...domain, server }, account, dmsa, hash };
}

export interface PlanDmsa {
  /** Common name, at most 15 characters, without the `$`. */
  name: string;
  dn: string;
  container: string;
  dnsHostName: string;
}

export interface PlanHost {
  /** Fully qualified DNS name, lower case. */
  name: string;
  /** SID of the host's computer account: what has to appear among the principals. */
  computerSid: string;
  /** Services that log on as the superseded account. */
  services: string[];
  /** IIS application pools whose identity is the superseded account; absent for none. */
  pools?: string[];
  /** Hosts of one group (cluster nodes, a farm) are never worked on together. */
  group?: string;
  /** Checks that have to be healthy after each restart, in this order; absent for none. */
  checks?: HealthCheck[];
}

/** Order, pace and limits of work on hosts. An absent limit does not apply. */
export interface Rollout {
  canary: number;
  /** Hosts worked on at once, after the canary. */
  maxParallel: number;
  /** Time a service may take to reach an expected state. */
  serviceTimeout: Duration;
  /** Time the canary runs, and has to stay healthy, before the next wave. */
  bake?: Duration;
  /** Hosts that may be down at once: failed ones and those being worked on. */
  maxUnavailable?: number;
  /** Hosts that may fail before the migration turns back; failed hosts wait for a person's `retry` or `skipHost`. */
  maxFailures?: number;
  /** Waves of restarts, reboots and Complete begin only in one of them; an undo waits for none. */
  windows?: MaintenanceWindow[];
  /** Absent: no host is ever rebooted. */
  reboot?: 'when-pending' | 'after-policy';
}

export interface MaintenanceWindow {
  /** The weekdays on which it opens; every day where empty. */
  days: Weekday[];
  /** `HH:MM` on the clock of the time zone; `to` at or before `from` is on the next day. */
  from: string;
  to: string;
  /** IANA name, such as `Europe/Zurich`. */
  timeZone: string;
}

export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
export type Weekday = (typeof weekdays)[number];

/** Asked on the host itself until it is healthy, `attempts` times at most, `everySeconds` apart. */
export type HealthCheck = { attempts: number; everySeconds: number } & CheckTarget;

export type CheckTarget =
  | { kind: 'tcp'; port: number }
  | { kind: 'http'; url: string; status: number }
  /** Path of an operator's script on the host; exit code 0 is healthy. */
  | { kind: 'script'; path: string };

export interface PlanWaits {
  /** Time a host may take to join the principals after its restart. */
  join: Duration;
  /** Time from the link, or the last change of the principals, to gate "complete" [overview: 14 to 28 days]. */
  observe: Duration;
  /** Time between two readings of account and dMSA meanwhile. */
  checkEvery: Duration;
  soak: Duration;
}

/** Before anything is changed, before each wave of restarts on the way to Complete, before Complete, and at the end. */
export interface PlanGates {
  start: GatePlan;
  complete: GatePlan;
  /** Absent: waves follow one another by themselves. */
  wave?: GatePlan;
  /** Absent: the migration is done when the soak has passed well. */
  soak?: GatePlan;
}

/** Each wave has a gate of its own, counted from 1. */
export type GateName = 'start' | 'complete' | 'soak' | `wave-${number}`;

export const gateNamePattern = /^(start|complete|soak|wave-[1-9]\d{0,3})$/;

export function isWaveGate(name: string): name is `wave-${number}` {
  return name.startsWith('wave-');
}

/** The plan of a gate. Throws if the plan has no such gate, which is a fault of the saga. */
export function gatePlan({ gates }: Pick<Plan, 'gates'>, name: GateName): GatePlan {
  const kind = isWaveGate(name) ? 'wave' : name;
  const gate = gates[kind];
  if (!gate) throw new Error(`the plan has no gate ${name}`);
  return gate;
}

/** A JWK set (RFC 7517) of Ed25519 public keys (RFC 8037). */
export interface ApproverKeySet {
  keys: ApproverKey[];
}

export interface ApproverKey {
  kty: 'OKP';
  crv: 'Ed25519';
  /** The public key, base64url. */
  x: string;
  kid: string;
  /** Owner of the key: DOMAIN\name or name@domain. */
  approver: string;
}

/** Rules of a gate that may differ from gate to gate, apart from who votes. */
export interface GateRules {
  /** Approvals needed; at least 1. */
  required: number;
  expiresAfter: Duration;
  onExpiry: 'hold' | 'undo';
  /** Time between two reminders of an open gate; absent for none. */
  remindEvery?: Duration;
}

export interface GatePlan extends GateRules {
  /** Approvers; an empty list means anyone but the requester. */
  approvers: string[];
}

/** The computer-account style name of a dMSA. */
export function dmsaSamAccountName(dmsa: Pick<PlanDmsa, 'name'>): string {
  return `${dmsa.name}$`;
}

/** One migration per superseded account: the workflow id is made of the account alone. */
export function migrationId(plan: Pick<Plan, 'account' | 'domain'>): string {
  return `dmsa/${plan.domain.dnsName}/${plan.account.samAccountName}`.toLowerCase();
}

/** Held by a child workflow for as long as the migration runs, so that two accounts cannot claim one dMSA. */
export function dmsaLockId(plan: Pick<Plan, 'dmsa' | 'domain'>): string {
  return `dmsa-lock/${plan.domain.dnsName}/${plan.dmsa.name}`.toLowerCase();
}

/** Written to the description of a dMSA that this system creates: the evidence by which it may be removed again. */
export function dmsaMark(plan: Pick<Plan, 'account' | 'hash'>): string {
  return `Created by dmsa for ${plan.account.samAccountName}, plan ${plan.hash.slice(0, 16)}`;
}

/** Lists of at most `size` members, in order. */
export function batches<T>(items: T[], size: number): T[][] {
  const result: T[][] = [];
  for (let start = 0; start < items.length; start += size) result.push(items.slice(start, start + size));
  return result;
}
