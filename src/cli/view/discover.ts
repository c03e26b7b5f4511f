import type { Discovery } from '../../discover/discover.ts';
import type { DiscoveredHost } from '../../discover/host.ts';
import { type ReasonLeftOut, reasonsLeftOut } from '../../discover/hosts.ts';
import { errorKinds } from '../../domain/errors/error-kinds.ts';
import type { ErrorCode } from '../../domain/errors/errors.ts';
import { type FindingCode, findingKinds, type Severity } from '../../domain/findings/findings.ts';
import { escapeTerminal } from '../../wording/escape/terminal.ts';
import { wordFailure } from '../../wording/failure.ts';
import { andMore, counted, firstOf } from '../../wording/lists.ts';
import { moment } from '../../wording/time.ts';
import { detailLines, matrix } from './discovered-host.ts';
import { joinSections, padTo, paint, shorten, tableLine, widthsOf, wrap } from './text.ts';

interface RenderOptions {
  color: boolean;
  width: number;
  /** Also the hosts that do not use the account, and every name of what was left out. */
  all: boolean;
}

/** The hosts that matter as a matrix with details, then what stands in the way, what was not asked, and a sum. */
export function renderDiscovery(discovery: Discovery, options: RenderOptions): string {
  const safe = escapeTerminal(discovery);
  return joinSections([
    matrixLines(safe, options),
    obstacleLines(safe, options),
    [...leftOutLines(safe, options), ...summaryLines(safe, options)],
  ]);
}

/** Hosts that use the account, then those that may, then the others. */
function matrixLines({ hosts }: Discovery, { color, width, all }: RenderOptions): string[] {
  const rank = { yes: 0, unknown: 1, no: 2 };
  const shown = hosts
    .filter(({ usesAccount }) => all || usesAccount !== 'no')
    .sort((a, b) => rank[a.usesAccount] - rank[b.usesAccount]);
  if (shown.length === 0) return [];
  const style = paint(color);
  const colors = {
    ready: style.green,
    warn: style.yellow,
    block: style.red,
    unasked: style.red,
    unused: style.dim,
  };
  const { head, lineOf } = tableOf(shown, width);
  return [
    style.bold(head),
    ...shown.flatMap((host) => [
      colors[host.verdict](lineOf(host)),
      ...(host.error ? [] : detailLines(host, width, style)),
    ]),
  ];
}

/** Columns as wide as what is in them; those without anything in any row are left out. */
function tableOf(hosts: DiscoveredHost[], width: number) {
  const answered = hosts.filter(({ error }) => !error);
  const present = matrix.filter(
    ({ optional, cell }) => !optional || answered.some((host) => cell(host) !== ''),
  );
  const head = present.map(({ title }) => title);
  const cellsOf = (host: DiscoveredHost) =>
    present.map(({ cell }, at) => (at === 0 || !host.error ? cell(host) : ''));
  const { widths, gap } = fitted(widthsOf([head, ...hosts.map(cellsOf)]), width);
  return {
    head: tableLine(head, widths, gap),
    lineOf(host: DiscoveredHost): string {
      const { name, error } = host;
      if (!error) return tableLine(cellsOf(host), widths, gap);
      return shorten(`${padTo(name, widths[0]!)}${gap}${wordFailure(error).replace(/\s+/g, ' ')}`, width);
    },
  };
}

/** The gap between columns gives way first, then the name of the host. */
function fitted(widths: number[], width: number): { widths: number[]; gap: string } {
  const [first = 0, ...rest] = widths;
  const others = rest.reduce((sum, each) => sum + each, 0);
  const gap = first + others + 2 * rest.length <= width ? 2 : 1;
  const left = width - others - gap * rest.length;
  return { widths: [Math.min(first, Math.max(12, left)), ...rest], gap: ' '.repeat(gap) };
}

/** Lists each code once, with its hosts and its fix: hundreds of hosts need one fix. */
function obstacleLines({ hosts }: Discovery, { color, width, all }: RenderOptions): string[] {
  const { bold, red, yellow, dim } = paint(color);
  const groups = new Map<string, { mark: string; paint: typeof red; fix: string; hosts: string[] }>();
  const add = (code: string, mark: string, style: typeof red, fix: string, host: string) => {
    const group = groups.get(code) ?? { mark, paint: style, fix, hosts: [] };
    if (!group.hosts.includes(host)) group.hosts.push(host);
    groups.set(code, group);
  };
  for (const { name, error } of hosts) {
    if (error) add(error.code, 'unasked', red, errorKinds[error.code as ErrorCode].fix, name);
  }
  for (const wanted of ['block', 'warn'] satisfies Severity[]) {
    for (const { name, error, findings } of hosts) {
      for (const { code, severity } of error ? [] : findings) {
        const style = wanted === 'block' ? red : yellow;
        if (severity === wanted) add(code, wanted, style, findingKinds[code as FindingCode].fix, name);
      }
    }
  }
  if (groups.size === 0) return [];
  return [
    bold('What stands in the way'),
    ...[...groups].flatMap(([code, group]) => [
      `  ${group.paint(padTo(group.mark, 7))} ${code}`,
      ...wrap(namesOf(group.hosts, all), width - 10).map((line) => `          ${line}`),
      ...wrap(`fix: ${group.fix}`, width - 10).map((line) => `          ${dim(line)}`),
    ]),
  ];
}

const mostNames = 5;

function namesOf(names: string[], all: boolean): string {
  return firstOf(names, all ? names.length : mostNames, andMore).join(', ');
}

function leftOutLines({ leftOut, elsewhere, notAsked }: Discovery, options: RenderOptions): string[] {
  const { color, width, all } = options;
  const { dim, yellow } = paint(color);
  const reasons = (Object.keys(reasonsLeftOut) as ReasonLeftOut[]).filter((each) => leftOut[each].length > 0);
  const left = reasons.map((each) => {
    return `Left out, ${reasonsLeftOut[each]} (${leftOut[each].length}): ${namesOf(leftOut[each], all)}`;
  });
  return [
    ...left.flatMap((text) => wrap(text, width).map(dim)),
    ...(elsewhere.length > 0
      ? wrap(`Not searched: ${elsewhere.join('; ')}. Run it against a domain controller of each.`, width).map(
          yellow,
        )
      : []),
    ...(notAsked.length > 0
      ? wrap(
          `Interrupted: ${counted(notAsked.length, 'host')} not asked: ${namesOf(notAsked, all)}`,
          width,
        ).map(yellow)
      : []),
  ];
}

function summaryLines({ account, summary, readAt, domain }: Discovery, options: RenderOptions): string[] {
  const { color, width, all } = options;
  const { red, yellow, green, dim } = paint(color);
  const worst = summary.block + summary.unasked > 0 ? red : summary.warn > 0 ? yellow : green;
  const parts = [
    `${summary.ready} ready`,
    `${summary.warn} warn`,
    `${summary.block} block`,
    `${summary.unasked} unasked`,
    `${summary.unused} unused`,
  ];
  const text = `${domain}: ${account.samAccountName} is used on ${summary.uses} of ${counted(summary.hosts, 'host')}, read ${moment(readAt)}: ${parts.join(', ')}`;
  const unused = `${counted(summary.unused, 'host')} without any use of the account: --all shows them`;
  return [
    ...(summary.unused > 0 && !all ? wrap(unused, width).map(dim) : []),
    ...wrap(text, width).map(worst),
  ];
}
