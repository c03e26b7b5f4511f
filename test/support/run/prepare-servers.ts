/** Gets Temporal and the time-skipping server into the cache before the tests need them; fails where it cannot. */
import { findExecutable } from '../../../lab/temporal/executable.ts';
import { progressLines } from './progress-lines.ts';
import { findTimeSkippingProgram } from './time-skipping-program.ts';

const tell = (line: string) => void process.stdout.write(`${line}\n`);

tell(`Temporal: ${await findExecutable({ env: process.env, onProgress: progressLines(tell) })}`);
tell(`time skipping: ${(await findTimeSkippingProgram(tell)).program}`);
