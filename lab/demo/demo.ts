import { join } from 'node:path';

import type { DemoOptions } from '../../src/cli/assembly.ts';
import type { Output } from '../../src/cli/output.ts';
import { createPresenter } from '../../src/cli/view/presenter.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';
import { exitCodes } from '../../src/domain/states.ts';
import { didYouMean } from '../../src/domain/values/nearest.ts';
import { render, reportName, save, sealed } from '../../src/report/reports.ts';
import { tracingOf } from '../../src/telemetry/traces-to.ts';
import type { Tracing } from '../../src/telemetry/tracing.ts';
import { installRuntime } from '../../src/worker/runtime.ts';
import { scenarios } from '../scenarios/index.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { ensureTemporal, type TemporalServer } from '../temporal/server.ts';
import { renderFacts } from './facts.ts';
import { playScenario } from './play-scenario.ts';

/** `npm start`: a Temporal server, a lab, a worker and one migration, from beginning to end. Returns the exit code. */
export async function runDemo(output: Output, options: DemoOptions): Promise<number> {
  if (options.list) return listScenarios(output);
  const scenario = Object.hasOwn(scenarios, options.scenario) ? scenarios[options.scenario] : null;
  if (!scenario) {
    const names = Object.keys(scenarios).join(', ');
    throw new DmsaError(
      'ARGUMENT_INVALID',
      '--scenario',
      `--scenario: "${options.scenario}" is none of ${names}`,
      { hint: didYouMean(options.scenario, Object.keys(scenarios)) },
    );
  }
  output.tell(`${options.scenario}: ${scenario.summary}.`);
  const tracing = await tracingOf(output.io.env);
  const runtime = installRuntime(await output.log('error'), { traced: tracing !== null });
  try {
    return await runScenario(scenario, output, options, tracing);
  } finally {
    await runtime.shutdown();
    await tracing?.shutdown();
  }
}

async function runScenario(
  scenario: Scenario,
  output: Output,
  options: DemoOptions,
  tracing: Tracing | null,
): Promise<number> {
  const { io } = output;
  const temporal = await ensureTemporal({
    env: io.env,
    signal: io.signal,
    onProgress: ({ detail, elapsedMs }) =>
      output.tell(elapsedMs === undefined ? detail : `${detail} (${elapsedMs} ms)`),
  });
  const presenter = output.format === 'text' ? createPresenter(io, output) : null;
  try {
    const played = await playScenario(scenario, {
      temporal,
      directory: options.directory,
      signal: io.signal,
      tracing,
      onProgress: (line) => output.tell(line),
      onStatus: (status) => presenter?.show(status),
    }).finally(() => presenter?.end());
    const { status, plan, records } = played;
    const report = join(io.folder, 'reports', `${reportName(status)}.html`);
    await save(await render(await sealed({ status, plan, records, madeAt: io.now() }), 'html'), report);
    const { before, after } = status;
    output.answer(
      `\n${renderFacts(before, after, output)}\n\nReport: ${report}`,
      result(played, temporal, report),
    );
    return status.outcome === 'running' ? exitCodes.failed : exitCodes[status.outcome];
  } finally {
    await temporal.close();
  }
}

/** The one JSON object of `-o json`. */
function result(
  { status, hosts, historyEvents }: Awaited<ReturnType<typeof playScenario>>,
  { address }: TemporalServer,
  report: string,
) {
  const { outcome, migrationId, account, dmsa, findings, before, after } = status;
  return {
    outcome,
    migrationId,
    account,
    dmsa,
    hosts,
    stages: status.stages.map(({ name, startedAt, endedAt, changed }) => ({
      name,
      startedAt,
      endedAt,
      changed,
    })),
    gates: status.gates.map(({ name, votes }) => ({ name, votes })),
    findings,
    before,
    after,
    temporal: { address, historyEvents },
    report,
  };
}

function listScenarios(output: Output): number {
  const names = Object.keys(scenarios);
  const width = Math.max(...names.map((name) => name.length));
  const lines = names.map((name) => {
    const { summary, outcome } = scenarios[name]!;
    return `${name.padEnd(width)}  ${summary} (exit ${exitCodes[outcome]})`;
  });
  const list = names.map((name) => {
    const { summary, outcome } = scenarios[name]!;
    return { name, summary, outcome, exitCode: exitCodes[outcome] };
  });
  output.answer(lines.join('\n'), { scenarios: list });
  return 0;
}
