import { Context } from '@temporalio/activity';
import type { MetricMeter } from '@temporalio/common';

import { DmsaError } from '../domain/errors/errors.ts';
import { type Ports, wrapPorts } from '../ports.ts';
import type { MetricName } from './metrics.ts';

/** Counts and times what activities do with directory and hosts, and logs a line for each command. */
export function observed<P extends Ports>(ports: P, meter: MetricMeter): P {
  const reads = meter.createCounter('dmsa_ldap_reads_total' satisfies MetricName);
  const commands = meter.createCounter('dmsa_commands_total' satisfies MetricName);
  const seconds = meter.createHistogram('dmsa_command_duration_seconds' satisfies MetricName, 'float', 's');
  return wrapPorts(ports, async (use, perform) => {
    const began = performance.now();
    const ended = (result: string) => {
      if (use.kind !== 'command') return reads.add(1, { operation: use.kind, result });
      const { host, operation } = use;
      const durationMs = Math.round(performance.now() - began);
      commands.add(1, { operation, result });
      seconds.record(durationMs / 1_000, { operation });
      Context.current().log.info('command', { host, operation, result, durationMs });
    };
    let result = 'ok';
    try {
      return await perform();
    } catch (error) {
      result = resultOf(error);
      throw error;
    } finally {
      ended(result);
    }
  });
}

/** `ok`, or the code of what was thrown; what is no failure of ours is `UNEXPECTED`. */
export function resultOf(error: unknown): string {
  return error instanceof DmsaError ? error.code : 'UNEXPECTED';
}
