import type { Plan } from '../domain/plan/plan.ts';

/** What Temporal's UI shows of the plan, in Markdown. */
export function planDetails(plan: Plan): string {
  return [
    `Requested by \`${plan.requestedBy}\`, plan \`${plan.hash.slice(0, 16)}\``,
    '',
    `- account \`${plan.account.dn}\``,
    `- dMSA \`${plan.dmsa.dn}\``,
    ...plan.hosts.slice(0, 20).map(({ name }) => `- host \`${name}\``),
    ...(plan.hosts.length > 20 ? [`- and ${plan.hosts.length - 20} more hosts`] : []),
  ].join('\n');
}
