import { createHash } from 'node:crypto';

import { type Membership, namesShown } from '../../domain/facts/facts.ts';
import type { Members } from './read-members.ts';

/** The members as facts carry them: which of the plan's hosts are among them, and how many others. */
export function summarise({ accounts, everyone, countless }: Members, planHosts: string[]): Membership {
  const expected = new Set(planHosts);
  const others = [...accounts].filter(([sid]) => !expected.has(sid)).map(([, name]) => name);
  const unlisted = everyone || countless;
  return {
    hosts: planHosts.filter((sid) => everyone || accounts.has(sid)).sort(),
    others: unlisted ? null : others.length,
    names: others.sort().slice(0, namesShown),
    digest: unlisted && accounts.size === 0 ? null : digestOf([...accounts.keys()]),
  };
}

function digestOf(members: string[]): string {
  return createHash('sha256').update(members.sort().join('\n')).digest('hex');
}
