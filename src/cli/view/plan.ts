import type { Finding } from '../../domain/findings/findings.ts';
import type { PlanStep } from '../../domain/migration/plan-step.ts';
import type { Plan } from '../../domain/plan/plan.ts';
import { escapeTerminal } from '../../wording/escape/terminal.ts';
import { wordPlan, wordPlanTitle } from '../../wording/plan.ts';
import { stepLines } from './steps.ts';
import { joinSections, padTo, paint, wrap } from './text.ts';

/**
 * Renders a plan for its approvers: accounts, steps, voters, findings. `now`
 * says which maintenance window opens next; without it, that is seen from when the plan was made.
 */
export function renderPlan(
  plan: Plan | null,
  findings: Finding[],
  options: { color: boolean; width: number; now?: Date; steps?: PlanStep[] },
): string {
  const width = Math.max(60, options.width);
  const { bold } = paint(options.color);
  const now = options.now ?? new Date(plan?.createdAt ?? 0);
  const sections: string[][] = [];
  if (plan) {
    const safe = escapeTerminal(plan);
    sections.push([bold(wordPlanTitle(safe)), ...planLines(safe, width, now)]);
  }
  if (options.steps?.length) sections.push(stepLines(options.steps, { ...options, width, now }));
  if (findings.length > 0) sections.push(findingLines(escapeTerminal(findings), { ...options, width }));
  return joinSections(sections);
}

function planLines(plan: Plan, width: number, now: Date): string[] {
  return wordPlan(plan, now).flatMap(([label, ...texts]) =>
    texts
      .flatMap((text) => wrap(text, width - 13))
      .map((line, index) => `  ${padTo(index ? '' : label, 10)} ${line}`),
  );
}

/** Findings by severity, what blocks first. */
export function findingLines(
  findings: Finding[],
  { color, width }: { color: boolean; width: number },
): string[] {
  const { bold, red, yellow, dim } = paint(color);
  const marks = { block: red, warn: yellow, info: dim };
  const sorted = (['block', 'warn', 'info'] as const).flatMap((severity) =>
    findings.filter((finding) => finding.severity === severity),
  );
  return [
    bold('Findings'),
    ...sorted.flatMap(({ severity, code, subject, evidence, fix }) => [
      ...wrap(`${code} ${subject}`, width - 8).map(
        (line, part) => `  ${part ? '     ' : marks[severity](padTo(severity, 5))} ${line}`,
      ),
      ...wrap(evidence, width - 8).map((line) => `        ${line}`),
      ...wrap(`fix: ${fix}`, width - 8).map((line) => `        ${dim(line)}`),
    ]),
  ];
}
