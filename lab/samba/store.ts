import {
  Attribute,
  Change,
  type Client,
  Control,
  EqualityFilter,
  type Entry as Found,
  ResultCodeError,
} from 'ldapts';
import type { Entry, Value } from '../../src/directory/entry.ts';
import { binaryAttributes } from '../../src/directory/schema.ts';
import { sdFlagsControl } from '../ldap/search.ts';
import { type DirectoryStore, LdapFailure } from '../store.ts';
import { type Samba, sambaClient } from './samba.ts';

/** Samba's directory as the lab's rules see it: over LDAPS, as the domain's administrator. */
export class SambaStore implements DirectoryStore {
  readonly baseDn: string;
  readonly configurationDn: string;
  readonly #client: Client;

  private constructor(baseDn: string, client: Client) {
    this.baseDn = baseDn;
    this.configurationDn = `CN=Configuration,${baseDn}`;
    this.#client = client;
  }

  static async connect(samba: Samba): Promise<SambaStore> {
    const client = sambaClient(samba);
    await translated(() => client.bind(samba.admin.user, samba.admin.password));
    return new SambaStore(samba.baseDn, client);
  }

  async read(dn: string): Promise<Entry | null> {
    try {
      const [entry] = await this.#search(dn, 'base', new EqualityFilter(anything));
      return entry ?? null;
    } catch (error) {
      if (error instanceof LdapFailure && error.code === noSuchObject) return null;
      throw error;
    }
  }

  async find(base: string, attribute: string, value: Value): Promise<Entry[]> {
    return await this.#search(base, 'sub', new EqualityFilter({ attribute, value }));
  }

  async add(dn: string, attributes: Record<string, Value[]>): Promise<void> {
    const wanted = Object.entries(attributes).filter(([, values]) => values.length > 0);
    await translated(() => this.#client.add(dn, wanted.map(toAttribute), controlsFor(attributes)));
  }

  async replace(dn: string, attributes: Record<string, Value[]>): Promise<void> {
    const changes = Object.entries(attributes).map(
      (each) => new Change({ operation: 'replace', modification: toAttribute(each) }),
    );
    await translated(() => this.#client.modify(dn, changes, controlsFor(attributes)));
  }

  async remove(dn: string): Promise<void> {
    await translated(() => this.#client.del(dn));
  }

  async close(): Promise<void> {
    await this.#client.unbind();
  }

  async #search(base: string, scope: 'base' | 'sub', filter: EqualityFilter): Promise<Entry[]> {
    const attributes = ['*', 'nTSecurityDescriptor'];
    const options = { scope, filter, attributes, explicitBufferAttributes: binaryAttributes, paged: true };
    const { searchEntries } = await translated(() => this.#client.search(base, options, new SdFlags()));
    return searchEntries.map(toEntry);
  }
}

const noSuchObject = 32;

/** Every object has a class, and every class descends from top (MS-ADTS 3.1.1.2.4.2). */
const anything = { attribute: 'objectClass', value: 'top' };

/** Owner, group and DACL; the SACL needs a privilege of its own (MS-ADTS 3.1.1.3.4.1.11). */
class SdFlags extends Control {
  constructor() {
    super(sdFlagsControl, { critical: true });
  }

  override writeControl(writer: Parameters<Control['write']>[0]): void {
    // SEQUENCE { INTEGER 7 }, in an octet string.
    writer.writeBuffer(Buffer.from([0x30, 0x03, 0x02, 0x01, 0x07]), 0x04);
  }
}

function controlsFor(attributes: Record<string, Value[]>): Control[] {
  const descriptor = Object.keys(attributes).some((name) => name.toLowerCase() === 'ntsecuritydescriptor');
  return descriptor ? [new SdFlags()] : [];
}

function toAttribute([type, values]: [string, Value[]]): Attribute {
  return new Attribute({ type, values: values.map((value) => Buffer.from(value)) });
}

function toEntry({ dn, ...attributes }: Found): Entry {
  const entries = Object.entries(attributes).map(([name, value]) => [name, [value].flat()] as const);
  return { dn, attributes: Object.fromEntries(entries.filter(([, values]) => values.length > 0)) };
}

/** ldapts adds the result code to the server's text; the text alone is AD's diagnostic message. */
async function translated<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    if (!(error instanceof ResultCodeError)) throw error;
    throw new LdapFailure(error.code, error.message.replace(/ Code: 0x[0-9a-f]+$/, ''));
  }
}
