/**
 * Reads BER as LDAP uses it (RFC 4511 5.1): definite lengths only, one-octet tags, strings never in pieces. Checks that
 * each element is whole and ends within the one around it; ldapts does not, and can then wait or loop without an end.
 */

/** Octets that are not LDAP; `offset` counts from the beginning of the stream. */
export class BerError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

export const berTag = {
  boolean: 0x01,
  integer: 0x02,
  octets: 0x04,
  enumerated: 0x0a,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Where an element's contents begin, and how long they are. */
export interface BerHeader {
  tag: number;
  start: number;
  length: number;
}

const longestLength = 4;

/**
 * The header at `at`; null where more octets must arrive. `base` is where `octets` begin in the stream.
 * Throws BerError for a length that is indefinite, has more than four octets or is 2^31 or more.
 */
export function readHeader(octets: Buffer, at: number, end: number, base: number): BerHeader | null {
  if (at + 2 > end) return null;
  const tag = octets[at]!;
  const first = octets[at + 1]!;
  if ((tag & 0x1f) === 0x1f) throw new BerError('a tag of several octets', base + at);
  if (first < 0x80) return { tag, start: at + 2, length: first };
  const count = first & 0x7f;
  if (count === 0) throw new BerError('an indefinite length', base + at + 1);
  if (count > longestLength) throw new BerError(`a length of ${count} octets`, base + at + 1);
  if (at + 2 + count > end) return null;
  const length = octets.readUIntBE(at + 2, count);
  if (length >= 2 ** 31) throw new BerError(`a length of ${length}`, base + at + 1);
  return { tag, start: at + 2 + count, length };
}

/** Goes through the elements within `start` and `end`. Throws BerError for the first that is not as it must be. */
export class BerCursor {
  readonly #octets: Buffer;
  readonly #base: number;
  readonly #end: number;
  #at: number;

  constructor(octets: Buffer, base: number, start = 0, end = octets.length) {
    this.#octets = octets;
    this.#base = base;
    this.#at = start;
    this.#end = end;
  }

  get more(): boolean {
    return this.#at < this.#end;
  }

  /** Offset of the next element in the stream. */
  get offset(): number {
    return this.#base + this.#at;
  }

  isNext(tag: number): boolean {
    return this.more && this.#octets[this.#at] === tag;
  }

  /** The next element's header, and steps over the element. */
  next(): BerHeader {
    const header = readHeader(this.#octets, this.#at, this.#end, this.#base);
    if (!header || header.start + header.length > this.#end) {
      throw new BerError('an element that ends outside of the one around it', this.offset);
    }
    this.#at = header.start + header.length;
    return header;
  }

  /** The contents of the next element, which must have this tag. */
  take(tag: number): Buffer {
    const { start, length } = this.#expect(tag);
    return this.#octets.subarray(start, start + length);
  }

  inside(tag: number): BerCursor {
    const { start, length } = this.#expect(tag);
    return new BerCursor(this.#octets, this.#base, start, start + length);
  }

  /** Content of the element that next() returned. */
  within({ start, length }: BerHeader): BerCursor {
    return new BerCursor(this.#octets, this.#base, start, start + length);
  }

  /** A number of up to 32 bits that is not negative: message ids, result codes and sizes (RFC 4511 4.1.1, 4.1.9). */
  number(tag: number): number {
    const at = this.offset;
    const content = this.take(tag);
    if (content.length < 1 || content.length > 4) throw new BerError('a number that is not of 32 bits', at);
    const value = content.readIntBE(0, content.length);
    if (value < 0) throw new BerError(`the number ${value}, which is negative`, at);
    return value;
  }

  /** Nothing may follow. */
  finish(): void {
    if (this.more) throw new BerError(`an element with the tag ${hex(this.#octets[this.#at]!)}`, this.offset);
  }

  #expect(tag: number): BerHeader {
    const at = this.offset;
    if (!this.more) throw new BerError(`no element where one with the tag ${hex(tag)} must be`, at);
    const header = this.next();
    if (header.tag !== tag) {
      throw new BerError(`an element with the tag ${hex(header.tag)} in the place of ${hex(tag)}`, at);
    }
    return header;
  }
}

function hex(tag: number): string {
  return `0x${tag.toString(16).padStart(2, '0')}`;
}
