import { condition } from '@temporalio/workflow';

import type { Principal } from '../../src/domain/facts/facts.ts';
import { describeStranger, strangers } from '../../src/domain/facts/principals.ts';
import { finding } from '../../src/domain/findings/findings.ts';
import { publish, waitFor } from '../stage.ts';
import type { Migration } from '../state.ts';

/**
 * The list of principals grows by itself while the accounts are linked. Each one that is no host of the plan, nor a
 * group of such hosts alone, waits for a person's yes, by the signal `allowPrincipal` (failure-cases.md, 12). True where it had to wait.
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
  for (const principal of unknown()) note(m, principal);
  waitFor(m, { kind: 'strangers', principals: unknown().map(({ sid, name }) => ({ sid, name })) });
  publish(m);
  await condition(() => unknown().length === 0);
  waitFor(m, null);
  publish(m);
  return true;
}

function note(m: Migration, principal: Principal): void {
  const { sid } = principal;
  const { findings } = m.state.status;
  if (findings.some((each) => each.code === 'PRINCIPAL_UNKNOWN' && each.subject === sid)) return;
  findings.push(finding('PRINCIPAL_UNKNOWN', sid, describeStranger(principal)));
}
