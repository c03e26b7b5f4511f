import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Request } from '../../../lab/ldap/requests.ts';
import { encodeEntry } from '../../../lab/ldap/responses.ts';
import type { Entry, Value } from '../../../src/directory/entry.ts';
import type { LdapLimits } from '../../../src/directory/ldap/limits.ts';
import { parseFilter } from '../../support/parse-filter.ts';
import { directoryWith, searchDone } from './scripted-server.ts';

const group = 'CN=hosts,DC=lab,DC=example';
const member = (index: number) => `CN=host${String(index).padStart(5, '0')},DC=lab,DC=example`;
const members = (count: number) => Array.from({ length: count }, (_, index) => member(index));

/** Answers as a DC does: no more than `most` values of an attribute at once (MS-ADTS 3.1.1.3.1.3.3). */
function dcAnswer(attributes: Record<string, Value[]>, asked: string[], most: number): [string, Value[]][] {
  return asked.flatMap((description): [string, Value[]][] => {
    const [, name, low, high] = /^([^;]+)(?:;range=(\d+)-(\d+|\*))?$/i.exec(description)!;
    const all = attributes[name!] ?? [];
    const isRange = low !== undefined || all.length > most;
    if (!isRange) return all.length > 0 ? [[name!, all]] : [];
    const first = Number(low ?? 0);
    const last = Math.min(high === undefined || high === '*' ? Infinity : Number(high), first + most - 1);
    const isEnd = last >= all.length - 1;
    return first < all.length
      ? [[`${name};range=${first}-${isEnd ? '*' : last}`, all.slice(first, last + 1)]]
      : [];
  });
}

interface Dc {
  most: number;
  /** May change what the entry has before the nth request is answered. */
  change?: (attributes: Record<string, Value[]>, nth: number) => void;
  limits?: Partial<LdapLimits>;
}

async function dc(attributes: Record<string, Value[]>, { most, change, limits }: Dc) {
  return await directoryWith((request, nth) => {
    change?.(attributes, nth);
    const answer = dcAnswer(attributes, askedFor(request), most);
    return Buffer.concat([encodeEntry(request.id, group, answer), searchDone(request.id)]);
  }, limits);
}

function askedFor({ operation }: Request): string[] {
  return operation.kind === 'search' ? operation.attributes : [];
}

/** Answers these attributes, one after the other. */
async function answering(...answers: Record<string, Value[]>[]) {
  return await directoryWith(({ id }, nth) => {
    const attributes = Object.entries(answers[Math.min(nth, answers.length - 1)]!);
    return Buffer.concat([encodeEntry(id, group, attributes), searchDone(id)]);
  });
}

const valuesOf = (entry: Entry | null) => entry?.attributes;

describe('ranges that lead nowhere', () => {
  const some = members(3);
  test.each<[string, Record<string, Value[]>[], string]>([
    ['a first range that is not the first', [{ 'member;range=3-5': some }], 'member;range=3-5 has 3 values'],
    ['fewer values than it says', [{ 'member;range=0-1499': some }], 'member;range=0-1499 has 3 values'],
    [
      'no progress',
      [{ 'member;range=0-2': some }, { 'member;range=2-2': some.slice(2) }],
      'member;range=2-2 has 1 value',
    ],
  ])('%s is DIRECTORY_ANSWER_INVALID', async (_, answers, message) => {
    const { directory } = await answering(...answers);
    await expect(directory.read(group, ['member'])).rejects.toMatchObject({
      code: 'DIRECTORY_ANSWER_INVALID',
      subject: group,
      message: `${group}: ${message}`,
    });
  });

  test('more values than are allowed are DIRECTORY_LIMIT', async () => {
    const { directory } = await dc({ member: members(2_001) }, { most: 500, limits: { values: 2_000 } });
    await expect(directory.read(group, ['member'])).rejects.toMatchObject({
      code: 'DIRECTORY_LIMIT',
      message: `${group}: member has more than 2000 values, and no more are read`,
    });
  });

  test('values that change each time they are read are DIRECTORY_BUSY, after three times', async () => {
    const { directory, requests } = await dc(
      { member: members(30) },
      { most: 10, change: (attributes) => attributes.member!.shift() },
    );
    await expect(directory.read(group, ['member'])).rejects.toMatchObject({
      code: 'DIRECTORY_BUSY',
      retryable: true,
      message: `${group}: member changed while it was read, 3 times`,
    });
    expect(requests).toHaveLength(6);
  });

  test('an entry that goes away in between is DIRECTORY_BUSY', async () => {
    const { directory } = await directoryWith(({ id }, nth) =>
      nth === 0
        ? Buffer.concat([encodeEntry(id, group, [['member;range=0-2', members(3)]]), searchDone(id)])
        : searchDone(id, undefined, { code: 32, message: 'NO_OBJECT' }),
    );
    await expect(directory.read(group, ['member'])).rejects.toMatchObject({ code: 'DIRECTORY_BUSY' });
  });
});

