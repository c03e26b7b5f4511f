import { describe, expect, test } from 'vitest';

import { type Directory, fromOneDc, serverToKeep } from '../../../src/directory/directory.ts';

/** A directory whose connection is at the next of these DCs after each read. */
function moving(...controllers: string[]) {
  let reads = 0;
  const directory = {
    rootDse: () => ({
      server: 'ldaps://dc1.lab.example',
      dc: controllers[Math.min(reads, controllers.length - 1)]!,
    }),
  } as Directory;
  const read = async () => {
    reads += 1;
    return reads;
  };
  return { directory, read };
}

describe('what is read from one DC', () => {
  test('is given up where the connection moves again and again', async () => {
    const { directory, read } = moving('dc1', 'dc2', 'dc1', 'dc2');
    await expect(fromOneDc(directory, read)).rejects.toMatchObject({ code: 'DIRECTORY_UNREACHABLE' });
    expect(await read()).toBe(4);
  });

  test('is read again where the connection moved in the middle', async () => {
    const { directory, read } = moving('dc1', 'dc2');
    expect(await fromOneDc(directory, read)).toBe(2);
  });

  test('is read once where it stayed', async () => {
    const { directory, read } = moving('dc1');
    expect(await fromOneDc(directory, read)).toBe(1);
  });
});

describe('the DC that is kept', () => {
  test('is the one that was read, in the spelling of the directory, where cmdlets can go to it', () => {
    expect(serverToKeep('dc2.lab.example', ['dc1.lab.example', 'DC2.lab.example'], 'dc1.lab.example')).toBe(
      'DC2.lab.example',
    );
  });

  test('stays the one there was where the one that was read knows no dMSAs', () => {
    expect(serverToKeep('old.lab.example', ['dc1.lab.example'], 'dc1.lab.example')).toBe('dc1.lab.example');
  });
});
