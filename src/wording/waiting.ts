import { replicationText } from '../domain/assess/assess-domain.ts';
import type { WaitReason } from '../domain/migration/waiting.ts';
import { counted } from './lists.ts';

/** Words what is waited for, to follow "waiting for". */
export function wordWaiting(reason: WaitReason): string {
  switch (reason.kind) {
    case 'votes':
      return `${counted(reason.required, 'vote')} at gate "${reason.gate}"`;
    case 'strangers':
      return `a yes to ${reason.principals.map(principal).join(', ')} among the principals (signal allowPrincipal)`;
    case 'failed-hosts':
      return `${reason.hosts.map(label).join(', ')}: retry or skip (signals retry and skipHost)`;
    case 'operator': {
      const { code, message } = reason.failure;
      const step = reason.step === 'compare' ? 'compare with before' : `undo ${reason.step}`;
      return `an operator, to ${step}: ${code} ${message} (signal retry)`;
    }
    case 'principals': {
      const refused = reason.refused.length > 0 ? ` (refused: ${reason.refused.join(', ')})` : '';
      return `${hosts(reason.hosts)} among the principals${refused}`;
    }
    case 'controllers':
      return `domain controllers to agree: ${reason.failure.message}`;
    case 'replication':
      return `replication to work again: ${reason.partner.partner}, ${replicationText(reason.partner)}`;
    case 'host-clock':
      return `the clock of ${reason.host} to agree with the domain controller's`;
    case 'bake':
      return `the canary to run well for ${reason.length}`;
    case 'kds-key':
      return 'the KDS root key to become effective';
    case 'window':
      return 'a maintenance window to open';
    case 'observation':
      return 'the observation to end';
    case 'soak':
      return 'the soak to end';
    case 'ended-run':
      return 'what the ended run had under way';
  }
}

function principal({ sid, name }: { sid: string; name: string | null }): string {
  return name ? `${name} (${sid})` : sid;
}

/** The first names, and how many more there are. */
function hosts(names: string[]): string {
  const most = 3;
  const more = names.length - most;
  const first = names.slice(0, most).map(label).join(', ');
  return more > 0 ? `${first} and ${counted(more, 'more host')}` : first;
}

function label(host: string): string {
  return host.split('.')[0]!;
}
