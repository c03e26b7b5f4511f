import {
  AndFilter,
  ApproximateFilter,
  EqualityFilter,
  ExtensibleFilter,
  type Filter,
  FilterParser,
  GreaterThanEqualsFilter,
  LessThanEqualsFilter,
  NotFilter,
  OrFilter,
  SubstringFilter,
} from 'ldapts';

/**
 * A filter from its text (RFC 4515), with `\xx` as the octet it stands for. ldapts's parser takes `\e9` for the letter
 * é and sends it as two octets, which no SID or GUID survives; so text beyond ASCII is escaped before it parses, and
 * values are turned back into octets after. Throws an Error for what is no filter.
 */
export function parseFilter(text: string): Filter {
  const ascii = text.replace(/[^\0-\x7f]+/g, (part) =>
    [...Buffer.from(part)].map((octet) => `\\${octet.toString(16)}`).join(''),
  );
  return withOctets(FilterParser.parseString(ascii));
}

/** Here every character of a value is one octet. Only equality is asked of octets; all else compares text. */
function withOctets(filter: Filter): Filter {
  if (filter instanceof AndFilter || filter instanceof OrFilter)
    filter.filters = filter.filters.map(withOctets);
  if (filter instanceof NotFilter) filter.filter = withOctets(filter.filter);
  if (filter instanceof EqualityFilter) filter.value = Buffer.from(String(filter.value), 'latin1');
  if (
    filter instanceof ApproximateFilter ||
    filter instanceof GreaterThanEqualsFilter ||
    filter instanceof LessThanEqualsFilter ||
    filter instanceof ExtensibleFilter
  ) {
    filter.value = utf8(filter.value);
  }
  if (filter instanceof SubstringFilter) {
    filter.initial = utf8(filter.initial);
    filter.any = filter.any.map(utf8);
    filter.final = utf8(filter.final);
  }
  return filter;
}

function utf8(octets: string): string {
  return Buffer.from(octets, 'latin1').toString();
}
