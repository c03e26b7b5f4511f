import { Context } from '@temporalio/activity';
import type { MetricMeter } from '@temporalio/common';

import type { ConnectDirectory } from '../directory/directory.ts';
import { DmsaError } from '../domain/errors/errors.ts';
import type { Transport } from '../powershell/transport.ts';
import type { MetricName } from './metrics.ts';

interface Ways {
  connectDirectory: ConnectDirectory;
  transport: Transport;
}

/** The same ways to directory and hosts for activities, counted, timed, and each command a line in the log. */
export function observed<T extends Ways>(ways: T, meter: MetricMeter): T {
  return {
    ...ways,
    connectDirectory: observedDirectory(ways.connectDirectory, meter),
    transport: observedTransport(ways.transport, meter),
  };
}

/** `ok`, or the code of what was thrown; what is no failure of ours is `UNEXPECTED`. */
export function resultOf(error: unknown): string {
  return error instanceof DmsaError ? error.code : 'UNEXPECTED';
}

function observedTransport(transport: Transport, meter: MetricMeter): Transport {
  const commands = meter.createCounter('dmsa_commands_total' satisfies MetricName);
  const seconds = meter.createHistogram('dmsa_command_duration_seconds' satisfies MetricName, 'float', 's');
  return {
    async run(host, operation, parameters, options) {
      const began = performance.now();
      const ended = (result: string) => {
        const durationMs = Math.round(performance.now() - began);
        commands.add(1, { operation, result });
        seconds.record(durationMs / 1_000, { operation });
        Context.current().log.info('command', { host, operation, result, durationMs });
      };
      return await told(() => transport.run(host, operation, parameters, options), ended);
    },
  };
}

function observedDirectory(connect: ConnectDirectory, meter: MetricMeter): ConnectDirectory {
  const reads = meter.createCounter('dmsa_ldap_reads_total' satisfies MetricName);
  const counted = <R>(operation: string, work: () => Promise<R>) =>
    told(work, (result) => reads.add(1, { operation, result }));
  return async (options) => {
    const directory = await counted('connect', () => connect(options));
    return {
      // Which DC answers may change while it is open.
      get server() {
        return directory.server;
      },
      get dc() {
        return directory.dc;
      },
      get clock() {
        return directory.clock;
      },
      get baseDn() {
        return directory.baseDn;
      },
      get rootDomainDn() {
        return directory.rootDomainDn;
      },
      get configurationDn() {
        return directory.configurationDn;
      },
      get schemaDn() {
        return directory.schemaDn;
      },
      read: (dn, attributes) => counted('read', () => directory.read(dn, attributes)),
      search: (base, wanted) => counted('search', () => directory.search(base, wanted)),
      close: () => directory.close(),
    };
  };
}

async function told<R>(work: () => Promise<R>, ended: (result: string) => void): Promise<R> {
  let result = 'ok';
  try {
    return await work();
  } catch (error) {
    result = resultOf(error);
    throw error;
  } finally {
    ended(result);
  }
}
