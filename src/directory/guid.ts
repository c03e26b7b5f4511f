/**
 * GUIDs as text (`0feb936f-47b3-49f2-9386-1dedc2c23765`) and as the 16 octets in which AD keeps them: the first three
 * fields in little-endian order, the last two as written (MS-DTYP 2.3.4.2).
 */

const pattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Lower-case text without braces. Throws a RangeError unless there are 16 octets. */
export function guidText(octets: Buffer): string {
  if (octets.length !== 16) throw new RangeError(`a GUID has 16 octets, not ${octets.length}`);
  const hex = swapFields(octets).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** The octets of a GUID, braces or none. Throws a RangeError that names the text. */
export function guidOctets(guid: string): Buffer {
  const bare = guid.replace(/^\{(.*)\}$/, '$1');
  if (!pattern.test(bare)) throw new RangeError(`"${guid}" is not a GUID`);
  return swapFields(Buffer.from(bare.replaceAll('-', ''), 'hex'));
}

function swapFields(octets: Buffer): Buffer {
  const swapped = Buffer.from(octets);
  swapped.subarray(0, 4).reverse();
  swapped.subarray(4, 6).reverse();
  swapped.subarray(6, 8).reverse();
  return swapped;
}
