import { SearchFilter } from 'ldapts';

import { attributeOfOid } from '../directory/attributes.ts';
import type { LdapFilter } from '../directory/filter.ts';
import { type Element, Elements, MalformedMessage } from './ber.ts';

/** Filters nested deeper than this are refused, so that no message can exhaust the stack. */
const deepest = 100;

/**
 * A filter of a search request (RFC 4511 4.5.1.7). ldapts's own filter classes read assertion values as text, which
 * garbles SIDs and GUIDs; so the octets are read here.
 */
export function decodeFilter({ tag, content }: Element, depth = 0): LdapFilter {
  if (depth > deepest) throw new MalformedMessage('a filter nested too deeply');
  const inner = new Elements(content);
  switch (tag) {
    case SearchFilter.and:
    case SearchFilter.or: {
      const filters = inner.all((elements) => decodeFilter(elements.next(), depth + 1));
      return { kind: tag === SearchFilter.and ? 'and' : 'or', filters };
    }
    case SearchFilter.not:
      return { kind: 'not', filter: decodeFilter(inner.next(), depth + 1) };
    case SearchFilter.present:
      return { kind: 'present', attribute: named(content.toString()) };
    case SearchFilter.equalityMatch:
    case SearchFilter.approxMatch:
      return { kind: 'equal', attribute: named(inner.text()), value: inner.octets() };
    case SearchFilter.greaterOrEqual:
      return { kind: 'at-least', attribute: named(inner.text()), value: inner.octets() };
    case SearchFilter.lessOrEqual:
      return { kind: 'at-most', attribute: named(inner.text()), value: inner.octets() };
    case SearchFilter.substrings:
      return decodeSubstrings(inner);
    case SearchFilter.extensibleMatch:
      return decodeExtensible(inner);
    default:
      throw new MalformedMessage(`no filter has the tag ${tag}`);
  }
}

function decodeSubstrings(inner: Elements): LdapFilter {
  const attribute = named(inner.text());
  const parts = inner.inside(0x30).all((elements) => elements.next());
  const content = (tag: number) => parts.find((part) => part.tag === tag)?.content ?? null;
  const any = parts.filter((part) => part.tag === 0x81).map((part) => part.content);
  return { kind: 'substrings', attribute, initial: content(0x80), any, final: content(0x82) };
}

function decodeExtensible(inner: Elements): LdapFilter {
  const parts = new Map(inner.all((elements) => elements.next()).map((part) => [part.tag, part.content]));
  const value = parts.get(0x83);
  if (!value) throw new MalformedMessage('an extensible match without a value');
  const text = (tag: number) => parts.get(tag)?.toString() ?? null;
  const attribute = text(0x82);
  return { kind: 'extensible', rule: text(0x81), attribute: attribute && named(attribute), value };
}

/** An attribute may be given by its OID (RFC 4512 2.5). */
function named(attribute: string): string {
  return attributeOfOid(attribute) ?? attribute;
}
