import { missingVotes, verdict } from '../cli/render/gate.ts';
import { columnsFor, type EvidenceColumn } from '../cli/render/hosts.ts';
import { moment } from '../cli/render/time.ts';
import type { HostEvidence, Seen } from '../domain/facts.ts';
import type { Gate, RecordedVote } from '../domain/gates.ts';
import type { JournalEntry } from '../domain/journal.ts';
import type { MigrationStatus } from '../domain/status.ts';
import { type Field, factSections } from './fields.ts';
import { html, type Markup } from './markup.ts';

export function gateSections({ gates, earlyVotes }: MigrationStatus): Markup | null {
  if (gates.length + earlyVotes.length === 0) return null;
  return html`${gates.map(gateSection)}${
    earlyVotes.length > 0
      ? html`<h3>Before any gate was open</h3>${votesTable(earlyVotes, () => 'does not count')}`
      : null
  }`;
}

function gateSection(gate: Gate): Markup {
  const missing = missingVotes(gate);
  return html`<h3>Gate “${gate.name}” <span class="tag ${gate.decision}">${gate.decision}</span></h3>
<p>${gate.required} ${gate.required === 1 ? 'vote' : 'votes'} of ${gate.approvers.join(', ') || 'anyone but the requester'}.
Opened ${moment(gate.openedAt)}, ${gate.overdue ? 'overdue since' : 'to expire'} ${moment(gate.expiresAt)}. ${missing}</p>
${gate.hash ? html`<p>Evidence <code>${gate.hash}</code></p>` : null}
${gate.drift.length > 0 ? html`<ul>${gate.drift.map((change) => html`<li>changed since: ${change}</li>`)}</ul>` : null}
${gate.votes.length > 0 ? votesTable(gate.votes, (vote) => verdict(vote, gate)) : null}`;
}

function votesTable(votes: RecordedVote[], count: (vote: RecordedVote) => string): Markup {
  return html`<table><thead><tr><th>By</th><th>Vote</th><th>Reason</th><th>At</th><th></th></tr></thead>
<tbody>${votes.map(
    (vote) =>
      html`<tr><td>${vote.by}</td><td>${vote.decision}</td><td>${vote.reason}</td><td class="time">${moment(vote.receivedAt)}</td><td>${count(vote)}</td></tr>`,
  )}</tbody></table>`;
}

/** What changed stands out; what did not is there all the same. */
export function factsTable({ before, after }: MigrationStatus): Markup | null {
  if (!before && !after) return null;
  const sections = factSections(before, after);
  return html`<table class="facts"><thead><tr><th></th><th>Before</th><th>After</th></tr></thead>
${sections.map(
  ({ title, fields }) => html`<tbody><tr><th colspan="3">${title}</th></tr>${fields.map(factRow)}</tbody>`,
)}</table>`;
}

function factRow({ label, before, after }: Field): Markup {
  const changed = before.join('\n') !== after.join('\n');
  const lines = (values: string[], others: string[], tag: 'del' | 'ins') =>
    values.map((value) =>
      !changed || others.includes(value) || value === 'absent'
        ? html`<div>${value}</div>`
        : tag === 'del'
          ? html`<div><del>${value}</del></div>`
          : html`<div><ins>${value}</ins></div>`,
    );
  return html`<tr class="${changed ? 'changed' : 'same'}"><td>${label}</td><td>${lines(before, after, 'del')}</td><td>${lines(after, before, 'ins')}</td></tr>`;
}

/** Each verdict, and under each host when and from where its verdicts were read. */
export function evidenceTable({ hosts }: MigrationStatus): Markup | null {
  if (hosts.length === 0) return null;
  const columns = columnsFor(hosts);
  return html`<table class="evidence"><thead><tr><th>Host</th>${columns.map(({ title }) => html`<th>${title}</th>`)}</tr></thead>
<tbody>${hosts.map((evidence) => [
    html`<tr><td>${evidence.host}</td>${columns.map(({ of }) => html`<td><span class="tag ${of(evidence)}">${of(evidence)}</span></td>`)}</tr>`,
    readings(evidence, columns),
  ])}</tbody></table>
<p class="legend">${columns.map(({ title, meaning }) => `${title}: ${meaning}.`).join(' ')}</p>`;
}

