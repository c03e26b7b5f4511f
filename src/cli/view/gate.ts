import { counts, type Gate } from '../../domain/gates/gates.ts';
import { tallyOf } from '../../domain/gates/tally.ts';
import type { RecordedVote } from '../../domain/gates/votes.ts';
import type { MigrationStatus } from '../../domain/migration/status.ts';
import { driftText } from '../../domain/values/drift.ts';
import { wordGate, wordMissing, wordVoteCount } from '../../wording/gate.ts';
import { momentFrom } from '../../wording/time.ts';
import { wordVerdict, wordVote } from '../../wording/vote.ts';
import type { StatusView } from './status-view.ts';
import { paint, wrap } from './text.ts';

/** Part of a status that identifies the requester and other people. */
type GateContext = Pick<MigrationStatus, 'requestedBy' | 'domain' | 'people'>;

/** Lays out a gate with its votes, who may still vote, and why votes were voided. */
export function gateLines(gate: Gate, asked: GateContext, { color, width, now }: StatusView): string[] {
  const { bold, dim, yellow } = paint(color);
  const expiry = gate.overdue ? 'overdue since' : 'expires';
  const tally = tallyOf(gate, asked);
  const title = wordGate(gate.name);
  const line = `${title}: ${wordVoteCount(tally)}, ${expiry} ${momentFrom(gate.expiresAt, now)}`;
  const [first = '', ...rest] = wrap(line, width);
  return [
    first.replace(title, bold),
    ...rest.map((line) => `  ${line}`),
    dim(gate.hash ? `  evidence ${gate.hash.slice(0, 16)}` : '  evidence is being read'),
    ...gate.votes.flatMap((vote) => voteLines(vote, gate, color, width)),
    ...wrap(wordMissing(tally), width - 2).map((line) => `  ${line}`),
    ...gate.drift.flatMap((change) =>
      wrap(`changed: ${driftText(change)}`, width - 2).map((line) => `  ${yellow(line)}`),
    ),
  ].filter((line) => line.trim() !== '');
}

function voteLines(vote: RecordedVote, gate: Gate, color: boolean, width: number): string[] {
  const { green, red, dim } = paint(color);
  const isCounted = counts(vote, gate);
  const mark = !isCounted ? dim('-') : vote.decision === 'approve' ? green('✓') : red('✗');
  const text = `${wordVote(vote)}${isCounted ? '' : ` (${wordVerdict(vote, gate)})`}`;
  return wrap(text, width - 4).map((line, part) => `  ${part ? ' ' : mark} ${isCounted ? line : dim(line)}`);
}
