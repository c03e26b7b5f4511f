import { describe, expect, onTestFinished, test } from 'vitest';
import { createAuthority, issueServerCertificate } from '../../../lab/certificates.ts';
import { connectDirectory } from '../../../src/directory/connection/connection.ts';
import type { ConnectOptions } from '../../../src/directory/directory.ts';
import { authority } from '../../lab/ldap/fixture.ts';
import {
  connected,
  hostsOf,
  name1,
  name2,
  name3,
  settingsOf,
  startDc,
  twoDcs,
} from './domain-controllers.ts';

describe('which DC is asked', () => {
  test('none that the settings do not lead to: the settings are refused', async () => {
    const [one] = await twoDcs();
    await expect(connected([one], { only: name3 })).rejects.toMatchObject({
      code: 'SETTINGS_INVALID',
      message: `directory.urls: none leads to ${name3}`,
    });
    expect(one.server.counts.connection).toBe(0);
  });

  test('the preferred one while it answers, else the first that does; one that no URL has is no wish', async () => {
    const [one, two] = await twoDcs();
    expect((await connected([one, two], { prefer: name2.toUpperCase() })).rootDse().dc).toBe(name2);
    expect((await connected([one, two], { prefer: name3 })).rootDse().dc).toBe(name1);
    await two.server.close();
    expect((await connected([one, two], { prefer: name2 })).rootDse().dc).toBe(name1);
  });

  test('by its own name too where its URL is an alias, once it has answered; and no other in its place', async () => {
    const names: [string, string] = ['ldap.lab.example', name2];
    const certificate = () => issueServerCertificate(authority, names, new Date());
    const [one, two] = await twoDcs({}, { certificate: certificate() });
    const { settings } = await settingsOf([one]);
    const behind = { dc: two };
    const hosts = {
      ...hostsOf([one]),
      get 'ldap.lab.example'() {
        return hostsOf([behind.dc])[behind.dc.name]!;
      },
    };
    const urls = [...settings.urls, 'ldaps://ldap.lab.example'];
    const connect = connectDirectory({ ...settings, urls }, hosts);
    const dcOf = async (options: ConnectOptions) => {
      const directory = await connect(options);
      onTestFinished(() => directory.close());
      return directory.rootDse().dc;
    };
    await expect(dcOf({ only: name2 })).rejects.toMatchObject({ code: 'SETTINGS_INVALID' });
    expect(await dcOf({ prefer: name2 })).toBe(name1);
    expect(await dcOf({ only: 'ldap.lab.example' })).toBe(name2);
    expect(await dcOf({ prefer: name2 })).toBe(name2);
    expect(await dcOf({ only: name2 })).toBe(name2);

    behind.dc = await startDc(name3, { certificate: certificate() });
    await expect(dcOf({ only: name2 })).rejects.toMatchObject({
      code: 'DIRECTORY_UNREACHABLE',
      message: `ldaps://ldap.lab.example: ${name3} answers, not ${name2}`,
    });
    expect(await dcOf({ only: 'ldap.lab.example' })).toBe(name3);
  });

  test('the next where the certificate of one is not accepted, or it refuses StartTLS: nothing was told to it', async () => {
    const untrusted = issueServerCertificate(createAuthority(new Date()), [name1], new Date());
    const [one, two] = await twoDcs({ certificate: untrusted });
    expect((await connected([one, two])).rootDse().dc).toBe(name2);
    expect(one.server.counts.bind).toBe(0);

    const refusing = await startDc(name1, {
      faults: { onOperation: (kind) => (kind === 'extended' ? { code: 52, message: 'no TLS' } : null) },
    });
    const { settings, hosts } = await settingsOf([refusing, two], 'ldap');
    const directory = await connectDirectory(settings, hosts)();
    onTestFinished(() => directory.close());
    expect(directory.rootDse().dc).toBe(name2);
    expect(refusing.server.counts).toMatchObject({ bind: 0, search: 0 });
  });

  test('where no certificate is accepted that is the failure; where another DC is only down, that may pass', async () => {
    const untrusted = () => issueServerCertificate(createAuthority(new Date()), [name1, name2], new Date());
    const [one, two] = await twoDcs({ certificate: untrusted() }, { certificate: untrusted() });
    await expect(connected([one, two])).rejects.toMatchObject({
      code: 'CERTIFICATE_INVALID',
      retryable: false,
      subject: `ldaps://${name1}, ldaps://${name2}`,
    });
    await two.server.close();
    await expect(connected([one, two])).rejects.toMatchObject({
      code: 'DIRECTORY_UNREACHABLE',
      retryable: true,
      message: expect.stringContaining(`ldaps://${name1}: unable to verify`),
    });
  });
});
