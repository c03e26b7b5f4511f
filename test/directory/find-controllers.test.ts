import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { findControllers } from '../../src/directory/find-controllers.ts';

let server: Socket;
let asked: string[];
let records: { priority: number; weight: number; name: string }[] | null;

beforeEach(async () => {
  asked = [];
  records = [];
  server = createSocket('udp4', (question, { port }) => server.send(answer(question), port));
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => server.close());

const find = (domain: string) => findControllers(domain, [`127.0.0.1:${server.address().port}`]);

/** An answer of RFC 1035 with records of RFC 2782; a name that does not exist where `records` is null. */
function answer(question: Buffer): Buffer {
  const end = question.indexOf(0, 12) + 5;
  asked.push(nameIn(question.subarray(12, end - 4)));
  const header = Buffer.from(question.subarray(0, 12));
  header.writeUInt16BE(records ? 0x8180 : 0x8183, 2);
  header.writeUInt16BE(records?.length ?? 0, 6);
  header.writeUInt16BE(0, 8);
  header.writeUInt16BE(0, 10);
  const answers = (records ?? []).map(({ priority, weight, name }) => {
    const target = encoded(name);
    const fixed = Buffer.alloc(18);
    fixed.writeUInt16BE(0xc00c, 0);
    fixed.writeUInt16BE(33, 2);
    fixed.writeUInt16BE(1, 4);
    fixed.writeUInt32BE(600, 6);
    fixed.writeUInt16BE(6 + target.length, 10);
    fixed.writeUInt16BE(priority, 12);
    fixed.writeUInt16BE(weight, 14);
    fixed.writeUInt16BE(389, 16);
    return Buffer.concat([fixed, target]);
  });
  return Buffer.concat([header, question.subarray(12, end), ...answers]);
}

function encoded(name: string): Buffer {
  return Buffer.concat([
    ...name.split('.').map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);
}

function nameIn(labels: Buffer): string {
  const names: string[] = [];
  for (let at = 0; labels[at]; at += labels[at]! + 1)
    names.push(labels.toString('latin1', at + 1, at + 1 + labels[at]!));
  return names.join('.');
}

test('a domain that DNS does not know has none', async () => {
  records = null;
  expect(await find('nowhere.example')).toEqual([]);
});

test('those of a domain come by priority, then by weight, each once', async () => {
  records = [
    { priority: 10, weight: 100, name: 'far.contoso.com' },
    { priority: 0, weight: 10, name: 'dc2.contoso.com' },
    { priority: 0, weight: 100, name: 'DC1.contoso.com' },
    { priority: 20, weight: 0, name: 'dc2.contoso.com' },
  ];
  expect(await find('contoso.com')).toEqual(['dc1.contoso.com', 'dc2.contoso.com', 'far.contoso.com']);
  expect(asked).toEqual(['_ldap._tcp.dc._msdcs.contoso.com']);
});
