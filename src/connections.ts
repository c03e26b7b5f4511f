import { systemClock } from './async/clock.ts';
import type { Settings } from './config/settings.ts';
import { connectDirectory } from './directory/connection/connection.ts';
import { directoryServers } from './directory/connection/servers.ts';
import type { Ports } from './ports.ts';
import { transportOf } from './powershell/connect-hosts.ts';
import type { ClosableTransport } from './powershell/transport.ts';

export interface Connections extends Ports {
  /** To be closed: it keeps connections for a while. */
  transport: ClosableTransport;
}

/** The ways to directory and hosts that the settings describe. */
export function connectionsOf(settings: Settings, options: { maxSessions?: number } = {}): Connections {
  return {
    connectDirectory: connectDirectory(settings.directory, settings.hosts),
    directoryServers: directoryServers(settings.directory),
    transport: transportOf(settings, options),
    clock: systemClock,
  };
}
