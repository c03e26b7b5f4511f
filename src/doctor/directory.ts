import type { Settings } from '../config/settings.ts';
import { connectDirectory } from '../directory/connection/connection.ts';
import { type Server, serversOf } from '../directory/connection/servers.ts';
import type { Directory } from '../directory/directory.ts';
import { readDomain } from '../directory/read/read-domain.ts';
import { assessDomain } from '../domain/assess/assess-domain.ts';
import { checkCertificate } from './certificate.ts';
import { type Check, fail, isCheck, type Limits, notChecked, ok, warn, within } from './check.ts';
import { checkClock } from './clock.ts';
import { checkRights } from './rights.ts';

export interface DirectoryCheckRequest extends Limits {
  account: string | null;
  now: () => Date;
}

/** Every URL by itself; then, by the first that answers, what the domain offers and what may be done in it. */
export async function checkDirectory(settings: Settings, asked: DirectoryCheckRequest): Promise<Check[]> {
  const servers = await within('directory', asked, async () => serversOf(settings.directory, settings.hosts));
  if (isCheck(servers))
    return [servers, ...['domain', 'rights'].map((name) => notChecked(name, 'no directory'))];
  const looked = await Promise.all(servers.map((server) => checkServer(server, settings, asked)));
  const open = looked.flatMap(({ directory }) => directory ?? []);
  try {
    const checks = looked.flatMap((each) => each.checks);
    const [first] = looked.filter(({ directory }) => directory);
    if (!first) {
      const because = 'no domain controller of the settings can be read';
      return [...checks, ...['domain', 'rights'].map((name) => notChecked(name, because))];
    }
    const [domain, rights] = await Promise.all([
      checkDomain(first.directory!, asked),
      checkRights(settings, first.server, asked),
    ]);
    return [...checks, ...domain, ...rights];
  } finally {
    await Promise.all(open.map((directory) => directory.close()));
  }
}

interface CheckedServer {
  server: Server;
  checks: Check[];
  /** Open, where it can be read. */
  directory: Directory | null;
}

async function checkServer(
  server: Server,
  settings: Settings,
  asked: DirectoryCheckRequest,
): Promise<CheckedServer> {
  const name = `directory ${server.name}`;
  const certificate = await checkCertificate(server, settings.directory, asked);
  if (certificate.verdict === 'fail') {
    const others = [name, `clock of ${server.name}`].map((each) =>
      notChecked(each, 'no connection that can be trusted'),
    );
    return { server, checks: [certificate, ...others], directory: null };
  }
  const connect = connectDirectory({ ...settings.directory, urls: [server.url] }, settings.hosts);
  const opened = await within(name, asked, (signal) => connect({ signal }));
  if (isCheck(opened))
    return {
      server,
      checks: [certificate, opened, notChecked(`clock of ${server.name}`, 'no bind')],
      directory: null,
    };
  const read = await within(name, asked, async () => {
    const { baseDn, dc } = opened.rootDse();
    const entry = await opened.read(baseDn, ['objectClass']);
    if (entry) return ok(name, `${dc} lets the reader bind, and read ${baseDn}`);
    return fail(name, `${baseDn} cannot be read`, 'Give the reader the rights of docs/rights.md.');
  });
  return {
    server,
    checks: [certificate, read, checkClock(opened.rootDse(), server.name, asked.now)],
    directory: opened,
  };
}

/** As preflight judges it, so that nobody is surprised by it later. */
async function checkDomain(directory: Directory, asked: DirectoryCheckRequest): Promise<Check[]> {
  const checked = await within('domain', asked, async () => {
    const domain = await readDomain(directory);
    const now = asked.now().toISOString();
    const findings = assessDomain(domain, { now, expect: 'unlinked', waitForKds: false });
    if (findings.length > 0) {
      return findings.map(({ code, severity, subject, evidence, fix }) => {
        const seen = `${code} ${subject}: ${evidence}`;
        return severity === 'block' ? fail('domain', seen, fix) : warn('domain', seen, fix);
      });
    }
    const dcs = `Windows Server 2025: ${domain.capableDcs.join(', ')}`;
    return [ok('domain', `${dcs}; schema and KDS root key are there, replication works`)];
  });
  return isCheck(checked) ? [checked] : checked;
}
