import { readFileSync } from 'node:fs';

/** A security descriptor that was written down once, by `collect.ts`. */
export interface Sample {
  name: string;
  source: 'Samba' | 'samba.ndr' | 'made';
  /**
   * How much of it Samba's `samba.ndr` understands, from 4.17 on: `all`, so that it writes the same octets again;
   * its `meaning`, but lays it out in its own way; the `trustees`, but not what follows them; `nothing`, as with ACE types
   * that it lacks, and lists with room to grow, which it refuses.
   */
  knownToSamba: 'all' | 'meaning' | 'trustees' | 'nothing';
  /** Hex. */
  octets: string;
}

export const samples = JSON.parse(readFileSync(new URL('samples.json', import.meta.url), 'utf8')) as Sample[];
