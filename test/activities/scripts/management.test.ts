import { describe, expect, it } from 'vitest';

import { engine, run, runByHand } from './engine.ts';
import { accountDn, computer, directoryState, dmsa, dmsaDn } from './states.ts';

const server = 'dc1.contoso.com';
const credential = { user: 'CONTOSO\\admin', password: 'p\u00e4ss "w\u00f6rd" $x' };
const as = 'CONTOSO\\admin:p\u00e4ss "w\u00f6rd" $x';
const pair = { dmsa: dmsaDn, account: accountDn, server };
const mark = 'dmsa migration 42';
const creation = {
  name: 'dmsa-billing',
  dnsHostName: 'dmsa-billing.contoso.com',
  container: 'CN=Managed Service Accounts,DC=contoso,DC=com',
  description: mark,
  server,
};

describe.skipIf(!engine).concurrent('The migration cmdlets', () => {
  it('are refused with UNABLE_TO_PROCEED for a dMSA in state 3, with the controller\u2019s own words', async () => {
    const { error, directory } = await run('start-migration', pair, {
      directory: directoryState({ accounts: [dmsa({ state: 3 })] }),
    });
    expect(error?.code).toBe('UNABLE_TO_PROCEED');
    expect(error?.message).toContain('problem 5005 (UNABLE_TO_PROCEED)');
    expect(directory.accounts[0]!.state).toBe(3);
  });

  it.each([
    ['start-migration', 'Start', 0, 1],
    ['complete-migration', 'Complete', 1, 2],
    ['undo-migration', 'Undo', 2, 1],
  ] as const)('%s calls its cmdlet once, with server and credential', async (operation, verb, from, to) => {
    const { result, directory } = await run(operation, pair, {
      directory: directoryState({ accounts: [dmsa({ state: from })] }),
      credential,
    });
    expect(result).toEqual({ server });
    expect(directory.accounts[0]!.state).toBe(to);
    expect(directory.calls).toEqual([
      {
        cmdlet: `${verb}-ADServiceAccountMigration`,
        Credential: as,
        Identity: dmsaDn,
        Server: server,
        SupersededAccount: accountDn,
      },
    ]);
  });

  it('go without a credential where there is none, and call nothing under -WhatIf', async () => {
    const accounts = [dmsa()];
    const done = await run('start-migration', pair, { directory: directoryState({ accounts }) });
    expect(done.directory.calls[0]).not.toHaveProperty('Credential');
    const text = `-Dmsa '${dmsaDn}' -Account 'x' -Server ${server} -WhatIf`;
    for (const operation of ['start-migration', 'complete-migration', 'undo-migration'] as const) {
      const tried = await runByHand(operation, text, { directory: directoryState({ accounts }) });
      expect(tried.result!.code).toBe(0);
      expect(tried.result!.stdout).toContain('What if: ');
      expect(tried.directory.calls).toEqual([]);
    }
  });
});

describe.skipIf(!engine).concurrent('Errors of the directory', () => {
  it('become CMDLET_MISSING where the module is not installed, NOT_FOUND where the dMSA is not there', async () => {
    const missing = await run('start-migration', pair, { hasDirectoryModule: false });
    expect(missing.error?.code).toBe('CMDLET_MISSING');
    const absent = await run('start-migration', pair);
    expect(absent.error).toMatchObject({ code: 'NOT_FOUND', subject: dmsaDn });
  });
});

describe.skipIf(!engine).concurrent('new-dmsa', () => {
  it('refuses a name that something else has, also a dMSA with another mark', async () => {
    for (const other of [dmsa({ description: 'not ours' }), dmsa({ class: 'computer' })]) {
      const state = directoryState({ accounts: [other] });
      const { error, directory } = await run('new-dmsa', creation, { directory: state });
      expect(error).toMatchObject({ code: 'DMSA_NAME_TAKEN', subject: 'dmsa-billing' });
      expect(directory.accounts).toEqual([other]);
    }
  });

  it('creates it with AES256 only and the mark, and creates nothing when repeated', async () => {
    const first = await run('new-dmsa', creation, { credential });
    expect(first.result).toEqual({
      distinguishedName: dmsaDn,
      objectGuid: '00000000-0000-4000-8000-0000000000aa',
    });
    expect(first.directory.calls.map(({ cmdlet }) => cmdlet)).toEqual([
      'Get-ADServiceAccount',
      'New-ADServiceAccount',
    ]);
    expect(first.directory.calls[1]).toEqual({
      cmdlet: 'New-ADServiceAccount',
      Confirm: false,
      CreateDelegatedServiceAccount: true,
      Credential: as,
      Description: mark,
      DNSHostName: 'dmsa-billing.contoso.com',
      KerberosEncryptionType: 'AES256',
      Name: 'dmsa-billing',
      PassThru: true,
      Path: 'CN=Managed Service Accounts,DC=contoso,DC=com',
      Server: server,
    });
    const again = await run('new-dmsa', creation, {
      directory: { ...first.directory, calls: [] },
    });
    expect(again.result).toEqual(first.result);
    expect(again.directory.calls.map(({ cmdlet }) => cmdlet)).toEqual(['Get-ADServiceAccount']);
  });

  it('creates nothing under -WhatIf', async () => {
    const tried = await runByHand('new-dmsa', `d d.contoso.com 'CN=x' mark ${server} -WhatIf`);
    expect(tried.result!.stdout).toContain('What if: ');
    expect(tried.directory.accounts).toEqual([]);
  });
});

