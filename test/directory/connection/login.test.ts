import { createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { describe, expect, onTestFinished, test } from 'vitest';
import { createAuthority } from '../../../lab/certificates.ts';
import type { CertificateLogin } from '../../../src/config/settings.ts';
import { connectDirectory } from '../../../src/directory/connection/connection.ts';
import type { Directory } from '../../../src/directory/directory.ts';
import { DmsaError } from '../../../src/domain/errors/errors.ts';
import { authority, baseDn, dc, settingsFor } from '../../lab/ldap/fixture.ts';
import { clientFiles, type Dc, hostsOf, settingsOf, startDc } from './domain-controllers.ts';

type Scheme = 'ldaps' | 'ldap';

async function connectWith(
  one: Dc,
  scheme: Scheme,
  { certificateFile, privateKeyFile, passphrase }: CertificateLogin,
): Promise<Directory> {
  const { urls, caFile } = (await settingsOf([one], scheme)).settings;
  const settings = { urls, caFile, certificateFile, privateKeyFile, passphrase };
  const directory = await connectDirectory(settings, hostsOf([one], scheme))();
  onTestFinished(() => directory.close());
  return directory;
}

/** The error, which must be one of this program's. */
async function failure(promise: Promise<unknown>): Promise<DmsaError> {
  const error = await promise.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof DmsaError)) throw new Error(`no DmsaError: ${error}`);
  return error;
}

/** Nothing listens on port 1: settings are refused before anyone is asked. */
async function refusedSettings(login: CertificateLogin, code = 'PEM_INVALID'): Promise<string> {
  const { settings, hosts } = await settingsFor(1);
  const { urls, caFile } = settings;
  const error = await failure(connectDirectory({ urls, caFile, ...login }, hosts)());
  expect(error.code).toBe(code);
  return error.message;
}

describe.each(['ldaps', 'ldap'] as const)('a client certificate over %s://', (scheme) => {
  test('of another CA, or of nobody the DC knows, is refused, and nothing is read', async () => {
    const one = await startDc(dc);
    const other = createAuthority(new Date());
    for (const files of [await clientFiles(undefined, other), await clientFiles('nobody@lab.example')]) {
      const error = await failure(connectWith(one, scheme, files));
      expect(error).toMatchObject({ code: 'BIND_REFUSED', retryable: false, subject: `${scheme}://${dc}` });
    }
    expect(one.server.counts.search).toBe(0);
  });

  test('is refused in words by a DC that takes none', async () => {
    const answer =
      scheme === 'ldap' ? { code: 7, message: 'no EXTERNAL' } : { code: 2, message: 'not supported' };
    const one = await startDc(dc, {
      faults: {
        onOperation: (kind, oid) =>
          kind === 'bind' || (kind === 'extended' && oid.includes('4203')) ? answer : null,
      },
    });
    const error = await failure(connectWith(one, scheme, await clientFiles()));
    expect(error).toMatchObject({
      code: 'BIND_REFUSED',
      message: `${scheme}://${dc}: the client certificate is not taken: ${answer.message} (LDAP ${answer.code})`,
    });
  });

  test('is tried again where the DC is busy', async () => {
    const one = await startDc(dc, {
      faults: { onOperation: (kind, oid) => (kind === 'extended' && oid.includes('4203') ? 'busy' : null) },
    });
    const error = await failure(connectWith(one, scheme, await clientFiles()));
    expect(error).toMatchObject({ code: 'DIRECTORY_BUSY', retryable: true });
  });

  test('binds in the place of user and password, again after a drop', async () => {
    const one = await startDc(dc);
    const directory = await connectWith(one, scheme, await clientFiles());
    expect(await directory.read(baseDn, ['dc'])).toMatchObject({ attributes: { dc: ['lab'] } });
    one.server.dropAll();
    expect(await directory.read(baseDn, ['dc'])).toMatchObject({ attributes: { dc: ['lab'] } });
    expect(one.server.counts).toMatchObject({ connection: 2, bind: scheme === 'ldap' ? 2 : 0 });
  });
});

