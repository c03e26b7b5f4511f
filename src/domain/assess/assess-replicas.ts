import type { ReplicaFacts } from '../facts/domain-facts.ts';
import { type Finding, finding } from '../findings/findings.ts';
import { driftText } from '../values/drift.ts';

/** A DC that says otherwise has not learned yet; one that does not answer says nothing. */
export function assessReplicas(replicas: ReplicaFacts[]): Finding[] {
  return replicas
    .filter(({ agrees }) => agrees === 'no')
    .map(({ server, differs }) => finding('REPLICATION_LAGGING', server, differs.map(driftText).join('; ')));
}
