import type { CompletionFault, LinkState } from '../domain/facts/completion-fault.ts';

/** Words what is not as it has to be after completion. */
export function wordCompletionFault(fault: CompletionFault): string {
  switch (fault.kind) {
    case 'account-deleted':
      return 'the superseded account was deleted: its services cannot log on any more';
    case 'account-enabled':
      return `${fault.dn} is enabled`;
    case 'pair':
      return wordPair(fault);
    case 'principal-gone':
      return `${fault.host} is not among the principals`;
    case 'host-not-read':
      return `${fault.host} was not read`;
    case 'service-account':
      return `${fault.host}: ${fault.service} no longer logs on as the account`;
    case 'service-state':
      return `${fault.host}: ${fault.service} is ${fault.state}`;
  }
}

/** Words states and links of the two objects. */
export function wordPair({ account, dmsa }: LinkState): string {
  const left = `account state ${account.state}, link ${account.supersededBy ?? 'none'}`;
  const right = dmsa ? `dMSA state ${dmsa.state}, link ${dmsa.precededBy ?? 'none'}` : 'no dMSA';
  return `${left}; ${right}`;
}
