import { access, writeFile } from 'node:fs/promises';

import proto from '@temporalio/proto';

import { playScenario } from '../../lab/demo/play-scenario.ts';
import { scenarios } from '../../lab/scenarios/index.ts';
import { ensureTemporal } from '../../lab/temporal/server.ts';
import { createLog } from '../../src/telemetry/log.ts';
import { connectTemporal } from '../../src/temporal/connection.ts';
import { installRuntime } from '../../src/worker/runtime.ts';

/**
 * `npm run histories [scenario …]` plays scenarios and saves the history of each beside this file, for the replay
 * test. Histories are only ever added: one that is there already stays, as a migration of that version may be running.
 */
const version = process.env.npm_package_version ?? '0';
const names = process.argv.slice(2);
const { History } = proto.temporal.api.history.v1;

installRuntime(createLog('error'));
const temporal = await ensureTemporal();
try {
  const { client, close } = await connectTemporal(temporal);
  for (const name of names.length > 0 ? names : Object.keys(scenarios)) {
    const file = new URL(`${version}-${name}.json`, import.meta.url);
    const exists = await access(file).then(
      () => true,
      () => false,
    );
    if (exists) {
      console.log(`${name}: is there already`);
      continue;
    }
    const { status, historyEvents } = await playScenario(scenarios[name]!, { temporal });
    if (historyEvents === 0) continue;
    const history = await client.workflow.getHandle(status.migrationId).fetchHistory();
    const plain = History.toObject(History.fromObject(history), {
      longs: String,
      enums: String,
      bytes: String,
    });
    await writeFile(file, `${JSON.stringify(plain)}\n`);
    console.log(`${name}: ${history.events?.length} events`);
  }
  await close();
} finally {
  await temporal.close();
}
