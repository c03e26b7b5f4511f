import { resolve } from 'node:path';

import { Option } from 'commander';
import { writeNamedFile } from '../../config/files.ts';
import { settingsToml } from '../../config/write.ts';
import { type CommandSpec, newCommand } from '../command.ts';
import type { Context } from '../context.ts';

interface LabCommandOptions {
  directory: 'lab' | 'samba';
  out?: string;
}

export function labCommand(): CommandSpec {
  const command = newCommand(
    'lab',
    'Run a simulated domain to practise on, and print a dmsa.toml that reaches it.',
  )
    .addOption(
      new Option('--directory <which>', 'the built-in directory, or a real Samba AD DC')
        .choices(['lab', 'samba'])
        .default('lab'),
    )
    .option('--out <file>', 'write the settings to this file instead');
  return { command, run: runLab };
}

async function runLab(context: Context, { directory, out }: LabCommandOptions): Promise<number> {
  const { io, assembly } = context;
  const file = out ? resolve(io.folder, out) : null;
  await assembly.lab({
    directory,
    signal: io.signal,
    async onReady(settings) {
      const toml = settingsToml(settings);
      if (file) await writeNamedFile('--out', file, toml);
      context.answer(file ? `The lab runs; its settings are in ${file}.` : toml.trimEnd(), {
        settings,
        file,
      });
      context.tell('The lab runs until Ctrl-C.');
    },
  });
  return 0;
}
