/**
 * Makes what the npm package ships: `node build.ts [FOLDER]`, by default `dist`. Node does not strip types inside
 * node_modules, so the code is compiled.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, rmSync, writeFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';

import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';

import { workflowInterceptors } from './src/temporal/bundle.ts';

const root = import.meta.dirname;
const dist = resolve(process.argv[2] ?? join(root, 'dist'));

rmSync(dist, { recursive: true, force: true });
compile();
for (const folder of ['src', 'activities', 'workflows', 'lab']) copyWhatIsNotCode(folder);
copyJea();
await bundleWorkflows();

function compile(): void {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const args = [compiler, '-p', join(root, 'tsconfig.build.json'), '--outDir', dist];
  execFileSync(process.execPath, args, { stdio: 'inherit' });
}

/** The PowerShell scripts, LDIF: they lie beside the code that reads them. */
function copyWhatIsNotCode(folder: string): void {
  cpSync(join(root, folder), join(dist, folder), {
    recursive: true,
    filter: (source) => extname(source) !== '.ts',
  });
}

/** The module of the JEA endpoints is whole with its scripts: it is installed as it is. */
function copyJea(): void {
  cpSync(join(root, 'jea'), join(dist, 'jea'), { recursive: true });
  cpSync(join(root, 'activities', 'scripts'), join(dist, 'jea', 'Dmsa', 'Scripts'), { recursive: true });
}

/** Twice: with failures as they are, and for workers that encrypt (src/temporal/failure-converter.ts). */
async function bundleWorkflows(): Promise<void> {
  const failureConverterPath = join(dist, 'src', 'temporal', 'failure-converter.js');
  for (const [name, options] of [
    ['workflow-bundle.js', {}],
    ['workflow-bundle-encrypted.js', { failureConverterPath }],
  ] as const) {
    const { code } = await bundleWorkflowCode({
      workflowsPath: join(dist, 'workflows', 'index.js'),
      payloadConverterPath: join(dist, 'src', 'temporal', 'payload-converter.js'),
      workflowInterceptorModules: workflowInterceptors('js', join(dist, 'workflows')),
      logger: new DefaultLogger('WARN'),
      ...options,
    });
    writeFileSync(join(dist, name), code);
  }
}
