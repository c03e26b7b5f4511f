import { failedStage, stageEnd } from '../cli/render/stages.ts';
import { elapsed, moment } from '../cli/render/time.ts';
import { type Stage, stageTitles } from '../domain/stages.ts';
import type { MigrationStatus } from '../domain/status.ts';
import { html, type Markup } from './markup.ts';

const width = 920;
const row = 26;
const labelWidth = 230;
const durationWidth = 80;
/** A stage of seconds in a migration of weeks is still to be seen. */
const leastBar = 3;

/** The stages as bars on one axis of time, drawn inline, and below them what each changed. */
export function timeline(status: MigrationStatus): Markup | null {
  const { stages } = status;
  if (stages.length === 0) return null;
  return html`${chart(status)}
<table class="stages"><thead><tr><th>Stage</th><th>Started</th><th>Took</th><th>Changed, or waited for</th></tr></thead>
<tbody>${stages.map((stage) => stageRow(stage, status))}</tbody></table>`;
}

function chart(status: MigrationStatus): Markup {
  const { stages } = status;
  const from = Date.parse(stages[0]!.startedAt);
  const until = Math.max(
    ...stages.map((stage) => stageEnd(stage, status) ?? Date.parse(stage.startedAt)),
    from + 1,
  );
  const scale = (width - labelWidth - durationWidth - leastBar) / (until - from);
  const height = stages.length * row + 4;
  const bars = stages.map((stage, index) => {
    const start = Date.parse(stage.startedAt);
    const length = (stageEnd(stage, status) ?? until) - start;
    const x = labelWidth + (start - from) * scale;
    const barWidth = Math.max(leastBar, length * scale);
    const y = index * row;
    return html`<g>
<rect class="lane" x="0" y="${y}" width="${width}" height="${row}" />
<text x="8" y="${y + 17}">${stageTitles[stage.name]}</text>
<rect class="bar ${kindOf(stage, status)}" x="${x.toFixed(1)}" y="${y + 6}" width="${barWidth.toFixed(1)}" height="14" rx="2" />
<text class="took" x="${width - 8}" y="${y + 17}">${elapsed(length)}</text>
</g>`;
  });
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="Stages on an axis of time">${bars}</svg>`;
}

function kindOf(stage: Stage, status: MigrationStatus): string {
  if (stage === failedStage(status)) return 'failed';
  if (stage.name === 'undo') return 'undo';
  if (stage.name === 'observe' || stage.name === 'soak' || stage.name.startsWith('gate-')) return 'waits';
  return 'works';
}

function stageRow(stage: Stage, status: MigrationStatus): Markup {
  const end = stageEnd(stage, status);
  const took = end === null ? 'it runs' : elapsed(end - Date.parse(stage.startedAt));
  const details = [...stage.changed, ...(stage.note ? [stage.note] : [])];
  return html`<tr><td>${stageTitles[stage.name]}</td><td class="time">${moment(stage.startedAt).slice(0, 19)}</td><td class="time">${took}</td><td>${details.map((line) => html`<div>${line}</div>`)}</td></tr>`;
}
