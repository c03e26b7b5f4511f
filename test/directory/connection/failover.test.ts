import { describe, expect, onTestFinished, test } from 'vitest';
import { createAuthority, issueServerCertificate } from '../../../lab/certificates.ts';
import type { Fault, OperationKind } from '../../../lab/ldap/server.ts';
import { type ConnectionLimits, connectDirectory } from '../../../src/directory/connection/connection.ts';
import type { ConnectOptions, Directory } from '../../../src/directory/directory.ts';
import { text } from '../../../src/directory/entry.ts';
import { authority, baseDn } from '../../lab/ldap/fixture.ts';
import { parseFilter } from '../../support/parse-filter.ts';
import { type Dc, type DcOptions, hostsOf, settingsOf, startDc } from './domain-controllers.ts';

const [name1, name2, name3] = ['dc1.lab.example', 'dc2.lab.example', 'dc3.lab.example'];

/** Faults that a test switches on and off; `times` counts how often one was used. */
function switchable(fault: Fault, kind: OperationKind = 'search') {
  const state = { on: false, times: 0 };
  const onOperation = (each: OperationKind, dn: string) => {
    // Not the rootDSE: connecting works.
    if (!state.on || each !== kind || (kind === 'search' && dn === '')) return null;
    state.times++;
    return fault;
  };
  return { state, faults: { onOperation } };
}

async function twoDcs(first: DcOptions = {}, second: DcOptions = {}): Promise<[Dc, Dc]> {
  return [
    await startDc(name1, { description: 'one', ...first }),
    await startDc(name2, { description: 'two', ...second }),
  ];
}

async function connected(
  dcs: Dc[],
  options: ConnectOptions = {},
  limits: Partial<ConnectionLimits> = {},
): Promise<Directory> {
  const { settings, hosts } = await settingsOf(dcs);
  const directory = await connectDirectory(settings, hosts, limits)(options);
  onTestFinished(() => directory.close());
  return directory;
}

/** Which of the DCs answers. */
async function whoAnswers(directory: Directory): Promise<string | null> {
  const entry = await directory.read(baseDn, ['description']);
  return entry && text(entry, 'description');
}

