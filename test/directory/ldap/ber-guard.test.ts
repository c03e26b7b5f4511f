import { describe, expect, test } from 'vitest';
import { element, integerElement, textElement } from '../../../lab/ldap/ber.ts';
import { encodeNotice, encodeResult } from '../../../lab/ldap/responses.ts';
import type { DmsaError, ErrorCode } from '../../../src/domain/errors/errors.ts';
import { parseFilter } from '../../support/parse-filter.ts';
import {
  directoryWith,
  entries,
  message,
  type Reply,
  reference,
  searchDone,
  server,
} from './scripted-server.ts';

const base = 'DC=lab,DC=example';
const everything = { scope: 'sub', filter: parseFilter('(cn=*)'), attributes: ['cn'] } as const;
const hex = (text: string) => Buffer.from(text, 'hex');
/** The bind was answered before, by a message of 14 octets. */
const bindOctets = 14;

async function searching(answer: (id: number, nth: number) => Reply | Buffer, change: object = {}) {
  const { directory, requests } = await directoryWith((request, nth) => answer(request.id, nth), change);
  const found = directory.search(base, { ...everything, attributes: ['cn'] });
  return { directory, requests, found };
}

function failure(code: ErrorCode, message: string) {
  return { code, subject: server, message: `${server}: ${message}` };
}

const noLdap = (what: string, offset: number) =>
  failure('DIRECTORY_ANSWER_INVALID', `the answer is no LDAP: ${what} at offset ${bindOctets + offset}`);

const entryOf = (id: number, ...attributes: Buffer[]) =>
  message(id, element(0x64, textElement(base), element(0x30, ...attributes)));
const attributeOf = (name: string, ...values: Buffer[]) =>
  element(0x30, textElement(name), element(0x31, ...values));

describe('an answer that is no LDAP ends the connection with the offset', () => {
  test.each<[string, (id: number) => Buffer, string, number]>([
    ['no sequence', () => hex('3100'), 'no message begins', 0],
    ['an indefinite length', () => hex('3080'), 'an indefinite length', 1],
    ['a length of five octets', () => hex('30850000000001'), 'a length of 5 octets', 1],
    ['an absurd length', () => hex('3084ffffffff'), 'a length of 4294967295', 1],
    ['a tag of several octets', () => hex('3f810100'), 'no message begins', 0],
    ['nothing in it', () => hex('3000'), 'no element where one with the tag 0x02 must be', 2],
    ['no message id', () => hex('3003040161'), 'an element with the tag 0x04 in the place of 0x02', 2],
    ['a negative id', () => hex('30050201ff6500'), 'the number -1, which is negative', 2],
    ['an id of five octets', () => hex('30070205000000000100'), 'a number that is not of 32 bits', 2],
    ['an id without octets', () => hex('300402006500'), 'a number that is not of 32 bits', 2],
    [
      'an element that outlasts its parent',
      () => hex('30050201026505'),
      'an element that ends outside of the one around it',
      5,
    ],
    ['a request', (id) => message(id, element(0x63)), 'no answer has the tag 0x63', 5],
    [
      'a message after a sound one',
      (id) => Buffer.concat([entries(id, 'a'), hex('00')]),
      'no message begins',
      entries(3, 'a').length,
    ],
    ['an id that was not asked', (id) => searchDone(id + 1), 'an answer to 4, which was not asked', 0],
    [
      'the answer to a bind',
      (id) => encodeResult(id, 'bind', { code: 0, message: '' }),
      'an answer with the tag 0x61 to another request',
      0,
    ],
    [
      'a second end',
      (id) => Buffer.concat([entries(id, 'a'), searchDone(id, 'more'), searchDone(id)]),
      'an answer to 3, which was not asked',
      Buffer.concat([entries(3, 'a'), searchDone(3, 'more')]).length,
    ],
    ['an entry as a notification', () => entries(0, 'a'), 'an answer to 0 that is no notification', 0],
    ['a reference without a URL', (id) => reference(id), 'no element where one with the tag 0x04 must be', 7],
    [
      'a text that is not UTF-8',
      (id) => message(id, element(0x73, element(0x04, hex('ff')))),
      'a text that is not UTF-8',
      7,
    ],
    [
      'a name that JavaScript gives a meaning',
      (id) => entryOf(id, attributeOf('__proto__', textElement('x'))),
      'no name of an attribute',
      28,
    ],
    [
      'a name that ldapts gives a meaning',
      (id) => entryOf(id, attributeOf('dn', textElement('CN=other'))),
      'no name of an attribute',
      28,
    ],
    [
      'an attribute that comes twice',
      (id) => entryOf(id, attributeOf('cn', textElement('a')), attributeOf('CN', textElement('b'))),
      'the attribute CN for the second time',
      39,
    ],
    [
      'a value that is a number',
      (id) => entryOf(id, attributeOf('cn', integerElement(0x02, 1))),
      'an element with the tag 0x02 in the place of 0x04',
      36,
    ],
    [
      'something after the values of an attribute',
      (id) => entryOf(id, element(0x30, textElement('cn'), element(0x31), textElement('x'))),
      'an element with the tag 0x04',
      36,
    ],
    [
      'something after the attributes',
      (id) => message(id, element(0x64, textElement(''), element(0x30), textElement('x'))),
      'an element with the tag 0x04',
      11,
    ],
    [
      'a referral in a success',
      (id) => encodeResult(id, 'search', { code: 0, message: '', referrals: ['ldap://x'] }),
      'a referral in result 0',
      14,
    ],
    [
      'a result without its text',
      (id) => message(id, element(0x65, integerElement(0x0a, 0), textElement(''))),
      'no element where one with the tag 0x04 must be',
      12,
    ],
    [
      'a control that nobody asked for',
      (id) =>
        encodeResult(id, 'search', { code: 0, message: '' }, [
          { type: '1.2.840.113556.1.4.473', value: Buffer.alloc(0) },
        ]),
      'the control 1.2.840.113556.1.4.473, which nobody asked for',
      16,
    ],
    [
      'a paging control cut short',
      (id) =>
        encodeResult(id, 'search', { code: 0, message: '' }, [
          { type: '1.2.840.113556.1.4.319', value: hex('300302') },
        ]),
      'an element that ends outside of the one around it',
      44,
    ],
  ])('%s', async (_, octets, what, offset) => {
    const { directory, found } = await searching((id) => octets(id));
    await expect(found).rejects.toMatchObject(noLdap(what, offset));
    // What comes after it is told why.
    await expect(directory.read(base, ['cn'])).rejects.toMatchObject({ code: 'DIRECTORY_ANSWER_INVALID' });
  });

  test('an answer that breaks off inside a message', async () => {
    const { found } = await searching((id) => ({ chunks: [entries(id, 'a').subarray(0, 20)], end: true }));
    const message = `the answer breaks off inside a message at offset ${bindOctets + 20}`;
    await expect(found).rejects.toMatchObject(failure('DIRECTORY_ANSWER_INVALID', message));
  });
});

