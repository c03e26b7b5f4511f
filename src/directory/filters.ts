import { EqualityFilter, OrFilter } from 'ldapts';

import { guidOctets } from './guid.ts';
import { sidOctets } from './sid.ts';

/**
 * Filters as text, with every value escaped by ldapts's filter classes (RFC 4515): a value never becomes syntax.
 * SIDs and GUIDs are octets in the directory, and are escaped as such.
 */

export const equals = {
  text: (attribute: string, value: string): string => new EqualityFilter({ attribute, value }).toString(),
  guid: (attribute: string, guid: string): string => `(${attribute}=${escapeOctets(guidOctets(guid))})`,
  sid: (attribute: string, sid: string): string => `(${attribute}=${escapeOctets(sidOctets(sid))})`,
};

/** One OR filter for many values, so that the number of searches does not grow with them. */
export const anyOf = {
  text: (attribute: string, values: string[]): string =>
    new OrFilter({ filters: values.map((value) => new EqualityFilter({ attribute, value })) }).toString(),
  sid: (attribute: string, sids: string[]): string =>
    `(|${sids.map((sid) => equals.sid(attribute, sid)).join('')})`,
};

export function all(...filters: string[]): string {
  return `(&${filters.join('')})`;
}

export function either(...filters: string[]): string {
  return `(|${filters.join('')})`;
}

function escapeOctets(octets: Buffer): string {
  return [...octets].map((octet) => `\\${octet.toString(16).padStart(2, '0')}`).join('');
}
