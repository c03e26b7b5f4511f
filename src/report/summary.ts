import { countedVotes } from '../domain/gates/gates.ts';
import type { MigrationStatus } from '../domain/migration/status.ts';
import { wordFailure } from '../wording/failure.ts';
import { counted } from '../wording/lists.ts';
import { wordOutcome } from '../wording/outcome.ts';
import { elapsed, moment } from '../wording/time.ts';
import { wordWaiting } from '../wording/waiting.ts';
import type { Tone } from './model.ts';
import type { Report } from './report.ts';

/** Head of a report: the outcome in a sentence, and figures. */
export interface Summary {
  title: string;
  outcome: string;
  tone: Tone;
  sentence: string;
  /** Value, unit and remark. */
  figures: { value: string; of: string; note: string }[];
  facts: [name: string, value: string][];
}

const tones: Record<MigrationStatus['outcome'], Tone> = {
  running: 'calm',
  completed: 'good',
  undone: 'back',
  refused: 'bad',
  'needs-operator': 'warn',
};

export function summaryOf(report: Report): Summary {
  const { status } = report;
  const ended = report.ended ? (status.stages.at(-1)?.endedAt ?? null) : null;
  return {
    title: `${status.account} → ${status.dmsa}`,
    outcome: wordOutcome(status.outcome),
    tone: tones[status.outcome],
    sentence: sentence(status),
    figures: figures(report, ended),
    facts: [
      ['Migration', status.migrationId],
      ['Asked for by', status.requestedBy],
      ['Started', moment(status.startedAt)],
      ['Ended', ended ? moment(ended) : report.ended ? 'from outside' : `it ran when this was written`],
    ],
  };
}

function sentence(status: MigrationStatus): string {
  const { account, dmsa, failure, waitingFor, hosts, outcome } = status;
  if (failure) return wordFailure(failure);
  if (outcome === 'completed')
    return `The services of ${account} log on through ${dmsa}${hosts.length > 0 ? ` on ${counted(hosts.length, 'host')}` : ''}, and the account is disabled.`;
  const waiting = waitingFor ? wordWaiting(waitingFor) : null;
  if (outcome === 'running') return waiting ? `It waits for ${waiting}.` : 'It is at work.';
  return waiting ?? '';
}

function figures({ status, madeAt }: Report, ended: string | null): Summary['figures'] {
  const { hosts, gates, journal, startedAt } = status;
  const took = elapsed(Date.parse(ended ?? madeAt) - Date.parse(startedAt));
  const votes = gates.flatMap((gate) => countedVotes(gate));
  const yes = votes.filter(({ decision }) => decision === 'approve');
  const no = votes.length - yes.length;
  const refused = gates.flatMap((gate) => gate.votes).filter(({ verdict }) => verdict === 'refused').length;
  const undone = journal.filter((entry) => entry.status === 'undone').length;
  const made = journal.filter((entry) => entry.status !== 'untouched').length;
  const fetching = hosts.filter(({ keysFetched }) => keysFetched === 'yes').length;
  const joined = hosts.filter(({ principal }) => principal === 'yes').length;
  return [
    { value: took, of: ended ? 'from start to end' : 'so far', note: `since ${moment(startedAt)}` },
    {
      value: String(hosts.length),
      of: hosts.length === 1 ? 'host' : 'hosts',
      note: `${joined} let in, ${fetching} fetched its keys`,
    },
    {
      value: String(yes.length),
      of: yes.length === 1 ? 'approval' : 'approvals',
      note: `at ${counted(gates.length, 'gate')}; ${no} against, ${refused} that did not count`,
    },
    {
      value: String(made),
      of: made === 1 ? 'change' : 'changes',
      note: undone > 0 ? `${undone} put back` : 'each with what undoes it',
    },
  ];
}
