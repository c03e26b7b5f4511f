import { Option } from 'commander';
import type { DemoOptions } from '../assembly.ts';
import { type CommandSpec, newCommand } from '../command.ts';

export function demoCommand(): CommandSpec {
  const command = newCommand(
    'demo',
    'Start a lab, a worker and a migration, and watch it from beginning to end.',
  )
    .option('--scenario <scenario>', 'what happens in it', 'happy')
    .option('--list', 'list the scenarios')
    .addOption(
      new Option('--directory <which>', 'the built-in directory, or a real Samba AD DC')
        .choices(['lab', 'samba'])
        .default('lab'),
    );
  return {
    command,
    run: (context, { scenario, directory, list }: Partial<DemoOptions>) =>
      context.assembly.demo(context, {
        scenario: scenario ?? 'happy',
        directory: directory ?? 'lab',
        list: list ?? false,
      }),
  };
}
