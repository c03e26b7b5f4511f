import type { PeerCertificate } from 'node:tls';

import type { DirectorySettings } from '../config/settings.ts';
import { connectionLimits } from '../directory/connection/connection.ts';
import { readAuthorities } from '../directory/connection/login.ts';
import type { Server } from '../directory/connection/servers.ts';
import { openSecureSocket } from '../directory/connection/tls.ts';
import { directoryError } from '../directory/ldap/ldap-errors.ts';
import { type Check, fail, type Limits, ok, warn, within } from './check.ts';

/** Renewed certificates take a while to be asked for. */
const warnDays = 30;
const dayMs = 86_400_000;

/** What to do about a certificate that is not accepted, by Node's own code. */
const fixes: Record<string, string> = {
  CERT_HAS_EXPIRED: 'Renew the certificate of the domain controller.',
  CERT_NOT_YET_VALID: 'Compare the clocks of this machine and of the domain controller.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Write the name that the certificate has into [directory] urls.',
  SELF_SIGNED_CERT_IN_CHAIN: 'Set [directory] ca-file to the CA that issued it.',
  DEPTH_ZERO_SELF_SIGNED_CERT:
    'Give the domain controller a certificate of a CA, and set [directory] ca-file to that.',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'Set [directory] ca-file to the CA that issued it.',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'Set [directory] ca-file to the CA that issued it.',
};

/** TCP, TLS, and the certificate by name, issuer and dates. */
export async function checkCertificate(
  server: Server,
  settings: DirectorySettings,
  asked: Limits & { now: () => Date },
): Promise<Check> {
  const name = `certificate ${server.name}`;
  return await within(name, asked, async (signal) => {
    const authorities = await readAuthorities(settings);
    try {
      const socket = await openSecureSocket(
        server,
        { authorities, certificate: null },
        connectionLimits,
        signal,
      );
      const shown = socket.getPeerCertificate();
      socket.destroy();
      return dated(name, shown, asked.now());
    } catch (error) {
      const { code, message, fix } = directoryError(server.url, error);
      const own = fixes[String((error as { code?: unknown }).code)];
      return fail(name, `${code}: ${message}`, own ?? fix);
    }
  });
}

function dated(name: string, shown: PeerCertificate, now: Date): Check {
  const until = new Date(shown.valid_to);
  const days = Math.floor((until.getTime() - now.getTime()) / dayMs);
  const issuer = [shown.issuer?.CN ?? 'a CA without a name'].flat().join(', ');
  const seen = `issued by ${issuer}, valid until ${until.toISOString().slice(0, 10)}`;
  if (days >= warnDays) return ok(name, seen);
  return warn(name, `${seen}, ${days} days from now`, 'Renew it before then: a migration takes weeks.');
}
