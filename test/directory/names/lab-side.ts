import type { LabDirectory, LabDirectoryOptions } from '../../../lab/lab-directory.ts';
import { defaultTopology } from '../../../lab/topology.ts';
import type { Directory } from '../../../src/directory/directory.ts';
import { childDn } from '../../../src/directory/dn.ts';
import { findPrincipal } from '../../../src/directory/names/find-principal.ts';
import { DmsaError } from '../../../src/domain/errors/errors.ts';
import { connected } from '../connected.ts';

export const base = 'DC=lab,DC=example';
export const users = `CN=Users,${base}`;
export const partitions = `CN=Partitions,CN=Configuration,${base}`;
export const domain = { dnsName: 'lab.example', netbiosName: 'LAB' };

/** Common name to class, account name and UPN. */
export const objects: Record<
  string,
  [objectClass: string, sAMAccountName: string, userPrincipalName?: string]
> = {
  'Finance (Batch)': ['user', 'svc(batch)', 'finance@corp.example'],
  'Web "One"': ['user', 'svc web 1'],
  'Doe, Jane': ['user', "o'svc", 'jane=doe@lab.example'],
  'Müller 日本': ['user', 'svc-müller', 'müller@corp.example'],
  At: ['user', 'svc@odd'],
  'Looks like a GUID': ['user', '0feb936f-47b3-49f2-9386-1dedc2c23765'],
  long: ['user', `svc-${'x'.repeat(200)}`],
  'Finance Hosts': ['group', 'Finance Hosts'],
  WEB07: ['computer', 'WEB07$'],
};

export const dnOf = (commonName: string) => childDn('CN', commonName, users);

/** A directory with these objects, and a connection to it. */
export interface Side {
  started: LabDirectory;
  directory: Directory;
}

export async function side(start: (options: LabDirectoryOptions) => Promise<LabDirectory>): Promise<Side> {
  const started = await start({ topology: defaultTopology(), clock: () => new Date() });
  for (const [name, [objectClass, account, upn]] of Object.entries(objects)) {
    await started.controllers[0]!.store.add(dnOf(name), {
      objectClass: [objectClass],
      sAMAccountName: [account],
      ...(upn && { userPrincipalName: [upn] }),
      ...(objectClass === 'computer' && { userAccountControl: ['4096'] }),
    });
  }
  await started.controllers[0]!.store.replace(partitions, { uPNSuffixes: ['corp.example', 'Other.Example'] });
  return { started, directory: await connected(started) };
}

export async function end(side: Side | undefined): Promise<void> {
  await side?.directory.close();
  await side?.started.close();
}

/** The DN that was found, else why nothing was, else `CODE: message`. */
export async function answer(directory: Directory, written: string): Promise<string> {
  try {
    const found = await findPrincipal(directory, written, { attributes: ['cn'], domain, field: 'name' });
    return found.status === 'found' ? found.entry.dn : `${found.status}: ${found.why}`;
  } catch (error) {
    if (error instanceof DmsaError) return `${error.code}: ${error.message}`;
    throw error;
  }
}

export const nothing = 'not-found: nothing in lab.example answers to it';
