import { counts } from '../../domain/gates/gates.ts';
import { type Stage, stageAt } from '../../domain/migration/stages.ts';
import type { MigrationStatus } from '../../domain/migration/status.ts';
import { html, type Markup } from '../../wording/escape/html.ts';
import { wordVerdict, wordVote } from '../../wording/vote.ts';

/** Most votes that are drawn in a stage. */
const most = 40;

/** The votes that came in this stage, each where it came: a tick, a cross, or a dash where it does not count. */
export function voteSigns(
  stage: Stage,
  status: MigrationStatus,
  at: (time: number) => number,
  y: number,
): Markup | null {
  const votes = status.gates
    .flatMap((gate) => gate.votes.map((vote) => ({ vote, gate })))
    .filter(({ vote }) => stageAt(status, vote.receivedAt) === stage)
    .slice(0, most);
  return html`${votes.map(({ vote, gate }) => {
    const kind = counts(vote, gate) ? (vote.decision === 'approve' ? 'yes' : 'no') : 'refused';
    const title = `${wordVote(vote)} (${wordVerdict(vote, gate)})`;
    const x = Math.round(at(Date.parse(vote.receivedAt)) * 10) / 10;
    return html`<g class="vote ${kind}" transform="translate(${x} ${y})"><title>${title}</title><circle r="8" /><path d="${paths[kind]}" /></g>`;
  })}`;
}

const paths = { yes: 'M-3.5 0.5l2.5 2.5 4.5 -5.5', no: 'M-3 -3l6 6m0 -6l-6 6', refused: 'M-3.5 0h7' };
