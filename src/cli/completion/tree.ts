import type { Argument, Command, Option } from 'commander';

/** Where the values of an option or an argument come from: a list of its own, a file, or what `dmsa complete` says. */
export type CompletionValues =
  | { kind: 'any' }
  | { kind: 'file' }
  | { kind: 'choices'; choices: string[] }
  | { kind: 'asked'; what: CompletionKind };

/** What `dmsa complete` knows. */
export const completionKinds = ['migrations', 'scenarios', 'settings'] as const;
export type CompletionKind = (typeof completionKinds)[number];

export interface TreeOption {
  /** As they are typed, the long one first: `--output`, `-o`. */
  names: string[];
  description: string;
  /** Null for an option without a value. */
  value: CompletionValues | null;
  repeats: boolean;
}

/** A command as completion sees it, with those below it. */
export interface TreeCommand {
  /** `['keys', 'new']`; empty for the program itself. */
  path: string[];
  description: string;
  options: TreeOption[];
  /** In their order. */
  arguments: { name: string; values: CompletionValues }[];
  commands: TreeCommand[];
}

/** The commands of a program, but for hidden ones. */
export function commandTree(program: Command, path: string[] = []): TreeCommand {
  const help = program.createHelp();
  return {
    path,
    description: firstSentence(program.description()),
    options: help.visibleOptions(program).map(treeOption),
    arguments: program.registeredArguments.map((argument) => ({
      name: argument.name(),
      values: valuesOf(argument.name(), argument),
    })),
    commands: help.visibleCommands(program).map((command) => commandTree(command, [...path, command.name()])),
  };
}

/** The tree as a list, each before those below it. */
export function flattened(tree: TreeCommand): TreeCommand[] {
  return [tree, ...tree.commands.flatMap(flattened)];
}

function treeOption(option: Option): TreeOption {
  const takesValue = option.required || option.optional;
  return {
    names: [option.long, option.short].filter((name) => name !== undefined),
    description: option.description,
    value: takesValue ? valuesOf(/[<[]([^>\]]+)/.exec(option.flags)?.[1] ?? '', option) : null,
    repeats: takesValue && option.parseArg !== undefined && 'repeats' in option.parseArg,
  };
}

function valuesOf(
  name: string,
  { argChoices }: Pick<Argument | Option, 'argChoices'> & object,
): CompletionValues {
  if (argChoices) return { kind: 'choices', choices: [...argChoices] };
  if (name === 'migration') return { kind: 'asked', what: 'migrations' };
  if (name === 'scenario') return { kind: 'asked', what: 'scenarios' };
  if (name === 'section.key=value') return { kind: 'asked', what: 'settings' };
  return { kind: ['file', 'plan', 'folder'].includes(name) ? 'file' : 'any' };
}

/** One line is all that a shell shows. */
function firstSentence(text: string): string {
  return /^.*?[.](?=\s|$)|^.*$/s.exec(text)![0].replace(/\.$/, '');
}
