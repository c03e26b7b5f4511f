import { condition } from '@temporalio/workflow';

import { strangers } from '../../src/domain/assess.ts';
import type { Principal } from '../../src/domain/facts.ts';
import { finding } from '../../src/domain/findings.ts';
import { type Migration, waitFor } from '../state.ts';

/**
 * The list of principals grows by itself while the accounts are linked. Each one that is no host of the plan waits for
 * a person's yes, by the signal `allowPrincipal` (failure-cases.md, 12). True where it had to wait.
 */
export async function strangersAllowed(m: Migration, principals: Principal[]): Promise<boolean> {
  const { status } = m.state;
  const unknown = () =>
    strangers(
      principals,
      m.plan,
      status.allowedPrincipals.map(({ sid }) => sid),
    );
  if (unknown().length === 0) return false;
  for (const { sid, name } of unknown()) note(m, sid, name);
  waitFor(m, `a yes to ${unknown().map(describe).join(', ')} among the principals (signal allowPrincipal)`);
  await condition(() => unknown().length === 0);
  waitFor(m, null);
  return true;
}

function note(m: Migration, sid: string, name: string | null): void {
  const { findings } = m.state.status;
  if (findings.some((each) => each.code === 'PRINCIPAL_UNKNOWN' && each.subject === sid)) return;
  findings.push(finding('PRINCIPAL_UNKNOWN', sid, name ?? 'the SID does not resolve'));
}

function describe({ sid, name }: { sid: string; name: string | null }): string {
  return name ? `${name} (${sid})` : sid;
}
