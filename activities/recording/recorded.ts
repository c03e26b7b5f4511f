import { randomBytes } from 'node:crypto';

import { Context } from '@temporalio/activity';

import type { Clock } from '../../src/async/clock.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';
import { type AroundUse, type PortUse, wrapPorts } from '../../src/ports.ts';
import { operations } from '../../src/powershell/wire/operations.ts';
import type { Doing } from '../../src/records/records.ts';
import { wordExcerpt } from '../../src/wording/excerpt.ts';
import type { ActivityDeps } from '../deps.ts';
import { runningClock } from '../runtime.ts';
import { shortened, shortenedText } from './shorten.ts';

/**
 * Writes down every command and every read of the directory, with the migration and the activity that they were for.
 * A record that cannot be written is logged and stops no activity: the journal alone has to be written before
 * an effect.
 */
export function recorded(deps: ActivityDeps): ActivityDeps {
  const writing = writerFor(deps);
  const around: AroundUse = (use, perform) => {
    if (use.kind === 'connect') return perform();
    return use.kind === 'command'
      ? recordedCommand(writing(), use, perform)
      : recordedRead(writing(), use, perform);
  };
  return wrapPorts(deps, around);
}

interface Writer {
  clock: Clock;
  doing(): Doing;
  write(kind: 'command' | 'read', record: object): Promise<void>;
}

/** Asked for where an activity begins something, as its context is known only there. */
function writerFor({ records, clock: elapsed }: ActivityDeps): () => Writer {
  const clocks = new WeakMap<Context, () => Date>();
  return () => {
    const context = Context.current();
    const { activityType, activityId, attempt, workflowExecution } = context.info;
    const clock = clocks.get(context) ?? runningClock(elapsed);
    clocks.set(context, clock);
    return {
      clock: elapsed,
      doing: () => ({ activity: activityType, task: activityId, attempt, at: clock().toISOString() }),
      async write(kind, record) {
        try {
          // Other activities of other workflows, as a rollout's own, have no migration.
          await records[kind](workflowExecution?.workflowId ?? 'none', record as never);
        } catch (error) {
          context.log.warn(`a ${kind} could not be recorded`, { error: messageOf(error) });
        }
      },
    };
  };
}

async function recordedCommand<T>(
  writer: Writer,
  { host, operation, parameters }: PortUse & { kind: 'command' },
  perform: () => Promise<T>,
): Promise<T> {
  const id = randomBytes(8).toString('hex');
  const asked = { id, when: 'asked', host, operation, parameters: shortened(parameters) };
  await writer.write('command', { ...writer.doing(), ...asked });
  const answered = async (error: object | null, result: unknown) => {
    const { at } = writer.doing();
    await writer.write('command', { id, when: 'answered', at, error, result: shortened(result) });
  };
  try {
    const result = await perform();
    await answered(null, operations[operation].changes ? result : null);
    return result;
  } catch (error) {
    await answered({ code: codeOf(error), message: wordExcerpt(shortenedText(messageOf(error))) }, null);
    throw error;
  }
}

/** Names the domain controller that answered, to whichever the connection has moved by then. */
async function recordedRead<T>(
  writer: Writer,
  { directory, base, scope, filter, attributes }: PortUse & { kind: 'read' | 'search' },
  perform: () => Promise<T>,
): Promise<T> {
  const doing = writer.doing();
  const began = writer.clock.elapsedMs();
  const asked = {
    base,
    scope,
    filter: shortenedText(filter.toString()),
    attributes,
  };
  const answered = (entries: number | null, error: string | null) => {
    const tookMs = Math.round(writer.clock.elapsedMs() - began);
    const { dc } = directory.rootDse();
    return writer.write('read', { ...doing, tookMs, dc, ...asked, entries, error });
  };
  try {
    const answer = await perform();
    await answered(Array.isArray(answer) ? answer.length : answer ? 1 : 0, null);
    return answer;
  } catch (error) {
    await answered(null, codeOf(error));
    throw error;
  }
}

function codeOf(error: unknown): string {
  if (error instanceof DmsaError) return error.code;
  return error instanceof Error ? error.name : 'UNEXPECTED';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
