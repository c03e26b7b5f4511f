import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import { run } from '../../src/bin/run.ts';
import type { Assembly } from '../../src/cli/assembly.ts';
import { migrationId } from '../../src/domain/plan/plan.ts';
import type { PlanningResult } from '../../src/plan/make-plan.ts';
import type { PlanRequest } from '../../src/plan/request.ts';
import { before, plan } from '../domain/migration/sample-status.ts';
import { type FakeIo, type FakeOptions, fakeIo } from './fake-io.ts';

/** The dmsa.toml of each test. */
export const settings = `
[directory]
urls = ["ldaps://dc1.lab.example"]
user = "reader"
password-env = "READER"
[management]
host = "mgmt.lab.example"
[powershell]
user = "admin"
private-key-file = "id"
known-hosts-file = "known_hosts"
`;

/** Folder of the running test. */
export let folder: string;
/** Requests for a plan that the running test has made. */
export let asked: PlanRequest[];

function unused(): never {
  throw new Error('this command was not to be run');
}

export function assembly(changes: Partial<Assembly> = {}): Assembly {
  return {
    connect: unused,
    plan: unused,
    requireUndrifted: async () => undefined,
    audit: unused,
    discover: unused,
    principal: unused,
    diagnose: unused,
    findControllers: unused,
    reports: unused,
    runningAccounts: unused,
    scenarios: unused,
    worker: unused,
    lab: unused,
    codecServer: unused,
    keys: unused,
    demo: unused,
    ...changes,
  };
}

export async function dmsa(
  args: string[],
  changes: Partial<Assembly> = {},
  options: FakeOptions = {},
): Promise<{ exitCode: number; io: FakeIo }> {
  const io = fakeIo({ folder, ...options });
  const exitCode = await run(args, io, assembly(changes));
  return { exitCode, io };
}

export const planning = (planned: Partial<PlanningResult> = {}): Partial<Assembly> => ({
  async plan(request) {
    asked.push(request);
    return { migrationId: migrationId(plan), plan, findings: [], facts: before, ...planned };
  },
});

export const planArgs = [
  'plan',
  'svc-web',
  '--dmsa',
  'dmsa-web',
  '--host',
  'web01.lab.example',
  '--by',
  'LAB\\rosa',
];

/** Gives each test of the file a new folder with a dmsa.toml. */
export function useFolder(): void {
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'dmsa-cli-'));
    asked = [];
    await writeFile(join(folder, 'dmsa.toml'), settings);
  });
  afterEach(() => rm(folder, { recursive: true }));
}
