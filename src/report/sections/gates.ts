import { counts, type Gate } from '../../domain/gates/gates.ts';
import { tallyOf } from '../../domain/gates/tally.ts';
import type { RecordedVote } from '../../domain/gates/votes.ts';
import type { MigrationStatus } from '../../domain/migration/status.ts';
import { driftText } from '../../domain/values/drift.ts';
import { wordTally, wordVoters } from '../../wording/gate.ts';
import { wordSender } from '../../wording/signal.ts';
import { moment } from '../../wording/time.ts';
import { wordVerdict } from '../../wording/vote.ts';
import { type Block, type Cell, type Mark, marked, type Row } from '../model.ts';

/** Gates with every vote; votes that did not count have the rule that refused them. */
export function gateBlocks(status: MigrationStatus): Block[] {
  const { gates, earlyVotes } = status;
  const early: Block[] =
    earlyVotes.length > 0
      ? [{ kind: 'heading', text: 'Before any gate was open' }, votesTable(earlyVotes, null)]
      : [];
  return [...gates.flatMap((gate) => gateParts(gate, status)), ...early];
}

function gateParts(gate: Gate, status: MigrationStatus): Block[] {
  const expiry = gate.overdue ? 'overdue since' : 'to expire';
  const signed = gate.signed ? ' Only signed votes count.' : '';
  const hosts = gate.hosts ? ` It is about ${gate.hosts.join(', ')}.` : '';
  const votes = gate.decision === 'open' ? ` ${wordTally(tallyOf(gate, status))}.` : '';
  const asked = `${wordVoters(gate)}.${signed}${hosts} Opened ${moment(gate.openedAt)}, ${expiry} ${moment(gate.expiresAt)}.${votes}`;
  return [
    { kind: 'heading', text: `Gate “${gate.name}”`, mark: marked(gate.decision) },
    { kind: 'text', cell: asked },
    ...(gate.drift.length > 0
      ? [{ kind: 'list', items: gate.drift.map((change) => `changed since: ${driftText(change)}`) } as const]
      : []),
    gate.votes.length > 0 ? votesTable(gate.votes, gate) : { kind: 'text', cell: 'Nobody has voted.' },
  ];
}

function verdictMark(vote: RecordedVote, gate: Gate | null): Mark {
  return { mark: gate && counts(vote, gate) ? 'good' : 'bad', word: wordVerdict(vote, gate) };
}

function votesTable(votes: RecordedVote[], gate: Gate | null): Block {
  return {
    kind: 'table',
    name: 'votes',
    titles: ['By', 'Vote', 'Evidence', 'Reason', 'When', 'Identity', 'Counts'],
    rows: votes.map(
      (vote): Row => ({
        cells: [
          wordSender(vote),
          marked(vote.decision),
          vote.hash?.slice(0, 16) || 'none named',
          vote.reason ? `“${vote.reason}”` : 'none given',
          { time: vote.receivedAt },
          identity(vote),
          verdictMark(vote, gate),
        ],
      }),
    ),
  };
}

function identity({ identity, kid }: RecordedVote): Cell {
  return [identity ?? 'not a name', kid === undefined ? 'declared, not signed' : `signed with key ${kid}`];
}
