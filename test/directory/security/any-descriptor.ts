import fc from 'fast-check';
import type { Ace } from '../../../src/directory/security/ace.ts';
import type { Acl } from '../../../src/directory/security/acl.ts';
import type {
  DescriptorPart,
  SecurityDescriptor,
} from '../../../src/directory/security/security-descriptor.ts';

/** Every security descriptor there is, in the form in which it comes out of decoding. */

const sid = fc
  .tuple(fc.nat(0xffffffff), fc.array(fc.nat(0xffffffff), { maxLength: 15 }))
  .map(([authority, parts]) => ['S-1', authority, ...parts].join('-'));
const octet = fc.nat(255);
const octets = fc.uint8Array({ maxLength: 40 }).map((each) => Buffer.from(each));
const someOctets = fc.uint8Array({ minLength: 1, maxLength: 12 }).map((each) => Buffer.from(each));
const trustee = { flags: octet, mask: fc.nat(0xffffffff), sid };
const object = { objectType: fc.option(fc.uuid()), inheritedObjectType: fc.option(fc.uuid()) };
const otherBits = fc.nat(0x3ffffffe).map((bits) => ((bits + 1) << 2) >>> 0);
const known = new Set([0, 1, 5, 6, 9, 10, 11, 12]);

/** `keys` may be absent. */
function record<T>(required: { [K in keyof T]: fc.Arbitrary<T[K]> }, optional: object = {}): fc.Arbitrary<T> {
  const model = { ...required, ...optional } as { [K in keyof T]: fc.Arbitrary<T[K]> };
  return fc.record(model, { requiredKeys: Object.keys(required) as (keyof T)[] }) as fc.Arbitrary<T>;
}

const ace: fc.Arbitrary<Ace> = fc.oneof(
  record<Ace>({ kind: fc.constantFrom('allow', 'deny'), ...trustee } as never, { extra: someOctets }),
  record<Ace>({ kind: fc.constantFrom('allow-object', 'deny-object'), ...trustee, ...object } as never, {
    extra: someOctets,
    otherBits,
  }),
  record<Ace>({
    kind: fc.constantFrom('allow-callback', 'deny-callback'),
    ...trustee,
    applicationData: octets,
  } as never),
  record<Ace>(
    {
      kind: fc.constantFrom('allow-callback-object', 'deny-callback-object'),
      ...trustee,
      ...object,
      applicationData: octets,
    } as never,
    { otherBits },
  ),
  record<Ace>({
    kind: fc.constant('raw'),
    type: octet.filter((type) => !known.has(type)),
    flags: octet,
    body: octets,
  } as never),
);

const acl: fc.Arbitrary<Acl> = record<Acl>(
  { revision: fc.constantFrom(2, 4), aces: fc.array(ace, { maxLength: 8 }) },
  {
    slack: someOctets,
    reserved: fc.record({ first: fc.integer({ min: 1, max: 255 }), second: fc.nat(0xffff) }),
  },
);

const parts: DescriptorPart[] = ['owner', 'group', 'sacl', 'dacl'];

export const anyDescriptor: fc.Arbitrary<SecurityDescriptor> = fc
  .record({
    fields: fc.record({
      owner: fc.option(sid),
      group: fc.option(sid),
      dacl: fc.option(acl),
      sacl: fc.option(acl),
    }),
    order: fc.shuffledSubarray(parts, { minLength: 4 }),
    resourceManager: fc.option(fc.integer({ min: 1, max: 255 })),
    otherBits: fc.nat(0xffff),
  })
  .map(({ fields, order, resourceManager, otherBits: bits }) => {
    const present = 0x8000 | (fields.dacl ? 0x4 : 0) | (fields.sacl ? 0x10 : 0);
    const there = order.filter((part) => fields[part] !== null);
    const isUsual = there.join() === parts.filter((part) => fields[part] !== null).join();
    return {
      control: bits | present,
      ...fields,
      ...(!isUsual && { order: there }),
      ...(resourceManager !== null && { resourceManager }),
    };
  });

/** Null for a RangeError; any other error is a fault. */
export function orRangeError<T>(decode: () => T): T | null {
  try {
    return decode();
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

/** Whether the parts that were decoded take all octets behind the header, each once. */
export function isLaidOutWithoutGaps(whole: Buffer, decoded: SecurityDescriptor): boolean {
  const sidLength = (offset: number) => 8 + 4 * whole[offset + 1]!;
  const aclLength = (offset: number) => whole.readUInt16LE(offset + 2);
  const spans = parts
    .map((part, index) => ({ part, offset: whole.readUInt32LE(4 + 4 * index) }))
    .filter(({ part }) => decoded[part] !== null)
    .map(({ part, offset }) => {
      const length = part === 'owner' || part === 'group' ? sidLength(offset) : aclLength(offset);
      return { offset, end: offset + length };
    })
    .sort((a, b) => a.offset - b.offset);
  const starts = [...spans.map(({ offset }) => offset), whole.length];
  const ends = [20, ...spans.map(({ end }) => end)];
  return starts.every((start, index) => start === ends[index]);
}
