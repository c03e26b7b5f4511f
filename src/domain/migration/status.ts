import type { Facts } from '../facts/facts.ts';
import type { HostEvidence } from '../facts/host-evidence.ts';
import type { Finding } from '../findings/findings.ts';
import type { Gate } from '../gates/gates.ts';
import type { RecordedVote } from '../gates/votes.ts';
import type { DomainNames } from '../plan/identity.ts';
import type { Person } from '../plan/people.ts';
import type { Outcome } from '../states.ts';
import type { Failure } from './failure.ts';
import type { JournalEntry } from './journal.ts';
import type { RecordedSignal, Sender } from './signals.ts';
import type { Stage, StageName } from './stages.ts';
import type { Waiting } from './waiting.ts';

/** Answer of the query `status`: everything that the command line, the report and Temporal's UI show. */
export interface MigrationStatus {
  migrationId: string;
  account: string;
  dmsa: string;
  requestedBy: string;
  /** Names of the domain, and people whom the plan knows: by them people are told apart. */
  domain: DomainNames;
  people: Person[];
  planHash: string;
  startedAt: string;
  /** Run id of the first run. A signed vote names it, so that it counts in no later migration of the same plan. */
  execution: string;
  outcome: Outcome | 'running';
  stage: StageName;
  stages: Stage[];
  /** Current wait; null while working. */
  waitingFor: Waiting | null;
  paused: boolean;
  gates: Gate[];
  /** Votes that came when no gate had been opened yet. */
  earlyVotes: RecordedVote[];
  /** Number of votes that did not count and are not kept any more. */
  votesLeftOut: number;
  findings: Finding[];
  hosts: HostEvidence[];
  /** SIDs of principals that a person has allowed. */
  allowedPrincipals: AllowedPrincipal[];
  journal: JournalEntry[];
  /** Failure that ended the way forward; null while all is well. */
  failure: Failure | null;
  /** Hosts that failed and wait for a person's `retry` or `skipHost`. */
  failedHosts: FailedHost[];
  /** Signals other than votes, the latest last (workflows/messages/bounds.ts). */
  signals: RecordedSignal[];
  before: Facts | null;
  after: Facts | null;
}

export interface AllowedPrincipal extends Sender {
  sid: string;
  /** ISO 8601. */
  at: string;
}

export interface FailedHost extends Failure {
  host: string;
  /** ISO 8601. */
  at: string;
}

/** Result of the workflow: little, as the history keeps it. The query `status` answers for the rest. */
export interface MigrationResult {
  migrationId: string;
  account: string;
  dmsa: string;
  outcome: Exclude<Outcome, 'needs-operator'>;
  failure: Failure | null;
}