describe('files of a client certificate', () => {
  test('that are missing or hold something else are refused by the setting that names them', async () => {
    const files = await clientFiles();
    const { certificateFile, privateKeyFile, folder } = files;
    const nothing = join(folder, 'nothing');
    expect(await refusedSettings({ ...files, certificateFile: nothing }, 'FILE_UNREADABLE')).toBe(
      `directory.certificate-file: ${nothing} cannot be read (ENOENT)`,
    );
    expect(await refusedSettings({ ...files, privateKeyFile: nothing }, 'FILE_UNREADABLE')).toBe(
      `directory.private-key-file: ${nothing} cannot be read (ENOENT)`,
    );
    expect(await refusedSettings({ ...files, certificateFile: privateKeyFile })).toBe(
      `directory.certificate-file: ${privateKeyFile} holds no certificate in PEM form`,
    );
    await chmod(certificateFile, 0o600);
    expect(await refusedSettings({ ...files, privateKeyFile: certificateFile })).toBe(
      `directory.private-key-file: ${certificateFile} holds no private key in PEM form`,
    );
    const other = await clientFiles();
    expect(await refusedSettings({ ...files, privateKeyFile: other.privateKeyFile })).toBe(
      `directory.private-key-file: ${other.privateKeyFile} is not the key of ${certificateFile}`,
    );
  });

  test('whose key others may read are refused, as OpenSSH refuses them', async () => {
    const files = await clientFiles();
    for (const [mode, text] of [
      [0o640, '0640'],
      [0o604, '0604'],
      [0o601, '0601'],
      [0o777, '0777'],
    ] as const) {
      await chmod(files.privateKeyFile, mode);
      expect(await refusedSettings(files, 'FILE_NOT_PRIVATE')).toBe(
        `directory.private-key-file: others may read ${files.privateKeyFile} (mode ${text}): chmod 600 it`,
      );
    }
    const one = await startDc(dc);
    for (const mode of [0o400, 0o600, 0o700]) {
      await chmod(files.privateKeyFile, mode);
      expect((await connectWith(one, 'ldaps', files)).rootDse().dc).toBe(dc);
    }
  });

  test('whose key is encrypted want its passphrase, which no message repeats', async () => {
    const files = await clientFiles();
    const passphrase = { command: [process.execPath, '-e', 'process.stdout.write("0pen-sesame")'] };
    const wrong = { command: [process.execPath, '-e', 'process.stdout.write("wr0ng-secret")'] };
    const key = createPrivateKey(await readFile(files.privateKeyFile, 'utf8'));
    const pem = key.export({
      type: 'pkcs8',
      format: 'pem',
      cipher: 'aes-256-cbc',
      passphrase: '0pen-sesame',
    });
    await writeFile(files.privateKeyFile, pem);
    expect(await refusedSettings(files)).toBe(
      `directory.private-key-file: ${files.privateKeyFile} is encrypted: set private-key-passphrase-file`,
    );
    expect(await refusedSettings({ ...files, passphrase: wrong })).toBe(
      `directory.private-key-passphrase: it does not open ${files.privateKeyFile}`,
    );
    expect((await connectWith(await startDc(dc), 'ldaps', { ...files, passphrase })).rootDse().dc).toBe(dc);
  });

  test('may hold a key of another kind, and a chain', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const files = await clientFiles();
    await writeFile(files.privateKeyFile, privateKey.export({ type: 'pkcs1', format: 'pem' }));
    expect(await refusedSettings(files)).toContain('is not the key of');
    const again = await clientFiles();
    await writeFile(
      again.certificateFile,
      (await readFile(again.certificateFile, 'utf8')) + authority.certificate,
    );
    expect((await connectWith(await startDc(dc), 'ldap', again)).rootDse().dc).toBe(dc);
  });
});

test('a CA file without a certificate is refused before anyone is asked', async () => {
  const { folder } = await clientFiles();
  const caFile = join(folder, 'ca.txt');
  await writeFile(caFile, 'not a certificate');
  const { settings, hosts } = await settingsFor(1, { caFile });
  await expect(connectDirectory(settings, hosts)()).rejects.toMatchObject({
    code: 'PEM_INVALID',
    message: `directory.ca-file: ${caFile} holds no certificate in PEM form`,
  });
});
