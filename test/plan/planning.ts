import { expect } from 'vitest';
import type { MemoryStore } from '../../lab/directory/memory-store.ts';
import { type Lab, startLab } from '../../lab/lab.ts';
import { defaultTopology, type Topology } from '../../lab/topology.ts';
import { connectionsOf } from '../../src/connections.ts';
import { DmsaError } from '../../src/domain/errors/errors.ts';
import { makePlan, type PlanningResult } from '../../src/plan/make-plan.ts';
import { type PlanRequest, parseRequest } from '../../src/plan/request.ts';

export const users = 'CN=Users,DC=lab,DC=example';
export const managed = 'CN=Managed Service Accounts,DC=lab,DC=example';
export const hosts = ['fin01.lab.example', 'fin02.lab.example', 'fin03.lab.example'];

export async function startedLab(change: (topology: Topology) => void = () => undefined): Promise<Lab> {
  const topology = defaultTopology({ restartMs: 0 });
  change(topology);
  return await startLab({ topology });
}

export const storeOf = (lab: Lab) => lab.dc.store as MemoryStore;

export function planned(lab: Lab, changes: Partial<PlanRequest> = {}): Promise<PlanningResult> {
  const required = { account: 'svc-finance', dmsa: 'dmsa-finance', hosts, requestedBy: 'LAB\\alice' };
  return makePlan(parseRequest({ ...required, ...changes }), connectionsOf(lab.settings));
}

/** Why there is no plan, in one line: the error, or what blocks. */
export async function problem(lab: Lab, changes: Partial<PlanRequest>): Promise<string> {
  try {
    const { plan, findings } = await planned(lab, changes);
    expect(plan).toBeNull();
    return findings
      .filter(({ severity }) => severity === 'block')
      .map(({ severity, code, subject, evidence }) => `${severity} ${code} ${subject}: ${evidence}`)
      .join();
  } catch (error) {
    if (!(error instanceof DmsaError)) throw error;
    return `${error.code} ${error.subject}: ${error.message}`;
  }
}
