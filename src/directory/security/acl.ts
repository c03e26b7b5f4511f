import { type Ace, decodeAce } from './ace.ts';

/** An access control list (MS-DTYP 2.4.5). */
export interface Acl {
  /** 2, or 4 where object ACEs are in it (MS-DTYP 2.4.5). */
  revision: number;
  aces: Ace[];
  /** Octets that the ACL has to spare behind its ACEs, as a list has that was made with room to grow. */
  slack?: Buffer;
  /** Sbz1 and Sbz2, which should be zero; absent where they are. */
  reserved?: { first: number; second: number };
}

const headerLength = 8;

/** The ACL at `start`, and how many octets it takes. Throws a RangeError that names the offset of what is malformed. */
export function decodeAcl(octets: Buffer, start: number): { value: Acl; length: number } {
  if (start + headerLength > octets.length) throw new RangeError(`the ACL at offset ${start} is cut short`);
  const length = octets.readUInt16LE(start + 2);
  if (length < headerLength || start + length > octets.length) {
    throw new RangeError(`the ACL at offset ${start} gives its size as ${length}`);
  }
  const whole = octets.subarray(0, start + length);
  const aces: Ace[] = [];
  let offset = start + headerLength;
  for (let left = octets.readUInt16LE(start + 4); left > 0; left--) {
    const { ace, size } = decodeAce(whole, offset);
    aces.push(ace);
    offset += size;
  }
  const slack = Buffer.from(whole.subarray(offset));
  const reserved = { first: octets[start + 1]!, second: octets.readUInt16LE(start + 6) };
  const value = {
    revision: octets[start]!,
    aces,
    ...(slack.length > 0 && { slack }),
    ...((reserved.first !== 0 || reserved.second !== 0) && { reserved }),
  };
  return { value, length };
}
