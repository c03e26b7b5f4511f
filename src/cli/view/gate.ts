import { approvals, awaitedAt, counts, type Gate } from '../../domain/gates/gates.ts';
import type { RecordedVote } from '../../domain/gates/votes.ts';
import type { MigrationStatus } from '../../domain/migration/status.ts';
import { driftText } from '../../domain/values/drift.ts';
import { momentFrom } from '../../wording/time.ts';
import { wordVerdict, wordVoter } from '../../wording/vote.ts';
import type { RenderOptions } from './status.ts';
import { paint, wrap } from './text.ts';

/** Of the status: who has asked, and by what people are told apart. */
type Asked = Pick<MigrationStatus, 'requestedBy' | 'domain' | 'people'>;

/** A gate with its votes, who may still vote, and why votes were voided. */
export function gateLines(gate: Gate, asked: Asked, { color, width, now }: RenderOptions): string[] {
  const { bold, dim, yellow } = paint(color);
  const counted = approvals(gate).length;
  const expiry = gate.overdue ? 'overdue since' : 'expires';
  const votes = `${counted} of ${gate.required} ${gate.required === 1 ? 'vote' : 'votes'}`;
  const [first = '', ...rest] = wrap(
    `Gate "${gate.name}": ${votes}, ${expiry} ${momentFrom(gate.expiresAt, now)}`,
    width,
  );
  return [
    first.replace(/^Gate "[\w-]+"/, bold),
    ...rest.map((line) => `  ${line}`),
    dim(gate.hash ? `  evidence ${gate.hash.slice(0, 16)}` : '  evidence is being read'),
    ...gate.votes.flatMap((vote) => voteLines(vote, gate, color, width)),
    ...wrap(missingVotes(gate, asked), width - 2).map((line) => `  ${line}`),
    ...gate.drift.flatMap((change) =>
      wrap(`changed: ${driftText(change)}`, width - 2).map((line) => `  ${yellow(line)}`),
    ),
  ].filter((line) => line.trim() !== '');
}

/** Who has to vote yet, or an empty text where nobody has to. */
export function missingVotes(gate: Gate, asked: Asked): string {
  const missing = gate.required - approvals(gate).length;
  if (gate.decision !== 'open' || missing <= 0) return '';
  if (gate.approvers.length === 0) return `missing: ${missing} of anyone but the requester`;
  const awaited = awaitedAt(gate, asked);
  return `missing: ${missing} of ${awaited.join(', ') || 'nobody'}`;
}

function voteLines(vote: RecordedVote, gate: Gate, color: boolean, width: number): string[] {
  const { green, red, dim } = paint(color);
  const isCounted = counts(vote, gate);
  const mark = !isCounted ? dim('-') : vote.decision === 'approve' ? green('✓') : red('✗');
  const reason = vote.reason ? `: "${vote.reason}"` : '';
  const text = `${wordVoter(vote)} ${vote.decision === 'approve' ? 'approves' : 'rejects'}${reason}${isCounted ? '' : ` (${wordVerdict(vote, gate)})`}`;
  return wrap(text, width - 4).map((line, part) => `  ${part ? ' ' : mark} ${isCounted ? line : dim(line)}`);
}
