import { isUtf8 } from 'node:buffer';

/**
 * Distinguished names as RFC 4514 writes them. AD compares them ignoring case, white space around separators, and
 * how a character is escaped; so do these functions, and no code compares DNs as text.
 */

/** One `type=value` pair; multi-valued RDNs do not occur in AD (MS-ADTS 3.1.1.1.4). */
export interface Rdn {
  type: string;
  value: string;
}

/** The pairs of a DN, leaf first. Throws a RangeError that names the position of what is no DN. */
export function parseDn(dn: string): Rdn[] {
  if (dn.trim() === '') return [];
  return splitUnescaped(dn, ',').map((part) => parseRdn(part, dn));
}

/** The form by which DNs are compared and kept as keys. */
export function normalDn(dn: string): string {
  return parseDn(dn)
    .map(({ type, value }) => `${type.toLowerCase()}=${escapeValue(value.toLowerCase())}`)
    .join(',');
}

export function sameDn(a: string | null, b: string | null): boolean {
  if (a === null || b === null) return a === b;
  return normalDn(a) === normalDn(b);
}

export function parentDn(dn: string): string {
  return splitUnescaped(dn, ',').slice(1).join(',').trimStart();
}

/** The DN of `value` below `parent`, with the value escaped: `childDn('CN', 'Smith, J', base)`. */
export function childDn(type: string, value: string, parent: string): string {
  return `${type}=${escapeValue(value)},${parent}`;
}

/** Escapes as RFC 4514 2.4: the specials, and a leading or trailing space or leading number sign. */
export function escapeValue(value: string): string {
  const escaped = value.replace(/[\\",+;<>=\0\n\r]/g, (character) => asHex[character] ?? `\\${character}`);
  return escaped.replace(/^[ #]/, '\\$&').replace(/(?<!^\\) $/, '\\ ');
}

const asHex: Record<string, string> = { '\0': '\\00', '\n': '\\0A', '\r': '\\0D' };

function parseRdn(part: string, dn: string): Rdn {
  const equals = part.indexOf('=');
  const type = part.slice(0, equals).trim();
  if (equals < 1 || !/^[A-Za-z][A-Za-z0-9-]*$|^\d+(\.\d+)*$/.test(type)) {
    throw new RangeError(`"${dn}" is not a DN: no type=value at "${part.trim()}"`);
  }
  return { type, value: unescapeValue(part.slice(equals + 1), dn) };
}

/** The value without its escapes, and without the spaces around it that are not escaped. */
function unescapeValue(written: string, dn: string): string {
  if (!written.includes('\\')) {
    const trimmed = written.replace(/^ +| +$/g, '');
    return trimmed.startsWith('#') ? fromHex(trimmed) : trimmed;
  }
  const parts: Buffer[] = [];
  /** Counts the parts that are left when spaces at the end are cut off. */
  let kept = 0;
  for (const [token, pair] of written.replace(/^ +/, '').matchAll(/\\([0-9a-f]{2})|\\?./gisu)) {
    if (token === '\\') throw new RangeError(`"${dn}" is not a DN: nothing follows a backslash`);
    const character = token.startsWith('\\') ? token.slice(1) : token;
    parts.push(pair === undefined ? Buffer.from(character) : Buffer.from(pair, 'hex'));
    if (token !== ' ') kept = parts.length;
  }
  const octets = Buffer.concat(parts.slice(0, kept));
  if (!isUtf8(octets)) throw new RangeError(`"${dn}" is not a DN: a value is not UTF-8`);
  return octets.toString();
}

/** Tags of the strings that attribute values can be (X.690 8.21): OCTET, UTF-8, printable, teletex, IA5. */
const stringTags = new Set([0x04, 0x0c, 0x13, 0x14, 0x16]);

/** The value of `#04024869`, where BER is written in hexadecimal (RFC 4514 2.4); what is none stays as it is written. */
function fromHex(written: string): string {
  const octets = Buffer.from(written.slice(1), 'hex');
  const isShort = octets.length >= 2 && octets[1]! < 0x80 && octets[1] === octets.length - 2;
  const isWhole = octets.length * 2 === written.length - 1;
  const content = octets.subarray(2);
  return isWhole && isShort && stringTags.has(octets[0]!) && isUtf8(content) ? content.toString() : written;
}

function splitUnescaped(text: string, separator: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    if (text[index] === '\\') index++;
    else if (text[index] === separator) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  return [...parts, text.slice(start)];
}

/** True if a DN is `ancestor`, or anywhere below it. */
export function isWithin(dn: string, ancestor: string): boolean {
  const [key, end] = [normalDn(dn), normalDn(ancestor)];
  return key === end || key.endsWith(`,${end}`);
}
