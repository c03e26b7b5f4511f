import { stageTitles } from '../src/domain/stages.ts';
import type { MigrationStatus } from '../src/domain/status.ts';

/** Current details in Temporal's UI, in Markdown: where the migration stands and what it needs from whom. */
export function currentDetails(status: MigrationStatus): string {
  const { account, dmsa, stage, waitingFor, nextAt, outcome, failure, paused } = status;
  const lines = [`**${account} \u2192 ${dmsa}$**: ${outcome === 'running' ? stageTitles[stage] : outcome}`];
  if (paused) lines.push('Paused: send `resume` to go on.');
  if (waitingFor) lines.push(`Waiting for ${waitingFor}${nextAt ? `, until ${nextAt}` : ''}.`);
  if (failure) lines.push(`Turned back: \`${failure.code}\` ${failure.message}`);
  for (const gate of status.gates.filter((each) => each.decision === 'open' && each.hash)) {
    lines.push(`Gate **${gate.name}** is open. Vote with the signal \`approve\` or \`reject\`:`);
    lines.push(`\`{"gate":"${gate.name}","hash":"${gate.hash}","by":"DOMAIN\\\\you","reason":"\u2026"}\``);
  }
  const rows = status.hosts.map(
    (host) => `| ${host.host} | ${host.policy} | ${host.restarted} | ${host.principal} |`,
  );
  return [
    ...lines,
    '',
    '| host | policy | restarted | principal |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}
