/**
 * Security identifiers as text (`S-1-5-21-…`) and as octets (MS-DTYP 2.4.2.2): revision 1, the number of
 * subauthorities (at most 15), a 48-bit authority in big-endian order, subauthorities of 32 bits in little-endian order.
 */

const longest = 15;

/** The textual form (MS-DTYP 2.4.2.1). Throws a RangeError for octets that are not exactly one SID. */
export function sidText(octets: Buffer): string {
  const { sid, length } = readSid(octets, 0);
  if (length !== octets.length)
    throw new RangeError(`${octets.length - length} octets follow the SID ${sid}`);
  return sid;
}

/** The octets of a textual SID. Throws a RangeError that names the text. */
export function sidOctets(sid: string): Buffer {
  const match = /^S-1-(\d{1,15}|0x[0-9a-f]{12})((?:-\d{1,10}){0,15})$/i.exec(sid);
  const [, first, rest] = match ?? [];
  const authority = Number(first);
  const subauthorities = (rest ?? '').split('-').slice(1).map(Number);
  if (!match || authority >= 2 ** 48 || subauthorities.some((each) => each >= 2 ** 32)) {
    throw new RangeError(`"${sid}" is not a SID`);
  }
  const octets = Buffer.alloc(8 + 4 * subauthorities.length);
  octets.writeUInt8(1, 0);
  octets.writeUInt8(subauthorities.length, 1);
  octets.writeUIntBE(authority, 2, 6);
  for (const [index, each] of subauthorities.entries()) octets.writeUInt32LE(each, 8 + 4 * index);
  return octets;
}

/** The SID that starts at `offset`, and how many octets it takes. Throws a RangeError that names the offset. */
export function readSid(octets: Buffer, offset: number): { sid: string; length: number } {
  const count = octets[offset + 1];
  if (count === undefined) throw new RangeError(`the SID at offset ${offset} is cut short`);
  const length = 8 + 4 * count;
  if (octets[offset] !== 1 || count > longest)
    throw new RangeError(`no SID of revision 1 at offset ${offset}`);
  if (offset + length > octets.length) throw new RangeError(`the SID at offset ${offset} is cut short`);
  const authority = octets.readUIntBE(offset + 2, 6);
  const parts = Array.from({ length: count }, (_, index) => octets.readUInt32LE(offset + 8 + 4 * index));
  return { sid: ['S', 1, authorityText(authority), ...parts].join('-'), length };
}

/** The last subauthority, which tells the accounts of one domain apart; null for a SID that has none. */
export function ridOf(sid: string): number | null {
  const parts = sid.split('-');
  return parts.length > 3 ? Number(parts.at(-1)) : null;
}

/** Authorities that need more than 32 bits are written in hexadecimal (MS-DTYP 2.4.2.1). */
function authorityText(authority: number): string {
  return authority < 2 ** 32 ? String(authority) : `0x${authority.toString(16).padStart(12, '0')}`;
}
