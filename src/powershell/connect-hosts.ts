import type { Settings } from '../config/settings.ts';
import { localTransport } from './local/local-transport.ts';
import { sshTransport } from './ssh/ssh-transport.ts';
import type { ClosableTransport } from './transport.ts';

/** The way to the hosts that the settings choose, with its own limit of open sessions where none is given. */
export function transportOf(
  { powershell, hosts }: Pick<Settings, 'powershell' | 'hosts'>,
  options: { maxSessions?: number } = {},
): ClosableTransport {
  return powershell.transport === 'local'
    ? localTransport(powershell, options)
    : sshTransport(powershell, hosts, options);
}
