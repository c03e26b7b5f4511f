import { describe, expect, test } from 'vitest';
import type { Fault, OperationKind } from '../../../lab/ldap/server.ts';
import type { Directory } from '../../../src/directory/directory.ts';
import { text } from '../../../src/directory/entry.ts';
import { baseDn } from '../../lab/ldap/fixture.ts';
import { parseFilter } from '../../support/parse-filter.ts';
import { connected, name1, name2, name3, startDc, twoDcs } from './domain-controllers.ts';

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
