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
  return splitUnescaped(dn, ',').slice(1).join(',').trim();
}

/** The DN of `value` below `parent`, with the value escaped: `childDn('CN', 'Smith, J', base)`. */
export function childDn(type: string, value: string, parent: string): string {
  return `${type}=${escapeValue(value)},${parent}`;
}

/** Escapes as RFC 4514 2.4: the specials, and a leading or trailing space or leading number sign. */
export function escapeValue(value: string): string {
  const escaped = value
    .replace(/[\\",+;<>=]/g, '\\$&')
    .replaceAll('\0', '\\00')
    .replaceAll('\n', '\\0A')
    .replaceAll('\r', '\\0D');
  return escaped.replace(/^([ #])/, '\\$1').replace(/ $/, '\\ ');
}

function parseRdn(part: string, dn: string): Rdn {
  const equals = part.indexOf('=');
  const type = part.slice(0, equals).trim();
  if (equals < 1 || !/^[A-Za-z][A-Za-z0-9-]*$|^\d+(\.\d+)*$/.test(type)) {
    throw new RangeError(`"${dn}" is not a DN: no type=value at "${part.trim()}"`);
  }
  return { type, value: unescapeValue(part.slice(equals + 1)) };
}

function unescapeValue(written: string): string {
  const trimmed = written.replace(/^ +/, '').replace(/(?<!\\) +$/, '');
  const bytes: Buffer[] = [];
  for (let index = 0; index < trimmed.length; index++) {
    const character = trimmed[index]!;
    const next = trimmed.slice(index + 1, index + 3);
    if (character !== '\\') {
      const point = String.fromCodePoint(trimmed.codePointAt(index)!);
      bytes.push(Buffer.from(point));
      index += point.length - 1;
    } else if (/^[0-9a-fA-F]{2}$/.test(next)) {
      bytes.push(Buffer.from(next, 'hex'));
      index += 2;
    } else {
      bytes.push(Buffer.from(next.slice(0, 1)));
      index += 1;
    }
  }
  return Buffer.concat(bytes).toString();
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
