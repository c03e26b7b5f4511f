import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Lab } from '../../../lab/lab.ts';
import { labHost } from '../../../lab/topology.ts';
import { assembly } from '../../../src/bin/assembly.ts';
import { run } from '../../../src/bin/run.ts';
import type { Assembly } from '../../../src/cli/assembly.ts';
import { settingsToml } from '../../../src/config/write.ts';
import type { DmsaError } from '../../../src/domain/errors/errors.ts';
import type { Inventory } from '../../../src/powershell/wire/inventory.ts';
import { discoverIn, labOf } from '../../discover/in-lab.ts';
import { clock, everyUse, inventoryOf, service, transportWith } from '../../discover/inventories.ts';
import { type FakeOptions, fakeIo } from '../fake-io.ts';

export type Answers = Record<string, Inventory | DmsaError | null>;

/** A lab whose hosts give these answers to discover; everything else of it, plans too, is as it is. */
export async function domainWith(answers: Answers): Promise<{ lab: Lab; assembly: Assembly }> {
  const lab = await labOf({ hosts: Object.keys(answers).map((name) => labHost(name, [])) });
  const known = Object.entries(answers).flatMap(([name, answer]) =>
    answer ? [[`${name}.lab.example`, answer] as const] : [],
  );
  const transport = transportWith(Object.fromEntries(known));
  const discover: Assembly['discover'] = (request) => discoverIn(lab, transport, request);
  return { lab, assembly: { ...assembly, discover } };
}

export interface RunOptions extends FakeOptions {
  width?: number;
  onIo?: (io: ReturnType<typeof fakeIo>) => void;
}

export async function discover(
  domain: { lab: Lab; assembly: Assembly },
  args: string[],
  { width, onIo, ...options }: RunOptions = {},
) {
  const folder = await mkdtemp(join(tmpdir(), 'dmsa-discover-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'dmsa.toml'), settingsToml(domain.lab.settings));
  const io = fakeIo({ folder, now: clock, ...options });
  if (width) Object.assign(io.out, { columns: width });
  onIo?.(io);
  const exitCode = await run(['discover', '--account', 'svc-finance', ...args], io, domain.assembly);
  return { exitCode, out: io.stdout(), err: io.stderr(), folder };
}

export const three = (): Answers => ({
  fin01: inventoryOf({ services: [service('Api')] }),
  fin02: inventoryOf({ services: [service('Batch')], tasks: everyUse().tasks! }),
  idle: inventoryOf(),
});
