import type { Assembly } from '../cli/assembly.ts';
import type { Io } from '../cli/io.ts';
import { runProgram } from '../cli/program.ts';
import { assembly as realAssembly } from './assembly.ts';

/** Runs `dmsa` with these arguments on the real parts, or on a test's, and returns the exit code. */
export async function run(args: string[], io: Io, assembly: Assembly = realAssembly): Promise<number> {
  return await runProgram(args, io, assembly);
}
