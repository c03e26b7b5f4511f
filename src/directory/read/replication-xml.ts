import type { ReplicationFacts } from '../../domain/facts/domain-facts.ts';
import { parseDn } from '../dn.ts';

/**
 * One value of `msDS-NCReplInboundNeighbors`: an XML element DS_REPL_NEIGHBOR whose children are the fields of
 * DS_REPL_NEIGHBORW by their own names (MS-ADTS 3.1.1.4.5 and 3.1.1.3.2.28; MS-DRSR 4.1.13.1.7). Null for whatever else
 * stands there, and for a partner without a name: nothing is concluded from what is not understood.
 */
export function parseNeighbor(xml: string): ReplicationFacts | null {
  const fields = childrenOf(xml);
  const partner = fields && partnerName(fields.get('pszSourceDsaDN') ?? '');
  const lastSuccess = isoTime(fields?.get('ftimeLastSyncSuccess') ?? '');
  const lastResult = dword(fields?.get('dwLastSyncResult') ?? '');
  const failures = dword(fields?.get('cNumConsecutiveSyncFailures') ?? '');
  if (!partner || lastSuccess === null || lastResult === null || failures === null) return null;
  return { partner, lastSuccess: lastSuccess.never ? null : lastSuccess.iso, lastResult, failures };
}

/** The texts of the children by name; null for what is not one element of texts. A DC ends the value with a NUL. */
function childrenOf(xml: string): Map<string, string> | null {
  const whole = /^\s*<DS_REPL_NEIGHBORW?>([^\0]*)<\/DS_REPL_NEIGHBORW?>[\s\0]*$/.exec(xml);
  if (!whole) return null;
  const fields = new Map<string, string>();
  const child = /\s*<(\w+)(?:\/>|>([^<]*)<\/(\w+)>)\s*/y;
  const body = whole[1]!;
  while (child.lastIndex < body.length) {
    const match = child.exec(body);
    if (!match) return null;
    const [, name, written = '', end = name] = match;
    if (end !== name || fields.has(name!)) return null;
    fields.set(name!, unescapeXml(written.trim()));
  }
  return fields;
}

/** The five entities that XML has by itself. */
function unescapeXml(text: string): string {
  const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_, name: string) => entities[name]!);
}

/** The DSA is `CN=NTDS Settings,CN=DC2,CN=Servers,…`; a deleted one has `\0ADEL:` and its GUID after its name. */
function partnerName(dsaDn: string): string | null {
  try {
    const rdns = parseDn(dsaDn);
    return rdns[1]?.value.split('\n')[0] || null;
  } catch {
    return null;
  }
}

/** A FILETIME as `2025-06-01T08:00:00Z`; 0, which is 1601, means that it never happened. */
function isoTime(text: string): { iso: string; never: boolean } | null {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$/.test(text)) return null;
  const time = new Date(text);
  if (Number.isNaN(time.getTime())) return null;
  return { iso: time.toISOString(), never: time.getUTCFullYear() === 1601 };
}

function dword(text: string): number | null {
  return /^\d{1,10}$/.test(text) ? Number(text) : null;
}
