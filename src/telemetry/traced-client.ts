import * as otel from '@opentelemetry/api';
import type { Connection, Next, WorkflowClientInterceptor, WorkflowSignalInput } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry';

/** Where Temporal's interceptors keep a trace, in the headers of what they start and signal. Never encrypted. */
const traceHeader = '_tracer-data';

/**
 * Temporal's own interceptor begins a trace for each signal: whoever sends it, weeks after the start and from another
 * machine, knows of no other. The trace of a migration stands in the first event of its history, and is looked up there.
 */
export class TracedClient extends OpenTelemetryWorkflowClientInterceptor {
  readonly #connection: Connection;
  readonly #namespace: string;

  constructor(tracer: otel.Tracer, connection: Connection, namespace: string) {
    super({ tracer });
    this.#connection = connection;
    this.#namespace = namespace;
  }

  override async signal(
    input: WorkflowSignalInput,
    next: Next<WorkflowClientInterceptor, 'signal'>,
  ): Promise<void> {
    const context = await this.#traceOf(input).catch(() => otel.context.active());
    await otel.context.with(context, () => super.signal(input, next));
  }

  /** That of the run that is signalled; the one that is active for a run whose start was not traced. */
  async #traceOf({ workflowExecution: execution }: WorkflowSignalInput): Promise<otel.Context> {
    const { history } = await this.#connection.workflowService.getWorkflowExecutionHistory({
      ...{ namespace: this.#namespace, execution, maximumPageSize: 1 },
    });
    const started = history?.events?.[0]?.workflowExecutionStartedEventAttributes;
    const payload = started?.header?.fields?.[traceHeader];
    if (!payload) return otel.context.active();
    const carrier = defaultPayloadConverter.fromPayload<Record<string, string>>(payload);
    return otel.propagation.extract(otel.context.active(), carrier);
  }
}
