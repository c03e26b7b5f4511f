import { condition } from '@temporalio/workflow';

import type { Principal } from '../../src/domain/facts/facts.ts';
import { describeStranger, strangers } from '../../src/domain/facts/principals.ts';
import { finding } from '../../src/domain/findings/findings.ts';
import { publish, waitFor } from '../stage.ts';
import type { Migration } from '../state.ts';

/**
 * Waits until a person has allowed each stranger among the principals, by the signal `allowPrincipal`
 * (failure-cases.md, 12). The list grows by itself while the accounts are linked. Returns whether it had to wait.
 */
export async function hadToWaitForStrangers(m: Migration, principals: Principal[]): Promise<boolean> {
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
