import { DmsaError } from '../../domain/errors/errors.ts';
import type { ReplicaFacts } from '../../domain/facts/domain-facts.ts';
import { lag, type PairFacts } from '../../domain/facts/lag.ts';
import { dmsaSamAccountName, type Target } from '../../domain/plan/plan.ts';
import { type ConnectDirectory, type Directory, withDomain } from '../directory.ts';
import { readAccount, readDmsa } from './read-account.ts';

/**
 * Compares the objects that were read with those of other DCs, each asked by itself and named as it names itself; one
 * that cannot be asked is unknown, for whatever reason, and so is one of another domain. At most two searches on each.
 * `differ` says where two of them differ. Throws the signal's reason.
 */
export async function readReplicas(
  connect: ConnectDirectory,
  servers: string[],
  target: Pick<Target, 'account' | 'dmsa' | 'domain'>,
  read: PairFacts,
  signal?: AbortSignal,
  differ: typeof lag = lag,
): Promise<ReplicaFacts[]> {
  return await Promise.all(
    servers.map(async (server): Promise<ReplicaFacts> => {
      try {
        const options = { only: server, signal };
        return await withDomain(connect, options, target, async (directory) => {
          const differs = differ(read, await readObjects(directory, target, read));
          return {
            server: directory.rootDse().dc,
            agrees: differs.length === 0 ? 'yes' : 'no',
            differs,
            failure: null,
          };
        });
      } catch (error) {
        if (!(error instanceof DmsaError)) throw error;
        const { code, message } = error;
        return { server, agrees: 'unknown', differs: [], failure: { code, message } };
      }
    }),
  );
}

async function readObjects(
  directory: Directory,
  { account, dmsa }: Pick<Target, 'account' | 'dmsa'>,
  read: PairFacts,
): Promise<PairFacts> {
  return {
    account: read.account === undefined ? undefined : await readAccount(directory, account.guid),
    dmsa: await readDmsa(directory, dmsaSamAccountName(dmsa)),
  };
}
