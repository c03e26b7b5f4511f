import { ProtocolOperation } from 'ldapts';

import type { Value } from '../../src/directory/entry.ts';
import { element, integerElement, textElement } from './ber.ts';
import type { Operation } from './requests.ts';

const integer = 0x02;
const enumerated = 0x0a;
const octetString = 0x04;
const sequence = 0x30;
const set = 0x31;
const referral = 0xa3;
const responseName = 0x8a;
const responseValue = 0x8b;
const noticeOfDisconnection = '1.3.6.1.4.1.1466.20036';

/** Which response answers which request (RFC 4511 4.1.1). */
const responseTags: Record<Exclude<Operation['kind'], 'unbind' | 'abandon'>, number> = {
  bind: ProtocolOperation.LDAP_RES_BIND,
  search: ProtocolOperation.LDAP_RES_SEARCH,
  compare: ProtocolOperation.LDAP_RES_COMPARE,
  add: ProtocolOperation.LDAP_RES_ADD,
  modify: ProtocolOperation.LDAP_RES_MODIFY,
  delete: ProtocolOperation.LDAP_RES_DELETE,
  rename: ProtocolOperation.LDAP_RES_MODRDN,
  extended: ProtocolOperation.LDAP_RES_EXTENSION,
};

export type AnsweredKind = keyof typeof responseTags;

export interface ResponseControl {
  type: string;
  value: Buffer;
}

/** The message that ends an operation: LDAPResult, with response controls where there are any. */
export function encodeResult(
  id: number,
  kind: AnsweredKind,
  result: { code: number; message: string; referrals?: string[]; value?: Buffer },
  controls: ResponseControl[] = [],
): Buffer {
  const response = element(
    responseTags[kind],
    integerElement(enumerated, result.code),
    textElement(''),
    textElement(result.message),
    ...(result.referrals?.length ? [element(referral, ...result.referrals.map(textElement))] : []),
    ...(result.value ? [element(responseValue, result.value)] : []),
  );
  const encoded = controls.map(({ type, value }) =>
    element(sequence, textElement(type), element(octetString, value)),
  );
  const trailer = encoded.length > 0 ? [element(ProtocolOperation.LDAP_CONTROLS, ...encoded)] : [];
  return element(sequence, integerElement(integer, id), response, ...trailer);
}

/** Says that the server ends the connection, and why (RFC 4511 4.4.1). */
export function encodeNotice(code: number, message: string): Buffer {
  const response = element(
    ProtocolOperation.LDAP_RES_EXTENSION,
    integerElement(enumerated, code),
    textElement(''),
    textElement(message),
    element(responseName, Buffer.from(noticeOfDisconnection)),
  );
  return element(sequence, integerElement(integer, 0), response);
}

/** One entry of a search. */
export function encodeEntry(id: number, dn: string, attributes: [string, Value[]][]): Buffer {
  const encoded = attributes.map(([name, values]) => {
    const octets = values.map((value) => element(octetString, Buffer.from(value)));
    return element(sequence, textElement(name), element(set, ...octets));
  });
  const entry = element(
    ProtocolOperation.LDAP_RES_SEARCH_ENTRY,
    textElement(dn),
    element(sequence, ...encoded),
  );
  return element(sequence, integerElement(integer, id), entry);
}

/** A continuation reference of a search: it goes on there (RFC 4511 4.5.3). */
export function encodeReference(id: number, url: string): Buffer {
  const reference = element(ProtocolOperation.LDAP_RES_SEARCH_REF, textElement(url));
  return element(sequence, integerElement(integer, id), reference);
}
