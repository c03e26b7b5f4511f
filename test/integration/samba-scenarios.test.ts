import { expect, onTestFinished, test } from 'vitest';

import { playScenario } from '../../lab/demo/play-scenario.ts';
import { scenarios } from '../../lab/scenarios/index.ts';
import { differences } from '../../src/domain/facts/compare.ts';
import { testServer, topologyFor } from '../lab/scenarios/support.ts';
import { describeWithSamba, reserveSamba } from '../support/samba.ts';

/** The same migrations, with a real AD DC behind every read: what the lab's directory answers has to hold there. */
describeWithSamba('on a real Samba AD DC', () => {
  const play = async (name: string) => {
    const { samba, release } = await reserveSamba();
    onTestFinished(release);
    return await playScenario(scenarios[name]!, {
      temporal: await testServer(),
      directory: 'samba',
      samba,
      topology: topologyFor(name),
    });
  };

  test('happy: both objects completed and linked, SPNs moved, the account disabled', async () => {
    const { status } = await play('happy');

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
    const { status, counts } = await play('undo-after-complete');

    expect(status.outcome).toBe('undone');
    expect(differences(status.before!, status.after!)).toEqual([]);
    expect(status.after!.dmsa).toBeNull();
    expect(counts.ssh['mgmt01.lab.example']!.operations['undo-migration']).toBe(2);
  });
});
