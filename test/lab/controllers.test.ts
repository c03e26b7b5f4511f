import { describe, expect, test } from 'vitest';
import { integer, text, values } from '../../src/directory/entry.ts';
import { attribute } from '../../src/directory/schema.ts';
import { dc1, dc2, labOfTwo, managed, started } from './two-controllers.ts';

describe('two domain controllers that answer', () => {
  test('have URLs and names of their own, and what the lab was seeded with', async () => {
    const { lab, connect } = await labOfTwo();
    expect(lab.settings.directory.urls).toEqual([`ldaps://${dc1}:636`, `ldaps://${dc2}:636`]);
    for (const name of [dc1, dc2]) {
      const directory = await connect({ only: name });
      expect(directory.rootDse().dc).toBe(name);
      expect(text((await directory.read(lab.seeded.accountDn, ['cn']))!, 'cn')).toBe('svc-finance');
      await directory.close();
    }
    expect(lab.controllers[dc2]!.counts()).toMatchObject({ connection: 1, bind: 1 });
    expect(lab.counts().ldap).toMatchObject({ connection: 2, bind: 2 });
  });

  test('one that is down is passed over, and has caught up when it is back on its port', async () => {
    const { lab, connect } = await labOfTwo();
    await lab.controllers[dc1]!.stop();
    await expect(connect({ only: dc1 })).rejects.toMatchObject({ code: 'DIRECTORY_UNREACHABLE' });
    const other = await connect({ prefer: dc1 });
    expect(other.rootDse().dc).toBe(dc2);
    await other.close();
    await lab.controllers[dc2]!.store.replace(lab.seeded.accountDn, { description: ['meanwhile'] });
    await lab.controllers[dc1]!.start();
    const again = await connect({ only: dc1 });
    expect(text((await again.read(lab.seeded.accountDn, ['description']))!, 'description')).toBe('meanwhile');
    await again.close();
  });

  test('a cmdlet acts on the DC that it names, which logs it; the other learns of it later', async () => {
    const { lab, cmdlet, replication } = await labOfTwo();
    replication.automatic = false;
    const [account, dmsa] = [lab.seeded.accountDn, `CN=dmsa-finance,${managed}`];
    const creation = { name: 'dmsa-finance', dnsHostName: 'd.lab.example', container: managed };
    await cmdlet('new-dmsa', { ...creation, description: 'mine', server: dc2 }, null);
    await cmdlet('start-migration', { dmsa, account, server: dc2 }, null);
    const onDc1 = cmdlet('start-migration', { dmsa, account, server: dc1 }, null);
    await expect(onDc1).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await lab.dc.store.read(dmsa)).toBeNull();
    replication.replicate();
    expect(integer((await lab.dc.store.read(account))!, attribute.accountState)).toBe(1);
    const events = { dmsa, account, since: '2025-06-01T00:00:00Z' };
    expect(await cmdlet('read-migration-events', { ...events, server: dc2 }, null)).toMatchObject({
      events: [{ operation: 'START-MIGRATION', errorCode: '0' }],
    });
    expect(await cmdlet('read-migration-events', { ...events, server: dc1 }, null)).toMatchObject({
      events: [{ operation: 'START-MIGRATION', errorCode: '5' }],
    });
  });

  test('a cmdlet is refused by a DC that is down or unknown; what one completed another undoes', async () => {
    const { lab, cmdlet } = await labOfTwo();
    const target = { dmsa: `CN=dmsa-finance,${managed}`, account: lab.seeded.accountDn };
    const creation = { name: 'dmsa-finance', dnsHostName: 'd.lab.example', container: managed };
    await cmdlet('new-dmsa', { ...creation, description: 'mine', server: dc1 }, null);
    await cmdlet('start-migration', { ...target, server: dc1 }, null);
    await cmdlet('complete-migration', { ...target, server: dc1 }, null);
    await lab.controllers[dc1]!.stop();
    for (const server of [dc1, 'dc9.lab.example'])
      await expect(cmdlet('undo-migration', { ...target, server }, null)).rejects.toMatchObject({
        code: 'RPC_UNAVAILABLE',
        category: 'ResourceUnavailable',
        target: server,
      });
    await cmdlet('undo-migration', { ...target, server: dc2 }, null);
    const account = await lab.controllers[dc2]!.store.read(target.account);
    expect(integer(account!, attribute.accountState)).toBe(1);
    expect(values(account!, attribute.servicePrincipalName)).toHaveLength(2);
  });

  test('a host logs on at dc1 unless that is down, and at none where both are', async () => {
    const { lab, cmdlet } = await labOfTwo();
    const target = { dmsa: `CN=dmsa-finance,${managed}`, account: lab.seeded.accountDn, server: dc1 };
    const creation = { name: 'dmsa-finance', dnsHostName: 'd.lab.example', container: managed };
    await cmdlet('new-dmsa', { ...creation, description: 'mine', server: dc1 }, null);
    await cmdlet('start-migration', target, null);
    const [host] = lab.hosts;
    host!.set({ policy: { value: 1, keyExists: true }, eventLogEnabled: true });
    const restart = async () => {
      const { events } = await host!.restart({
        services: ['FinanceApi'],
        pools: [],
        checks: [],
        startStopped: true,
        unlessStartedSince: null,
        eventsSince: '2025-01-01T00:00:00Z',
        sentAt: started.toISOString(),
        timeoutSeconds: 10,
      });
      return events.filter(({ id }) => id === 308).map(({ fields }) => fields['DC Used']);
    };
    expect(await restart()).toEqual(['\\\\DC1']);
    await lab.controllers[dc1]!.stop();
    expect(await restart()).toEqual(['\\\\DC1', '\\\\DC2']);
    await lab.controllers[dc2]!.stop();
    await expect(restart()).rejects.toMatchObject({ code: 'SERVICE_LOGON_FAILED' });
  });
});
