import { encryptionText, isHeldToWeak } from '../facts/encryption.ts';
import type { AccountFacts, AccountKind, Privilege } from '../facts/facts.ts';
import type { Surroundings } from '../facts/surroundings.ts';
import { type Finding, finding } from '../findings/findings.ts';
import { MigrationState } from '../states.ts';
import type { Assessed } from './assessed.ts';

const kinds: Record<AccountKind, string> = {
  user: 'a user',
  computer: 'a computer',
  smsa: 'a standalone managed service account',
  gmsa: 'a gMSA',
  dmsa: 'a dMSA',
  other: 'no plain user account',
};

/** Finds what stands against the superseded account itself; assessLinks() looks at its links. */
export function assessAccount(account: AccountFacts, { surroundings, now, expect }: Assessed): Finding[] {
  const findings: Finding[] = [];
  const found = (code: Finding['code'], evidence: string) =>
    findings.push(finding(code, account.dn, evidence));
  if (account.kind !== 'user') found('ACCOUNT_NOT_A_USER', `it is ${kinds[account.kind]}`);
  const privileges = privilegesOf(account, surroundings);
  if (privileges.length > 0) found('ACCOUNT_PRIVILEGED', privileges.join('; '));
  if (account.state === MigrationState.Completed) {
    if (expect !== 'completed')
      found('ACCOUNT_ALREADY_SUPERSEDED', `superseded by ${account.supersededBy ?? 'nothing that it names'}`);
  } else {
    if (!account.enabled) found('ACCOUNT_DISABLED', 'userAccountControl has 0x2');
    if (account.expiresAt !== null && account.expiresAt <= now) {
      found('ACCOUNT_EXPIRED', `accountExpires is ${account.expiresAt}`);
    }
  }
  if (account.unconstrainedDelegation) found('UNCONSTRAINED_DELEGATION', 'userAccountControl has 0x80000');
  if (account.flags.length > 0) found('ACCOUNT_FLAGS_NOT_COPIED', account.flags.join(', '));
  if (isHeldToWeak(account.encryptionTypes)) {
    found('ACCOUNT_ENCRYPTION_WEAK', encryptionText(account.encryptionTypes));
  }
  const delegation = delegationOf(account);
  if (delegation.length > 0) found('CONSTRAINED_DELEGATION', delegation.join('; '));
  const policies = policiesOf(account);
  if (policies.length > 0) found('AUTHENTICATION_POLICY_ASSIGNED', policies.join('; '));
  for (const { dn, names } of surroundings.spnHolders) {
    findings.push(finding('SPN_DUPLICATE', dn, `it has ${names.join(', ')} as well`));
  }
  return findings;
}

function privilegesOf(account: AccountFacts, { protectedGroups }: Surroundings): string[] {
  const own = account.privilegedBecause === null ? [] : [privilegeText(account.privilegedBecause)];
  return protectedGroups.length > 0 ? [...own, `member of ${protectedGroups.join(', ')}`] : own;
}

/** Says why an account is privileged, as evidence of a finding. */
export function privilegeText(privilege: Privilege): string {
  switch (privilege.kind) {
    case 'built-in':
      return `it is ${privilege.name}`;
    case 'admin-count':
      return 'adminCount is 1';
    case 'primary-group':
      return `its primary group is ${privilege.group}`;
    case 'nested-member':
      return `nested member of ${privilege.groups.join(', ')}`;
  }
}

function delegationOf(account: AccountFacts): string[] {
  const { allowedToDelegateTo, actOnBehalfOf } = account;
  return [
    ...(allowedToDelegateTo.length > 0 ? [`delegates to ${allowedToDelegateTo.join(', ')}`] : []),
    ...(actOnBehalfOf === null ? [] : ['msDS-AllowedToActOnBehalfOfOtherIdentity lets others act on it']),
  ];
}

function policiesOf({ authenticationPolicy, authenticationSilo }: AccountFacts): string[] {
  return [
    ...(authenticationPolicy === null ? [] : [`policy ${authenticationPolicy}`]),
    ...(authenticationSilo === null ? [] : [`silo ${authenticationSilo}`]),
  ];
}