describe('an attribute with more values than a DC gives at once', () => {
  test('is whole under its plain name: 10,000 values in seven requests', async () => {
    const { directory, requests } = await dc({ member: members(10_000), cn: ['hosts'] }, { most: 1_500 });
    const entry = await directory.read(group, ['cn', 'member']);
    expect(valuesOf(entry)).toEqual({ cn: ['hosts'], member: members(10_000) });
    expect(requests.map(askedFor)).toEqual([
      ['cn', 'member'],
      ...[1499, 2998, 4497, 5996, 7495, 8994].map((low) => [`member;range=${low}-*`]),
    ]);
  });

  test('is whole in a search, and where the server writes its name and option in another case', async () => {
    const { directory } = await answering(
      { 'Member;Range=0-1': members(2), member: [] },
      { 'MEMBER;RANGE=1-*': members(5).slice(1) },
    );
    const found = await directory.search(group, {
      scope: 'sub',
      filter: parseFilter('(cn=*)'),
      attributes: ['member'],
    });
    expect(found.map(({ attributes }) => attributes)).toEqual([{ Member: members(5) }]);
  });

  test('shares its requests with the other attributes of the entry', async () => {
    const attributes = { member: members(25), servicePrincipalName: members(14), description: ['x'] };
    const { directory, requests } = await dc({ ...attributes }, { most: 10 });
    expect(valuesOf(await directory.read(group, Object.keys(attributes)))).toEqual(attributes);
    expect(requests.map(askedFor).slice(1)).toEqual([
      ['member;range=9-*', 'servicePrincipalName;range=9-*'],
      ['member;range=18-*'],
    ]);
  });

  test('keeps octets as octets', async () => {
    const octets = [...Array(12).keys()].map((index) => Buffer.from([0xef, 0xbb, 0xbf, index]));
    const { directory } = await dc({ objectSid: octets }, { most: 5 });
    expect(valuesOf(await directory.read(group, ['objectSid']))).toEqual({ objectSid: octets });
  });

  test('is read from the start again where values come or go in between', async () => {
    const first = members(30);
    const { directory } = await dc(
      { member: first },
      {
        most: 10,
        change: (attributes, nth) => {
          if (nth === 1) attributes.member = members(31).slice(1);
          if (nth === 3) attributes.member = members(31);
        },
      },
    );
    expect(valuesOf(await directory.read(group, ['member']))).toEqual({ member: members(31) });
  });

  test('is whole for any number of values, any limit, and one range alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(60), fc.integer({ min: 2, max: 20 }), async (count, most) => {
        const { directory } = await dc({ member: members(count) }, { most });
        const expected = count === 0 ? {} : { member: members(count) };
        expect(valuesOf(await directory.read(group, ['member']))).toEqual(expected);
      }),
    );
    const { directory } = await answering({ 'member;range=0-*': members(3) });
    expect(valuesOf(await directory.read(group, ['member']))).toEqual({ member: members(3) });
  });
});
