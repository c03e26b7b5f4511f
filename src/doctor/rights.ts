import type { Settings } from '../config/settings.ts';
import { connectDirectory } from '../directory/connection/connection.ts';
import type { Server } from '../directory/connection/servers.ts';
import { type Directory, withDirectory } from '../directory/directory.ts';
import { text, texts } from '../directory/entry.ts';
import { readDomainNames } from '../directory/read/read-domain.ts';
import { attribute, dmsaClass } from '../directory/schema.ts';
import { DmsaError } from '../domain/errors/errors.ts';
import { findAccount } from '../plan/find-account.ts';
import { type Check, fail, isCheck, type Limits, ok, unknown, warn, within } from './check.ts';

/** Constructed for whoever asks (MS-ADTS 3.1.1.4.5.22, .23 and .26). */
const effective = ['allowedChildClassesEffective', 'allowedAttributesEffective', 'sDRightsEffective'];
/** What the migration writes on the superseded account. */
const written = [
  attribute.accountState,
  attribute.supersededBy,
  attribute.servicePrincipalName,
  'userAccountControl',
];
/** Of sDRightsEffective: OWNER and DACL (MS-ADTS 3.1.1.4.5.4). */
const ownerAndDacl = 0x1 | 0x4;

const names = { container: 'rights on the container', account: 'rights on the account' };

/**
 * What the credential of the cmdlets may do, as the directory says it to that credential itself. The migration's own
 * cmdlets are let through by no published right, so that more than a hint this cannot be (docs/rights.md).
 */
export async function checkRights(
  settings: Settings,
  server: Server,
  asked: Limits & { account: string | null },
): Promise<Check[]> {
  const { credential } = settings.powershell;
  const wanted = asked.account === null ? [names.container] : [names.container, names.account];
  if (!credential) {
    const seen = 'the cmdlets run as the session on the management host, whom nobody can be here';
    return wanted.map((name) => unknown(name, seen, 'Compare its groups with docs/rights.md.'));
  }
  const { caFile } = settings.directory;
  const login = { urls: [server.url], caFile, user: credential.user, password: credential.password };
  const connect = connectDirectory(login, settings.hosts);
  const checks = await within(names.container, asked, (signal) =>
    withDirectory(connect, { signal }, async (directory) => {
      const container = await containerCheck(directory, credential.user);
      return asked.account === null ? [container] : [container, await accountCheck(directory, asked.account)];
    }).catch((error) => {
      // A domain controller may take the same credential by Kerberos alone: the management host has tried that.
      if (!(error instanceof DmsaError) || error.code !== 'BIND_REFUSED') throw error;
      const seen = `${credential.user} cannot bind: ${error.message}`;
      const fix = 'Check credential-user and its password under [powershell] in dmsa.toml.';
      return wanted.map((name) => unknown(name, seen, fix));
    }),
  );
  return isCheck(checks) ? [checks] : checks;
}

async function containerCheck(directory: Directory, user: string): Promise<Check> {
  const dn = `CN=Managed Service Accounts,${directory.rootDse().baseDn}`;
  const entry = await directory.read(dn, effective);
  if (!entry)
    return fail(
      names.container,
      `${dn} is not there, or may not be seen`,
      'Name another with dmsa plan --container.',
    );
  // What nobody may create has no values, and what a directory does not construct has none either.
  if (effective.every((name) => texts(entry, name).length === 0))
    return unknown(names.container, `the directory does not say what ${user} may do in ${dn}`);
  const classes = texts(entry, 'allowedChildClassesEffective');
  if (classes.includes(dmsaClass)) return ok(names.container, `${user} may create dMSAs in ${dn}`);
  return warn(
    names.container,
    `${user} may not create dMSAs in ${dn}`,
    'Grant that: docs/rights.md; or create the dMSA beforehand.',
  );
}

async function accountCheck(directory: Directory, name: string): Promise<Check> {
  const { account, finding } = await findAccount(directory, name, await readDomainNames(directory));
  if (!account) return fail(names.account, `${finding!.code}: ${finding!.evidence}`, finding!.fix);
  const entry = await directory.read(account.dn, effective);
  const rights = Number((entry && text(entry, 'sDRightsEffective')) ?? Number.NaN);
  if (!entry || Number.isNaN(rights))
    return unknown(names.account, `the directory does not say what may be done to ${account.dn}`);
  const may = texts(entry, 'allowedAttributesEffective').map((each) => each.toLowerCase());
  const missing = written.filter((each) => !may.includes(each.toLowerCase()));
  const fix = 'The cmdlets want Domain Admins or the equivalent: docs/rights.md.';
  if (missing.length > 0)
    return warn(names.account, `${account.dn}: may not write ${missing.join(', ')}`, fix);
  if ((rights & ownerAndDacl) !== ownerAndDacl)
    return warn(names.account, `${account.dn}: may write its attributes, not its security descriptor`, fix);
  return ok(names.account, `may write attributes and security descriptor of ${account.dn}`);
}
