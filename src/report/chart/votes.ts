import type { RecordedVote } from '../../domain/gates/votes.ts';
import type { Stage } from '../../domain/migration/stages.ts';
import { stageAt } from '../../domain/migration/stages.ts';
import type { MigrationStatus } from '../../domain/migration/status.ts';
import { html, type Markup } from '../../wording/escape/html.ts';
import { wordVerdict, wordVoter } from '../../wording/vote.ts';

/** A thousand votes are drawn as the first of them. */
const most = 40;

/** The votes that came in this stage, each where it came: a tick, a cross, or a dash where it does not count. */
export function voteSigns(
  stage: Stage,
  status: MigrationStatus,
  at: (time: number) => number,
  y: number,
): Markup | null {
  const votes = status.gates
    .flatMap((gate) => gate.votes.map((vote) => ({ vote, says: wordVerdict(vote, gate) })))
    .filter(({ vote }) => stageAt(status, vote.receivedAt) === stage)
    .slice(0, most);
  return html`${votes.map(({ vote, says }) => {
    const kind = says === 'counts' ? (vote.decision === 'approve' ? 'yes' : 'no') : 'refused';
    const x = Math.round(at(Date.parse(vote.receivedAt)) * 10) / 10;
    return html`<g class="vote ${kind}" transform="translate(${x} ${y})"><title>${titleOf(vote, says)}</title><circle r="8" /><path d="${paths[kind]}" /></g>`;
  })}`;
}

const paths = { yes: 'M-3.5 0.5l2.5 2.5 4.5 -5.5', no: 'M-3 -3l6 6m0 -6l-6 6', refused: 'M-3.5 0h7' };

function titleOf(vote: RecordedVote, says: string): string {
  const { decision, reason } = vote;
  return `${wordVoter(vote)}: ${decision}${reason ? `, “${reason}”` : ''} (${says})`;
}