describe('a connection that is lost', () => {
  test('with nobody left fails once around, names every attempt, and may be tried again', async () => {
    const [one, two] = await twoDcs();
    const directory = await connected([one, two]);
    await one.server.close();
    await two.server.close();
    const lost = whoAnswers(directory);
    await expect(lost).rejects.toMatchObject({
      code: 'DIRECTORY_UNREACHABLE',
      retryable: true,
      subject: `ldaps://${name1}, ldaps://${name2}`,
      message: expect.stringMatching(
        /^ldaps:\/\/dc1\.lab\.example: .*; ldaps:\/\/dc1\.lab\.example: .*ECONNREFUSED.*; ldaps:\/\/dc2\.lab\.example: .*ECONNREFUSED/,
      ),
    });
    expect(one.server.counts.connection + two.server.counts.connection).toBe(1);
  });

  test('is not replaced by another DC where only one may be asked', async () => {
    const [one, two] = await twoDcs();
    const directory = await connected([two, one], { only: name1.toUpperCase() });
    expect(await whoAnswers(directory)).toBe('one');
    await one.server.close();
    await expect(whoAnswers(directory)).rejects.toMatchObject({
      code: 'DIRECTORY_UNREACHABLE',
      subject: `ldaps://${name1}`,
    });
    expect(two.server.counts.connection).toBe(0);
  });

  test('ends where the bind is refused then: on another DC it would count towards the lockout', async () => {
    const refusal = { code: 49, message: '80090308: LdapErr: DSID-0, comment: x, data 775, v65f4' };
    const { state, faults } = switchable(refusal, 'bind');
    const [one, two] = await twoDcs({ faults });
    const directory = await connected([one, two]);
    state.on = true;
    one.server.dropAll();
    await expect(whoAnswers(directory)).rejects.toMatchObject({
      code: 'BIND_REFUSED',
      retryable: false,
      message: expect.stringContaining('the account is locked out'),
    });
    expect(state.times).toBe(1);
    expect(two.server.counts.connection).toBe(0);
  });

  test('rejects with the signal’s reason where it is aborted meanwhile', async () => {
    const controller = new AbortController();
    const reason = new Error('cancelled');
    const faults = {
      onOperation: (kind: OperationKind) => {
        if (kind === 'bind') controller.abort(reason);
        return null;
      },
    };
    const [one, two] = await twoDcs({}, { faults });
    const directory = await connected([one, two], { signal: controller.signal });
    await one.server.close();
    await expect(whoAnswers(directory)).rejects.toBe(reason);
    await expect(whoAnswers(directory)).rejects.toBe(reason);
  });

  test('and was closed by its user stays closed', async () => {
    const [one] = await twoDcs();
    const directory = await connected([one]);
    await directory.close();
    await expect(whoAnswers(directory)).rejects.toMatchObject({ code: 'DIRECTORY_UNREACHABLE' });
    expect(one.server.counts.connection).toBe(1);
  });

  test('is made again to the same DC while that is there, as after it was idle for too long', async () => {
    const [one, two] = await twoDcs();
    const directory = await connected([one, two]);
    for (let times = 0; times < 3; times++) {
      one.server.dropAll();
      expect(await whoAnswers(directory)).toBe('one');
    }
    expect(one.server.counts).toMatchObject({ connection: 4, bind: 4 });
    expect(two.server.counts.connection).toBe(0);
  });

  test('goes to the next DC where the first is gone, which then tells its own name, and is stayed with', async () => {
    const [one, two] = await twoDcs();
    const directory = await connected([one, two]);
    expect(await whoAnswers(directory)).toBe('one');
    expect(directory.rootDse()).toMatchObject({ dc: name1, server: `ldaps://${name1}`, baseDn });
    await one.server.close();
    expect(await whoAnswers(directory)).toBe('two');
    expect(directory.rootDse()).toMatchObject({ dc: name2, server: `ldaps://${name2}`, baseDn });
    expect(await whoAnswers(directory)).toBe('two');
    expect(two.server.counts.connection).toBe(1);
  });

  test('goes around the list from where it was', async () => {
    const dcs = await twoDcs();
    const third = await startDc(name3, { description: 'three' });
    const directory = await connected([...dcs, third], { prefer: name3 });
    expect(await whoAnswers(directory)).toBe('three');
    await third.server.close();
    expect(await whoAnswers(directory)).toBe('one');
  });

  test.each<[string, Fault]>([
    ['cut off', 'drop'],
    ['cut off in the middle of an answer', 'half-answer'],
    ['malformed', 'malformed'],
    ['ended with a notice of disconnection', 'notice'],
    ['not answered in time', 'silent'],
  ])('is asked of the other DC where each answer of the first is %s', async (_, fault) => {
    const { state, faults } = switchable(fault);
    const [one, two] = await twoDcs({ faults });
    const directory = await connected([one, two], {}, fault === 'silent' ? { operationTimeoutMs: 150 } : {});
    state.on = true;
    expect(await whoAnswers(directory)).toBe('two');
    expect(state.times).toBe(2);
    expect(one.server.counts.connection).toBe(2);
  });

  test('in the middle of a paged search gives the whole result of the other DC, and nothing of the first', async () => {
    const computers = `CN=Computers,${baseDn}`;
    let pages = 0;
    const faults = {
      onOperation: (kind: OperationKind, dn: string) =>
        kind === 'search' && dn === computers && ++pages % 2 === 0 ? ('drop' as const) : null,
    };
    const [one, two] = await twoDcs({ faults });
    for (const each of [one, two]) {
      for (let index = 0; index < 1_201; index++) {
        const name = `${each.name.split('.')[0]}-${index}`;
        await each.store.add(`CN=${name},${computers}`, {
          objectClass: ['computer'],
          sAMAccountName: [`${name}$`],
        });
      }
    }
    const directory = await connected([one, two]);
    const options = {
      scope: 'sub' as const,
      filter: parseFilter('(objectClass=computer)'),
      attributes: ['cn'],
    };
    const found = (await directory.search(computers, options)).map((entry) => text(entry, 'cn'));
    expect(new Set(found)).toEqual(new Set(Array.from({ length: 1_201 }, (_, index) => `dc2-${index}`)));
    expect(found).toHaveLength(1_201);
    expect(pages).toBe(4);
    expect(directory.rootDse().dc).toBe(name2);
  });

  test('by many operations at once is replaced once', async () => {
    const [one, two] = await twoDcs();
    const directory = await connected([one, two]);
    await one.server.close();
    const answers = await Promise.all(Array.from({ length: 20 }, () => whoAnswers(directory)));
    expect(new Set(answers)).toEqual(new Set(['two']));
    expect(two.server.counts).toMatchObject({ connection: 1, bind: 1 });
  });

  test('is not replaced by a DC of another domain', async () => {
    const [one] = await twoDcs();
    const other = await startDc(name2, { domain: 'DC=other,DC=example' });
    const third = await startDc(name3, { description: 'three' });
    const directory = await connected([one, other, third]);
    await one.server.close();
    expect(await whoAnswers(directory)).toBe('three');
    await third.server.close();
    await expect(whoAnswers(directory)).rejects.toMatchObject({
      code: 'DIRECTORY_UNREACHABLE',
      message: expect.stringContaining(`ldaps://${name2}: it holds DC=other,DC=example, not ${baseDn}`),
    });
  });
});

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
