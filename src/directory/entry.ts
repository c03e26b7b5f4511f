import { DmsaError } from '../domain/errors/errors.ts';
import { guidText } from './guid.ts';
import { decodeSecurityDescriptor, type SecurityDescriptor } from './security/security-descriptor.ts';
import { sidText } from './sid.ts';

/** Text, or octets where the attribute's syntax is binary (objectSid, objectGUID, security descriptors). */
export type Value = string | Buffer;

/** A directory entry, as read by the worker and as the lab keeps it. */
export interface Entry {
  dn: string;
  /** By the attribute's own spelling; read them with the functions below, which ignore case. */
  attributes: Record<string, Value[]>;
}

export function values(entry: Entry, attribute: string): Value[] {
  const wanted = attribute.toLowerCase();
  const name = Object.keys(entry.attributes).find((each) => each.toLowerCase() === wanted);
  return name ? entry.attributes[name]! : [];
}

export function texts(entry: Entry, attribute: string): string[] {
  return values(entry, attribute).map((value) => value.toString());
}

/** The first value, or null where the attribute is absent. */
export function text(entry: Entry, attribute: string): string | null {
  return texts(entry, attribute)[0] ?? null;
}

/**
 * The first value as a number (syntaxes 2.5.5.9 and 2.5.5.16), or null where the attribute is absent. Throws
 * DIRECTORY_ANSWER_INVALID for what is no number.
 */
export function integer(entry: Entry, attribute: string): number | null {
  const value = text(entry, attribute);
  if (value === null) return null;
  if (!/^-?\d{1,19}$/.test(value)) {
    throw invalid('ATTRIBUTE_INVALID', entry, attribute, `"${shortened(value)}" is no number`);
  }
  return Number(value);
}

export function octets(entry: Entry, attribute: string): Buffer | null {
  const value = values(entry, attribute)[0];
  return value === undefined ? null : Buffer.from(value);
}

/** The SID that the entry must have, as text. Throws DIRECTORY_ANSWER_INVALID where it has none, or no SID there. */
export function sidOf(entry: Entry, attribute: string): string {
  return required(entry, attribute, sidText);
}

/** The GUID that the entry must have, as text. Throws DIRECTORY_ANSWER_INVALID where it has none, or no GUID there. */
export function guidOf(entry: Entry, attribute: string): string {
  return required(entry, attribute, guidText);
}

/** The security descriptor, or null where the attribute is absent. Throws DESCRIPTOR_INVALID with the offset. */
export function descriptorOf(entry: Entry, attribute: string): SecurityDescriptor | null {
  const found = octets(entry, attribute);
  return found && decoded('DESCRIPTOR_INVALID', entry, attribute, () => decodeSecurityDescriptor(found));
}

function required(entry: Entry, attribute: string, decode: (octets: Buffer) => string): string {
  const found = octets(entry, attribute);
  if (!found) throw invalid('ATTRIBUTE_INVALID', entry, attribute, 'absent, or not readable');
  return decoded('ATTRIBUTE_INVALID', entry, attribute, () => decode(found));
}

/** The decoders throw a RangeError that names the offset, and know neither entry nor attribute. */
function decoded<T>(code: InvalidValue, entry: Entry, attribute: string, decode: () => T): T {
  try {
    return decode();
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw invalid(code, entry, attribute, cause.message, { cause });
  }
}

type InvalidValue = 'ATTRIBUTE_INVALID' | 'DESCRIPTOR_INVALID';

function invalid(
  code: InvalidValue,
  entry: Entry,
  attribute: string,
  what: string,
  options?: ErrorOptions,
): DmsaError {
  return new DmsaError(code, entry.dn, `${entry.dn}: ${attribute}: ${what}`, options);
}

function shortened(value: string): string {
  return value.length > 40 ? `${value.slice(0, 40)}…` : value;
}
