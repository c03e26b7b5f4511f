import { type Entry, texts, type Value, values } from '../../src/directory/entry.ts';

/** What constructed attributes are made of besides the entry (MS-ADTS 3.1.1.4.5). */
export interface ConstructedFrom {
  read(dn: string): Promise<Entry | null>;
  /** Values of msDS-NCReplInboundNeighbors where the entry is the head of a naming context. */
  neighbors(dn: string): string[] | Promise<string[]>;
  tokenGroups(dn: string): Promise<Buffer[]>;
}

/** Constructed attributes come only where a search names them; those of the lab, of one entry. */
export async function constructed(
  entry: Entry,
  names: string[],
  from: ConstructedFrom,
): Promise<[string, Value[]][]> {
  const wanted = new Set(names.map((name) => name.toLowerCase()));
  const found: [string, Value[]][] = [];
  if (wanted.has('msds-isrodc')) {
    const isReadOnly = await isRodc(entry, from);
    if (isReadOnly !== null) found.push(['msDS-isRODC', [isReadOnly ? 'TRUE' : 'FALSE']]);
  }
  if (wanted.has('msds-ncreplinboundneighbors')) {
    const neighbors = await from.neighbors(entry.dn);
    if (neighbors.length > 0) found.push(['msDS-NCReplInboundNeighbors', neighbors]);
  }
  // What the lab was given is kept: it may name groups of other domains, which this DC does not ask.
  if (wanted.has('tokengroups') && values(entry, 'tokenGroups').length === 0) {
    const sids = await from.tokenGroups(entry.dn);
    if (sids.length > 0) found.push(['tokenGroups', sids]);
  }
  return found;
}

/** Of an NTDS DSA object by its class; of a server by its DSA, of a computer by its server (MS-ADTS 3.1.1.4.5.30). */
async function isRodc(entry: Entry, from: ConstructedFrom): Promise<boolean | null> {
  const classes = texts(entry, 'objectClass');
  if (classes.includes('nTDSDSA')) return classes.includes('nTDSDSARO');
  const next = classes.includes('server')
    ? `CN=NTDS Settings,${entry.dn}`
    : classes.includes('computer') && texts(entry, 'serverReferenceBL')[0];
  const above = next ? await from.read(next) : null;
  return above && (await isRodc(above, from));
}
