import { Elements, element, integerElement } from '../../../../lab/ldap/ber.ts';
import { RawControl, type RawLdap } from '../../../support/raw-ldap.ts';
import { place, users } from './places.ts';
import { like, type Question, type SearchParts, searched, unlike } from './questions.ts';
import { type Bulk, baseDn, type Side } from './sides.ts';

const { ou, at } = place('many');
const g = at('g');
const count = 1_600;
const contacts = Array.from({ length: count }, (_, index) => at(`c${index}`));

/** More objects than come without pages, and a group of more members than come without ranges. */
export const bulk: Bulk[] = [
  { dn: ou, attributes: { objectClass: ['organizationalUnit'] } },
  ...contacts.map((dn) => ({ dn, attributes: { objectClass: ['contact'] } })),
  { dn: g, attributes: { objectClass: ['group'], sAMAccountName: ['m-g'], member: contacts } },
];

/** By the name that the answer has for the values, how many there are: no directory orders them. */
const ranges =
  (...attributes: string[]) =>
  async ({ client }: Side) => {
    const { entries } = await searched(client, g, { attributes });
    return Object.entries(entries[0]!.attributes)
      .map(([name, values]) => [name, values.length])
      .sort();
  };

const pagedType = '1.2.840.113556.1.4.319';
const none = Buffer.alloc(0);
const paged = (size: number, cookie: Buffer = none) =>
  new RawControl(pagedType, element(0x30, integerElement(0x02, size), element(0x04, cookie)), true);

interface Page {
  code: number;
  dns: string[];
  references: number;
  cookie: Buffer;
}

async function page(
  client: RawLdap,
  size: number,
  cookie: Buffer = none,
  parts: SearchParts = {},
  base = ou,
): Promise<Page> {
  const options = { scope: 'one', filter: '(objectClass=contact)', ...parts } as const;
  const answer = await searched(client, base, { ...options, controls: [paged(size, cookie)] });
  const value = answer.controls[pagedType];
  const inner = value && new Elements(value).inside(0x30);
  inner?.integer(0x02);
  const dns = answer.entries.map(({ dn }) => dn);
  return { code: answer.code, dns, references: answer.references.length, cookie: inner?.octets() ?? none };
}

/** Reads to the end: how many each page has, and whether all was there once. */
const pages =
  (size: number, parts: SearchParts = {}, base = ou) =>
  async ({ client }: Side) => {
    const found: Page[] = [];
    do found.push(await page(client, size, found.at(-1)?.cookie, parts, base));
    while (found.at(-1)!.cookie.length > 0);
    const dns = found.flatMap((each) => each.dns);
    return {
      sizes: found.map((each) => each.dns.length),
      references: found.map(({ references }) => references > 0),
      complete: new Set(dns).size === dns.length && contacts.every((dn) => dns.includes(dn)),
    };
  };

const codeAndCount = ({ code, dns }: Page) => ({ code, count: dns.length });

const unpaged = (parts: SearchParts) => async (side: Side) => {
  const { code, entries } = await searched(side.client, ou, { scope: 'one', ...parts });
  return { code, count: entries.length };
};

/** Opens so many result sets, and goes on with some of them, oldest first. */
const open = (sets: number, goOn: number[]) => async (side: Side) => {
  const client = await side.connect();
  await client.bind(side.admin.user, side.admin.password);
  const cookies: Buffer[] = [];
  for (let index = 0; index < sets; index++) cookies.push((await page(client, 10)).cookie);
  const answers: unknown[] = [];
  for (const index of goOn) answers.push(codeAndCount(await page(client, 10, cookies[index])));
  return answers;
};

const maxValRange = 'MaxValRange is 1,500, MS-ADTS 3.1.1.3.4.6; Samba has no limit';
const maxPageSize = 'MaxPageSize is 1,000, MS-ADTS 3.1.1.3.4.6; Samba has no limit';
const sizeLimit = 'the size limit, RFC 4511 4.5.1.4; Samba ignores it';

export const many: Question[] = [
  ...[
    '0-1499',
    '1500-*',
    '1500-1599',
    '1500-1598',
    '1599-*',
    '1600-*',
    '5000-6000',
    '10-19',
    '0-0',
    '10-5',
  ].map((range) => like(`members ${range}`, ranges(`member;range=${range}`))),
  like('members, with another attribute', ranges('cn', 'member;range=0-9')),
  like('two ranges', ranges('member;range=0-1', 'member;range=2-4')),
  unlike('all members', ranges('member'), maxValRange, [['member;range=0-1499', 1500]], [['member', 1600]]),
  unlike(
    'members from the first',
    ranges('member;range=0-*'),
    maxValRange,
    [['member;range=0-1499', 1500]],
    [['member;range=0-*', 1600]],
  ),
  unlike(
    'a range in upper case',
    ranges('MEMBER;RANGE=0-2'),
    'options ignore case, RFC 4512 2.5; Samba does not see it',
    [['member;range=0-2', 3]],
    [['member', 1600]],
  ),

  like('pages of 700', pages(700)),
  like('pages of 800, which end with the last entry', pages(800)),
  like('pages of 1', pages(1, { filter: '(|(cn=c1)(cn=c2)(cn=c3))' })),
  like('a page for what is not there', pages(10, { filter: '(cn=none)' })),
  like('pages of the domain, with its references', pages(1000, { scope: 'sub' }, baseDn)),
  unlike(
    'one page of 2,000',
    pages(2000),
    maxPageSize,
    { sizes: [1000, 600], references: [false, false], complete: true },
    { sizes: [1600], references: [false], complete: true },
  ),
  unlike('without pages', unpaged({}), maxPageSize, { code: 4, count: 1000 }, { code: 0, count: 1601 }),
  unlike('at most 5', unpaged({ sizeLimit: 5 }), sizeLimit, { code: 4, count: 5 }, { code: 0, count: 1601 }),
  like('at most 2 of 2', unpaged({ sizeLimit: 2, filter: '(|(cn=c1)(cn=c2))' })),
  like('a cookie goes on after another search', async (side) => {
    const first = await page(side.client, 10);
    await searched(side.client, users);
    const second = await page(side.client, 10, first.cookie);
    return { ...codeAndCount(second), isAnother: !first.dns.includes(second.dns[0]!) };
  }),
  like('a cookie of another connection', async (side) => {
    const other = await side.connect();
    await other.bind(side.admin.user, side.admin.password);
    return codeAndCount(await page(other, 10, (await page(side.client, 10)).cookie));
  }),
  like('a cookie of nobody', async ({ client }) => codeAndCount(await page(client, 10, Buffer.from('none')))),
  like('a page of no size ends it', async ({ client }) => {
    const { cookie } = await page(client, 10);
    return codeAndCount(await page(client, 0, cookie));
  }),
  like('ten at once', open(10, [9, 0, 5])),
  like('the oldest of eleven is forgotten', open(11, [0, 1, 10])),
  like('a control that is malformed', async ({ client }) => {
    const { code } = await searched(client, ou, {
      controls: [new RawControl(pagedType, Buffer.from('x'), true)],
    });
    return code;
  }),
];
