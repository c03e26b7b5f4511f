import { failedStage, type Stage, stageEnd } from '../../domain/migration/stages.ts';
import type { MigrationStatus } from '../../domain/migration/status.ts';
import { html, type Markup } from '../../wording/escape/html.ts';
import { stageTitles } from '../../wording/stage.ts';
import { elapsed } from '../../wording/time.ts';
import { type Scale, timeScale } from './scale.ts';
import { voteSigns } from './votes.ts';

/** Two drawings of the same: beside its bar, or on a narrow screen above it, each stage has its name. */
export interface Layout {
  name: 'wide' | 'narrow';
  width: number;
  /** Height of one stage. */
  row: number;
  /** Free space before and behind the axis. */
  left: number;
  right: number;
  /** Distance from the top of a row to the middle of its bar, and to the foot of its name. */
  bar: number;
  text: number;
}

const wide: Layout = { name: 'wide', width: 1000, row: 30, left: 232, right: 84, bar: 15, text: 20 };
const narrow: Layout = { name: 'narrow', width: 320, row: 44, left: 6, right: 6, bar: 30, text: 15 };
const top = 26;
/** Least width of a bar: a stage of no time can still be seen. */
const leastBar = 4;

/** Everything that rows have in common. */
interface Axis {
  layout: Layout;
  scale: Scale;
  status: MigrationStatus;
  until: number;
}

/** The stages as bars on one axis of time, with the votes that came; `until` is where a stage that runs is drawn to. */
export function charts(status: MigrationStatus, until: number): Markup {
  return html`${[wide, narrow].map((layout) => chart(status, until, layout))}${legend(status, until)}`;
}

function chart(status: MigrationStatus, until: number, layout: Layout): Markup {
  const { stages } = status;
  const scale = timeScale(timesOf(status, until), layout.width - layout.left - layout.right);
  const axis: Axis = { layout, scale, status, until };
  const height = top + stages.length * layout.row + 6;
  const undo = stages.find(({ name }) => name === 'undo');
  return html`<svg class="${layout.name}" viewBox="0 0 ${layout.width} ${height}" role="img" aria-label="${described(status)}">
<defs><pattern id="waits-${layout.name}" width="7" height="7" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="waits-ground" width="7" height="7" /><rect class="waits-line" width="2.5" height="7" /></pattern></defs>
${ticks(axis, height)}
${stages.map((stage, index) => stageRow(stage, index, axis))}
${undo ? turningPoint(undo, axis, height) : null}
</svg>`;
}

function timesOf(status: MigrationStatus, until: number): number[] {
  return status.stages.flatMap((stage) => [Date.parse(stage.startedAt), stageEnd(stage, status) ?? until]);
}

function stageRow(stage: Stage, index: number, axis: Axis): Markup {
  const { layout, scale, status, until } = axis;
  const start = Date.parse(stage.startedAt);
  const end = stageEnd(stage, status) ?? until;
  const x = layout.left + scale.at(start);
  const width = Math.max(leastBar, scale.at(end) - scale.at(start));
  const y = top + index * layout.row;
  const kind = kindOf(stage, status);
  const fill = kind === 'waits' ? html` style="fill:url(#waits-${layout.name})"` : null;
  const atEnd = stageEnd(stage, status) === null ? 'it runs' : elapsed(end - start);
  return html`<g>
<rect class="lane ${index % 2 === 0 ? 'even' : 'odd'}" x="0" y="${y}" width="${layout.width}" height="${layout.row}" />
<text class="name" x="${layout.name === 'wide' ? 10 : 6}" y="${y + layout.text}">${stageTitles[stage.name]}</text>
<rect class="bar ${kind}" x="${round(x)}" y="${y + layout.bar - 7}" width="${round(width)}" height="14" rx="3"${fill}><title>${stageTitles[stage.name]}: ${atEnd}</title></rect>
${sign(kind, x, x + width, y + layout.bar)}
<text class="took" x="${layout.width - 8}" y="${y + layout.text}">${atEnd}</text>
${voteSigns(stage, status, (time) => layout.left + scale.at(time), y + layout.bar)}
</g>`;
}

type Kind = 'works' | 'waits' | 'undo' | 'failed';

function kindOf(stage: Stage, status: MigrationStatus): Kind {
  if (stage === failedStage(status)) return 'failed';
  if (stage.name === 'undo') return 'undo';
  if (stage.name === 'observe' || stage.name === 'soak' || stage.name.startsWith('gate-')) return 'waits';
  return 'works';
}

/** Ends a failed stage with a cross and begins an undo with an arrow: visible without colour. */
function sign(kind: Kind, from: number, to: number, y: number): Markup | null {
  if (kind === 'failed')
    return html`<path class="sign failed" d="M${round(to + 4)} ${y - 5}l10 10m0 -10l-10 10" />`;
  if (kind === 'undo') return html`<path class="sign undo" d="M${round(from - 12)} ${y}l9 -7v14z" />`;
  return null;
}

function turningPoint(undo: Stage, { layout, scale }: Axis, height: number): Markup {
  const x = round(layout.left + scale.at(Date.parse(undo.startedAt)));
  return html`<path class="turn" d="M${x} ${top - 4}V${height - 6}" />`;
}

/** Draws as many times as there is room for. */
function ticks({ layout, scale, status, until }: Axis, height: number): Markup {
  const times = timesOf(status, until).sort((a, b) => a - b);
  const days = times.at(-1)! - times[0]! > 86_400_000;
  const room = layout.name === 'wide' ? 104 : 92;
  const labels: { x: number; text: string }[] = [];
  for (const time of times) {
    const x = layout.left + scale.at(time);
    if (x - (labels.at(-1)?.x ?? -room) < room || x > layout.width - 70) continue;
    const iso = new Date(time).toISOString();
    labels.push({ x, text: days ? iso.slice(5, 16).replace('T', ' ') : iso.slice(11, 19) });
  }
  return html`${labels.map(
    ({ x, text }) =>
      html`<path class="tick" d="M${round(x)} 20V${height - 6}" /><text class="tick" x="${round(x)}" y="14">${text}</text>`,
  )}`;
}

function legend(status: MigrationStatus, until: number): Markup {
  const { isLinear } = timeScale(timesOf(status, until), 1);
  const scale = isLinear ? '' : ' Not to scale: what is eight times as long is drawn twice as wide.';
  return html`<p class="legend"><span class="key works"></span>works <span class="key waits"></span>waits for people or for time <span class="key failed"></span>✗ failed <span class="key undo"></span>◀ undo. In a gate: ✓ yes, ✗ no, – a vote that does not count. Times are UTC.${scale}</p>`;
}

function described(status: MigrationStatus): string {
  const stages = status.stages.map(({ name }) => stageTitles[name]).join(', ');
  return `The stages on an axis of time: ${stages}`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
