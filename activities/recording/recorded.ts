import { randomBytes } from 'node:crypto';

import { Context } from '@temporalio/activity';

import type { Directory, SearchOptions } from '../../src/directory/directory.ts';
import type { Entry } from '../../src/directory/entry.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';
import type { RunOptions } from '../../src/powershell/transport.ts';
import {
  type OperationName,
  operations,
  type Parameters,
  type Result,
} from '../../src/powershell/wire/operations.ts';
import type { Doing, ReadRecord, Records } from '../../src/records/records.ts';
import type { ActivityDeps } from '../deps.ts';
import { runningClock } from '../runtime.ts';
import { shortened, shortenedText } from './shorten.ts';

/**
 * The same dependencies, which write down every command and every read of the directory, with the migration and the
 * activity that they were for. What cannot be written down is logged and keeps no activity from its work: the journal
 * alone has to be written before an effect.
 */
export function recorded(deps: ActivityDeps): ActivityDeps {
  const writing = writerFor(deps.records);
  return {
    ...deps,
    transport: {
      run: (host, operation, parameters, options) =>
        recordedRun(deps, writing(), { host, operation, parameters, options }),
    },
    connectDirectory: async (options) =>
      new RecordedDirectory(await deps.connectDirectory(options), writing()),
  };
}

interface Writer {
  doing(): Doing;
  write(kind: 'command' | 'read', record: object): Promise<void>;
}

/** Asked for where an activity begins something, as its context is known only there. */
function writerFor(records: Records): () => Writer {
  const clocks = new WeakMap<Context, () => Date>();
  return () => {
    const context = Context.current();
    const { activityType, activityId, attempt, workflowExecution } = context.info;
    const clock = clocks.get(context) ?? runningClock();
    clocks.set(context, clock);
    return {
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

async function recordedRun<N extends OperationName>(
  { transport }: ActivityDeps,
  writer: Writer,
  run: { host: string; operation: N; parameters: Parameters<N>; options: RunOptions },
): Promise<Result<N>> {
  const { host, operation, parameters, options } = run;
  const id = randomBytes(8).toString('hex');
  const asked = { id, when: 'asked', host, operation, parameters: shortened(parameters) };
  await writer.write('command', { ...writer.doing(), ...asked });
  const answered = async (error: object | null, result: unknown) => {
    const { at } = writer.doing();
    await writer.write('command', { id, when: 'answered', at, error, result: shortened(result) });
  };
  try {
    const result = await transport.run(host, operation, parameters, options);
    await answered(null, operations[operation].changes ? result : null);
    return result;
  } catch (error) {
    await answered({ code: codeOf(error), message: shortenedText(messageOf(error)) }, null);
    throw error;
  }
}

/** Passes everything on, to whichever domain controller the connection has moved by then. */
class RecordedDirectory implements Directory {
  readonly #directory: Directory;
  readonly #writer: Writer;

  constructor(directory: Directory, writer: Writer) {
    this.#directory = directory;
    this.#writer = writer;
  }

  get server() {
    return this.#directory.server;
  }

  get dc() {
    return this.#directory.dc;
  }

  get clock() {
    return this.#directory.clock;
  }

  get baseDn() {
    return this.#directory.baseDn;
  }

  get rootDomainDn() {
    return this.#directory.rootDomainDn;
  }

  get configurationDn() {
    return this.#directory.configurationDn;
  }

  get schemaDn() {
    return this.#directory.schemaDn;
  }

  read(dn: string, attributes: string[]): Promise<Entry | null> {
    const question = { base: dn, scope: 'base', filter: '(objectClass=*)', attributes } as const;
    return this.#recorded(
      question,
      () => this.#directory.read(dn, attributes),
      (entry) => (entry ? 1 : 0),
    );
  }

  search(base: string, options: SearchOptions): Promise<Entry[]> {
    const { scope, filter, attributes } = options;
    return this.#recorded(
      { base, scope, filter, attributes },
      () => this.#directory.search(base, options),
      (entries) => entries.length,
    );
  }

  close(): Promise<void> {
    return this.#directory.close();
  }

  async #recorded<T>(
    { base, scope, filter, attributes }: Pick<ReadRecord, 'base' | 'scope' | 'filter' | 'attributes'>,
    ask: () => Promise<T>,
    count: (answer: T) => number,
  ): Promise<T> {
    const doing = this.#writer.doing();
    const began = performance.now();
    const asked = {
      base: shortenedText(base),
      scope,
      filter: shortenedText(filter),
      attributes: shortened(attributes),
    };
    const answered = (entries: number | null, error: string | null) =>
      this.#writer.write('read', {
        ...doing,
        tookMs: Math.round(performance.now() - began),
        dc: this.dc,
        ...asked,
        entries,
        error,
      });
    try {
      const answer = await ask();
      await answered(count(answer), null);
      return answer;
    } catch (error) {
      await answered(null, codeOf(error));
      throw error;
    }
  }
}

function codeOf(error: unknown): string {
  if (error instanceof DmsaError) return error.code;
  return error instanceof Error ? error.name : 'UNEXPECTED';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
