import type { Finding } from '../../domain/findings/findings.ts';
import type { PlanStep } from '../../domain/migration/plan-step.ts';
import type { GatePlan, Plan } from '../../domain/plan/plan.ts';
import { escapeTerminal } from '../../wording/escape/terminal.ts';
import { wordExpiry, wordVoters } from '../../wording/gate.ts';
import { moment } from '../../wording/time.ts';
import { rolloutRows } from './rollout.ts';
import { stepLines } from './steps.ts';
import { padTo, paint, wrap } from './text.ts';

/**
 * A plan as whoever approves it reads it: whom it is about, what will be changed in which order, who decides. `now`
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
  const sections = plan ? [planLines(escapeTerminal(plan), { width, now, bold })] : [];
  if (options.steps?.length) sections.push(stepLines(options.steps, { ...options, width, now }));
  if (findings.length > 0) sections.push(findingLines(escapeTerminal(findings), { ...options, width }));
  return sections.map((lines) => lines.join('\n')).join('\n\n');
}

interface Look {
  width: number;
  now: Date;
  bold: (text: string) => string;
}

function planLines(plan: Plan, { width, now, bold }: Look): string[] {
  const { account, dmsa, waits, domain } = plan;
  const row = (label: string, ...values: string[]) =>
    values
      .flatMap((value) => wrap(value, width - 13))
      .map((line, index) => `  ${padTo(index ? '' : label, 10)} ${line}`);
  return [
    bold(`Plan ${plan.hash.slice(0, 16)}: ${account.samAccountName} → ${dmsa.name}$`),
    ...row('account', account.dn),
    ...row('dMSA', dmsa.dn, dmsa.dnsHostName),
    ...row('asked by', `${plan.requestedBy}, ${moment(plan.createdAt)}`),
    ...row('through', `${domain.server}, domain ${domain.dnsName}`),
    ...rolloutRows(plan, now).flatMap((each) => row(...each)),
    ...row('on each', policyChange(plan)),
    ...row(
      'waits',
      `${waits.join} to join, ${waits.observe} of observation (read every ${waits.checkEvery})`,
    ),
    ...row('', `${waits.soak} of soak after completion`),
    ...(plan.waitForKds ? row('', 'first for a KDS root key, where none is effective yet') : []),
    ...row('start', gateText(plan.gates.start)),
    ...row('waves', ...(plan.gates.wave ? [`each: ${gateText(plan.gates.wave)}`] : [])),
    ...row('complete', gateText(plan.gates.complete)),
    ...row('soak', ...(plan.gates.soak ? [gateText(plan.gates.soak)] : [])),
    ...row('keys', ...signedText(plan)),
  ];
}

function policyChange({ enableEventLog, restoreEventLog, rollout }: Plan): string {
  const back = restoreEventLog ? ', and put back after the soak' : '';
  const log = enableEventLog ? `, the Kerberos operational log is enabled${back}` : '';
  return `DelegatedMSAEnabled is set to 1${log}, services get ${rollout.serviceTimeout} to restart`;
}

/** Whose signature counts, where votes have to be signed. */
function signedText({ approverKeys }: Plan): string[] {
  if (!approverKeys) return [];
  const keys = approverKeys.keys.map(({ approver, kid }) => `${approver} (${kid.slice(0, 8)})`);
  return [`only votes signed by ${keys.join(', ')} count`];
}

function gateText(gate: GatePlan): string {
  const reminded = gate.remindEvery ? `, with a reminder every ${gate.remindEvery}` : '';
  return `${wordVoters(gate)}; after ${gate.expiresAfter} ${wordExpiry(gate)}${reminded}`;
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
