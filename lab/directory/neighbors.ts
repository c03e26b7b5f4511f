/** How one DC stands with one partner it replicates a naming context from: the fields that anyone reads. */
export interface Neighbor {
  namingContext: string;
  namingContextGuid: string;
  /** DN of the partner's NTDS DSA object. */
  sourceDsaDn: string;
  /** GUID-based DNS name, as a DC is known to its partners. */
  sourceDsaAddress: string;
  sourceDsaGuid: string;
  sourceDsaInvocationId: string;
  /** Null where it never succeeded. */
  lastSuccess: Date | null;
  lastAttempt: Date | null;
  /** A Windows error (MS-ERREF 2.2): 0, or 1722 where the partner does not answer. */
  lastResult: number;
  failures: number;
}

const noGuid = '00000000-0000-0000-0000-000000000000';
/** DRS_INIT_SYNC, DRS_PER_SYNC and DRS_WRIT_REP (MS-DRSR 5.41). */
const replicaFlags = 0x70;

/**
 * One value of msDS-NCReplInboundNeighbors: an element DS_REPL_NEIGHBOR with the fields of DS_REPL_NEIGHBORW as its
 * children, in their order (MS-ADTS 3.1.1.4.5.13 and 3.1.1.3.2.28, MS-DRSR 4.1.13.1.7).
 */
export function neighborXml(neighbor: Neighbor): string {
  const fields: [string, string | number][] = [
    ['pszNamingContext', neighbor.namingContext],
    ['pszSourceDsaDN', neighbor.sourceDsaDn],
    ['pszSourceDsaAddress', neighbor.sourceDsaAddress],
    ['pszAsyncIntersiteTransportDN', ''],
    ['dwReplicaFlags', replicaFlags],
    ['dwReserved', 0],
    ['uuidNamingContextObjGuid', neighbor.namingContextGuid],
    ['uuidSourceDsaObjGuid', neighbor.sourceDsaGuid],
    ['uuidSourceDsaInvocationID', neighbor.sourceDsaInvocationId],
    ['uuidAsyncIntersiteTransportObjGuid', noGuid],
    ['usnLastObjChangeSynced', 0],
    ['usnAttributeFilter', 0],
    ['ftimeLastSyncSuccess', fileTime(neighbor.lastSuccess)],
    ['ftimeLastSyncAttempt', fileTime(neighbor.lastAttempt)],
    ['dwLastSyncResult', neighbor.lastResult],
    ['cNumConsecutiveSyncFailures', neighbor.failures],
  ];
  const children = fields.map(([name, value]) => `\t<${name}>${escapeXml(String(value))}</${name}>\n`);
  return `<DS_REPL_NEIGHBOR>\n${children.join('')}</DS_REPL_NEIGHBOR>\n`;
}

/** Seconds are as exact as it gets; a FILETIME of 0 is the beginning of 1601. */
function fileTime(time: Date | null): string {
  return time ? `${time.toISOString().slice(0, 19)}Z` : '1601-01-01T00:00:00Z';
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
