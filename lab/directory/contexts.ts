import { contextAbove, namingContexts } from './crossrefs.ts';
import type { EntryTable } from './entry-table.ts';
import type { ContextKind } from './renaming.ts';
import { dnKey } from './values.ts';

/** The naming contexts that one DC holds: its domain, and the forest's configuration and schema (MS-ADTS 3.1.1.1.5). */
export class Contexts {
  readonly baseDn: string;
  /** The first domain of the forest. */
  readonly rootDomainDn: string;
  readonly configurationDn: string;
  readonly schemaDn: string;
  /** Of their heads, those below others first. */
  readonly keys: string[];

  constructor(baseDn: string, rootDomainDn: string) {
    this.baseDn = baseDn;
    this.rootDomainDn = rootDomainDn;
    this.configurationDn = `CN=Configuration,${rootDomainDn}`;
    this.schemaDn = `CN=Schema,${this.configurationDn}`;
    this.keys = [this.schemaDn, this.configurationDn, baseDn].map(dnKey);
  }

  isHead(key: string): boolean {
    return this.keys.includes(key);
  }

  /** Key of the head of the context that an entry of this DC is in. */
  contextOf(key: string): string | undefined {
    return this.keys.find((context) => key === context || key.endsWith(`,${context}`));
  }

  kindOf(context: string | undefined): ContextKind {
    if (context === this.keys[0]) return 'schema';
    return context === this.keys[1] ? 'configuration' : 'domain';
  }

  /** Whether a DN is in a context that the forest has and this DC has not. */
  isElsewhere(table: EntryTable, key: string): boolean {
    const nearest = contextAbove(namingContexts(table, this.configurationDn), key);
    return nearest !== null && !this.keys.includes(nearest.key);
  }
}
