import { createHmac, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import {
  checkHostKey,
  fingerprint,
  knownHostsLine,
  knownKeyTypes,
  parseKnownHosts,
} from '../../../src/powershell/ssh/known-hosts.ts';

const web = keyOf('ssh-ed25519', 1);
const other = keyOf('ssh-ed25519', 2);

describe('a host key that is not accepted', () => {
  test('is unknown in an empty file', () => {
    expect(verdict('', 'web01', 22, web)).toBe('unknown');
  });

  test('is unknown where only another host has it', () => {
    expect(verdict(knownHostsLine('web02', 22, web), 'web01', 22, web)).toBe('unknown');
  });

  test('is different where the host has another key, of any type', () => {
    const file = knownHostsLine('web01', 22, keyOf('ssh-rsa', 3));
    expect(verdict(file, 'web01', 22, web)).toBe('different');
  });

  test('is revoked where a line says so, even where another line trusts it', () => {
    const line = knownHostsLine('web01', 22, web);
    expect(verdict(`${line}\n@revoked ${knownHostsLine('*', 22, web)}`, 'web01', 22, web)).toBe('revoked');
  });

  test('is not different because of a revoked line for another key', () => {
    const file = `@revoked ${knownHostsLine('web01', 22, other)}`;
    expect(verdict(file, 'web01', 22, web)).toBe('unknown');
  });

  test.each([
    ['a comment', (line: string) => `# ${line}`],
    ['a certificate authority', (line: string) => `@cert-authority ${line}`],
    ['an unknown marker', (line: string) => `@trusted ${line}`],
    ['another type than the key has', (line: string) => line.replace('ssh-ed25519', 'ssh-rsa')],
    ['no key', (line: string) => line.split(' ').slice(0, 2).join(' ')],
    ['a key cut short', (line: string) => `${line.split(' ').slice(0, 2).join(' ')} AAAA`],
    ['an excluded name', (line: string) => line.replace('web01', '*,!web01')],
    ['an unknown hash', (line: string) => line.replace('web01', '|2|AAAA|AAAA')],
    ['a hash without a salt', (line: string) => line.replace('web01', '|1')],
    ['a pattern that is no regular expression', (line: string) => line.replace('web01', 'w.b01')],
  ])('is unknown by a line with %s', (_, spoil) => {
    expect(verdict(spoil(knownHostsLine('web01', 22, web)), 'web01', 22, web)).toBe('unknown');
  });

  test('on another port than 22 is unknown by the name alone', () => {
    expect(verdict(knownHostsLine('web01', 22, web), 'web01', 2222, web)).toBe('unknown');
  });
});

describe('a host key that is accepted', () => {
  test('is on a plain line, with white space and a comment around it', () => {
    expect(verdict(`\n\t${knownHostsLine('web01', 22, web)} root@web01\r\n`, 'web01', 22, web)).toBe('known');
  });

  test('is one of several that the host has', () => {
    const file = [other, web].map((key) => knownHostsLine('web01', 22, key)).join('\n');
    expect(verdict(file, 'web01', 22, web)).toBe('known');
  });

  test.each([
    ['a comma list', 'db,web01,10.0.0.4'],
    ['wildcards', 'web??'],
    ['a star', '*'],
    ['another case', 'WEB01'],
  ])('is found by %s', (_, names) => {
    expect(verdict(knownHostsLine('web01', 22, web).replace('web01', names), 'Web01', 22, web)).toBe('known');
  });

  test('with a port is written and found in brackets', () => {
    const line = knownHostsLine('WEB01.lab.example', 2222, web);
    expect(line).toBe(`[web01.lab.example]:2222 ssh-ed25519 ${web.toString('base64')}`);
    expect(verdict(line, 'web01.lab.example', 2222, web)).toBe('known');
  });

  test('is found by the hash that ssh-keygen -H makes of the name', () => {
    expect(
      verdict(knownHostsLine('web01', 2222, web).replace(/^\S+/, hashed('[web01]:2222')), 'WEB01', 2222, web),
    ).toBe('known');
  });
});

test('what is written is known, and nothing else is, for any name, port and key', () => {
  const name = fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?$/);
  const port = fc.integer({ min: 1, max: 65_535 });
  fc.assert(
    fc.property(name, name, port, fc.nat(255), fc.nat(255), (host, stranger, number, a, b) => {
      const key = keyOf('ssh-ed25519', a);
      const presented = keyOf('ssh-ed25519', b);
      const line = knownHostsLine(host, number, key);
      for (const file of [line, line.replace(/^\S+/, hashed(line.split(' ')[0]!))]) {
        expect(verdict(file, host, number, presented)).toBe(a === b ? 'known' : 'different');
        if (stranger !== host) expect(verdict(file, stranger, number, presented)).toBe('unknown');
      }
    }),
  );
});

test('no text makes a key known that is not in it', () => {
  const line = knownHostsLine('web01', 22, other);
  const pieces = [
    ...line.split(' '),
    line,
    '@revoked',
    '|1|',
    '|',
    '*',
    '?',
    '!',
    ',',
    ' ',
    '\t',
    '\n',
    '#',
    '[',
  ];
  const text = fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 4 })), { maxLength: 30 });
  fc.assert(
    fc.property(text, (parts) => {
      expect(['unknown', 'different']).toContain(verdict(parts.join(''), 'web01', 22, web));
    }),
  );
});

test('the types of the known keys are told, once each, without the revoked', () => {
  const file = [
    knownHostsLine('web01', 22, keyOf('ecdsa-sha2-nistp256', 1)),
    knownHostsLine('web01', 22, keyOf('ecdsa-sha2-nistp256', 2)),
    knownHostsLine('web02', 22, web),
    `@revoked ${knownHostsLine('web01', 22, keyOf('ssh-rsa', 1))}`,
  ].join('\n');
  expect(knownKeyTypes(parseKnownHosts(file), 'web01', 22)).toEqual(['ecdsa-sha2-nistp256']);
});

test('a fingerprint is what ssh-keygen shows', () => {
  const key = Buffer.from('AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl', 'base64');
  expect(fingerprint(key)).toBe('SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU');
});

function verdict(file: string, host: string, port: number, key: Buffer) {
  return checkHostKey(parseKnownHosts(file), host, port, key);
}

function hashed(name: string): string {
  const salt = randomBytes(20);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

function keyOf(type: string, seed: number): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type), Buffer.alloc(4), Buffer.alloc(32, seed)]);
}
