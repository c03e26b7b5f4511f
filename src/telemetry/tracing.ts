import { AsyncLocalStorage } from 'node:async_hooks';

import * as otel from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { Resource } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { Connection, WorkflowClientInterceptor } from '@temporalio/client';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryActivityOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry';
import type { ActivityInterceptorsFactory, InjectedSinks } from '@temporalio/worker';
import type { Sinks } from '@temporalio/workflow';

import { version } from '../version.ts';
import { TracedClient } from './traced-client.ts';

/** Where spans go, and what they say of this program. */
export interface TracesTo {
  url: string;
  /** Of the resource. */
  attributes: Record<string, string>;
}

/** What clients and workers are given so that a migration and its activities are one trace. */
export interface Tracing {
  client(connection: Connection, namespace: string): WorkflowClientInterceptor;
  activity: ActivityInterceptorsFactory;
  sinks: InjectedSinks<Sinks>;
  /** Sends what has not been sent yet, for some seconds at most: nothing waits for a collector that is down. */
  shutdown(): Promise<void>;
}

const lastChanceMs = 5_000;

/** Sends spans by OTLP over HTTP. OpenTelemetry's API is global: once a process, until it is shut down. */
export function startTracing({ url, attributes }: TracesTo): Tracing {
  const resource = new Resource({ 'service.name': 'dmsa', 'service.version': version, ...attributes });
  const processor = new BatchSpanProcessor(new OTLPTraceExporter({ url }));
  const provider = new BasicTracerProvider({ resource, spanProcessors: [processor] });
  provider.register({ contextManager: new AsyncContexts() });
  const tracer = provider.getTracer('dmsa', version);
  return {
    client: (connection, namespace) => new TracedClient(tracer, connection, namespace),
    activity: (context) => ({
      inbound: new OpenTelemetryActivityInboundInterceptor(context, { tracer }),
      outbound: new OpenTelemetryActivityOutboundInterceptor(context),
    }),
    sinks: { exporter: makeWorkflowExporter(processor, resource) } as unknown as InjectedSinks<Sinks>,
    async shutdown() {
      const limit = new Promise((resolve) => setTimeout(resolve, lastChanceMs).unref());
      await Promise.race([provider.shutdown().catch(() => undefined), limit]);
      for (const api of [otel.trace, otel.context, otel.propagation]) api.disable();
    },
  };
}

/** The context of a span follows what it awaits. */
class AsyncContexts implements otel.ContextManager {
  readonly #storage = new AsyncLocalStorage<otel.Context>();

  active(): otel.Context {
    return this.#storage.getStore() ?? otel.ROOT_CONTEXT;
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    context: otel.Context,
    fn: F,
    thisArg?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return this.#storage.run(context, () => fn.apply(thisArg, args));
  }

  bind<T>(context: otel.Context, target: T): T {
    if (typeof target !== 'function') return target;
    return ((...args: unknown[]) => this.#storage.run(context, () => target(...args))) as T;
  }

  enable(): this {
    return this;
  }

  disable(): this {
    this.#storage.disable();
    return this;
  }
}
