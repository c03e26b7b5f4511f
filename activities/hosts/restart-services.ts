import { durationMs } from '../../src/domain/duration.ts';
import type { JournalEntry } from '../../src/domain/journal.ts';
import { type EventVerdicts, eventVerdicts } from '../../src/hosts/events.ts';
import type { ActivityDeps } from '../deps.ts';
import { backward, forward, journalled } from '../journal.ts';
import { attempt, now } from '../runtime.ts';
import { eachHost, type HostOutcome } from './each-host.ts';

export type RestartEntry = Extract<JournalEntry, { step: 'restart-services' }>;

export interface RestartServicesInput {
  migrationId: string;
  entries: RestartEntry[];
  maxParallel: number;
  /** A duration: how long one service may take to be Running again. */
  serviceTimeout: string;
  /** `undo` starts again what does not run, too: the before-image names services that ran. */
  direction: 'forward' | 'undo';
  /** ISO 8601: services that started since then have been restarted by an earlier attempt. */
  intentAt: string;
  /** Whether the Kerberos log was enabled, so that silence means no. */
  eventLogEnabled: boolean;
}

export interface RestartResult {
  restarted: string[];
  events: EventVerdicts;
}

/** Time for the session itself, over what the services may take. */
const sessionMs = 30_000;

/**
 * Restarts the account's own services, so that they log on again and their host joins the principals [overview].
 * A retry leaves alone what an earlier attempt restarted, and starts what it left stopped.
 */
export function restartServices(
  deps: ActivityDeps,
  input: RestartServicesInput,
): Promise<HostOutcome<RestartResult>[]> {
  const hosts = input.entries.map((entry) => ({ name: entry.target, entry }));
  const timeoutMs = durationMs(input.serviceTimeout);
  const again = attempt() > 1;
  const undoing = input.direction === 'undo';
  const restart = async ({ name, entry }: (typeof hosts)[number]) => {
    const { services } = entry.beforeImage;
    const allMs = timeoutMs * services.length;
    return await journalled(
      deps,
      { migrationId: input.migrationId, entry },
      undoing ? backward : forward,
      async () => {
        const answer = await deps.transport.run(
          name,
          'restart-services',
          {
            services,
            pools: [],
            checks: [],
            startStopped: again || undoing,
            unlessStartedSince: again ? input.intentAt : null,
            eventsSince: undoing ? null : input.intentAt,
            sentAt: now().toISOString(),
            timeoutSeconds: Math.ceil(allMs / 1_000),
          },
          { timeoutMs: allMs + sessionMs },
        );
        const restarted = answer.services
          .filter((service) => service.action !== 'skipped')
          .map(({ name }) => name);
        return { restarted, events: eventVerdicts(answer.events, input.eventLogEnabled) };
      },
    );
  };
  return eachHost(hosts, input.maxParallel, restart, { afterFailure: undoing ? 'go-on' : 'stop' });
}
