import { stageTitles } from '../src/domain/stages.ts';
import type { MigrationStatus } from '../src/domain/status.ts';

/** Temporal keeps what is shown with the workflow: of many hosts, the first. */
const shown = 100;

/** Current details in Temporal's UI, in Markdown: where the migration stands and what it needs from whom. */
export function currentDetails(status: MigrationStatus): string {
  const { account, dmsa, stage, waitingFor, nextAt, outcome, failure, paused } = status;
  const lines = [`**${account} \u2192 ${dmsa}$**: ${outcome === 'running' ? stageTitles[stage] : outcome}`];
  if (paused) lines.push('Paused: send `resume` to go on.');
  if (waitingFor) lines.push(`Waiting for ${waitingFor}${nextAt ? `, until ${nextAt}` : ''}.`);
  for (const failed of (status.failedHosts ?? []).slice(0, shown))
    lines.push(`- **${failed.host}** failed: \`${failed.code}\` ${failed.message}`);
  if (failure) lines.push(`Turned back: \`${failure.code}\` ${failure.message}`);
  for (const gate of status.gates.filter((each) => each.decision === 'open' && each.hash)) {
    lines.push(`Gate **${gate.name}** is open. Vote with the signal \`approve\` or \`reject\`:`);
    lines.push(`\`{"gate":"${gate.name}","hash":"${gate.hash}","by":"DOMAIN\\\\you","reason":"\u2026"}\``);
  }
  const rows = status.hosts
    .slice(0, shown)
    .map(
      (host) =>
        `| ${host.host}${host.skipped ? ' (skipped)' : ''} | ${host.policy} | ${host.restarted} | ${host.principal} |`,
    );
  if (status.hosts.length > shown) rows.push(`| and ${status.hosts.length - shown} more | | | |`);
  return [
    ...lines,
    '',
    '| host | policy | restarted | principal |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
