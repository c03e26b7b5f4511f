import { type ConnectDirectory, fromOneDc, withDirectory } from '../directory/directory.ts';
import { readDomainNames } from '../directory/read/read-domain.ts';
import type { Finding, Severity } from '../domain/findings/findings.ts';
import { type AssessedPair, assessPair, sorted } from './assess.ts';
import { type EventFacts, type EventSource, readEvents } from './events.ts';
import { type AuditFilter, isInScope, scopeOf } from './filter.ts';
import { type AuditPair, pairUp } from './pairs.ts';
import { readAuditFacts } from './read.ts';
import { readRecords } from './records.ts';
import { type AuditedPair, reportPair } from './report.ts';

export interface AuditDeps {
  connectDirectory: ConnectDirectory;
  /** Null where events are not to be read. */
  events: EventSource | null;
  recordsFolder: string;
}

export interface AuditRequest {
  filter: AuditFilter;
  now: Date;
  signal: AbortSignal;
}

/** The whole answer of `dmsa audit`, as its JSON is: docs/audit.md has it field by field. */
export interface Audit {
  version: 1;
  /** ISO 8601. */
  readAt: string;
  domain: string;
  /** DNS name of the DC that was read from. */
  server: string;
  /** DNs of domains below this one that were not read: each needs an audit of its own. */
  elsewhere: string[];
  events: { asked: false; why: string } | { asked: true; logs: AskedLog[] };
  pairs: AuditedPair[];
  findings: AuditFinding[];
  summary: AuditSummary;
}

export interface AskedLog {
  server: string;
  /** ISO 8601: how far back it reaches; null where it is empty, or was not read. */
  oldestAt: string | null;
  unread: string | null;
}

/** A finding, and the pair that it is about, by sAMAccountName; null where the pair lacks one. */
export interface AuditFinding extends Finding {
  account: string | null;
  dmsa: string | null;
}

export interface AuditSummary extends Record<Severity, number> {
  pairs: number;
  accounts: number;
  dmsas: number;
}

/**
 * Reads every dMSA and superseded account of the domain and says what is wrong with them. Changes nothing, and asks no
 * Temporal. Throws ARGUMENT_INVALID for a filter, a code of the settings, and what connecting and reading throws.
 */
export async function audit(deps: AuditDeps, request: AuditRequest): Promise<Audit> {
  const { signal, now, filter } = request;
  const scope = scopeOf(filter);
  const records = await readRecords(deps.recordsFolder);
  return await withDirectory(deps.connectDirectory, { signal }, async (directory) => {
    const names = await readDomainNames(directory);
    const facts = await fromOneDc(directory, () => readAuditFacts(directory, records));
    const chosen = pairUp(facts).filter((pair) => isInScope(pair, scope, names));
    const events = await eventsFor(chosen, deps.events, (source) => readEvents(directory, source, signal));
    const input = { facts, records, events, wantsProof: deps.events !== null, now };
    const pairs = chosen.map((pair) => assessPair(pair, input)).sort(byName);
    return {
      version: 1,
      readAt: now.toISOString(),
      domain: names.dnsName,
      server: directory.rootDse().dc,
      elsewhere: facts.elsewhere,
      events: askedOf(events),
      ...reported(pairs),
    };
  });
}

/** No DC is asked for events where there is no pair whose Start they could prove. */
async function eventsFor(
  pairs: AuditPair[],
  source: EventSource | null,
  read: (source: EventSource) => Promise<EventFacts>,
): Promise<EventFacts> {
  if (!source) return { asked: false, why: 'events were left out' };
  if (!pairs.some(({ forward, backward }) => forward && backward)) {
    return { asked: false, why: 'there is no pair to ask for' };
  }
  return await read(source);
}

function reported(pairs: AssessedPair[]): Pick<Audit, 'pairs' | 'findings' | 'summary'> {
  const findings = pairs.flatMap(({ account, dmsa, findings }) =>
    findings.map((finding) => ({
      ...finding,
      account: account?.samAccountName ?? null,
      dmsa: dmsa?.samAccountName ?? null,
    })),
  );
  const count = (severity: Severity) => findings.filter((each) => each.severity === severity).length;
  return {
    pairs: pairs.map(reportPair),
    findings: sorted(findings),
    summary: {
      pairs: pairs.filter(({ account, dmsa }) => account && dmsa).length,
      accounts: new Set(pairs.flatMap(({ account }) => account?.guid ?? [])).size,
      dmsas: new Set(pairs.flatMap(({ dmsa }) => dmsa?.guid ?? [])).size,
      block: count('block'),
      warn: count('warn'),
      info: count('info'),
    },
  };
}

function askedOf(events: EventFacts): Audit['events'] {
  if (!events.asked) return events;
  return { asked: true, logs: events.logs.map(({ events: _, ...log }) => log) };
}

/** By account, then dMSA; what has no account comes last. */
function byName(a: AssessedPair, b: AssessedPair): number {
  const key = ({ account, dmsa }: AssessedPair) =>
    `${account ? '0' : '1'} ${account?.samAccountName ?? ''}\0${dmsa?.samAccountName ?? ''}`.toLowerCase();
  return key(a) < key(b) ? -1 : 1;
}
