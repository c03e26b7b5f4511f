import type { Argument, Command, Option } from 'commander';

import { examples } from '../../src/cli/examples.ts';
import { newProgram } from '../../src/cli/program.ts';
import { row } from './tables.ts';

/** `docs/cli.md`, made of the commands themselves; a test holds the file equal to it. */
export function cliPage(): string {
  const program = newProgram({ out: process.stdout, err: process.stderr }, () => async () => undefined);
  const commands = program.createHelp().visibleCommands(program);
  const common = commands[0]!.options.filter((option) =>
    commands.every((command) => command.options.some((each) => each.long === option.long)),
  );
  return `<!-- Made of src/cli/commands; after a change there: npm run docs -->

# Commands

From a checkout \`npm run dmsa -- <command>\`. A migration is named by its id (\`dmsa/contoso.com/svc-web\`) or by its
account: \`svc-web\`, \`CONTOSO\\svc-web\` or \`svc-web@contoso.com\`.

| Exit code | Means |
| --- | --- |
| 0 | done; of \`status\`, also: it runs |
| 1 | failed: the line on standard error begins with the code, see [errors](errors.md) |
| 2 | refused: wrong usage, an unacceptable plan, setting or vote, or something that blocks; nothing was changed |
| 3 | the migration was undone: everything is as it was before |
| 4 | the migration needs an operator |
| 5 | of \`audit\` and \`discover\`: something that was found blocks, or a host could not be asked; of \`plan --detailed-exitcode\`: something was found |
| 130 | ended by Ctrl-C |

With \`-o json\` standard output is one JSON object and nothing else; an error is \`{ "error": { "code", "message",
"fix" } }\`. With \`-o jsonl\`, where a command has it, each change is an object on its own line. Logs go to standard
error. Durations are written \`10s\`, \`10m\`, \`10h\`, \`14d\`.

Every command takes:

${optionTable(common)}
${commands.map((command) => commandSection(command, common)).join('\n')}`;
}

function commandSection(command: Command, common: readonly Option[]): string {
  const shared = new Set(common.map((option) => option.long));
  const own = command.options.filter((option) => !shared.has(option.long));
  const formats = command.options.find((option) => option.long === '--output')?.argChoices ?? [];
  const output = formats.length > 2 ? ` Output: ${formats.join(', ')}.` : '';
  return `## dmsa ${command.name()}

${command.description()}${output}
${command.registeredArguments.map((argument) => `\n- \`${argumentText(argument)}\`: ${argument.description}`).join('')}${
  command.registeredArguments.length > 0 ? '\n' : ''
}${own.length > 0 ? `\n${optionTable(own)}` : ''}${exampleBlock(command.name())}`;
}

function exampleBlock(name: string): string {
  const lines = (examples[name] ?? []).map(({ line, does }) => `# ${does}\n${line}`);
  return `\n\`\`\`sh\n${lines.join('\n')}\n\`\`\`\n`;
}

function argumentText(argument: Argument): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`;
}

function optionTable(options: readonly Option[]): string {
  const rows = options.map((option) => {
    const choices =
      option.argChoices && option.long !== '--output' ? `: ${option.argChoices.join(', ')}` : '';
    const required = option.mandatory ? ' (has to be given)' : '';
    const shown = option.defaultValue !== undefined && !option.negate && option.defaultValue !== '';
    return row(
      `\`${option.flags}\``,
      `${option.description}${choices}${required}`,
      shown ? `\`${option.defaultValue}\`` : '',
    );
  });
  return `${row('Option', 'What it does', 'Default')}\n${row('---', '---', '---')}\n${rows.join('\n')}\n`;
}
