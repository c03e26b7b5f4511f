import { DmsaError } from '../src/domain/errors/errors.ts';
import { startForest } from './forest.ts';
import type { LabDirectory, LabDirectoryOptions, ServedController } from './lab-directory.ts';
import { domainControllerName, labController, labDomain, type Topology } from './topology.ts';

/** The lab's own directory, in memory, over real LDAPS. */
export function startMemoryDirectory(options: LabDirectoryOptions): Promise<LabDirectory> {
  return startForest(options);
}

/** A real Samba AD DC; its administrator reads, and the lab's rules write. Throws ARGUMENT_INVALID for what it is not. */
export async function startSambaDirectory(options: LabDirectoryOptions): Promise<LabDirectory> {
  requireOneController(options.topology);
  const { startSamba } = await import('./samba/samba.ts');
  const { SambaStore } = await import('./samba/store.ts');
  const samba = await startSamba({
    ...options.samba,
    onProgress: options.onProgress,
    signal: options.signal,
  });
  const store = await SambaStore.connect(samba);
  const controller: ServedController = {
    name: domainControllerName,
    store,
    at: { address: samba.address, port: samba.port },
    isUp: () => true,
    stop: () => Promise.reject(notWithSamba('it cannot be taken down and up again')),
    start: async () => undefined,
    counts: () => null,
  };
  return {
    controllers: [controller],
    childControllers: [],
    replication: null,
    caPem: samba.caPem,
    ...samba.admin,
    async close() {
      await store.close();
      await samba.close();
    },
  };
}

/** The lab's Samba is one freshly made DC: it joins no other, its schema is extended as it is made, SPNs are unique. */
function requireOneController(topology: Topology): void {
  const { controllers = [labController('dc1')], child, lacking = [], account, accounts = [] } = topology;
  const [first, ...others] = controllers;
  if (others.length > 0) throw notWithSamba(`there is no ${others[0]!.name} beside ${domainControllerName}`);
  const usual = labController('dc1');
  if (first?.name !== usual.name || first.readOnly || first.site !== usual.site)
    throw notWithSamba(`${domainControllerName} is writable and in ${usual.site}`);
  if (child) throw notWithSamba(`${labDomain.dnsName} is the only domain of its forest`);
  const twin = [account, ...accounts].find(({ duplicateSpns }) => duplicateSpns);
  if (twin) throw notWithSamba(`${twin.name} cannot have an SPN that another account has`);
  if (lacking.length > 0) throw notWithSamba(`its schema has ${lacking.join(', ')}`);
}

function notWithSamba(why: string): DmsaError {
  const message = `This is not possible on the lab's Samba: ${why}`;
  return new DmsaError('ARGUMENT_INVALID', '--directory samba', message, {
    hint: 'Leave out --directory samba.',
  });
}
