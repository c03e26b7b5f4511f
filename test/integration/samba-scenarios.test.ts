import { describe, expect, test } from 'vitest';

import { playScenario } from '../../src/demo/play-scenario.ts';
import { differences } from '../../src/domain/compare.ts';
import { sambaAvailable } from '../../src/lab/samba/available.ts';
import { scenarios } from '../../src/lab/scenarios/index.ts';
import { testServer, topologyFor } from '../scenarios/support.ts';

const { available, reason } = sambaAvailable();

/** The same migrations, with a real AD DC behind every read: what the lab's directory answers has to hold there. */
describe.skipIf(!available)(`on a real Samba AD DC${reason ? ` (skipped: ${reason})` : ''}`, () => {
  const play = (name: string, sambaAddress: string) =>
    playScenario(scenarios[name]!, {
      temporal: testServer(),
      directory: 'samba',
      sambaAddress,
      topology: topologyFor(name),
    });

  test('happy: both objects completed and linked, SPNs moved, the account disabled', async () => {
    const { status } = await play('happy', '127.0.0.51');

    expect(status.outcome).toBe('completed');
    const { account, dmsa } = status.after!;
    expect(account).toMatchObject({
      state: 2,
      enabled: false,
      supersededBy: dmsa!.dn,
      servicePrincipalNames: [],
    });
    expect(dmsa).toMatchObject({
      state: 2,
      precededBy: account!.dn,
      servicePrincipalNames: ['HTTP/finance', 'HTTP/finance.lab.example'],
    });
    expect(dmsa!.principals.map(({ name }) => name).sort()).toEqual(['FIN01$', 'FIN02$', 'FIN03$']);
  });

  test('undo-after-complete: Undo twice, and everything is as it was before', async () => {
    const { status, counts } = await play('undo-after-complete', '127.0.0.52');

    expect(status.outcome).toBe('undone');
    expect(differences(status.before!, status.after!)).toEqual([]);
    expect(status.after!.dmsa).toBeNull();
    expect(counts.ssh['mgmt01.lab.example']!.operations['undo-migration']).toBe(2);
  });
});
