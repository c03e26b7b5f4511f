import type { Gate } from '../src/domain/gates/gates.ts';
import { tallyOf } from '../src/domain/gates/tally.ts';
import type { Failure } from '../src/domain/migration/failure.ts';
import type { MigrationStatus } from '../src/domain/migration/status.ts';
import { wordDrift } from '../src/wording/drift.ts';
import { escapeMarkdown, escapeMarkdownCode } from '../src/wording/escape/markdown.ts';
import { wordGate, wordTally } from '../src/wording/gate.ts';
import { andMore } from '../src/wording/lists.ts';
import { wordOutcome } from '../src/wording/outcome.ts';
import { stageTitles } from '../src/wording/stage.ts';
import { moment } from '../src/wording/time.ts';
import { wordWaiting } from '../src/wording/waiting.ts';

/** Number of hosts that are shown: Temporal keeps the details with the workflow. */
const shown = 100;

/** Writes the current details for Temporal's UI, in Markdown: where the migration stands and what it needs from whom. */
export function currentDetails(status: MigrationStatus): string {
  const { account, dmsa, stage, waitingFor, outcome, failure, paused, failedHosts } = status;
  const paragraphs = [
    `**${escapeMarkdown(`${account} \u2192 ${dmsa}`)}$**: ${outcome === 'running' ? stageTitles[stage] : wordOutcome(outcome)}`,
  ];
  if (paused) paragraphs.push('Paused: send `resume` to go on.');
  if (waitingFor) {
    const until = waitingFor.until ? `, until ${moment(waitingFor.until)}` : '';
    paragraphs.push(`Waiting for ${escapeMarkdown(wordWaiting(waitingFor))}${until}.`);
  }
  const failed = failedHosts.slice(0, shown);
  if (failed.length > 0)
    paragraphs.push(
      failed
        .map(({ host, ...failure }) => `- **${escapeMarkdown(host)}** failed: ${failureText(failure)}`)
        .join('\n'),
    );
  if (failure) paragraphs.push(`Turned back: ${failureText(failure)}`);
  for (const gate of status.gates.filter((each) => each.decision === 'open' && each.hash))
    paragraphs.push(...gateParagraphs(gate, status));
  return [...paragraphs, hostsTable(status)].join('\n\n');
}

/** Writes what has changed since people voted, the tally, and a vote that is ready to be copied. */
function gateParagraphs(gate: Gate, status: MigrationStatus): string[] {
  const { name, hash, drift, signed, hosts } = gate;
  // Without a name it does not count, so a vote that is pasted unchanged is nobody's.
  const vote = `{"gate":"${name}","hash":"${hash}","by":"","reason":""}`;
  const about = hosts ? ` It is about ${hosts.slice(0, shown).map(escapeMarkdown).join(', ')}.` : '';
  const how = signed
    ? 'Vote with `dmsa approve --key`, as only signed votes count for:'
    : 'Vote with the signal `approve` or `reject`, and who you are in `by`:';
  return [
    ...(drift.length > 0
      ? [`Votes are void, as this has changed: ${escapeMarkdown(wordDrift(drift.slice(-10)))}`]
      : []),
    `**${wordGate(name)}** is open.${about} ${escapeMarkdown(wordTally(tallyOf(gate, status)))}. ${how}`,
    `\`\`\`\n${vote}\n\`\`\``,
  ];
}

function failureText({ code, message }: Failure): string {
  return `${escapeMarkdownCode(code)} ${escapeMarkdown(message)}`;
}

function hostsTable({ hosts }: MigrationStatus): string {
  const rows = hosts.slice(0, shown).map(({ host, skipped, policy, restarted, principal }) => {
    return `| ${escapeMarkdown(host)}${skipped ? ' (skipped)' : ''} | ${policy} | ${restarted} | ${principal} |`;
  });
  if (hosts.length > shown) rows.push(`| ${andMore(hosts.length - shown)} | | | |`);
  return ['| host | policy | restarted | principal |', '| --- | --- | --- | --- |', ...rows].join('\n');
}