describe.skipIf(!engine).concurrent('remove-dmsa', () => {
  const removal = { dmsa: dmsaDn, description: mark, server };

  it('refuses one that does not carry the mark, letter for letter', async () => {
    const state = directoryState({ accounts: [dmsa({ description: 'DMSA migration 42' })] });
    const { error, directory } = await run('remove-dmsa', removal, { directory: state });
    expect(error).toMatchObject({ code: 'DMSA_NOT_OURS', subject: dmsaDn });
    expect(directory.accounts).toEqual(state.accounts);
  });

  it('removes ours by its GUID, and says so when it is gone already', async () => {
    const state = directoryState({ accounts: [dmsa(), computer('WEB01', 1104)] });
    const first = await run('remove-dmsa', removal, { directory: state, credential });
    expect(first.result).toEqual({ removed: true });
    expect(first.directory.accounts.map(({ name }) => name)).toEqual(['WEB01']);
    expect(first.directory.calls.at(-1)).toEqual({
      cmdlet: 'Remove-ADServiceAccount',
      Confirm: false,
      Credential: as,
      Identity: dmsa().guid,
      Server: server,
    });
    const again = await run('remove-dmsa', removal, { directory: first.directory });
    expect(again.result).toEqual({ removed: false });
  });

  it('removes nothing under -WhatIf', async () => {
    const state = directoryState({ accounts: [dmsa()] });
    const text = `-Dmsa '${dmsaDn}' -Description '${mark}' -Server ${server} -WhatIf`;
    const tried = await runByHand('remove-dmsa', text, { directory: state });
    expect(tried.result!.stdout).toContain('What if: ');
    expect(tried.directory.accounts).toEqual(state.accounts);
  });
});

describe.skipIf(!engine).concurrent('set-principals', () => {
  const accounts = [
    dmsa({ principals: ['S-1-5-21-1-2-3-1109'] }),
    computer('WEB02', 1105),
    computer('WEB01', 1104),
  ];
  const sids = ['S-1-5-21-1-2-3-1105', 'S-1-5-21-1-2-3-1104'];

  it('fails with NOT_FOUND for a SID that nobody has, and leaves the list as it was', async () => {
    const { error, directory } = await run(
      'set-principals',
      { dmsa: dmsaDn, principals: ['S-1-5-21-1-2-3-9999'], server },
      { directory: directoryState({ accounts }) },
    );
    expect(error?.code).toBe('NOT_FOUND');
    expect(directory.accounts[0]!.principals).toEqual(['S-1-5-21-1-2-3-1109']);
  });

  it('replaces the list and reads it back as sorted SIDs, without those that are denied', async () => {
    const set = (principals: string[]) =>
      run(
        'set-principals',
        { dmsa: dmsaDn, principals, server },
        { directory: directoryState({ accounts }) },
      );
    expect((await set(sids)).result).toEqual({ principals: [...sids].sort() });
    expect((await set(sids.slice(0, 1))).result).toEqual({ principals: sids.slice(0, 1) });
    expect((await set([])).result).toEqual({ principals: [] });
  });

  it('replaces nothing under -WhatIf', async () => {
    const state = directoryState({ accounts });
    const text = `-Dmsa '${dmsaDn}' -Principals @() -Server ${server} -WhatIf`;
    const tried = await runByHand('set-principals', text, { directory: state });
    expect(tried.result!.stdout).toContain('What if: ');
    expect(tried.directory.accounts).toEqual(accounts);
  });
});
