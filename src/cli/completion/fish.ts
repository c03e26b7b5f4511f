import { type CompletionValues, flattened, type TreeCommand, type TreeOption } from './tree.ts';

/** A script for fish 3 and later. */
export function fishScript(tree: TreeCommand): string {
  return `# Completion of dmsa for fish. Save it:  dmsa completion fish > ~/.config/fish/completions/dmsa.fish

# Whether the words before the cursor are of this command, and of none below it; options and their values do not count.
function __dmsa_at
    set -l path
    for word in (commandline -opc)[2..-1]
        contains -- (string join ' ' $path $word) ${flattened(tree)
          .slice(1)
          .map(({ path }) => single(path.join(' ')))
          .join(' ')}
        and set -a path $word
    end
    test "$path" = "$argv"
end

complete -c dmsa -f
${flattened(tree).flatMap(commandLines).join('\n')}
`;
}

function commandLines({ path, options, arguments: all, commands }: TreeCommand): string[] {
  const at = `complete -c dmsa -n ${single(['__dmsa_at', ...path].join(' '))}`;
  return [
    ...commands.map((each) => `${at} -a ${each.path.at(-1)} -d ${single(each.description)}`),
    ...options.map((option) => `${at} ${optionText(option)}`),
    ...all.flatMap(({ values }) => (values.kind === 'any' ? [] : [`${at} ${source(values)}`])),
  ];
}

function optionText({ names, description, value }: TreeOption): string {
  const named = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  return [
    ...named,
    ...(value ? [`${value.kind === 'file' ? '-r' : '-x'} ${source(value)}`.trim()] : []),
    `-d ${single(description)}`,
  ]
    .join(' ')
    .replace('  ', ' ');
}

function source(values: CompletionValues): string {
  if (values.kind === 'choices') return `-a ${single(values.choices.join(' '))}`;
  if (values.kind === 'file') return '-F';
  return values.kind === 'any' ? '' : `-a '(dmsa complete ${values.what} 2>/dev/null)'`;
}

function single(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
