import { z } from 'zod';

import type { SettingKey } from './key.ts';

/** Settings for reading the directory. */
export const directoryKeys: SettingKey[] = [
  {
    name: 'directory.urls',
    kind: 'list',
    required: true,
    schema: z.url({ protocol: /^ldaps?$/ }).regex(/^ldaps?:/i),
    example: '["ldaps://dc1.contoso.com:636"]',
    meaning:
      'Domain controllers of one domain to read from, in the order to try. With `ldap://`, the connection begins with StartTLS on the plain port.',
  },
  {
    name: 'directory.ca-file',
    kind: 'path',
    example: '"contoso-ca.pem"',
    meaning: 'PEM file of the CA that issued their certificates; without it, the CAs that Node.js trusts.',
  },
  {
    name: 'directory.user',
    kind: 'text',
    required: true,
    example: '"svc-dmsa@contoso.com"',
    meaning: 'Account that reads the directory: a DN or user@domain. Not together with certificate-file.',
  },
  {
    name: 'directory.password',
    kind: 'secret',
    required: true,
    example: '"directory.password"',
    meaning: 'Password of `user`. Not together with certificate-file.',
  },
  {
    name: 'directory.certificate-file',
    kind: 'path',
    example: '"svc-dmsa.pem"',
    meaning:
      'PEM file of a client certificate that binds instead of user and password, with the certificates between it and its CA.',
  },
  {
    name: 'directory.private-key-file',
    kind: 'path',
    example: '"svc-dmsa.key"',
    meaning:
      'PEM file of its private key. A file of this user that others may read is refused, as by OpenSSH.',
  },
  {
    name: 'directory.private-key-passphrase',
    kind: 'secret',
    at: 'directory.passphrase',
    example: '"svc-dmsa.passphrase"',
    meaning: 'Passphrase of the key, if it has one.',
  },
];
