import { whoAmIOid } from '../../src/directory/connection/login.ts';
import { startTlsOid } from '../../src/directory/connection/start-tls.ts';
import type { Value } from '../../src/directory/entry.ts';
import { showDeletedControl } from '../../src/directory/schema.ts';
import { definitionOf } from '../directory/attributes.ts';
import type { EntryChange } from '../directory/changes.ts';
import { constructed } from '../directory/constructed.ts';
import { refusal } from '../directory/diagnostics.ts';
import type { MemoryStore } from '../directory/memory-store.ts';
import { Authentication, type Channel, type DirectoryCredential, overLdaps } from './authentication.ts';
import type { Operation, Request, SearchRequest } from './requests.ts';
import type { ResponseControl } from './responses.ts';
import { domainScopeControl, rootDse, supportedControls } from './root-dse.ts';
import {
  decodeSdFlags,
  limited,
  PagedResults,
  pagedResultsType,
  sdFlagsControl,
  selected,
} from './search.ts';

/** What a connection is served from. */
export interface Served {
  store: MemoryStore;
  credentials: DirectoryCredential[];
}

/** How an operation ended, and what a search found. */
export interface LdapReply {
  code: number;
  message: string;
  entries?: { dn: string; attributes: [string, Value[]][] }[];
  controls?: ResponseControl[];
  /** URLs of who may know what is asked for, with result 10. */
  referrals?: string[];
  /** URLs at which a search goes on. */
  references?: string[];
  /** Of an extended operation. */
  value?: Buffer;
}

const success: LdapReply = { code: 0, message: '' };
const compareFalse = 5;
const compareTrue = 6;

/** Performs the operations of one connection, which knows whether it is bound and what it reads in pages. */
export class OperationHandler {
  readonly #served: Served;
  readonly #paged = new PagedResults();
  readonly #authentication: Authentication;

  constructor(served: Served, channel: Channel = overLdaps) {
    this.#served = served;
    this.#authentication = new Authentication(served.credentials, channel);
  }

  /** StartTLS has succeeded. */
  secured(channel: Channel): void {
    this.#authentication.secured(channel);
  }

  /** Throws LdapFailure for what is refused. */
  async perform(request: Request): Promise<LdapReply> {
    for (const { type, critical } of request.controls) {
      if (critical && !supportedControls.includes(type)) throw refusal.unknownControl();
    }
    const { operation } = request;
    if (operation.kind === 'bind') {
      this.#authentication.bind(operation);
      return success;
    }
    if (operation.kind === 'extended') return this.#extended(operation.oid);
    if (operation.kind === 'search') return await this.#search(operation, request);
    if (!this.#authentication.isBound) throw refusal.notBound();
    return await this.#onObject(operation);
  }

  /** StartTLS is the connection's own, so it is not seen here but where TLS is on already (RFC 4511 4.14.2). */
  #extended(oid: string): LdapReply {
    if (oid === startTlsOid) throw refusal.alreadySecure();
    if (oid !== whoAmIOid) throw refusal.unknownExtension();
    return { ...success, value: Buffer.from(this.#authentication.identity) };
  }

  async #search(operation: SearchRequest, { controls }: Request): Promise<LdapReply> {
    const { store } = this.#served;
    const isRootDse = operation.base === '' && operation.scope === 'base';
    if (!this.#authentication.isBound && !isRootDse) throw refusal.notBound();
    if (operation.scope !== 'base' && namesTokenGroups(operation)) throw refusal.baseSearchOnly();
    for (const control of controls) if (control.type === sdFlagsControl) decodeSdFlags(control);
    const showDeleted = controls.some(({ type }) => type === showDeletedControl);
    const find = async () => {
      return isRootDse
        ? [rootDse(store)]
        : await store.search(operation.base, operation.scope, operation.filter, { showDeleted });
    };
    const paging = controls.find((control) => control.type === pagedResultsType);
    const { entries, isFirst, ...end } = paging
      ? await this.#paged.page(paging, find)
      : limited(await find(), operation.sizeLimit);
    const answered = entries.map(async (entry) => ({
      dn: entry.dn,
      attributes: [
        ...selected(entry, operation, controls),
        ...(await constructed(entry, operation.attributes, store)),
      ],
    }));
    const staysHere = isRootDse || controls.some(({ type }) => type === domainScopeControl);
    const references = staysHere || !isFirst ? [] : store.continuations(operation.base, operation.scope);
    return { ...end, entries: await Promise.all(answered), references };
  }

  async #onObject(
    operation: Exclude<Operation, { kind: 'bind' | 'search' | 'extended' }>,
  ): Promise<LdapReply> {
    const { store } = this.#served;
    switch (operation.kind) {
      case 'compare': {
        const equal = await store.compare(operation.dn, operation.attribute, operation.value);
        return { code: equal ? compareTrue : compareFalse, message: '' };
      }
      case 'add':
        refuseSystemOnly(operation.attributes.map(([name]) => name));
        await store.add(operation.dn, Object.fromEntries(operation.attributes));
        return success;
      case 'modify':
        // Operations on the rootDSE are modifies without a name (MS-ADTS 3.1.1.3.3); the lab has none.
        if (operation.dn === '') throw refusal.unwilling();
        if (operation.changes.some(isOfSam)) throw refusal.unwilling();
        refuseSystemOnly(operation.changes.map((change) => change.attribute));
        await store.modify(operation.dn, operation.changes);
        return success;
      case 'delete':
        await store.remove(operation.dn);
        return success;
      case 'rename':
        await store.rename(operation.dn, operation);
        return success;
      default:
        throw refusal.unwilling();
    }
  }
}

/** What the SAM keeps, whose refusal is its own (MS-SAMR 3.1.1.8). */
function isOfSam(change: EntryChange): boolean {
  return ['objectsid', 'samaccounttype'].includes(change.attribute.toLowerCase());
}

/** What only the DC itself may write (MS-ADTS 3.1.1.5.3.2). */
function refuseSystemOnly(names: string[]): void {
  for (const name of names) {
    if (definitionOf(name).systemOnly) throw refusal.systemOnly(name);
  }
}

/** They are worked out for one object at a time (MS-ADTS 3.1.1.4.5.19). */
function namesTokenGroups({ attributes }: SearchRequest): boolean {
  return attributes.some((name) => name.toLowerCase() === 'tokengroups');
}
