import { randomBytes } from 'node:crypto';
import { type Certificate, createAuthority, issueServerCertificate } from './certificates.ts';
import { MemoryStore } from './directory/memory-store.ts';
import { firstRid } from './directory/sam.ts';
import type { LabDirectory, LabDirectoryOptions, ServedController } from './lab-directory.ts';
import { noCounts } from './ldap/faults.ts';
import { type DirectoryCredential, type LdapServerOptions, startLdapServer } from './ldap/server.ts';
import { Replication } from './replicas.ts';
import {
  childControllerName,
  childDomain,
  type LabController,
  labController,
  labDomain,
} from './topology.ts';

/** The domains' SIDs: made up, and the same in every lab. */
const domainSid = 'S-1-5-21-1004336348-1177238915-682003330';
const childSid = 'S-1-5-21-2204337120-1843916208-725345543';
/** How many RIDs a DC takes at once (MS-ADTS 3.1.1.1.12); the first of the first domain begins where accounts do. */
const ridPool = 500;

/** A DC with its store, which the lab's own directory serves. */
export interface MemoryController extends ServedController {
  store: MemoryStore;
}

/** The lab's forest in memory: each DC with a replica of its own, on a free port of loopback. */
export async function startForest(options: LabDirectoryOptions): Promise<LabDirectory> {
  const { topology, clock, faults } = options;
  const authority = createAuthority(new Date());
  const user = `dmsa-reader@${labDomain.dnsName}`;
  const password = randomBytes(18).toString('base64url');
  const shared = { credentials: [{ user, password }], faults: faults?.ldap };
  const replication = new Replication(clock);
  const started: MemoryController[] = [];
  const close = async () => {
    for (const controller of started.splice(0)) await controller.stop();
  };
  const serve = async (store: MemoryStore) => {
    const controller = await startController(store, authority, shared, replication);
    started.push(controller);
    return controller;
  };
  try {
    const [first, ...others] = servedOf(topology.controllers);
    const { site, name } = first;
    const names = { ...labDomain, now: clock };
    const root = new MemoryStore({ ...names, domainSid, dnsHostName: name, site, lacking: topology.lacking });
    const controllers = [await serve(root)];
    for (const [index, other] of others.entries()) {
      const pool = { firstRid: firstRid + (index + 1) * ridPool };
      const dnsHostName = other.name;
      controllers.push(
        await serve(new MemoryStore({ ...names, ...pool, domainSid, dnsHostName, partner: root })),
      );
    }
    const { child } = topology;
    const childControllers: MemoryController[] = [];
    if (child) {
      const dnsHostName = childControllerName(child);
      const domain = { ...childDomain(child), domainSid: childSid, parentNetbiosName: labDomain.netbiosName };
      childControllers.push(
        await serve(new MemoryStore({ ...domain, dnsHostName, now: clock, partner: root })),
      );
    }
    return {
      controllers,
      childControllers,
      replication,
      caPem: authority.certificate,
      user,
      password,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The first always answers. An RODC's replica would have to refuse writes with a referral: it is written down only. */
function servedOf(
  controllers: LabController[] = [labController('dc1')],
): [LabController, ...LabController[]] {
  const [first, ...others] = controllers;
  if (!first || first.readOnly) throw new Error('the first domain controller of the lab is writable');
  const served = others.filter((controller) => controller.served);
  const rodc = served.find(({ readOnly }) => readOnly);
  if (rodc) throw new Error(`${rodc.name} is read-only: the lab serves writable domain controllers only`);
  return [first, ...served];
}

async function startController(
  store: MemoryStore,
  authority: Certificate,
  shared: { credentials: DirectoryCredential[] } & Pick<LdapServerOptions, 'faults'>,
  replication: Replication,
): Promise<MemoryController> {
  const name = store.dnsHostName;
  const certificate = issueServerCertificate(authority, [name], new Date());
  const counts = noCounts();
  const listen = (ports?: LdapServerOptions['ports']) =>
    startLdapServer({ ...shared, store, certificate, counts, ports });
  let server = await listen();
  let up = true;
  const { port, plainPort } = server;
  replication.add({ name, store, isUp: () => up });
  return {
    name,
    store,
    at: { address: '127.0.0.1', port },
    isUp: () => up,
    async stop() {
      if (!up) return;
      up = false;
      await server.close();
    },
    async start() {
      if (up) return;
      server = await listen({ port, plainPort });
      up = true;
      replication.caughtUp();
    },
    counts: () => ({ ...counts }),
  };
}
