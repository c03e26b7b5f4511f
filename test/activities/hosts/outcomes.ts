import type { HostOutcome } from '../../../activities/hosts/each-host.ts';
import { DmsaError } from '../../../src/domain/errors/errors.ts';

export type Work = (name: string) => Promise<string>;

export const done = (host: string): HostOutcome => ({ host, status: 'done', result: `${host} is done` });
export const untouched = (host: string): HostOutcome => ({ host, status: 'untouched' });
export const well: Work = async (name) => `${name} is done`;

export function failing(...names: string[]): Work {
  return async (name) => {
    if (names.includes(name)) throw new DmsaError('SERVICE_START_FAILED', name, 'no');
    return await well(name);
  };
}
