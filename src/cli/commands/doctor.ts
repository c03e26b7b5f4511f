import { access } from 'node:fs/promises';
import { resolve } from 'node:path';
import { DmsaError, errorAbout } from '../../domain/errors/errors.ts';
import { exitCodes } from '../../domain/states.ts';
import { wholeNumber } from '../../plan/fields/field.ts';
import { type CommandSpec, newCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { once } from '../options/parsers.ts';
import { renderDoctor } from '../view/doctor.ts';

interface DoctorOptions {
  account?: string;
  timeout: number;
  config?: string;
}

export function doctorCommand(): CommandSpec {
  const command = newCommand(
    'doctor',
    'Check everything that migrations need, change nothing, and say what to do about what is wrong.',
  )
    .option('--account <name>', 'also what the credential of the cmdlets may do to this account')
    .option('--timeout <seconds>', 'how long each check may take', once(wholeNumber), 10);
  return { command, run: doctor };
}

async function doctor(context: Context, options: DoctorOptions): Promise<number> {
  const { io } = context;
  const timeout = options.timeout;
  if (timeout < 1 || timeout > 600)
    throw errorAbout('--timeout', 'ARGUMENT_INVALID', 'write seconds, from 1 to 600');
  const diagnosis = await context.assembly.diagnose({
    settings: await orError(context.settings()),
    client: await orError(context.clientSettings()),
    file: await settingsFile(context, options),
    account: options.account ?? null,
    env: io.env,
    now: io.now,
    signal: io.signal,
    limitMs: timeout * 1_000,
  });
  context.answer(renderDoctor(diagnosis, context), diagnosis);
  return diagnosis.summary.fail > 0 ? exitCodes.failed : exitCodes.completed;
}

/** What is wrong with settings is a finding here, as anything else. */
async function orError<T>(loading: Promise<T>): Promise<T | DmsaError> {
  return await loading.catch((error) => {
    if (error instanceof DmsaError) return error;
    throw error;
  });
}

/** One that was named is there, or reading it has failed. */
async function settingsFile({ io }: Context, { config }: DoctorOptions): Promise<string | null> {
  const named = config ?? (io.env.DMSA_CONFIG || null);
  const file = resolve(io.folder, named ?? 'dmsa.toml');
  if (named !== null) return file;
  return await access(file).then(
    () => file,
    () => null,
  );
}
