import type { Plan } from '../domain/plan/plan.ts';
import { escapeMarkdown, escapeMarkdownCode } from '../wording/escape/markdown.ts';
import { andMore, firstOf } from '../wording/lists.ts';

/** Summary of the plan for Temporal's UI, one line of Markdown. */
export function planSummary({ account, dmsa, hosts }: Plan): string {
  return escapeMarkdown(`${account.samAccountName} → ${dmsa.name}$ on ${hosts.length} hosts`);
}

/** Details of the plan for Temporal's UI, in Markdown. */
export function planDetails({ requestedBy, hash, account, dmsa, hosts }: Plan): string {
  return [
    `Requested by ${escapeMarkdownCode(requestedBy)}, plan ${escapeMarkdownCode(hash.slice(0, 16))}`,
    '',
    `- account ${escapeMarkdownCode(account.dn)}`,
    `- dMSA ${escapeMarkdownCode(dmsa.dn)}`,
    ...firstOf(
      hosts.map(({ name }) => `- host ${escapeMarkdownCode(name)}`),
      20,
      (left) => `- ${andMore(left)} hosts`,
    ),
  ].join('\n');
}
