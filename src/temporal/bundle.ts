import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Interceptors that every bundle has, in their order; by the extension of what they are compiled from. Those of
 * OpenTelemetry are always there, whether spans are sent or not: they change when what is awaited goes on, and a
 * migration must not meet another order because someone has turned tracing on or off.
 */
export function workflowInterceptors(extension: 'ts' | 'js', folder = pathOf('../../workflows/')): string[] {
  const tracing = '@temporalio/interceptors-opentelemetry/lib/workflow-interceptors';
  return [join(folder, `interceptors.${extension}`), createRequire(import.meta.url).resolve(tracing)];
}

/** What `Worker.create` takes its workflows from: one of the two. */
export interface WorkflowSource {
  workflowsPath?: string;
  workflowBundle?: { codePath: string };
}

const isBuilt = import.meta.url.endsWith('.js');

/**
 * The workflows: bundled by the worker when it starts in a checkout (about 1 s), prebuilt by build.ts in the published
 * package, which needs no bundler on the machine that it runs on. The converter of failures is part of a bundle, so
 * that there is a second one, in which they are encoded (failure-converter.ts).
 */
export function workflowSource(encodesFailures = false): WorkflowSource {
  const bundle = encodesFailures ? 'workflow-bundle-encrypted.js' : 'workflow-bundle.js';
  return isBuilt
    ? { workflowBundle: { codePath: pathOf(`../../${bundle}`) } }
    : { workflowsPath: pathOf('../../workflows/index.ts') };
}

/** For `DataConverter.failureConverterPath`, and for bundling. */
export function failureConverterPath(): string {
  return pathOf(`./failure-converter.${isBuilt ? 'js' : 'ts'}`);
}

/** For bundling: what a workflow reads payloads with (payload-converter.ts). */
export function payloadConverterPath(): string {
  return pathOf(`./payload-converter.${isBuilt ? 'js' : 'ts'}`);
}

/** For `DataConverter.payloadConverterPath` of a worker: what activities read payloads with. */
export function activityPayloadConverterPath(): string {
  return pathOf(`./activity-payload-converter.${isBuilt ? 'js' : 'ts'}`);
}

function pathOf(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
