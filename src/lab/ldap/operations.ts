import { normalDn } from '../../directory/dn.ts';
import type { Value } from '../../directory/entry.ts';
import { showDeletedControl } from '../../directory/schema.ts';
import { definitionOf } from '../directory/attributes.ts';
import { refusal } from '../directory/diagnostics.ts';
import type { Change, MemoryStore } from '../directory/memory-store.ts';
import type { Operation, Request, SearchRequest } from './requests.ts';
import type { ResponseControl } from './responses.ts';
import { rootDse, supportedControls } from './root-dse.ts';
import { limited, PagedResults, pagedResultsType, selected } from './search.ts';

/** Who may bind, by any name that a client may use: a DN, `user@domain` or `DOMAIN\\user`. */
export interface Credential {
  user: string;
  password: string;
}

/** What a connection is served from. */
export interface Served {
  store: MemoryStore;
  credentials: Credential[];
}

/** How an operation ended, and what a search found. */
export interface Answer {
  code: number;
  message: string;
  entries?: { dn: string; attributes: [string, Value[]][] }[];
  controls?: ResponseControl[];
}

const success: Answer = { code: 0, message: '' };
const compareFalse = 5;
const compareTrue = 6;

/** Performs the operations of one connection, which knows whether it is bound and what it reads in pages. */
export class OperationHandler {
  readonly #served: Served;
  readonly #paged = new PagedResults();
  #bound = false;

  constructor(served: Served) {
    this.#served = served;
  }

  /** Throws LdapFailure for what is refused. */
  async perform(request: Request): Promise<Answer> {
    for (const { type, critical } of request.controls) {
      if (critical && !supportedControls.includes(type)) throw refusal.unknownControl();
    }
    const { operation } = request;
    if (operation.kind === 'bind') return this.#bind(operation);
    if (operation.kind === 'extended') throw refusal.unknownExtension();
    if (operation.kind === 'search') return await this.#search(operation, request);
    if (!this.#bound) throw refusal.notBound();
    return await this.#onObject(operation);
  }

  /** A bind without a password is anonymous (RFC 4513 5.1.2): it succeeds, and lets nothing be done. */
  #bind({ version, user, password }: Operation & { kind: 'bind' }): Answer {
    this.#bound = false;
    if (version !== 3) throw refusal.badVersion();
    if (password === null) throw refusal.unknownAuthentication();
    if (password === '') return success;
    const known = this.#served.credentials.some((each) => {
      return userKey(each.user) === userKey(user) && each.password === password;
    });
    if (!known) throw refusal.badCredentials();
    this.#bound = true;
    return success;
  }

  async #search(operation: SearchRequest, { controls }: Request): Promise<Answer> {
    const { store } = this.#served;
    const isRootDse = operation.base === '' && operation.scope === 'base';
    if (!this.#bound && !isRootDse) throw refusal.notBound();
    const showDeleted = controls.some(({ type }) => type === showDeletedControl);
    const find = async () => {
      return isRootDse
        ? [rootDse(store)]
        : await store.search(operation.base, operation.scope, operation.filter, { showDeleted });
    };
    const paging = controls.find((control) => control.type === pagedResultsType);
    const { entries, ...end } = paging
      ? await this.#paged.page(paging, find)
      : limited(await find(), operation.sizeLimit);
    const answered = entries.map((entry) => ({
      dn: entry.dn,
      attributes: selected(entry, operation, controls),
    }));
    return { ...end, entries: answered };
  }

  async #onObject(operation: Exclude<Operation, { kind: 'bind' | 'search' | 'extended' }>): Promise<Answer> {
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
        if (operation.changes.some(isSid)) throw refusal.unwilling();
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

/** The SAM keeps SIDs, and words its refusal in its own way. */
function isSid(change: Change): boolean {
  return change.attribute.toLowerCase() === 'objectsid';
}

/** What only the DC itself may write (MS-ADTS 3.1.1.5.3.2). */
function refuseSystemOnly(names: string[]): void {
  for (const name of names) {
    if (definitionOf(name).systemOnly) throw refusal.systemOnly(name);
  }
}

function userKey(user: string): string {
  try {
    return normalDn(user);
  } catch {
    return user.toLowerCase();
  }
}
