import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Elements, element, takeMessage, textElement } from '../../../lab/ldap/ber.ts';
import { encodeEntry } from '../../../lab/ldap/responses.ts';
import { parseDn } from '../../../src/directory/dn.ts';
import type { Entry } from '../../../src/directory/entry.ts';
import { DmsaError, type ErrorCode } from '../../../src/domain/errors/errors.ts';
import { parseFilter } from '../../support/parse-filter.ts';
import { directoryOn, entries, message, reference, ScriptedServer, searchDone } from './scripted-server.ts';

const base = 'DC=lab,DC=example';
const hosts = encodeEntry(3, `CN=höst,${base}`, [
  ['cn', ['höst']],
  ['objectSid', [Buffer.from('010100000000000512000000', 'hex')]],
  ['member', Array.from({ length: 12 }, (_, index) => `CN=member ${index} of the group,${base}`)],
]);

/** What a server says in a search of two pages, by request; the client numbers them from 3, after its bind. */
const conversation = [
  Buffer.concat([entries(3, 'a'), hosts, reference(3, `ldap://x/${base}`), searchDone(3, 'more')]),
  Buffer.concat([entries(4, 'b'), searchDone(4, '')]),
];
const whole = Buffer.concat(conversation);
const firstPage = conversation[0]!.length;

interface Outcome {
  found: Entry[] | null;
  failure: unknown;
  /** All that the client had from the server. */
  said: Buffer;
  /** How many searches the client sent: one a page. */
  pages: number;
}

/** One search, of a server that says this in two pages, in pieces of that size. It hangs where the client does. */
async function search(
  said: Buffer[],
  { pieces = 1_000, end = true, timeout = 30_000 } = {},
): Promise<Outcome> {
  const script = new ScriptedServer((_, nth) => {
    const octets = said[nth] ?? Buffer.alloc(0);
    const count = Math.ceil(octets.length / pieces);
    const chunks = Array.from({ length: count }, (__, n) => octets.subarray(n * pieces, (n + 1) * pieces));
    return { chunks, end: end && (nth >= said.length - 1 || 'if-idle') };
  });
  const directory = await directoryOn(script, { timeout });
  const question = {
    scope: 'sub',
    filter: parseFilter('(cn=*)'),
    attributes: ['cn', 'objectSid', 'member'],
  } as const;
  const outcome = await directory.search(base, { ...question, attributes: [...question.attributes] }).then(
    (found) => ({ found, failure: null }),
    (failure: unknown) => ({ found: null, failure }),
  );
  await directory.close();
  const pages = script.requests.length;
  return { ...outcome, said: Buffer.concat(said.slice(0, pages)), pages };
}

/**
 * What the octets say, read by another decoder than the one under test; throws where they are no LDAP. What comes after
 * the end of the last page answers nothing, so it does not count, whatever it is.
 */
function saidEntries(octets: Buffer, pages: number): { dn: string; attributes: Record<string, Buffer[]> }[] {
  const said = [];
  let rest = octets;
  let ended = 0;
  while (ended < pages) {
    const taken = takeMessage(rest)!;
    rest = taken.rest;
    const inner = new Elements(taken.message);
    inner.integer(0x02);
    const { tag, content } = inner.next();
    if (tag === 0x65) ended++;
    if (tag !== 0x64) continue;
    const entry = new Elements(content);
    const dn = entry.text();
    const attributes = entry.inside(0x30).all((list) => {
      const attribute = list.inside(0x30);
      return [attribute.text(), attribute.inside(0x31).all((values) => values.octets())] as const;
    });
    said.push({ dn, attributes: Object.fromEntries(attributes.filter(([, values]) => values.length > 0)) });
  }
  return said;
}

/** Either what the octets say, or an error of the table; which of the two, for the tally. */
function check({ found, failure, said, pages }: Outcome, allowed: ErrorCode[]): ErrorCode | 'entries' {
  if (!found) {
    expect(failure).toBeInstanceOf(DmsaError);
    const { code } = failure as DmsaError;
    expect(allowed).toContain(code);
    return code;
  }
  const octets = found.map(({ dn, attributes }) => ({
    dn,
    attributes: Object.fromEntries(
      Object.entries(attributes).map(([name, values]) => [name, values.map((each) => Buffer.from(each))]),
    ),
  }));
  expect(octets).toEqual(saidEntries(said, pages));
  for (const { dn } of found) parseDn(dn);
  return 'entries';
}

