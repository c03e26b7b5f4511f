import { normalDn } from '../../src/directory/dn.ts';
import type { Value } from '../../src/directory/entry.ts';
import { guidOctets } from '../../src/directory/guid.ts';
import { decodeSecurityDescriptor } from '../../src/directory/security/security-descriptor.ts';
import { sidOctets } from '../../src/directory/sid.ts';
import { type AttributeDefinition, definitionOf, type Syntax } from './attributes.ts';
import { refusal } from './diagnostics.ts';

/** The value as it is kept: octets or text, as the syntax has it. Throws LdapFailure 21 for what is no such value. */
export function storedValue(definition: AttributeDefinition, value: Value): Value {
  const { syntax, name } = definition;
  if (syntax === 'descriptor' && !isWellFormed(() => decodeSecurityDescriptor(Buffer.from(value)))) {
    throw refusal.badSyntax(name);
  }
  if (value.length === 0) throw refusal.badSyntax(name);
  if (isBinary(syntax)) return Buffer.from(value);
  if (isOctets(value)) return value;
  const text = value.toString();
  if (syntax === 'integer') return integerText(text) ?? badSyntax(name);
  if (syntax === 'boolean' && text !== 'TRUE' && text !== 'FALSE') throw refusal.badSyntax(name);
  if (syntax === 'time' && !/^\d{14}(\.\d+)?Z$/.test(text)) throw refusal.badSyntax(name);
  if (syntax === 'dn') dnKey(text);
  return text;
}

/** By which two values of an attribute are the same, or null for a value that its syntax cannot have. */
export function valueKey(name: string, value: Value): string | null {
  const { syntax } = definitionOf(name);
  if (syntax === 'sid') return octetKey(sidValue(value));
  if (name.toLowerCase() === 'objectguid') return octetKey(guidValue(value));
  if (isBinary(syntax)) return octetKey(value);
  if (isOctets(value)) return octetKey(value);
  const text = value.toString();
  if (syntax === 'integer') return integerText(text);
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

/** So may it a GUID, as Samba takes it; AD wants octets (MS-ADTS 3.1.1.3.1.3.1). */
function guidValue(value: Value): Value {
  const text = value.toString().replace(/^\{(.*)\}$/, '$1');
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text) ? guidOctets(text) : value;
}

const [smallest, largest] = [-(2n ** 63n), 2n ** 63n - 1n];

/** A number of 64 bits as AD writes it, or null for what is none. */
function integerText(text: string): string | null {
  if (!/^-?\d{1,19}$/.test(text)) return null;
  const number = BigInt(text);
  return number < smallest || number > largest ? null : number.toString();
}

function badSyntax(name: string): never {
  throw refusal.badSyntax(name);
}

/** A DN in which nothing is escaped or superfluous: its normal form is itself in lower case. */
const simpleDn = /^[a-z]+=[\w.$-]+(?: [\w.$-]+)*(?:,[a-z]+=[\w.$-]+(?: [\w.$-]+)*)*$/i;

/** Most DNs are simple, and groups have thousands of them. */
function tryNormalDn(dn: string): string | null {
  if (simpleDn.test(dn)) return dn.toLowerCase();
  try {
    return normalDn(dn);
  } catch {
    return null;
  }
}

function isWellFormed(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}
