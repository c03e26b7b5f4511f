import type { MaintenanceWindow } from '../../src/domain/plan/plan.ts';
import { nextOpening, openAt } from '../../src/domain/plan/windows.ts';
import { now } from '../runtime.ts';

export interface NextWindow {
  open: boolean;
  /** ISO 8601: when the next one opens; null while one is open. */
  opensAt: string | null;
}

/** Asked here and not in the workflow: time zones change with the version of the runtime, and a replay must not. */
export async function nextWindow({ windows }: { windows: MaintenanceWindow[] }): Promise<NextWindow> {
  const at = now().toISOString();
  const open = openAt(windows, at);
  return { open, opensAt: open ? null : nextOpening(windows, at) };
}
