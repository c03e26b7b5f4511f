import { cp } from 'node:fs/promises';
import { join } from 'node:path';

import { here, temporaryFolder } from './harness.ts';

/** `jea/` as the build makes it: with the scripts in the module. */
export async function installedJea(): Promise<string> {
  const folder = await temporaryFolder();
  await cp(here('../../../jea'), folder, { recursive: true });
  await cp(here('../../../activities/scripts'), join(folder, 'Dmsa', 'Scripts'), { recursive: true });
  return folder;
}
