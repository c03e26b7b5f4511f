import { onTestFinished } from 'vitest';
import { type Lab, type LabOptions, startLab } from '../../lab/lab.ts';
import { defaultTopology, type Topology } from '../../lab/topology.ts';
import type { Settings } from '../../src/config/settings.ts';
import { connectDirectory } from '../../src/directory/connection/connection.ts';
import type { Directory } from '../../src/directory/directory.ts';

export const baseDn = 'DC=lab,DC=example';
export const users = `CN=Users,${baseDn}`;
export const configuration = `CN=Configuration,${baseDn}`;
export const started = new Date('2025-06-01T08:00:00.000Z');

export const plain = {
  servicePrincipalNames: [],
  allowedToDelegateTo: [],
  trustedToAuthForDelegation: false,
};

export async function labWith(changes: Partial<Topology>, options: LabOptions = {}): Promise<Lab> {
  const topology = { ...defaultTopology({ restartMs: 0 }), ...changes };
  const lab = await startLab({ clock: () => started, ...options, topology });
  onTestFinished(() => lab.close());
  return lab;
}

export async function connected({ directory, hosts }: Settings, only?: string): Promise<Directory> {
  const opened = await connectDirectory(directory, hosts)({ only });
  onTestFinished(() => opened.close());
  return opened;
}