/** A changed result code can be any; all of them have a code of the table. */
const anyResult: ErrorCode[] = [
  'DIRECTORY_ANSWER_INVALID',
  'DIRECTORY_UNREACHABLE',
  'DIRECTORY_LIMIT',
  'DIRECTORY_TIMED_OUT',
  'DIRECTORY_REFERRAL',
  'DIRECTORY_BUSY',
  'DIRECTORY_REFUSED',
  'BIND_REFUSED',
  'ACCESS_DENIED',
  'NOT_FOUND',
];
const place = fc.nat(whole.length - 1);
const mutated = fc.oneof(
  fc.tuple(place, fc.nat(255)).map(([at, octet]) => splice(at, 1, octet)),
  fc.tuple(place, fc.nat(7)).map(([at, bit]) => splice(at, 1, whole[at]! ^ (1 << bit))),
  fc.tuple(place, fc.nat(255)).map(([at, octet]) => splice(at, 0, octet)),
  fc.tuple(place, fc.integer({ min: 1, max: 40 })).map(([at, count]) => splice(at, count)),
  place.map((at) => splice(at, whole.length)),
);

/** The pages after some octets of the conversation were replaced. */
function splice(at: number, count: number, ...put: number[]): Buffer[] {
  const changed = Buffer.concat([whole.subarray(0, at), Buffer.from(put), whole.subarray(at + count)]);
  const isInFirst = at < firstPage;
  const removed = Math.min(count, (isInFirst ? firstPage : whole.length) - at);
  const boundary = isInFirst ? Math.max(0, firstPage - removed + put.length) : firstPage;
  return [changed.subarray(0, boundary), changed.subarray(boundary)];
}

describe('whatever a server says', () => {
  test('any octets are an error of the table, and never a hang', async () => {
    const noise = fc.uint8Array({ maxLength: 200 }).map((octets) => Buffer.from(octets));
    const enclosed = noise.map((octets) => element(0x30, octets));
    const answering = noise.map((octets) => message(3, element(0x64, octets)));
    const attributes = noise.map((octets) =>
      message(3, element(0x64, textElement(base), element(0x30, octets))),
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(noise, enclosed, answering, attributes), async (octets) => {
        const code = check(await search([octets]), [
          'DIRECTORY_ANSWER_INVALID',
          'DIRECTORY_UNREACHABLE',
          'DIRECTORY_LIMIT',
        ]);
        expect(code).not.toBe('entries');
      }),
      { numRuns: 500 },
    );
  });

  test('a conversation changed at any place gives what it says now, or an error of the table', async () => {
    const tally = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(mutated, fc.constantFrom(1, 7, 1_000), async (pages, pieces) => {
        const kind = check(await search(pages, { pieces }), anyResult);
        tally.set(kind, (tally.get(kind) ?? 0) + 1);
      }),
      { numRuns: 1_500 },
    );
    // Changes within a value cannot be seen; those of the structure are.
    expect(tally.get('entries')).toBeGreaterThan(100);
    expect(tally.get('DIRECTORY_ANSWER_INVALID')).toBeGreaterThan(100);
  });

  test('every single bit of it turned over', async () => {
    const tally = new Map<string, number>();
    for (const at of conversation[1]!.keys()) {
      for (let bit = 0; bit < 8; bit++) {
        const second = Buffer.from(conversation[1]!);
        second[at]! ^= 1 << bit;
        const kind = check(await search([conversation[0]!, second]), anyResult);
        tally.set(kind, (tally.get(kind) ?? 0) + 1);
      }
    }
    expect(tally.get('entries')).toBeGreaterThan(100);
    expect(tally.get('DIRECTORY_ANSWER_INVALID')).toBeGreaterThan(100);
  });

  test('a conversation that stops anywhere, and whose connection stays, ends with the time of the operation', async () => {
    const places = [0, 1, 2, 13, 40, firstPage - 1, firstPage, firstPage + 1, whole.length - 1];
    const outcomes = await Promise.all(
      places.map((at) => search(splice(at, whole.length), { end: false, timeout: 50 })),
    );
    const codes = outcomes.map((outcome) => check(outcome, ['DIRECTORY_TIMED_OUT']));
    expect(codes).toEqual(places.map(() => 'DIRECTORY_TIMED_OUT'));
  });

  test('unchanged, it is all that it says', async () => {
    expect(check(await search(conversation), [])).toBe('entries');
    const { found } = await search(conversation);
    expect(found?.map(({ dn }) => dn)).toEqual([`CN=a,${base}`, `CN=höst,${base}`, `CN=b,${base}`]);
  });
});
