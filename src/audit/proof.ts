import { normalDn, parentDn } from '../directory/dn.ts';
import type { Verdict } from '../domain/facts/verdict.ts';
import type { EventFacts, MigrationEvent } from './events.ts';
import type { AuditedAccount, AuditedDmsa } from './facts.ts';
import { isTo, type RecordedMigration } from './records.ts';

/** Proof of a Start that made the two objects point at each other. */
export interface Proof {
  verdict: Verdict;
  /** Evidence in words; for `unknown` also why that is all. */
  evidence: string;
  /** ISO 8601: when the pair came into the state that Start or Complete left it in; null where nobody knows. */
  since: string | null;
}

export interface KnownStarts {
  records: RecordedMigration[];
  events: EventFacts;
}

/**
 * A forged pair looks like a real one [research]: only who made it tells them apart. Our own journal knows of a link
 * that this program verified, event 3085 of one that a cmdlet made. A no is only said where every DC that can migrate
 * was asked and every log reaches back to before the younger of the two objects was there.
 */
export function proofOf(account: AuditedAccount, dmsa: AuditedDmsa, { records, events }: KnownStarts): Proof {
  const ours = records.find((each) => {
    return each.linkedAt !== null && each.accountGuid === account.guid && isTo(each, dmsa);
  });
  if (ours) {
    const { linkedAt, completedAt } = ours;
    const since = completedAt ?? linkedAt;
    return { verdict: 'yes', evidence: `our records have its Start, ${linkedAt}`, since };
  }
  if (!events.asked)
    return { verdict: 'unknown', evidence: `not in our records; ${events.why}`, since: null };
  const about = events.logs.flatMap((log) => log.events).filter((event) => isSuccess(event));
  const started = lastStart(about.filter((event) => isAbout(event, account.dn, dmsa.dn)));
  if (started) {
    const evidence = `event 3085 has its Start, ${started.start.at}, by ${started.start.requestedBy}`;
    return { verdict: 'yes', evidence, since: started.since };
  }
  return silence(account, dmsa, about, events.logs);
}

/** Nobody knows of a Start: is that a no? */
function silence(
  account: AuditedAccount,
  dmsa: AuditedDmsa,
  events: MigrationEvent[],
  logs: Extract<EventFacts, { asked: true }>['logs'],
): Proof {
  const unknown = (why: string): Proof => {
    return {
      verdict: 'unknown',
      evidence: `no Start is in our records, nor in an event 3085; ${why}`,
      since: null,
    };
  };
  const moved = events.find((event) => isMoved(event, account.dn, dmsa.dn));
  if (moved) return unknown(`one of the same names is, at ${moved.at}: ${moved.account} and ${moved.dmsa}`);
  const unread = logs.filter((log) => log.unread !== null);
  if (unread.length > 0) {
    return unknown(`not read: ${unread.map((log) => `${log.server} (${log.unread})`).join(', ')}`);
  }
  const from =
    [account.createdAt, dmsa.createdAt]
      .filter((time) => time !== null)
      .sort()
      .at(-1) ?? null;
  const short = logs.filter(({ oldestAt }) => !reaches(oldestAt, from));
  if (short.length > 0) {
    const reach = short.map(({ server, oldestAt }) => `${server} reaches back to ${oldestAt ?? 'nothing'}`);
    return unknown(`the log of ${reach.join(', of ')}, and the pair can be as old as ${from ?? 'anything'}`);
  }
  const servers = logs.map(({ server }) => server).join(', ');
  const evidence = `no Start is in our records, nor in event 3085 of ${servers} since both objects are there (${from})`;
  return { verdict: 'no', evidence, since: null };
}

/** `whenCreated` has whole seconds. */
function reaches(oldestAt: string | null, from: string | null): boolean {
  return oldestAt !== null && from !== null && oldestAt.slice(0, 19) <= from.slice(0, 19);
}

/**
 * The Start that still stands and when its latest phase was reached: Undo takes one phase back, Reset all of them
 * [cmdlet]. A Complete without a Start before it proves none: it takes a forged pair as readily.
 */
function lastStart(events: MigrationEvent[]): { start: MigrationEvent; since: string } | null {
  let start: MigrationEvent | null = null;
  let phase = 0;
  let since = '';
  for (const event of [...events].sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))) {
    const [operation] = event.operation.toUpperCase().split('-');
    if (operation === 'START') [start, phase] = [event, 1];
    else if (operation === 'COMPLETE') phase = 2;
    else if (operation === 'UNDO') phase = Math.max(0, phase - 1);
    else if (operation === 'RESET') phase = 0;
    else continue;
    if (phase === 0) start = null;
    since = event.at;
  }
  return start && { start, since };
}

function isSuccess(event: MigrationEvent): boolean {
  return Number(event.errorCode) === 0;
}

function isAbout(event: MigrationEvent, account: string, dmsa: string): boolean {
  return sameText(event.account, account) && sameText(event.dmsa, dmsa);
}

/** An event keeps the names of its time: what was moved since has the same first name elsewhere. */
function isMoved(event: MigrationEvent, account: string, dmsa: string): boolean {
  if (!/^start-/i.test(event.operation) || isAbout(event, account, dmsa)) return false;
  return firstName(event.account) === firstName(account) && firstName(event.dmsa) === firstName(dmsa);
}

function firstName(dn: string): string {
  const normal = normalOf(dn);
  return normal === null ? dn : normal.slice(0, -parentDn(normal).length);
}

/** Compares DNs; text in a log need not be one. */
function sameText(written: string, dn: string): boolean {
  return normalOf(written) === normalDn(dn);
}

function normalOf(dn: string): string | null {
  try {
    return normalDn(dn);
  } catch {
    return null;
  }
}
