import { chmod, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

import { unwritable, writeNamedFile } from '../../config/files.ts';
import { type FirstSettings, schemaFile, settingsTemplate } from '../../config/template.ts';
import { errorAbout } from '../../domain/errors/errors.ts';
import { hostName } from '../../plan/values.ts';
import { escapeTerminal } from '../../wording/escape/terminal.ts';
import { type CommandSpec, collect, newCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { noTerminal } from '../failures.ts';
import { askLine } from '../prompts/ask.ts';
import { shellWord } from '../shell.ts';
import { schemaText } from './schema.ts';

interface InitOptions {
  domain?: string;
  dc?: string[];
  managementHost?: string;
  user?: string;
  out: string;
  force?: boolean;
}

export function initCommand(): CommandSpec {
  const command = newCommand(
    'init',
    'Write a dmsa.toml with every setting explained; asks for what it needs, and contacts nothing but DNS.',
  )
    .option('--domain <name>', 'DNS name of the domain')
    .option('--dc <name>', 'a domain controller; may be repeated (default: those that DNS knows)', collect)
    .option('--management-host <name>', 'the host where the cmdlets run')
    .option('--user <name>', 'who reads the directory and logs in to hosts: name, or name@domain')
    .option('--out <file>', 'where to write it', 'dmsa.toml')
    .option('--force', 'overwrite what is there');
  return { command, run: init };
}

async function init(context: Context, options: InitOptions): Promise<number> {
  const { io } = context;
  const file = resolve(io.folder, options.out);
  const first = await firstSettings(context, options);
  await write(file, settingsTemplate(first), options);
  const schema = join(dirname(file), schemaFile);
  await writeNamedFile('--out', schema, await schemaText('settings'));

  const word = shellWord(options.out);
  const check = options.out === 'dmsa.toml' ? 'dmsa doctor' : `dmsa doctor --config ${word}`;
  const next = [
    `put the password of ${first.user} into directory.password beside it, readable by you alone`,
    `put the private key id_ed25519 and the host keys known_hosts beside it (docs/ssh.md)`,
    `check all of it: ${check}`,
  ];
  const steps = next.map((step, index) => `  ${index + 1}  ${step}`).join('\n');
  context.answer(`Wrote ${file}\n${steps}`, { file, schema, ...first, next });
  return 0;
}

/** Asks for each setting that no option gives, and suggests what DNS knows. */
async function firstSettings(context: Context, options: InitOptions): Promise<FirstSettings> {
  const { io, assembly } = context;
  const domain = name(
    '--domain',
    options.domain ?? (await asked(context, '--domain', 'DNS name of the domain', io.env.USERDNSDOMAIN)),
  );
  const found = options.dc ?? (await assembly.findControllers(domain));
  if (!options.dc && found.length > 0) context.tell(escapeTerminal(`DNS knows ${found.join(', ')}`));
  const controllers =
    options.dc || (found.length > 0 && (context.yes || !io.in.isTTY))
      ? found
      : (await asked(context, '--dc', 'Domain controllers, the first to try first', found.join(', '))).split(
          /[\s,]+/,
        );
  const managementHost = await given(context, options.managementHost, '--management-host', 'Management host');
  const user = await given(context, options.user, '--user', 'Who reads the directory and logs in to hosts');
  return {
    urls: controllers.map((each) => `ldaps://${name('--dc', each, domain)}:636`),
    managementHost: name('--management-host', managementHost, domain),
    user: userName(user, domain),
  };
}

async function given(
  context: Context,
  value: string | undefined,
  option: string,
  question: string,
): Promise<string> {
  return value ?? (await asked(context, option, question));
}

async function asked(
  context: Context,
  option: string,
  question: string,
  suggestion?: string,
): Promise<string> {
  const answer = await askLine(context.io, question, suggestion);
  if (answer) return answer;
  if (answer === null) throw noTerminal(option, `give ${option}`);
  throw errorAbout(option, 'ARGUMENT_INVALID', `the answer was empty: answer, or give ${option}`);
}

/** Lower case; a first part alone is that of a host of the domain. */
function name(option: string, written: string, domain?: string): string {
  const text = written.trim().toLowerCase();
  const whole = domain && !text.includes('.') ? `${text}.${domain}` : text;
  const parsed = hostName.safeParse(whole);
  if (parsed.success) return parsed.data;
  throw errorAbout(option, 'ARGUMENT_INVALID', parsed.error.issues[0]!.message);
}

/** The form that binds to a directory and that OpenSSH on Windows takes, too. */
function userName(written: string, domain: string): string {
  const text = written.trim();
  const plain = text.slice(text.lastIndexOf('\\') + 1);
  if (/^[^\s"/\\[\]:;|=,+*?<>@]+(@[^\s@]+)?$/.test(plain))
    return plain.includes('@') ? plain : `${plain}@${domain}`;
  throw errorAbout('--user', 'ARGUMENT_INVALID', `"${text}" is no name of an account, such as svc-dmsa`);
}

/** Readable by its owner alone; what is there is left, unless it is to be overwritten. */
async function write(file: string, text: string, { force, out }: InitOptions): Promise<void> {
  try {
    await writeFile(file, text, { mode: 0o600, flag: force ? 'w' : 'wx' });
    // A file that was there keeps its rights.
    await chmod(file, 0o600);
  } catch (cause) {
    throw unwritable('--out', out!, cause as NodeJS.ErrnoException, 'Give --force to overwrite it.');
  }
}
