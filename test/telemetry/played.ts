import { randomBytes, randomUUID } from 'node:crypto';

import type { Client } from '@temporalio/client';
import { type Played, type PlayOptions, playInLab } from '../../lab/demo/play-scenario.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { scenarios } from '../../lab/scenarios/index.ts';
import type { TemporalServer } from '../../lab/temporal/server.ts';
import { defaultTopology } from '../../lab/topology.ts';
import type { Settings } from '../../src/config/settings.ts';

/** Plays a scenario in a lab of its own, whose settings `change` may change before the worker begins. */
export async function played(
  name: string,
  temporal: TemporalServer,
  change: (settings: Settings, lab: Lab) => void | Promise<void> = () => undefined,
  options: Partial<PlayOptions> = {},
): Promise<Played> {
  const id = randomBytes(4).toString('hex');
  const topology = defaultTopology({ restartMs: 0, account: `svc-${id}`, dmsa: `dmsa-${id}` });
  const scenario = scenarios[name]!;
  scenario.topology?.(topology);
  const lab = await startLab({ topology, faults: scenario.faults?.() });
  try {
    lab.settings.worker.taskQueue = randomUUID();
    await change(lab.settings, lab);
    return await playInLab(lab, scenario, topology, { temporal, ...options });
  } finally {
    await lab.close();
  }
}

/** Every text in the history of a workflow and of the children that it started, payloads decoded. */
export async function historyText(client: Client, id: string): Promise<string> {
  const { events } = await client.workflow.getHandle(id).fetchHistory();
  const text = JSON.stringify(events, (_key, value) =>
    value instanceof Uint8Array || value?.type === 'Buffer'
      ? Buffer.from(value.data ?? value).toString('utf8')
      : value,
  );
  const children = (events ?? []).flatMap((event) => {
    const started = event.childWorkflowExecutionStartedEventAttributes;
    return started?.workflowType?.name === 'notifyPeople' ? [started.workflowExecution!.workflowId!] : [];
  });
  const others = await Promise.all(children.map((child) => historyText(client, child)));
  return [text, ...others].join('\n');
}
