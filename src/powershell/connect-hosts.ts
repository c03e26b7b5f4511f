import type { Settings } from '../config/settings.ts';
import { localTransport } from './local-transport.ts';
import { sshTransport } from './ssh-transport.ts';
import type { Transport } from './transport.ts';

/** The way to the hosts that the settings choose. */
export function transportOf({ powershell, hosts }: Pick<Settings, 'powershell' | 'hosts'>): Transport {
  return powershell.transport === 'local' ? localTransport(powershell) : sshTransport(powershell, hosts);
}
