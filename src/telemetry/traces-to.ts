import type { TracesTo, Tracing } from './tracing.ts';

/**
 * What OpenTelemetry's own variables say; null where there is no endpoint or the SDK is disabled. Headers, time limits
 * and the sampler are read by its exporter itself
 * (https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/).
 */
export function tracesTo(env: NodeJS.ProcessEnv): TracesTo | null {
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true') return null;
  const base = env.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/+$/, '');
  const url = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT || (base && `${base}/v1/traces`);
  if (!url || env.OTEL_TRACES_EXPORTER === 'none') return null;
  const name = env.OTEL_SERVICE_NAME;
  return { url, attributes: { ...resourceAttributes(env), ...(name ? { 'service.name': name } : {}) } };
}

/** Tracing as the environment says; its libraries are loaded only then. */
export async function tracingOf(env: NodeJS.ProcessEnv): Promise<Tracing | null> {
  const to = tracesTo(env);
  if (!to) return null;
  const { startTracing } = await import('./tracing.ts');
  return startTracing(to);
}

/** `key=value,key=value`, values percent-encoded; what is not of that form is left out. */
function resourceAttributes({ OTEL_RESOURCE_ATTRIBUTES: written = '' }: NodeJS.ProcessEnv) {
  const pairs = written.split(',').flatMap((pair) => {
    const [key, value] = pair.split('=', 2).map((part) => part.trim());
    return key && value !== undefined ? [[key, decoded(value)]] : [];
  });
  return Object.fromEntries(pairs) as Record<string, string>;
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
