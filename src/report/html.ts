import { cleaned } from '../cli/render/text.ts';
import { elapsed, moment } from '../cli/render/time.ts';
import type { MigrationStatus } from '../domain/status.ts';
import { version } from '../version.ts';
import { html, type Markup } from './markup.ts';
import {
  evidenceTable,
  factsTable,
  findingsTable,
  gateSections,
  hostDecisionsTable,
  journalTable,
  principalsTable,
} from './sections.ts';
import { style } from './style.ts';
import { timeline } from './timeline.ts';

/**
 * The report of a migration as one HTML file that needs nothing else and runs nothing: what an auditor is given, also
 * on paper. Everything from directory, hosts and people is escaped. `writtenAt` stands in its footer.
 */
export function renderReport(status: MigrationStatus, writtenAt: Date): string {
  const safe = cleaned(status);
  const title = `${safe.account} → ${safe.dmsa}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}: ${safe.outcome}</title>
<style>${style}</style>
</head>
<body>
<main>
${header(safe, title)}
${safe.failure ? html`<p class="failure"><code>${safe.failure.code}</code> ${safe.failure.message}</p>` : null}
${section('Stages', timeline(safe))}
${section('Gates and votes', gateSections(safe))}
${section('Before and after', factsTable(safe))}
${section('Evidence by host', evidenceTable(safe))}
${section('Hosts skipped or tried again by a person', hostDecisionsTable(safe))}
${section('Findings', findingsTable(safe))}
${section('Principals allowed by a person', principalsTable(safe))}
${section('Journal', journalTable(safe))}
<footer>Written ${moment(writtenAt.toISOString())} by dmsa ${version}. All times are UTC.</footer>
</main>
</body>
</html>
`.text;
}

function header(status: MigrationStatus, title: string): Markup {
  const ended = status.outcome === 'running' ? null : (status.stages.at(-1)?.endedAt ?? null);
  const took = ended && elapsed(Date.parse(ended) - Date.parse(status.startedAt));
  const facts: [string, string][] = [
    ['Migration', status.migrationId],
    ['Asked for by', status.requestedBy],
    ['Started', moment(status.startedAt)],
    ['Ended', ended ? `${moment(ended)}, after ${took}` : 'it runs'],
    ['Plan', status.planHash],
  ];
  return html`<header>
<p class="outcome ${status.outcome}">${meanings[status.outcome]}</p>
<h1>${title}</h1>
<dl>${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>`;
}

const meanings: Record<MigrationStatus['outcome'], string> = {
  running: 'Running',
  completed: 'Completed and verified',
  undone: 'Undone: everything is as it was before',
  refused: 'Refused: nothing was changed',
  'needs-operator': 'Needs an operator',
};

/** Nothing at all where there is nothing to tell. */
function section(title: string, content: Markup | null): Markup | null {
  return content && html`<section><h2>${title}</h2>${content}</section>`;
}
