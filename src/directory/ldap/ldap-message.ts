import { isUtf8 } from 'node:buffer';

import { BerCursor, BerError, berTag } from './ber.ts';

/** Tags of the operations that a server may answer with (RFC 4511 4.2 to 4.14). */
export const answerTag = {
  bind: 0x61,
  searchEntry: 0x64,
  searchDone: 0x65,
  modify: 0x67,
  add: 0x69,
  delete: 0x6b,
  rename: 0x6d,
  compare: 0x6f,
  searchReference: 0x73,
  extended: 0x78,
} as const;

/** A message of the server that is sound, as far as the guard must know it. */
export interface LdapAnswer {
  id: number;
  tag: number;
  /** Result code, text and referral URLs of a message that ends an operation; null for entries and references. */
  result: { code: number; matchedDn: string; text: string; referrals: string[] } | null;
  /** OID of an extended response. */
  name: string | null;
  /** Number of URLs in a reference. */
  references: number;
  /** True if the paged results control announces another page. */
  hasMorePages: boolean;
}

const controlsTag = 0xa0;
const referralTag = 0xa3;
const saslCredentialsTag = 0x87;
const nameTag = 0x8a;
const valueTag = 0x8b;
export const referralCode = 10;
const pagedResults = '1.2.840.113556.1.4.319';

/** Response controls that ldapts decodes although nobody asked for them: persistent search, its changes, and sorting. */
const unwantedControls = new Set([
  '2.16.840.1.113730.3.4.3',
  '2.16.840.1.113730.3.4.7',
  '1.2.840.113556.1.4.473',
]);

/** An attribute description (RFC 4512 2.5) with AD's range option, whose value has `-` and `*` in it. */
const description = /^([A-Za-z][A-Za-z0-9-]*|\d+(\.\d+)*)(;[A-Za-z0-9-]+(=\d+-(\d+|\*))?)*$/;

/**
 * Checks one whole LDAPMessage, header and all, down to its last element (RFC 4511 4.1.1). Throws BerError, whose
 * offset counts from `base`.
 */
export function checkAnswer(message: Buffer, base: number): LdapAnswer {
  const outer = new BerCursor(message, base);
  const inner = outer.inside(berTag.sequence);
  outer.finish();
  const id = inner.number(berTag.integer);
  const at = inner.offset;
  const operation = inner.next();
  const content = inner.within(operation);
  const answer: LdapAnswer = {
    id,
    tag: operation.tag,
    result: null,
    name: null,
    references: 0,
    hasMorePages: false,
  };
  if (operation.tag === answerTag.searchEntry) checkEntry(content);
  else if (operation.tag === answerTag.searchReference) answer.references = urls(content).length;
  else if (isResult(operation.tag)) Object.assign(answer, checkResult(operation.tag, content));
  else throw new BerError(`no answer has the tag 0x${operation.tag.toString(16)}`, at);
  // AD puts the name of a notice of disconnection behind the response where it should be in it.
  if (id === 0 && inner.isNext(nameTag)) answer.name = inner.take(nameTag).toString();
  if (inner.isNext(controlsTag)) answer.hasMorePages = checkControls(inner.inside(controlsTag));
  inner.finish();
  return answer;
}

function isResult(tag: number): boolean {
  return (Object.values(answerTag) as number[]).includes(tag);
}

/** LDAPResult (RFC 4511 4.1.9), and what a bind and an extended response have after it. */
function checkResult(tag: number, content: BerCursor): Pick<LdapAnswer, 'result' | 'name'> {
  const code = content.number(berTag.enumerated);
  const matchedDn = text(content);
  const diagnostic = text(content);
  const at = content.offset;
  const referrals = content.isNext(referralTag) ? urls(content.inside(referralTag)) : [];
  if (referrals.length > 0 && code !== referralCode) throw new BerError(`a referral in result ${code}`, at);
  if (tag === answerTag.bind && content.isNext(saslCredentialsTag)) content.take(saslCredentialsTag);
  const isExtended = tag === answerTag.extended;
  const name = isExtended && content.isNext(nameTag) ? content.take(nameTag).toString() : null;
  if (isExtended && content.isNext(valueTag)) content.take(valueTag);
  content.finish();
  return { result: { code, matchedDn, text: diagnostic, referrals }, name };
}

/** SearchResultEntry (RFC 4511 4.5.2): no attribute comes twice, and none by a name that ldapts needs for itself. */
function checkEntry(content: BerCursor): void {
  text(content);
  const attributes = content.inside(berTag.sequence);
  content.finish();
  const seen = new Set<string>();
  while (attributes.more) {
    const at = attributes.offset;
    const attribute = attributes.inside(berTag.sequence);
    const name = text(attribute);
    const lower = name.toLowerCase();
    if (!description.test(name) || name === 'dn') throw new BerError('no name of an attribute', at);
    if (seen.has(lower)) throw new BerError(`the attribute ${name} for the second time`, at);
    seen.add(lower);
    const values = attribute.inside(berTag.set);
    while (values.more) values.take(berTag.octets);
    attribute.finish();
  }
}

/** At least one, as a reference and a referral must have (RFC 4511 4.1.10, 4.5.3). */
function urls(content: BerCursor): string[] {
  const found = [text(content)];
  while (content.more) found.push(text(content));
  return found;
}

/** Reads from the paged results control if pages follow (RFC 2696). */
function checkControls(controls: BerCursor): boolean {
  let hasMorePages: boolean | null = null;
  while (controls.more) {
    const at = controls.offset;
    const control = controls.inside(berTag.sequence);
    const type = text(control);
    if (unwantedControls.has(type)) throw new BerError(`the control ${type}, which nobody asked for`, at);
    if (control.isNext(berTag.boolean) && control.take(berTag.boolean).length !== 1) {
      throw new BerError('a truth value that is not of one octet', at);
    }
    const contents = control.more ? control.take(berTag.octets) : null;
    control.finish();
    if (type !== pagedResults) continue;
    if (!contents || hasMorePages !== null) {
      throw new BerError('a paged results control without a value, or a second one', at);
    }
    // The contents end where the control ends, so their offset in the stream follows from it.
    const paging = new BerCursor(contents, control.offset - contents.length);
    const inner = paging.inside(berTag.sequence);
    paging.finish();
    inner.number(berTag.integer);
    hasMorePages = inner.take(berTag.octets).length > 0;
    inner.finish();
  }
  return hasMorePages ?? false;
}

/** LDAPString: UTF-8 (RFC 4511 4.1.2). */
function text(content: BerCursor): string {
  const at = content.offset;
  const octets = content.take(berTag.octets);
  if (!isUtf8(octets)) throw new BerError('a text that is not UTF-8', at);
  return octets.toString();
}
