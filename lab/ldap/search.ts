import { PagedResultsControl } from 'ldapts';
import { type Entry, type Value, values } from '../../src/directory/entry.ts';
import { decodeSecurityDescriptor } from '../../src/directory/security/security-descriptor.ts';
import { refusal } from '../directory/diagnostics.ts';
import { encodeSecurityDescriptor } from '../formats/security-descriptor.ts';
import { Elements, element, integerElement, MalformedMessage } from './ber.ts';
import { inRange, wantedRanges } from './ranges.ts';
import type { RequestControl, SearchRequest } from './requests.ts';
import type { ResponseControl } from './responses.ts';

/** MaxPageSize of AD's LDAP policies (MS-ADTS 3.1.1.3.4.6): more entries than this come in pages only. */
const largestPage = 1000;
/** MaxResultSetsPerConn of the same policies. */
const largestNumberOfCookies = 10;
const descriptorName = 'ntsecuritydescriptor';
const success = { code: 0, message: '' };

/** LDAP_SERVER_SD_FLAGS_OID (MS-ADTS 3.1.1.3.4.1.11): which parts of nTSecurityDescriptor are wanted. */
export const sdFlagsControl = '1.2.840.113556.1.4.801';

export const pagedResultsType = PagedResultsControl.type;

/** What a search sends, and how it ends. */
export interface SearchEnd {
  code: number;
  message: string;
  entries: Entry[];
  controls?: ResponseControl[];
  /** False for every page but the first. */
  isFirst: boolean;
}

/**
 * Result sets that a client has begun to read in pages, by cookie; one set of them for each connection. A cookie stands
 * for its result set until that is read to the end; the ten that were read last are kept.
 */
export class PagedResults {
  readonly #waiting = new Map<string, Entry[]>();
  #cookies = 0;

  /**
   * The entries of this page and the control that answers the request's. Throws LdapFailure 53 for a cookie that is not
   * known (RFC 2696 3), 12 for a control that is malformed.
   */
  async page(control: RequestControl, find: () => Promise<Entry[]>): Promise<SearchEnd> {
    const { size, cookie } = decodePaging(control);
    if (size < 0) throw refusal.badControl();
    const entries = cookie === '' ? await find() : this.#waiting.get(cookie);
    if (!entries) throw refusal.unwilling();
    this.#waiting.delete(cookie);
    const page = entries.slice(0, Math.min(size, largestPage));
    // A full page may be followed by an empty one, as Samba has it: RFC 2696 lets a server not look ahead.
    const isLast = size === 0 || page.length < Math.min(size, largestPage);
    const value = this.#remember(cookie, isLast ? null : entries.slice(page.length));
    return { ...success, entries: page, controls: [{ type: control.type, value }], isFirst: cookie === '' };
  }

  #remember(known: string, left: Entry[] | null): Buffer {
    const cookie = left === null ? '' : known || String(++this.#cookies);
    if (left !== null) this.#waiting.set(cookie, left);
    if (this.#waiting.size > largestNumberOfCookies) {
      this.#waiting.delete(this.#waiting.keys().next().value!);
    }
    return element(0x30, integerElement(0x02, 0), element(0x04, Buffer.from(cookie)));
  }
}

/** As many entries as may be sent at once, with result 4 where there are more. */
export function limited(entries: Entry[], sizeLimit: number): SearchEnd {
  const limit = sizeLimit > 0 ? Math.min(sizeLimit, largestPage) : largestPage;
  const { code, message } = entries.length > limit ? refusal.sizeLimitExceeded() : success;
  return { code, message, entries: entries.slice(0, limit), isFirst: true };
}

/**
 * The attributes of an entry that the request asks for (RFC 4511 4.5.1.8). The security descriptor comes only when it
 * is named, or with the SD flags control, and then in the parts that the flags name (MS-ADTS 3.1.1.3.4.1.11). Values
 * come in ranges where there are many or the request says so.
 */
export function selected(
  entry: Entry,
  request: SearchRequest,
  controls: RequestControl[],
): [string, Value[]][] {
  const wanted = wantedRanges(request.attributes);
  const everything = wanted.size === 0 || wanted.has('*');
  const sdFlags = controls.find((control) => control.type === sdFlagsControl);
  const isWanted = (lower: string) => {
    if (wanted.has(lower)) return true;
    return everything && (lower !== descriptorName || sdFlags !== undefined);
  };
  return Object.keys(entry.attributes)
    .filter((name) => isWanted(name.toLowerCase()))
    .map((name) => {
      const trimmed = name.toLowerCase() === descriptorName && sdFlags;
      const found = values(entry, name).map((value) => (trimmed ? descriptorParts(value, sdFlags) : value));
      const [label, part] = inRange(name, found, wanted.get(name.toLowerCase()) ?? null);
      return [label, request.typesOnly ? [] : part];
    });
}

/** OWNER, GROUP, DACL and SACL_SECURITY_INFORMATION; no flags at all mean every part. */
function descriptorParts(value: Value, control: RequestControl): Buffer {
  const flags = decodeSdFlags(control) || 0xf;
  const whole = decodeSecurityDescriptor(Buffer.from(value));
  return encodeSecurityDescriptor({
    control: 0,
    owner: flags & 1 ? whole.owner : null,
    group: flags & 2 ? whole.group : null,
    dacl: flags & 4 ? whole.dacl : null,
    sacl: flags & 8 ? whole.sacl : null,
  });
}

/** Throws LdapFailure 12 for a control that is malformed. */
export function decodeSdFlags({ value }: RequestControl): number {
  return decodeControlValue(() => new Elements(value).inside(0x30).integer(0x02));
}

function decodePaging({ value }: Pick<RequestControl, 'value'>): { size: number; cookie: string } {
  return decodeControlValue(() => {
    const inner = new Elements(value).inside(0x30);
    return { size: inner.integer(0x02), cookie: inner.text() };
  });
}

/** A control whose value is malformed fails the operation; the message around it was sound. */
function decodeControlValue<T>(decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    if (error instanceof MalformedMessage) throw refusal.badControl();
    throw error;
  }
}
