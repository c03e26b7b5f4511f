import { describe, expect, test } from 'vitest';
import { SimulatedHost } from '../../../lab/hosts/host.ts';
import { hostOperations, managementOperations } from '../../../lab/hosts/operations.ts';
import { labHost } from '../../../lab/topology.ts';
import { octets, text } from '../../../src/directory/entry.ts';
import { attribute } from '../../../src/directory/schema.ts';
import { operationNames, operations } from '../../../src/powershell/wire/operations.ts';
import {
  accountDn,
  dmsaDn,
  linkedDomain,
  managed,
  newDomain,
  refusalOf,
  type TestDomain,
} from '../rules/domain.ts';

const server = 'dc1.lab.example';
const directory = { dmsa: dmsaDn, account: accountDn, server };
const creation = {
  name: 'dmsa-finance',
  dnsHostName: 'dmsa-finance.lab.example',
  container: managed,
  description: 'mine',
  server,
};

function managementOf({ dc }: TestDomain) {
  return managementOperations(() => dc, 'LAB\\dmsa-worker', dc.clock);
}

describe('who answers to what', () => {
  test.each(operationNames)('%s runs where its schema says, and nowhere else', async (name) => {
    const domain = await newDomain();
    const host = new SimulatedHost(labHost('fin01', []), () => domain.dc, {
      accountName: 'svc-finance',
      computerSid: 'S-1-5-7',
    });
    const elsewhere = operations[name].on === 'host' ? managementOf(domain) : hostOperations(host);
    await expect(elsewhere(name, {} as never, null)).rejects.toThrow(`${name} does not run on this host`);
  });
});

describe('the management host', () => {
  test('runs the whole way forward and back as one identity', async () => {
    const domain = await newDomain();
    const run = managementOf(domain);
    await run('new-dmsa', creation, null);
    expect(await run('start-migration', directory, null)).toEqual({ server });
    await run('set-principals', { dmsa: dmsaDn, principals: ['S-1-5-21-1-2-3-4'], server }, null);
    await run('complete-migration', directory, null);
    await run('undo-migration', directory, null);
    await run('undo-migration', directory, null);
    expect(text(await domain.dmsa(), attribute.dmsaState)).toBe('0');
    expect(octets(await domain.dmsa(), attribute.principals)).not.toBeNull();
    expect(await run('remove-dmsa', { dmsa: dmsaDn, description: 'mine', server }, null)).toEqual({
      removed: true,
    });
    expect(domain.dc.events.map(({ operation, requestedBy }) => `${operation} ${requestedBy}`)).toEqual([
      'START-MIGRATION LAB\\dmsa-worker',
      'COMPLETE-MIGRATION LAB\\dmsa-worker',
      'UNDO-MIGRATION LAB\\dmsa-worker',
      'UNDO-MIGRATION LAB\\dmsa-worker',
    ]);
  });

  test('passes the rules’ refusals on', async () => {
    const run = managementOf(await linkedDomain());
    expect(await refusalOf(run('start-migration', directory, null))).toMatchObject({
      code: 'UNABLE_TO_PROCEED',
    });
    expect(await refusalOf(run('new-dmsa', creation, null))).toMatchObject({ code: 'DMSA_NAME_TAKEN' });
  });

  test('reads the events of this pair alone, from a time on, with the identity that it runs as', async () => {
    const domain = await newDomain();
    const run = managementOf(domain);
    const other = { id: 3085, operation: 'START-MIGRATION', requestedBy: 'x', errorCode: '0' } as const;
    domain.dc.log({ ...other, account: accountDn, dmsa: 'CN=other' });
    domain.dc.log({ ...other, account: 'CN=other', dmsa: dmsaDn });
    domain.dc.log({ ...other, id: 2946, account: accountDn, dmsa: dmsaDn });
    domain.dc.log({ ...other, account: accountDn, dmsa: dmsaDn });
    domain.clock.now = new Date('2025-06-01T10:00:00.000Z');
    domain.dc.log({ ...other, account: accountDn.toUpperCase(), dmsa: dmsaDn.toLowerCase() });
    const read = (since: string) => run('read-migration-events', { ...directory, since }, null);
    const answer = await read('2025-06-01T08:00:00Z');
    expect(operations['read-migration-events'].result.parse(answer)).toEqual(answer);
    expect(answer.identity).toBe('LAB\\dmsa-worker');
    expect(answer.events.map(({ at, requestedBy }) => `${at} ${requestedBy}`)).toEqual([
      '2025-06-01T08:00:00.000Z x',
      '2025-06-01T10:00:00.000Z x',
    ]);
    expect((await read('2025-06-01T12:00:00+02:00')).events).toHaveLength(1);
    expect((await read('2025-06-01T10:00:00.001Z')).events).toEqual([]);
  });
});
