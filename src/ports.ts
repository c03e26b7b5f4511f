import type { Clock } from './async/clock.ts';
import type { ConnectDirectory, ConnectOptions, Directory, SearchOptions } from './directory/directory.ts';
import type { Entry } from './directory/entry.ts';
import { present } from './directory/filters.ts';
import type { RunOptions, Transport } from './powershell/transport.ts';
import type { OperationName, Parameters } from './powershell/wire/operations.ts';

/** Ways to a domain, and the time that passes meanwhile. */
export interface Ports {
  connectDirectory: ConnectDirectory;
  /** DNS names of the DCs in the settings, in their order. */
  directoryServers: string[];
  transport: Transport;
  clock: Clock;
}

/** One use of a port, as whoever wraps the ports sees it. */
export type PortUse =
  | { kind: 'connect'; options: ConnectOptions | undefined }
  | ({ kind: 'read' | 'search'; base: string; directory: Directory } & SearchOptions)
  | {
      kind: 'command';
      host: string;
      operation: OperationName;
      parameters: Parameters<OperationName>;
      options: RunOptions;
    };

/** Does what it does before and after the use, and returns or throws what `perform` does. */
export type AroundUse = <T>(use: PortUse, perform: () => Promise<T>) => Promise<T>;

/** Passes every use of the ports through `around`. */
export function wrapPorts<P extends Ports>(ports: P, around: AroundUse): P {
  return {
    ...ports,
    connectDirectory: async (options) => {
      const connect = () => ports.connectDirectory(options);
      return wrapDirectory(await around({ kind: 'connect', options }, connect), around);
    },
    transport: {
      run: (host, operation, parameters, options) =>
        around({ kind: 'command', host, operation, parameters, options }, () =>
          ports.transport.run(host, operation, parameters, options),
        ),
    },
  };
}

function wrapDirectory(directory: Directory, around: AroundUse): Directory {
  const one = { scope: 'base', filter: present('objectClass') } as const;
  return {
    rootDse: () => directory.rootDse(),
    read: (base, attributes) =>
      around({ kind: 'read', directory, base, ...one, attributes }, () => directory.read(base, attributes)),
    search: (base, options): Promise<Entry[]> =>
      around({ kind: 'search', directory, base, ...options }, () => directory.search(base, options)),
    close: () => directory.close(),
  };
}
