import type { Finding } from '../../domain/findings.ts';
import type { GateName, Plan } from '../../domain/plan.ts';
import { waves } from '../../domain/rollout.ts';
import { cleaned, padTo, paint, wrap } from './text.ts';
import { moment } from './time.ts';

/** A plan as whoever approves it reads it: whom it is about, what will be changed in which order, who decides. */
export function renderPlan(
  plan: Plan | null,
  findings: Finding[],
  options: { color: boolean; width: number },
): string {
  const width = Math.max(60, options.width);
  const { bold } = paint(options.color);
  const sections = plan ? [planLines(cleaned(plan), width, bold)] : [];
  if (findings.length > 0) sections.push(findingLines(cleaned(findings), { ...options, width }));
  return sections.map((lines) => lines.join('\n')).join('\n\n');
}

function planLines(plan: Plan, width: number, bold: (text: string) => string): string[] {
  const { account, dmsa, hosts, rollout, waits, domain } = plan;
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
    ...row(
      'hosts',
      `${hosts.length}, in ${waves(plan).length} waves: ${rollout.canary} first, then at most ${rollout.maxParallel} at a time`,
      ...hosts.map(({ name, services }) => `${name}: ${services.join(', ') || 'no service'}`),
    ),
    ...row('on each', policyChange(plan)),
    ...row(
      'waits',
      `${waits.join} to join, ${waits.observe} of observation (read every ${waits.checkEvery})`,
    ),
    ...row('', `${waits.soak} of soak after completion`),
    ...(plan.waitForKds ? row('', 'first for a KDS root key, where none is effective yet') : []),
    ...row('start', gateText(plan, 'start')),
    ...row('complete', gateText(plan, 'complete')),
  ];
}

function policyChange({ enableEventLog, rollout }: Plan): string {
  const log = enableEventLog ? ', the Kerberos operational log is enabled' : '';
  return `DelegatedMSAEnabled is set to 1${log}, services get ${rollout.serviceTimeout} to restart`;
}

function gateText(plan: Plan, name: GateName): string {
  const { approvers, required, expiresAfter, onExpiry } = plan.gates[name];
  const who = approvers.length > 0 ? approvers.join(', ') : 'anyone but the requester';
  const then = onExpiry === 'hold' ? 'it stays open' : 'everything is undone';
  return `${required} yes of ${who}; after ${expiresAfter} ${then}`;
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
