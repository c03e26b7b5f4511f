import type { ClientSettings, Settings } from '../config/settings.ts';
import type { DmsaError } from '../domain/errors/errors.ts';
import {
  type Check,
  type CheckVerdict,
  fail,
  failed,
  type Limits,
  notChecked,
  ok,
  verdicts,
} from './check.ts';
import { checkDirectory } from './directory.ts';
import { checkNode, checkRecords, checkSecrets } from './local.ts';
import { checkManagement } from './management.ts';
import { checkTemporal } from './temporal.ts';

export interface DoctorRequest extends Limits {
  /** Why they cannot be had, where they cannot. */
  settings: Settings | DmsaError;
  client: ClientSettings | DmsaError;
  /** The settings file; null where there is none, and environment and flags are all there is. */
  file: string | null;
  /** An account that is to be migrated: what may be done to it is read, too. */
  account: string | null;
  env: NodeJS.ProcessEnv;
  now: () => Date;
}

export interface Diagnosis {
  checks: Check[];
  summary: Record<CheckVerdict, number>;
}

/** Looks at everything that a migration needs, all at once; changes nothing. Throws the signal's reason alone. */
export async function diagnose(request: DoctorRequest): Promise<Diagnosis> {
  const { settings } = request;
  const parts = await Promise.all([
    [checkNode(process.versions.node)],
    settingsChecks(request),
    temporalChecks(request),
    'code' in settings
      ? ['directory', 'management host', 'rights'].map((name) =>
          notChecked(name, 'the settings cannot be used'),
        )
      : domainChecks(settings, request),
    recordsChecks(request),
  ]);
  const checks = parts.flat();
  const count = (verdict: CheckVerdict) => checks.filter((check) => check.verdict === verdict).length;
  const summary = Object.fromEntries(verdicts.map((verdict) => [verdict, count(verdict)]));
  return { checks, summary: summary as Record<CheckVerdict, number> };
}

async function settingsChecks({ settings, file }: DoctorRequest): Promise<Check[]> {
  const place = file ?? 'environment and flags, without a dmsa.toml';
  if (!('code' in settings)) return [ok('settings', place), await checkSecrets(settings)];
  const check = failed('settings', settings);
  const without = fail(
    'settings',
    `${place}: ${settings.message}`,
    'Write them with dmsa init, or name them with --config.',
  );
  return [file === null ? without : check, notChecked('secrets', 'the settings cannot be used')];
}

async function recordsChecks({ client }: DoctorRequest): Promise<Check[]> {
  return [
    'code' in client ? notChecked('records', 'the settings cannot be used') : await checkRecords(client),
  ];
}

async function temporalChecks({ client, ...request }: DoctorRequest): Promise<Check[]> {
  const names = ['Temporal', 'worker', 'search attributes'];
  if ('code' in client) return names.map((name) => notChecked(name, 'the settings cannot be used'));
  return await checkTemporal({ ...request, taskQueue: client.worker.taskQueue });
}

async function domainChecks(settings: Settings, request: DoctorRequest): Promise<Check[]> {
  const [directory, management] = await Promise.all([
    checkDirectory(settings, request),
    checkManagement(settings, request),
  ]);
  return [...directory, ...management];
}
