import { onTestFinished } from 'vitest';
import { named } from '../../lab/controllers.ts';
import { managementOperations } from '../../lab/hosts/operations.ts';
import { startLab } from '../../lab/lab.ts';
import { defaultTopology, twoControllers } from '../../lab/topology.ts';
import { connectDirectory } from '../../src/directory/connection/connection.ts';
import { baseDn } from './ldap/fixture.ts';

export const dc1 = 'dc1.lab.example';
export const dc2 = 'dc2.lab.example';
export const managed = `CN=Managed Service Accounts,${baseDn}`;
export const container = { objectClass: ['container'] };
export const started = new Date('2025-06-01T08:00:00.000Z');

export async function labOfTwo() {
  const clock = { now: started };
  const topology = { ...defaultTopology({ restartMs: 0 }), controllers: twoControllers() };
  const lab = await startLab({ topology, clock: () => clock.now });
  onTestFinished(() => lab.close());
  const cmdlet = managementOperations(
    (server) => named(Object.values(lab.controllers), server),
    'LAB\\dmsa-worker',
    () => clock.now,
  );
  const connect = connectDirectory(lab.settings.directory, lab.settings.hosts);
  return { lab, clock, cmdlet, connect, replication: lab.replication! };
}
