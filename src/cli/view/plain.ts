import type { HostEvidence } from '../../domain/facts/host-evidence.ts';
import type { Gate } from '../../domain/gates/gates.ts';
import { tallyOf } from '../../domain/gates/tally.ts';
import type { Stage, StageName } from '../../domain/migration/stages.ts';
import type { MigrationStatus } from '../../domain/migration/status.ts';
import { waitReasonOf } from '../../domain/migration/waiting.ts';
import type { GateName } from '../../domain/plan/plan.ts';
import { canonicalJson } from '../../domain/values/canonical.ts';
import { driftText } from '../../domain/values/drift.ts';
import { wordChange, wordNote } from '../../wording/change.ts';
import { escapeTerminal } from '../../wording/escape/terminal.ts';
import { evidenceColumns, wordSkip } from '../../wording/evidence.ts';
import { wordFailure } from '../../wording/failure.ts';
import { wordGate, wordMissing, wordVoteCount } from '../../wording/gate.ts';
import { wordSender } from '../../wording/signal.ts';
import { stageTitles } from '../../wording/stage.ts';
import { elapsed, moment } from '../../wording/time.ts';
import { wordVerdict, wordVote } from '../../wording/vote.ts';
import { wordWaiting } from '../../wording/waiting.ts';

/**
 * One plain line for each thing that happened between two looks at a migration, for pipes and logs. `previous` is null
 * at the first look.
 */
export function plainLines(previous: MigrationStatus | null, next: MigrationStatus): string[] {
  const before = previous && escapeTerminal(previous);
  const after = escapeTerminal(next);
  return [
    ...(before ? [] : [introduction(after)]),
    ...stageLines(before, after, 'known'),
    ...hostLines(before, after),
    ...findingLines(before, after),
    ...stageLines(before, after, 'new'),
    ...earlyVoteLines(before, after),
    ...principalLines(before, after),
    ...stateLines(before, after),
    ...(after.outcome !== 'running' && before?.outcome !== after.outcome ? [outcomeLine(after)] : []),
  ];
}

function introduction({ migrationId, account, dmsa, requestedBy }: MigrationStatus): string {
  return `${migrationId}: ${account} → ${dmsa}, asked for by ${requestedBy}`;
}

/**
 * Lines of the stages that were there before, or of new ones; what happened at a gate belongs to its
 * stage. So lines come in the order of what they tell, however much happened between two looks.
 */
function stageLines(
  before: MigrationStatus | null,
  after: MigrationStatus,
  which: 'known' | 'new',
): string[] {
  return after.stages.flatMap((stage, index) => {
    const known = before?.stages[index];
    if ((which === 'known') !== Boolean(known)) return [];
    const title = stageTitles[stage.name];
    const lines: string[] = [];
    const instant = stage.endedAt && !known;
    if (!known && !instant && stage.name !== 'done') lines.push(`${title}: started`);
    lines.push(...gateLines(stage.name, before, after));
    const changed = stage.changed.slice(known?.changed.length ?? 0);
    lines.push(...changed.map((change) => `${title}: ${wordChange(change)}`));
    if (stage.note && differ(stage.note, known?.note)) lines.push(`${title}: ${wordNote(stage.note)}`);
    if (stage.endedAt && !known?.endedAt && stage.name !== 'done')
      lines.push(`${title}: ended after ${duration(stage)}`);
    return lines;
  });
}

function duration(stage: Stage): string {
  return elapsed(Date.parse(stage.endedAt!) - Date.parse(stage.startedAt));
}

/** Lines of verdicts that have changed; of a new host, only yes and no. */
function hostLines(before: MigrationStatus | null, after: MigrationStatus): string[] {
  const known = new Map(before?.hosts.map((evidence) => [evidence.host, evidence]));
  return after.hosts.flatMap((evidence) => {
    const changes = changedVerdicts(known.get(evidence.host), evidence);
    const { skipped } = evidence;
    if (skipped && !known.get(evidence.host)?.skipped) changes.push(wordSkip(skipped));
    return changes.length > 0 ? [`${evidence.host}: ${changes.join(', ')}`] : [];
  });
}

