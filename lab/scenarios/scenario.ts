import type { PrivateKey } from '../../src/approval/keys.ts';
import type { Migrations } from '../../src/client/migrations.ts';
import type { StageName } from '../../src/domain/migration/stages.ts';
import type { GateName } from '../../src/domain/plan/plan.ts';
import type { Outcome } from '../../src/domain/states.ts';
import type { PlanRequest } from '../../src/plan/request.ts';
import type { LabFaults } from '../faults.ts';
import type { Lab } from '../lab.ts';
import type { Topology } from '../topology.ts';

/**
 * A story that the lab plays: what is there before, what fails, what people decide, and how it has to end. Nothing
 * of it reaches the product, which sees a directory, hosts and signals.
 */
export interface Scenario {
  /** One line for `--list`, without a full stop. */
  summary: string;
  outcome: Outcome;
  /** Changes what is there when the lab starts. */
  topology?(topology: Topology): void;
  faults?(): LabFaults;
  request?: Partial<PlanRequest>;
  /** What the approver does where it is not a yes at once. */
  votes?: Partial<Record<GateName, 'approve' | 'reject' | 'when-overdue' | 'never'>>;
  /** What happens while a gate is open, before the approver votes. */
  onGate?: Partial<Record<GateName, (play: Play) => Promise<void>>>;
  /** The approver has a key, and only signed votes count; somebody tries without. */
  signed?: boolean;
  /** What happens when a stage is first seen to have begun. */
  onStage?: Partial<Record<StageName, (play: Play) => Promise<void>>>;
  /** What a person says about hosts that have failed. */
  failedHosts?: 'retry' | 'skip';
  /** Says yes to principals that are no host of the plan. */
  allowStrangers?: boolean;
}

/** What a scenario can reach while it is played. */
export interface Play {
  lab: Lab;
  migrations: Migrations;
  id: string;
  /** The approver's, where votes are signed. */
  key: PrivateKey | null;
}

/** Who asks and who decides: two people, as the requester may not approve. */
export const people = { requester: 'LAB\\alice', approver: 'LAB\\bob', operator: 'LAB\\carol' } as const;
