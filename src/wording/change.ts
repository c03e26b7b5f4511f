import type { Change, StageNote } from '../domain/migration/change.ts';

/** Words what a stage changed. */
export function wordChange(change: Change): string {
  switch (change.kind) {
    case 'policy-set':
      return `${change.host}: DelegatedMSAEnabled ${value(change.before)} \u2192 ${value(change.after)}`;
    case 'log-enabled':
      return `${change.host}: Kerberos operational log enabled`;
    case 'log-restored':
      return `${change.host}: event log off, as it was`;
    case 'log-kept': {
      const why = change.failure ? `: ${change.failure.code} ${change.failure.message}` : '';
      return `${change.host}: the event log stays on${why}`;
    }
    case 'rebooted':
      return `${change.host}: rebooted at ${change.bootTime}`;
    case 'dmsa-created':
      return `created ${change.dn}`;
    case 'linked':
      return `linked ${change.account} and ${change.dmsa}, both in state 1`;
    case 'restarted': {
      const all = [...change.services, ...change.pools.map((pool) => `pool ${pool}`)];
      return `${change.host}: restarted ${all.join(', ') || 'nothing'}`;
    }
    case 'host-failed':
      return `${change.host}: failed, ${change.failure.code} ${change.failure.message}`;
    case 'completed':
      return `${change.account} is superseded and disabled`;
    case 'spn-moved':
      return `SPN ${change.spn} moved to ${change.dmsa}`;
    case 'undone':
      return `${change.step} undone: ${change.targets.join(', ')}`;
  }
}

/** Words what else there is to say of a stage. */
export function wordNote(note: StageNote): string {
  switch (note.kind) {
    case 'failed':
      return note.failure.message;
    case 'dmsa-present':
      return `${note.name} is there already`;
    case 'principals':
      return `${note.count} principals`;
    case 'no-reboots':
      return 'no host has to be rebooted';
    case 'observation-restarted':
      return `started again at ${note.at}: the principals changed`;
  }
}

function value(policy: number | null): string {
  return policy === null ? 'absent' : String(policy);
}
