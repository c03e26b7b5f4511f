import { z } from 'zod';

import { filled, type SettingKey } from './key.ts';

/** Settings for reading the directory. */
export const directoryKeys: SettingKey[] = [
  {
    name: 'directory.urls',
    kind: 'list',
    default: null,
    schema: z.url({ protocol: /^ldaps?$/ }).regex(/^ldaps?:/i),
    example: '["ldaps://dc1.contoso.com:636"]',
    meaning:
      'Domain controllers of one domain to read from, in the order to try. With `ldap://`, TLS starts on the plain port (StartTLS), and nothing is said before.',
  },
  {
    name: 'directory.ca-file',
    kind: 'path',
    default: 'absent',
    schema: filled,
    example: '"contoso-ca.pem"',
    meaning: 'PEM file of the CA that issued their certificates; without it, the CAs that Node.js trusts.',
  },
  {
    name: 'directory.user',
    kind: 'text',
    default: null,
    schema: filled,
    example: '"svc-dmsa@contoso.com"',
    meaning: 'Who binds: a DN or user@domain. Reading is all it does. Not with a certificate-file.',
  },
  {
    name: 'directory.password',
    kind: 'secret',
    default: null,
    schema: filled,
    example: '"directory.password"',
    meaning: 'Where its password is. Not with a certificate-file.',
  },
  {
    name: 'directory.certificate-file',
    kind: 'path',
    default: 'absent',
    schema: filled,
    example: '"svc-dmsa.pem"',
    meaning:
      'PEM file of a client certificate that binds in the place of user and password, with the certificates between it and its CA.',
  },
  {
    name: 'directory.private-key-file',
    kind: 'path',
    default: 'absent',
    schema: filled,
    example: '"svc-dmsa.key"',
    meaning:
      'PEM file of its private key. One of this user that others may read is refused, as OpenSSH refuses it.',
  },
  {
    name: 'directory.private-key-passphrase',
    kind: 'secret',
    default: 'absent',
    schema: filled,
    at: 'directory.passphrase',
    example: '"svc-dmsa.passphrase"',
    meaning: 'Where the passphrase of the key is, if it has one.',
  },
];