function changedVerdicts(known: HostEvidence | undefined, evidence: HostEvidence): string[] {
  return evidenceColumns.flatMap(({ title, of }) => {
    const verdict = of(evidence);
    const was = known ? of(known) : 'unknown';
    return verdict === was ? [] : [`${title} ${verdict}`];
  });
}

function findingLines(before: MigrationStatus | null, after: MigrationStatus): string[] {
  const key = ({ code, subject, evidence }: MigrationStatus['findings'][number]) =>
    `${code}\n${subject}\n${evidence}`;
  const known = new Set(before?.findings.map(key));
  return after.findings
    .filter((finding) => !known.has(key(finding)))
    .map(
      ({ severity, code, subject, evidence, fix }) =>
        `${severity} ${code} ${subject}: ${evidence} (fix: ${fix})`,
    );
}

/** In which stage people are asked at a gate. */
function stageOf(gate: GateName): StageName {
  if (gate === 'soak') return 'soak';
  return gate === 'start' || gate === 'complete' ? `gate-${gate}` : 'restart-services';
}

function gateLines(stage: StageName, before: MigrationStatus | null, after: MigrationStatus): string[] {
  return after.gates.flatMap((gate, index) => {
    if (stageOf(gate.name) !== stage) return [];
    const known = before?.gates[index];
    const name = wordGate(gate.name);
    return [
      ...(gate.hash && gate.hash !== known?.hash ? [openLine(name, gate, after)] : []),
      ...gate.drift
        .slice(known?.drift.length ?? 0)
        .map((change) => `${name}: changed since: ${driftText(change)}`),
      ...gate.votes
        .slice(known?.votes.length ?? 0)
        .map((vote) => `${name}: ${wordVote(vote)}, ${wordVerdict(vote, gate)}`),
      ...(gate.overdue && !known?.overdue ? [`${name}: overdue, still open`] : []),
      ...(gate.decision !== 'open' && known?.decision !== gate.decision ? [`${name}: ${gate.decision}`] : []),
    ];
  });
}

function earlyVoteLines(before: MigrationStatus | null, after: MigrationStatus): string[] {
  return after.earlyVotes
    .slice(before?.earlyVotes.length ?? 0)
    .map((vote) => `Before any gate was open: ${wordVote(vote)}, ${wordVerdict(vote, null)}`);
}

function openLine(name: string, gate: Gate, status: MigrationStatus): string {
  const tally = tallyOf(gate, status);
  const votes = (gate.decision === 'open' && wordMissing(tally)) || wordVoteCount(tally);
  return `${name}: open for evidence ${gate.hash!.slice(0, 16)}, ${votes}, expires ${moment(gate.expiresAt)}`;
}

function reason(text: string | undefined): string {
  return text ? ` "${text}"` : '';
}

function principalLines(before: MigrationStatus | null, after: MigrationStatus): string[] {
  return after.allowedPrincipals
    .slice(before?.allowedPrincipals.length ?? 0)
    .map((each) => `principal ${each.sid} allowed by ${wordSender(each)}${reason(each.reason)}`);
}

function stateLines(before: MigrationStatus | null, after: MigrationStatus): string[] {
  const lines: string[] = [];
  if (after.paused !== (before?.paused ?? false)) lines.push(after.paused ? 'paused' : 'resumed');
  if (after.failure && after.failure.message !== before?.failure?.message)
    lines.push(wordFailure(after.failure));
  const { waitingFor } = after;
  if (waitingFor && differ(waitReasonOf(waitingFor), waitReasonOf(before?.waitingFor))) {
    const until = waitingFor.until ? `, until ${moment(waitingFor.until)}` : '';
    lines.push(`waiting for ${wordWaiting(waitingFor)}${until}`);
  }
  return lines;
}

function differ(one: unknown, other: unknown): boolean {
  return canonicalJson(one ?? null) !== canonicalJson(other ?? null);
}

function outcomeLine(status: MigrationStatus): string {
  const end = status.stages.at(-1)?.endedAt;
  const after = end ? ` after ${elapsed(Date.parse(end) - Date.parse(status.startedAt))}` : '';
  return `${status.outcome}${after}`;
}
