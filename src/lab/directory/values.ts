import { normalDn } from '../../directory/dn.ts';
import type { Value } from '../../directory/entry.ts';
import { decodeSecurityDescriptor } from '../../directory/security-descriptor.ts';
import { sidOctets } from '../../directory/sid.ts';
import { type AttributeDefinition, definitionOf, type Syntax } from './attributes.ts';
import { refusal } from './diagnostics.ts';

/** The value as it is kept: octets or text, as the syntax has it. Throws LdapFailure 21 for what is no such value. */
export function storedValue(definition: AttributeDefinition, value: Value): Value {
  const { syntax, name } = definition;
  if (syntax === 'descriptor' && !isWellFormed(() => decodeSecurityDescriptor(Buffer.from(value)))) {
    throw refusal.badSyntax(name);
  }
  if (isBinary(syntax)) return Buffer.from(value);
  if (isOctets(value)) return value;
  const text = value.toString();
  if (syntax === 'integer' && !/^-?\d{1,19}$/.test(text)) throw refusal.badSyntax(name);
  if (syntax === 'dn') dnKey(text);
  return text;
}

/** By which two values of an attribute are the same, or null for a value that its syntax cannot have. */
export function valueKey(name: string, value: Value): string | null {
  const { syntax } = definitionOf(name);
  if (syntax === 'sid') return octetKey(sidValue(value));
  if (isBinary(syntax)) return octetKey(value);
  if (isOctets(value)) return octetKey(value);
  const text = value.toString();
  if (syntax === 'integer') return /^-?\d{1,19}$/.test(text) ? BigInt(text).toString() : null;
  if (syntax === 'dn') return tryNormalDn(text);
  return text.toLowerCase();
}

/** The form by which DNs are told apart. Throws LdapFailure 34 for what is no DN. */
export function dnKey(dn: string): string {
  const key = tryNormalDn(dn);
  if (key === null) throw refusal.badName(dn);
  return key;
}

/** Octets that are no UTF-8 are kept as octets whatever the attribute, so that nothing is garbled. */
function isOctets(value: Value): value is Buffer {
  return Buffer.isBuffer(value) && !Buffer.from(value.toString()).equals(value);
}

function octetKey(value: Value): string {
  return Buffer.from(value).toString('hex');
}

function isBinary(syntax: Syntax): boolean {
  return syntax === 'octets' || syntax === 'sid' || syntax === 'descriptor';
}

/** A filter may give a SID as text (MS-ADTS 3.1.1.3.1.3, String(Sid)). */
function sidValue(value: Value): Value {
  const text = value.toString();
  return isWellFormed(() => sidOctets(text)) ? sidOctets(text) : value;
}

function tryNormalDn(dn: string): string | null {
  return isWellFormed(() => normalDn(dn)) ? normalDn(dn) : null;
}

function isWellFormed(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}
