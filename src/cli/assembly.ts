import type { Audit, AuditRequest } from '../audit/audit.ts';
import type { Migrations } from '../client/migrations.ts';
import type { RunCodecServerOptions } from '../codec-server/run.ts';
import type { EncryptionSettings, ReadingSettings, Settings } from '../config/settings.ts';
import type { ResolvedPrincipal } from '../directory/names/resolve-principal.ts';
import type { DiscoverRequest, Discovery } from '../discover/discover.ts';
import type { Diagnosis, DoctorRequest } from '../doctor/doctor.ts';
import type { PlanningResult } from '../plan/make-plan.ts';
import type { PlanRequest } from '../plan/request.ts';
import type { SavedPlan } from '../plan/saved.ts';
import type { RunWorkerOptions } from '../worker/run-worker.ts';
import type { Output } from './output.ts';

/** What is behind the commands, as `src/bin/assembly.ts` wires it and tests replace it. */
export interface Assembly {
  connect(
    taskQueue: string,
    env: NodeJS.ProcessEnv,
    encryption: EncryptionSettings | undefined,
  ): Promise<{ migrations: Migrations; close(): Promise<void> }>;
  /** Reads directory and hosts and changes nothing. The plan is null where a finding blocks it. */
  plan(request: PlanRequest, settings: Settings): Promise<PlanningResult>;
  /** Reads both again and compares with what the plan was made of. Throws PLAN_DRIFTED. */
  requireUndrifted(saved: SavedPlan, settings: Settings): Promise<void>;
  /** Reads the whole domain and changes nothing; needs no Temporal. Without settings of hosts, no events either. */
  audit(request: AuditRequest, settings: Settings | ReadingSettings): Promise<Audit>;
  /** Reads directory and hosts and changes nothing; needs no Temporal. */
  discover(request: DiscoverRequest, settings: Settings): Promise<Discovery>;
  /** Who a name is, by the directory. */
  principal(written: string, settings: ReadingSettings): Promise<ResolvedPrincipal>;
  /** Looks at everything that migrations need, and changes nothing. */
  diagnose(request: DoctorRequest): Promise<Diagnosis>;
  /** What DNS knows of a domain's controllers; empty where it knows none. */
  findControllers(domain: string): Promise<string[]>;
  /** Makes reports, and checks them. */
  reports(): Promise<typeof import('../report/reports.ts')>;
  /** Accounts of the migrations that run; fails within two seconds. */
  runningAccounts(env: NodeJS.ProcessEnv): Promise<string[]>;
  /** Names of the demonstration's scenarios. */
  scenarios(): Promise<string[]>;
  /** Runs until `signal` aborts; `onReady` is called once it takes work. */
  worker(options: RunWorkerOptions): Promise<void>;
  /** Runs until `signal` aborts; `onReady` is called with settings that reach it. */
  lab(options: RunLabOptions): Promise<void>;
  /** Answers until `signal` aborts; `onReady` is called with its URL. */
  codecServer(options: RunCodecServerOptions): Promise<void>;
  /** Making keys of a key ring. */
  keys(): Promise<typeof import('../temporal/key-file.ts')>;
  /** Returns the exit code. */
  demo(output: Output, options: DemoOptions): Promise<number>;
}

export interface RunLabOptions {
  directory: 'lab' | 'samba';
  signal: AbortSignal;
  onReady(settings: Settings): Promise<void>;
}

export interface DemoOptions {
  scenario: string;
  directory: 'lab' | 'samba';
  /** List the scenarios instead of running one. */
  list: boolean;
}