describe('a connection that ends', () => {
  test('between two messages is lost, not malformed', async () => {
    const { found } = await searching((id) => ({ chunks: [entries(id, 'a')], end: true }));
    await expect(found).rejects.toMatchObject({
      code: 'DIRECTORY_UNREACHABLE',
      message: expect.stringContaining('Connection closed before message response was received'),
    });
  });

  test.each([
    ['as RFC 4511 has it', encodeNotice(52, 'shutting down\n\0'), 'shutting down (LDAP 52)'],
    ['without a text', encodeNotice(2, ''), 'no reason given (LDAP 2)'],
    [
      'as AD has it, the name behind the response',
      message(
        0,
        element(0x78, integerElement(0x0a, 52), textElement(''), textElement('00000000: LdapErr')),
        element(0x8a, Buffer.from('1.3.6.1.4.1.1466.20036')),
      ),
      '00000000: LdapErr (LDAP 52)',
    ],
  ])('with a notice, %s, is lost for the reason it gives', async (_, notice, reason) => {
    const { found } = await searching((id) => Buffer.concat([entries(id, 'a'), notice]));
    const expected = failure('DIRECTORY_UNREACHABLE', `the domain controller ends the connection: ${reason}`);
    await expect(found).rejects.toMatchObject(expected);
  });

  test('a notification that is not known is no matter', async () => {
    const unknown = message(
      0,
      element(0x78, integerElement(0x0a, 0), textElement(''), textElement('')),
      element(0x8a, Buffer.from('1.2.3.4')),
    );
    const { found } = await searching((id) => Buffer.concat([unknown, entries(id, 'a'), searchDone(id)]));
    expect((await found).map(({ dn }) => dn)).toEqual([`CN=a,${base}`]);
  });
});

