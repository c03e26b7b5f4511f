import { Argument } from 'commander';

import { type CommandSpec, newCommand } from '../command.ts';
import { bashScript } from '../completion/bash.ts';
import { fishScript } from '../completion/fish.ts';
import { powerShellScript } from '../completion/powershell.ts';
import { commandTree } from '../completion/tree.ts';
import { zshScript } from '../completion/zsh.ts';
import type { Context } from '../context.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript, powershell: powerShellScript };

export function completionCommand(): CommandSpec {
  const command = newCommand(
    'completion',
    'Print a script that completes commands, options and migrations in a shell; its first line says where it goes.',
  ).addArgument(new Argument('<shell>', 'which shell').choices(Object.keys(scripts)));
  return {
    command,
    run: async ({ io }: Context, _: unknown, shell?: string) => {
      io.out.write(scripts[shell as keyof typeof scripts](commandTree(command.parent!)));
      return 0;
    },
  };
}
