import type { ReplicaFacts } from '../facts/lag.ts';
import { type Finding, finding } from '../findings/findings.ts';

/** A DC that says otherwise has not learned yet; one that does not answer says nothing. */
export function assessReplicas(replicas: ReplicaFacts[]): Finding[] {
  return replicas
    .filter(({ agrees }) => agrees === 'no')
    .map(({ server, differs }) => finding('REPLICATION_LAGGING', server, differs.join('; ')));
}
