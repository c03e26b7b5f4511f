import { DmsaError } from '../domain/errors.ts';
import { lag, type Objects, type ReplicaFacts } from '../domain/lag.ts';
import { dmsaSamAccountName, type Target } from '../domain/plan.ts';
import { type ConnectDirectory, type Directory, withDirectory } from './directory.ts';
import { readAccount, readDmsa } from './read-account.ts';

/**
 * What other DCs say of the objects that were read, each asked by itself; one that cannot be asked is unknown, for
 * whatever reason. At most two searches on each. Throws the signal's reason.
 */
export async function readReplicas(
  connect: ConnectDirectory,
  servers: string[],
  target: Pick<Target, 'account' | 'dmsa'>,
  read: Objects,
  signal?: AbortSignal,
): Promise<ReplicaFacts[]> {
  return await Promise.all(
    servers.map(async (server): Promise<ReplicaFacts> => {
      try {
        const options = { only: server, signal };
        const other = await withDirectory(connect, options, (directory) =>
          readObjects(directory, target, read),
        );
        const differs = lag(read, other);
        return { server, agrees: differs.length === 0 ? 'yes' : 'no', differs };
      } catch (error) {
        if (!(error instanceof DmsaError)) throw error;
        return { server, agrees: 'unknown', differs: [`${error.code} ${error.message}`] };
      }
    }),
  );
}

async function readObjects(
  directory: Directory,
  { account, dmsa }: Pick<Target, 'account' | 'dmsa'>,
  read: Objects,
): Promise<Objects> {
  return {
    account: read.account === undefined ? undefined : await readAccount(directory, account.guid),
    dmsa: await readDmsa(directory, dmsaSamAccountName(dmsa)),
  };
}
