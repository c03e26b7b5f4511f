import type { ReplicationFacts } from '../../domain/facts/domain-facts.ts';
import type { Directory } from '../directory.ts';
import { texts } from '../entry.ts';
import { parseNeighbor } from './replication-xml.ts';

/**
 * Reads how the DC that answers replicates this domain, by partner; null where it does not say: the only DC
 * of a domain has no partners, Samba does not compute the attribute, and a reader without the right
 * DS-Replication-Manage-Topology or DS-Replication-Monitor-Topology may not read it (MS-ADTS 3.1.1.4.4). One read.
 */
export async function readReplication(directory: Directory): Promise<ReplicationFacts[] | null> {
  const attribute = 'msDS-NCReplInboundNeighbors';
  const head = await directory.read(directory.rootDse().baseDn, [attribute]);
  const partners = (head ? texts(head, attribute) : []).map(parseNeighbor).filter((each) => each !== null);
  if (partners.length === 0) return null;
  return partners.sort((a, b) => (a.partner < b.partner ? -1 : 1));
}
