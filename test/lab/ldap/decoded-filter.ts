import { BerWriter } from 'ldapts';

import type { LdapFilter } from '../../../lab/directory/filter.ts';
import { type Element, Elements } from '../../../lab/ldap/ber.ts';
import { decodeFilter } from '../../../lab/ldap/filter-codec.ts';
import type { Filter } from '../../../src/directory/filters.ts';

/** A filter as a client of ldapts sends it. */
export function elementOf(filter: Filter): Element {
  const writer = new BerWriter();
  filter.write(writer);
  return new Elements(writer.buffer).next();
}

/** A filter as the lab's server reads it. */
export function decodedFilter(filter: Filter): LdapFilter {
  return decodeFilter(elementOf(filter));
}
