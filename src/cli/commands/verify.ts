import { resolve } from 'node:path';
import { exitCodes } from '../../domain/states.ts';
import type { Verification } from '../../report/verify.ts';
import { escapeTerminal } from '../../wording/escape/terminal.ts';
import { wordError } from '../../wording/failure.ts';
import { moment } from '../../wording/time.ts';
import { type CommandSpec, newCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { paint } from '../view/text.ts';

interface VerifyOptions {
  key?: string;
}

export function verifyCommand(): CommandSpec {
  const command = newCommand(
    'verify',
    'Check a JSON report without Temporal, directory or hosts: is it what was made, and whose?',
  )
    .argument('<report>', 'what dmsa report --format json has written')
    .option('--key <file>', 'public key of the worker, as JWK or JWK set: who you trust to have made it');
  return { command, run: verify };
}

/** Exit code 0 for a report that is intact and signed by a given key; 2 for everything else. */
async function verify(context: Context, options: VerifyOptions, file: string): Promise<number> {
  const { io, assembly, color } = context;
  const reports = await assembly.reports();
  const key = options.key === undefined ? null : resolve(io.folder, options.key);
  const verification = await reports.verify(resolve(io.folder, file), key);
  context.answer(lines(verification, color).join('\n'), verification);
  for (const problem of verification.problems) context.tell(escapeTerminal(wordError(problem)));
  return verification.valid ? 0 : exitCodes.refused;
}

function lines({ valid, report, digest, signedBy, votes }: Verification, color: boolean): string[] {
  const { bold, green, red } = paint(color);
  const count = (verdict: string) => votes.filter((vote) => vote.verdict === verdict).length;
  const key = signedBy
    ? `"${signedBy.kid}", thumbprint ${signedBy.thumbprint}${signedBy.vouched ? '' : ': nobody vouches for it'}`
    : 'nobody';
  return [
    valid ? green(bold('Valid')) : red(bold('Not valid')),
    ...[
      `report of   ${report.migrationId}, ${report.outcome}`,
      `made        ${moment(report.madeAt)} by ${report.madeBy}`,
      `SHA-256     ${digest}`,
      `signed by   ${key}`,
      `votes       ${count('signed')} signed, ${count('declared')} declared, ${count('invalid')} with a signature that does not hold`,
    ].map((line) => `  ${escapeTerminal(line)}`),
  ];
}