describe('an answer that is too much', () => {
  test('in one message is refused by its length alone', async () => {
    const { found } = await searching(() => hex('3084010000a0'), {});
    const text = 'a message of 16777382 octets, and 16777216 are read at most';
    await expect(found).rejects.toMatchObject(failure('DIRECTORY_LIMIT', text));
  });

  test('in the octets or entries of one answer is refused while it comes', async () => {
    const endless = (id: number) => entries(id, ...Array.from({ length: 20 }, (_, n) => `host${n}`));
    const octets = await searching(endless, { answerOctets: 500 });
    await expect(octets.found).rejects.toMatchObject(
      failure('DIRECTORY_LIMIT', 'an answer of more than 500 octets'),
    );
    const many = await searching(endless, { entries: 10 });
    await expect(many.found).rejects.toMatchObject(
      failure('DIRECTORY_LIMIT', 'an answer of more than 10 entries'),
    );
  });

  test('in references is refused, however many there are in one message', async () => {
    const urls = Array.from({ length: 11 }, (_, n) => `ldap://dc${n}/`);
    const { found } = await searching((id) => reference(id, ...urls), { entries: 10 });
    await expect(found).rejects.toMatchObject(
      failure('DIRECTORY_LIMIT', 'an answer of more than 10 references'),
    );
  });

  test('in the text of a referral or a result is cut short', async () => {
    const text = 'x'.repeat(1_000_000);
    for (const result of [
      { code: 10, message: text, referrals: [text, text] },
      { code: 53, message: text },
    ]) {
      const { found } = await searching((id) => searchDone(id, undefined, result));
      const error: unknown = await found.catch((each: unknown) => each);
      expect((error as DmsaError).code).toBe(result.code === 10 ? 'DIRECTORY_REFERRAL' : 'DIRECTORY_REFUSED');
      expect((error as DmsaError).message.length).toBeLessThan(6_000);
    }
  });

  test.each([
    [{ entries: 5 }, '5 entries'],
    [{ pages: 3 }, '3 pages'],
    [{ searchOctets: 300 }, '300 octets'],
  ])('over the pages of a search is refused: %o', async (limits, most) => {
    const { found, requests } = await searching(
      (id) => Buffer.concat([entries(id, 'a', 'b'), searchDone(id, 'more')]),
      limits,
    );
    await expect(found).rejects.toMatchObject(
      failure('DIRECTORY_LIMIT', `the search below "${base}" has more than ${most}, and no more are read`),
    );
    expect(requests.length).toBeLessThan(5);
  });
});

describe('a sound answer', () => {
  test('arrives whole, whatever the pieces in which it comes', async () => {
    const octets = (id: number) =>
      Buffer.concat([entries(id, 'a', 'b', 'ü'.repeat(300)), reference(id, 'ldap://x/'), searchDone(id)]);
    for (const size of [1, 2, 3, 7, 100, 5_000]) {
      const { found } = await searching((id) => {
        const all = octets(id);
        const count = Math.ceil(all.length / size);
        return { chunks: Array.from({ length: count }, (_, n) => all.subarray(n * size, (n + 1) * size)) };
      });
      expect((await found).map(({ attributes }) => attributes.cn)).toEqual([['a'], ['b'], ['ü'.repeat(300)]]);
    }
  });

  test('of empty pages between full ones is read to its end', async () => {
    const { found, requests } = await searching((id, nth) =>
      nth % 2 === 0
        ? searchDone(id, `after ${nth}`)
        : Buffer.concat([entries(id, `host${nth}`), searchDone(id, nth === 3 ? '' : `after ${nth}`)]),
    );
    expect((await found).map(({ dn }) => dn)).toEqual([`CN=host1,${base}`, `CN=host3,${base}`]);
    expect(requests).toHaveLength(4);
  });

  test('of two searches at once reaches each of them', async () => {
    const { directory } = await directoryWith(({ id, operation }) => {
      const name = operation.kind === 'search' ? operation.base.replace(/^CN=(.).*/, '$1') : '';
      return Buffer.concat([entries(id, name), searchDone(id)]);
    });
    const found = await Promise.all(
      ['a', 'b', 'c'].map((name) =>
        directory.search(`CN=${name},${base}`, { ...everything, attributes: ['cn'] }),
      ),
    );
    expect(found.map(([entry]) => entry?.dn)).toEqual(['a', 'b', 'c'].map((name) => `CN=${name},${base}`));
  });
});
