import { expect, test } from 'vitest';

import { tracesTo, tracingOf } from '../../src/telemetry/traces-to.ts';

test.each([
  {},
  { OTEL_EXPORTER_OTLP_ENDPOINT: '' },
  { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318', OTEL_SDK_DISABLED: 'TRUE' },
  { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318', OTEL_TRACES_EXPORTER: 'none' },
  { OTEL_SERVICE_NAME: 'dmsa' },
])('%j sends no spans', async (env: NodeJS.ProcessEnv) => {
  expect(tracesTo(env)).toBeNull();
  expect(await tracingOf(env)).toBeNull();
});

test.each([
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318' }, 'http://c:4318/v1/traces'],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/base/' }, 'http://c:4318/base/v1/traces'],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://t/in' }, 'https://t/in'],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://t/in' },
    'https://t/in',
  ],
])('%j names where they go', (env: NodeJS.ProcessEnv, url) => {
  expect(tracesTo(env)).toEqual({ url, attributes: {} });
});

test('attributes are decoded, what is none is left out, and the name of the service wins', () => {
  const env = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment=a%20b, service.name=other,broken,=x,odd=%zz',
  };
  expect(tracesTo(env)!.attributes).toEqual({
    'deployment.environment': 'a b',
    'service.name': 'other',
    odd: '%zz',
  });
  expect(tracesTo({ ...env, OTEL_SERVICE_NAME: 'mine' })!.attributes['service.name']).toBe('mine');
});
