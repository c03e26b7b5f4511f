import type { Settings } from '../config/settings.ts';
import { directoryServers } from '../directory/connection/servers.ts';
import { errorKinds, isErrorCode } from '../domain/errors/errors.ts';
import { firstCapableBuild } from '../domain/facts/domain-facts.ts';
import { transportOf } from '../powershell/connect-hosts.ts';
import type { Result } from '../powershell/wire/operations.ts';
import { type Check, fail, isCheck, type Limits, notChecked, ok, within } from './check.ts';
import { compared } from './clock.ts';

const names = ['ActiveDirectory module', 'cmdlets', 'clock of the management host'] as const;
/** Those that a migration calls. */
const needed = ['Start', 'Complete', 'Undo'].map((verb) => `${verb}-ADServiceAccountMigration`);

/** The login, what is installed there, and whether a domain controller answers whoever the cmdlets run as. */
export async function checkManagement(
  settings: Settings,
  asked: Limits & { now: () => Date },
): Promise<Check[]> {
  const { host } = settings.management;
  const name = 'management host';
  const answer = await within(name, asked, async (signal) => {
    const transport = transportOf(settings, { maxSessions: 1 });
    const [server] = directoryServers(settings.directory);
    const sentAt = asked.now().getTime();
    // The signal ends it before.
    const options = { timeoutMs: asked.limitMs + 1_000, signal };
    const found = await transport
      .run(host, 'inspect-management', { server: server! }, options)
      .finally(() => transport.close());
    return { found, sentAt, receivedAt: asked.now().getTime() };
  });
  if (isCheck(answer)) return [answer, ...names.map((each) => notChecked(each, `${host} does not answer`))];
  const { found } = answer;
  const { computerName, edition, build, powerShell, identity } = found;
  return [
    ok(name, `${computerName}: ${edition}, build ${build}, PowerShell ${powerShell}, as ${identity}`),
    moduleCheck(found),
    cmdletsCheck(found, settings),
    compared(names[2], aheadOf(Date.parse(found.clock), answer), 'that of the management host'),
  ];
}

function moduleCheck({ module, cmdlets, build }: Result<'inspect-management'>): Check {
  const name = names[0];
  const missing = needed.filter((cmdlet) => !cmdlets.includes(cmdlet));
  if (module === null)
    return fail(
      name,
      'it is not installed',
      'Install-WindowsFeature RSAT-AD-PowerShell on the management host.',
    );
  if (missing.length === 0) return ok(name, `${module}, with ${cmdlets.join(', ')}`);
  const why = build < firstCapableBuild ? ` of a Windows before Server 2025 (build ${build})` : '';
  const fix = 'Take a management host with Windows Server 2025, whose module has them.';
  return fail(name, `${module}${why} lacks ${missing.join(', ')}`, fix);
}

/** The credential is tried at the domain controller, from where it will be used. */
function cmdletsCheck({ refusal, identity }: Result<'inspect-management'>, { powershell }: Settings): Check {
  const name = names[1];
  const as = powershell.credential?.user ?? identity;
  if (refusal === null) return ok(name, `a domain controller answers ${as}`);
  const kind = isErrorCode(refusal.code) ? errorKinds[refusal.code] : null;
  const hint = powershell.credential
    ? 'Check credential-user and its password under [powershell].'
    : 'A login by key has no network credentials: set credential-user under [powershell].';
  const fix = refusal.code === 'CMDLET_MISSING' || refusal.code === 'RPC_UNAVAILABLE' ? kind?.fix : hint;
  return fail(name, `${refusal.code}: ${refusal.message}`, fix ?? hint);
}

/** While it was asked, its clock was read: nothing is known of the time on the way, so that is in nobody's favour. */
function aheadOf(clock: number, { sentAt, receivedAt }: { sentAt: number; receivedAt: number }): number {
  if (clock < sentAt) return sentAt - clock;
  return clock > receivedAt ? receivedAt - clock : 0;
}
