import type { Context } from '@temporalio/activity';
import {
  ApplicationFailure,
  CancelledFailure,
  defaultPayloadConverter,
  type MetricMeter,
} from '@temporalio/common';
import type {
  ActivityExecuteInput,
  ActivityInterceptors,
  ActivityInterceptorsFactory,
} from '@temporalio/worker';

import type { Settings } from '../config/settings.ts';
import type { RecordedVote } from '../domain/gates/votes.ts';
import type { MetricName } from './metrics.ts';

/** As workflows/interceptors.ts sends it. */
const stageHeader = 'dmsa-stage';

/** Logs of every attempt when it began and how it ended, with migration, stage and hosts; counts attempts and results. */
export function activityEvents(
  meter: MetricMeter,
  webhooks: Settings['notify'],
): ActivityInterceptorsFactory {
  const attempts = meter.createCounter('dmsa_activities_total' satisfies MetricName);
  const votes = meter.createCounter('dmsa_votes_total' satisfies MetricName);
  const notifications = meter.createCounter('dmsa_notifications_total' satisfies MetricName);

  const count = (activity: string, args: unknown[], result: string, returned: unknown) => {
    attempts.add(1, { activity, result });
    if (activity === 'verifyVotes' && result === 'ok')
      for (const vote of returned as RecordedVote[])
        votes.add(1, { verdict: vote.verdict === 'refused' ? vote.code : vote.decision });
    if (activity === 'notify') {
      const { webhook } = args[0] as { webhook: string };
      notifications.add(1, { kind: webhooks?.[webhook]?.kind ?? 'unknown', result });
    }
  };

  return (context: Context): ActivityInterceptors => {
    const activity = context.info.activityType;
    const stage: { name?: string } = {};
    return {
      outbound: { getLogAttributes: (attributes, next) => next({ stage: stage.name, ...attributes }) },
      inbound: {
        async execute(input, next) {
          stage.name = stageOf(input);
          const hosts = hostsOf(input.args[0]);
          const began = performance.now();
          context.log.info('activity began', { hosts });
          const ended = (result: string, returned?: unknown) => {
            count(activity, input.args, result, returned);
            const durationMs = Math.round(performance.now() - began);
            // What is not due yet is looked at for weeks.
            const level = result === 'NOT_DUE' ? 'debug' : 'info';
            context.log[level]('activity ended', { hosts, result, durationMs });
          };
          try {
            const returned = await next(input);
            ended('ok', returned);
            return returned;
          } catch (error) {
            ended(codeOf(error));
            throw error;
          }
        },
      },
    };
  };
}

function codeOf(error: unknown): string {
  if (error instanceof ApplicationFailure) return error.type ?? 'UNEXPECTED';
  return error instanceof CancelledFailure ? 'CANCELLED' : 'UNEXPECTED';
}

function stageOf({ headers }: ActivityExecuteInput): string | undefined {
  const payload = headers[stageHeader];
  const stage: unknown = payload && defaultPayloadConverter.fromPayload(payload);
  return typeof stage === 'string' ? stage : undefined;
}

/** The hosts that an input names, the first ten of them: by `entries`, as what changes hosts, or by `hosts`. */
function hostsOf(input: unknown): string[] | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  const { entries, hosts } = input as { entries?: { target: string }[]; hosts?: { name: string }[] | null };
  const names = entries?.map(({ target }) => target) ?? hosts?.map(({ name }) => name);
  return names && [...names.slice(0, 10), ...(names.length > 10 ? [`and ${names.length - 10} more`] : [])];
}
