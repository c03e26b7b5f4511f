import {
  AndFilter,
  EqualityFilter,
  ExtensibleFilter,
  type Filter,
  GreaterThanEqualsFilter,
  OrFilter,
  PresenceFilter,
  SubstringFilter,
} from 'ldapts';

import { guidOctets } from './guid.ts';
import { sidOctets } from './sid.ts';

export type { Filter } from 'ldapts';

/**
 * Filters of searches (RFC 4511 4.5.1.7), built of values that never become syntax. SIDs and GUIDs are octets in the
 * directory, and are compared as such.
 */
export const equals = {
  text: (attribute: string, value: string): Filter => new EqualityFilter({ attribute, value }),
  guid: (attribute: string, guid: string): Filter =>
    new EqualityFilter({ attribute, value: guidOctets(guid) }),
  sid: (attribute: string, sid: string): Filter => new EqualityFilter({ attribute, value: sidOctets(sid) }),
};

/** One OR filter for many values, so that the number of searches does not grow with them. */
export const anyOf = {
  text: (attribute: string, values: string[]): Filter =>
    either(...values.map((value) => equals.text(attribute, value))),
  sid: (attribute: string, sids: string[]): Filter =>
    either(...sids.map((sid) => equals.sid(attribute, sid))),
};

export function all(...filters: Filter[]): Filter {
  return new AndFilter({ filters });
}

export function either(...filters: Filter[]): Filter {
  return new OrFilter({ filters });
}

export function present(attribute: string): Filter {
  return new PresenceFilter({ attribute });
}

export function atLeast(attribute: string, value: number): Filter {
  return new GreaterThanEqualsFilter({ attribute, value: String(value) });
}

/** Values that begin with `initial` and hold `part` somewhere after it. */
export function beginsAndHolds(attribute: string, initial: string, part: string): Filter {
  return new SubstringFilter({ attribute, initial, any: [part] });
}

/** A comparison by one of AD's matching rules (MS-ADTS 3.1.1.3.4.4), named by its OID. */
export function byRule(attribute: string, rule: string, value: string): Filter {
  return new ExtensibleFilter({ matchType: attribute, rule, value });
}
