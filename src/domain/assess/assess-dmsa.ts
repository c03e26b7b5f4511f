import { encryptionText, hasAes } from '../facts/encryption.ts';
import type { DmsaFacts } from '../facts/facts.ts';
import { type Finding, finding } from '../findings/findings.ts';
import { MigrationState } from '../states.ts';
import type { Assessed } from './assessed.ts';

const states = {
  unlinked: MigrationState.Unlinked,
  linked: MigrationState.Started,
  completed: MigrationState.Completed,
} as const;

/** Finds what stands against the dMSA itself, or against whatever has its name. */
export function assessDmsa(dmsa: DmsaFacts | null, { expect, plan }: Assessed): Finding[] {
  if (!dmsa) {
    return expect === 'unlinked' ? [] : [finding('LINK_ONE_SIDED', plan.dmsa.dn, 'the dMSA is gone')];
  }
  if (!dmsa.isDmsa) return [finding('DMSA_NAME_TAKEN', dmsa.dn, `${dmsa.samAccountName} is no dMSA`)];
  const wanted = states[expect];
  const findings: Finding[] = [];
  const found = (code: Finding['code'], evidence: string) => findings.push(finding(code, dmsa.dn, evidence));
  if (expect === 'unlinked' && dmsa.precededBy !== null) {
    found('LINK_FOREIGN', `msDS-ManagedAccountPrecededByLink is ${dmsa.precededBy}`);
  }
  if (dmsa.state !== wanted) {
    found('DMSA_STATE_NOT_UNLINKED', `msDS-DelegatedMSAState is ${dmsa.state}, not ${wanted}`);
  }
  // The module is known to ignore what was asked for (failure-cases.md, 19): what counts is what is read.
  if (!hasAes(dmsa.encryptionTypes)) found('DMSA_ENCRYPTION_WEAK', encryptionText(dmsa.encryptionTypes));
  return findings;
}
