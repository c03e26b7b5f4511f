import { describe, expect, it } from 'vitest';

import { engine, run } from './engine.ts';
import { accountDn, directoryState, dmsaDn, hostState, type StubEvent } from './states.ts';

const server = 'dc1.contoso.com';
const question = { dmsa: dmsaDn, account: accountDn, server, since: '2026-01-02T00:00:00Z' };

/** As the Directory Service log shows it: a label on a line, its value on the next. */
function migrationEvent(
  at: string,
  operation: string,
  changes: { account?: string; dmsa?: string; named?: boolean } = {},
): StubEvent {
  const fields = {
    Operation: operation,
    RequestedBy: 'CONTOSO\\admin',
    ErrorCode: '0',
    ErrorMessage: 'No Error.',
    ServiceAccount: changes.account ?? accountDn,
    ServiceAccountOriginalState: '0',
    DMSAAccount: changes.dmsa ?? dmsaDn,
    DMSAAccountOriginalState: '0',
  };
  const lines = Object.entries(fields).map(([label, value]) => `${label}:\r\n${value} \r\n `);
  const data = Object.entries(fields).map(([name, value]) =>
    changes.named ? `<Data Name="${name}">${value}</Data>` : `<Data>${value}</Data>`,
  );
  return {
    log: 'Directory Service',
    id: 3085,
    at,
    message: changes.named ? '' : `A Migration Operation Succeeded. \r\n \r\n${lines.join('\r\n')}`,
    xml: `<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><EventData>${data.join('')}</EventData></Event>`,
  };
}

const row = (at: string, operation: string) => ({
  at,
  operation,
  requestedBy: 'CONTOSO\\admin',
  errorCode: '0',
  account: accountDn,
  dmsa: dmsaDn,
});

describe.skipIf(!engine).concurrent('read-migration-events', () => {
  it('fails with RPC_UNAVAILABLE where the controller cannot be reached', async () => {
    const error = { id: 'System.Exception', category: 'NotSpecified', message: 'x', native: 1722 };
    const { error: failed } = await run('read-migration-events', question, {
      host: hostState({ errors: { 'Get-WinEvent': error } }),
    });
    expect(failed?.code).toBe('RPC_UNAVAILABLE');
  });

  it('answers with no events where there are none, and with who it runs as', async () => {
    const { result, host } = await run('read-migration-events', question, {});
    expect(result!.events).toEqual([]);
    expect(result!.identity).toMatch(/^[^\\]+\\[^\\]+$/);
    expect(host.calls).toEqual([`Get-WinEvent Directory Service ${server} -`]);
  });

  it('reads the events of the pair since then, oldest first, as text or as named data', async () => {
    const events = [
      migrationEvent('2026-01-01T23:59:00Z', 'UNDO-MIGRATION'),
      migrationEvent('2026-01-02T00:00:03Z', 'COMPLETE-MIGRATION', { named: true }),
      migrationEvent('2026-01-02T00:00:01Z', 'START-MIGRATION'),
      migrationEvent('2026-01-02T00:00:02Z', 'START-MIGRATION', { dmsa: 'CN=another,DC=contoso,DC=com' }),
      migrationEvent('2026-01-02T00:00:02Z', 'START-MIGRATION', { account: 'CN=another,DC=contoso,DC=com' }),
    ];
    const { result, host } = await run('read-migration-events', question, {
      host: hostState({ events }),
      credential: { user: 'CONTOSO\\admin', password: 'pw' },
    });
    expect(result).toEqual({
      identity: 'CONTOSO\\admin',
      oldestAt: null,
      events: [
        row('2026-01-02T00:00:01.000Z', 'START-MIGRATION'),
        row('2026-01-02T00:00:03.000Z', 'COMPLETE-MIGRATION'),
      ],
    });
    expect(host.calls).toEqual([`Get-WinEvent Directory Service ${server} CONTOSO\\admin:pw`]);
  });

  it('reads the events of every pair where none is named, and since when the log has any', async () => {
    const events = [
      migrationEvent('2026-01-02T00:00:03Z', 'COMPLETE-MIGRATION', { named: true }),
      migrationEvent('2026-01-02T00:00:02Z', 'START-MIGRATION', { dmsa: 'CN=another,DC=contoso,DC=com' }),
      { ...migrationEvent('2025-12-24T00:00:00Z', ''), id: 1000 },
      { ...migrationEvent('2025-12-25T00:00:00Z', ''), id: 1394 },
    ];
    const all = { ...question, dmsa: null, account: null };
    const { result, host } = await run('read-migration-events', all, { host: hostState({ events }) });
    expect(result!.events).toEqual([
      { ...row('2026-01-02T00:00:02.000Z', 'START-MIGRATION'), dmsa: 'CN=another,DC=contoso,DC=com' },
      row('2026-01-02T00:00:03.000Z', 'COMPLETE-MIGRATION'),
    ]);
    expect(result!.oldestAt).toBe('2025-12-24T00:00:00.000Z');
    expect(host.calls).toEqual(Array(2).fill(`Get-WinEvent Directory Service ${server} -`));
    const { result: empty } = await run('read-migration-events', all, {});
    expect(empty).toMatchObject({ events: [], oldestAt: null });
  });

  it('finds the DOMAIN\\name of a credential that is given as a user principal name', async () => {
    const identity = async (foundBy: string) => {
      const { result } = await run('read-migration-events', question, {
        directory: directoryState({ users: [{ sam: 'adm', foundBy, principalName: 'CONTOSO\\adm' }] }),
        credential: { user: 'a(d)m@contoso.com', password: 'pw' },
      });
      return result!.identity;
    };
    expect(await identity('userPrincipalName=a\\28d\\29m@contoso.com')).toBe('CONTOSO\\adm');
    expect(await identity('sAMAccountName=a\\28d\\29m')).toBe('CONTOSO\\adm');
    expect(await identity('nobody')).toBe('a(d)m@contoso.com');
  });
});
