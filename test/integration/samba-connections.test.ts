import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { Client } from 'ldapts';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createAuthority } from '../../lab/certificates.ts';
import { sambaAvailable } from '../../lab/samba/available.ts';
import { type Samba, startSamba } from '../../lab/samba/samba.ts';
import type { CertificateLogin, DirectorySettings, PasswordLogin } from '../../src/config/settings.ts';
import { connectDirectory } from '../../src/directory/connection/connection.ts';
import type { Directory } from '../../src/directory/directory.ts';
import { directoryError } from '../../src/directory/ldap/ldap-errors.ts';
import { clientFiles } from '../directory/connection/domain-controllers.ts';
import { parseFilter } from '../support/parse-filter.ts';

const { available, reason } = sambaAvailable();
if (reason) process.stderr.write(`${reason}\n`);

/** An address that no other test starts Samba on: its ports are fixed. */
const address = '127.0.0.93';

describe.skipIf(!available)('connections to Samba', () => {
  let samba: Samba;
  let folder: string;

  beforeAll(async () => {
    samba = await startSamba({ address });
    folder = await mkdtemp(join(tmpdir(), 'dmsa-samba-connections-'));
  });
  afterAll(async () => {
    await samba?.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function byPassword(password: string): Promise<PasswordLogin> {
    const file = join(folder, 'password');
    await writeFile(file, password);
    return { user: samba.admin.user, password: { file } };
  }

  async function connect(
    scheme: 'ldaps' | 'ldap',
    login: PasswordLogin | CertificateLogin,
    caFile = samba.caFile,
  ): Promise<Directory> {
    const settings: DirectorySettings = { urls: [`${scheme}://${samba.host}`], caFile, ...login };
    const directory = await connectDirectory(settings, { [samba.host]: { address } })();
    onTestFinished(() => directory.close());
    return directory;
  }

  test('take no password without encryption: result 8, whose failure says what to do', async () => {
    const client = new Client({ url: `ldap://${address}` });
    onTestFinished(() => client.unbind());
    const error = await client.bind(samba.admin.user, samba.admin.password).catch((thrown) => thrown);
    expect(directoryError('ldap://x', error)).toMatchObject({
      code: 'DIRECTORY_REFUSED',
      message:
        'ldap://x: the domain controller wants a signed or encrypted connection; use ldaps:// or StartTLS: ' +
        'BindSimple: Transport encryption required. (LDAP 8)',
    });
  });

  describe.each(['ldaps', 'ldap'] as const)('over %s://', (scheme) => {
    test('refuse a wrong password', async () => {
      await expect(connect(scheme, await byPassword('wr0ng'))).rejects.toMatchObject({
        code: 'BIND_REFUSED',
        subject: `${scheme}://${samba.host}`,
        message: expect.not.stringContaining('wr0ng'),
      });
    });

    test('end where the certificate is of another CA', async () => {
      const caFile = join(folder, 'other-ca.pem');
      await writeFile(caFile, createAuthority(new Date()).certificate);
      const refused = connect(scheme, await byPassword(samba.admin.password), caFile);
      await expect(refused).rejects.toMatchObject({ code: 'CERTIFICATE_INVALID' });
    });

    test('cannot be bound by a client certificate, which Samba does not offer, and say so', async () => {
      const { certificateFile, privateKeyFile, passphrase } = await clientFiles();
      await expect(connect(scheme, { certificateFile, privateKeyFile, passphrase })).rejects.toMatchObject({
        code: 'BIND_REFUSED',
        message: expect.stringContaining('the client certificate is not taken: '),
      });
    });

    test('read the domain', async () => {
      const directory = await connect(scheme, await byPassword(samba.admin.password));
      expect(directory.rootDse()).toMatchObject({ dc: samba.host, baseDn: samba.baseDn });
      const options = {
        scope: 'sub' as const,
        filter: parseFilter('(objectClass=domainDNS)'),
        attributes: ['dc'],
      };
      const found = await directory.search(samba.baseDn, options);
      expect(found.map(({ dn }) => dn)).toEqual([samba.baseDn]);
    });
  });
});