function readings({ seen = [], skipped }: HostEvidence, columns: EvidenceColumn[]): Markup | null {
  if (seen.length === 0 && !skipped) return null;
  const titles = new Map(columns.map(({ name, title }) => [name, title]));
  const lines = seen.map(({ at, source, of }) => {
    const told = of.flatMap((name) => titles.get(name) ?? []);
    return told.length > 0 ? html`<div>${moment(at)}, ${sources[source]}: ${told.join(', ')}</div>` : null;
  });
  const skip = skipped
    ? html`<div>skipped ${moment(skipped.at)} by ${skipped.by}${skipped.reason ? `: ${skipped.reason}` : ''}</div>`
    : null;
  return html`<tr class="seen"><td colspan="${columns.length + 1}">${lines}${skip}</td></tr>`;
}

const sources: Record<Seen['source'], string> = {
  host: 'the host',
  'kerberos-log': 'its Kerberos log',
  directory: 'the directory',
  restart: 'its restart',
};

export function findingsTable({ findings }: MigrationStatus): Markup | null {
  if (findings.length === 0) return null;
  return html`<table class="findings"><thead><tr><th></th><th>Finding</th><th>Seen</th><th>What to do</th></tr></thead>
<tbody>${findings.map(
    ({ severity, code, subject, evidence, fix }) =>
      html`<tr><td><span class="tag ${severity}">${severity}</span></td><td><code>${code}</code><br>${subject}</td><td>${evidence}</td><td>${fix}</td></tr>`,
  )}</tbody></table>`;
}

export function principalsTable({ allowedPrincipals }: MigrationStatus): Markup | null {
  if (allowedPrincipals.length === 0) return null;
  return html`<table><thead><tr><th>SID</th><th>By</th><th>Reason</th><th>At</th></tr></thead>
<tbody>${allowedPrincipals.map(
    ({ sid, by, reason, at }) =>
      html`<tr><td>${sid}</td><td>${by}</td><td>${reason}</td><td class="time">${moment(at)}</td></tr>`,
  )}</tbody></table>`;
}

/** What people said about single hosts, and what became of it. */
export function hostDecisionsTable({ hostDecisions = [] }: MigrationStatus): Markup | null {
  if (hostDecisions.length === 0) return null;
  return html`<table><thead><tr><th>Host</th><th></th><th>By</th><th>Reason</th><th>At</th><th></th></tr></thead>
<tbody>${hostDecisions.map(
    ({ host, action, by, reason, at, refused }) =>
      html`<tr><td>${host}</td><td>${action}</td><td>${by}</td><td>${reason}</td><td class="time">${moment(at)}</td><td>${refused === null ? 'done' : `not done: ${refused}`}</td></tr>`,
  )}</tbody></table>`;
}

export function journalTable({ journal }: MigrationStatus): Markup | null {
  if (journal.length === 0) return null;
  return html`<table><thead><tr><th>Registered</th><th>Step</th><th>On</th><th></th><th>Before-image</th></tr></thead>
<tbody>${journal.map(journalRow)}</tbody></table>`;
}

function journalRow(entry: JournalEntry): Markup {
  const { registeredAt, step, target, status, beforeImage } = entry;
  const image = beforeImage
    ? html`<details><summary>show</summary><pre>${JSON.stringify(beforeImage, null, 2)}</pre></details>`
    : html`nothing was there`;
  return html`<tr><td class="time">${moment(registeredAt)}</td><td>${step}</td><td>${target}</td><td><span class="tag ${status}">${status}</span></td><td>${image}</td></tr>`;
}
