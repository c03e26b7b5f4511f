import { type CompletionValues, flattened, type TreeCommand, type TreeOption } from './tree.ts';

/** A script for zsh's own completion system. */
export function zshScript(tree: TreeCommand): string {
  return `#compdef dmsa
# Completion of dmsa for zsh. Put this into ~/.zshrc, after compinit:  source <(dmsa completion zsh)

_dmsa_ask() {
  local -a found
  found=(\${(f)"$(dmsa complete $1 2>/dev/null)"})
  compadd -a found
}

# Settings are followed by their value.
_dmsa_settings() {
  local -a found
  found=(\${(f)"$(dmsa complete settings 2>/dev/null)"})
  compadd -S '' -a found
}

${flattened(tree).map(commandFunction).join('\n')}
compdef _dmsa dmsa
`;
}

function commandFunction({ path, options, arguments: all, commands }: TreeCommand): string {
  const specs = options.flatMap(optionSpecs);
  const lines =
    commands.length > 0
      ? [...specs, "'1: :->command'", "'*:: :->rest'"]
      : [...specs, ...all.map(argumentSpec)];
  const below =
    commands.length === 0
      ? ''
      : `
  case $state in
    command)
      local -a commands
      commands=(
${commands.map((each) => `        ${single(`${each.path.at(-1)}:${each.description}`)}`).join('\n')}
      )
      _describe command commands ;;
    rest)
      case $words[1] in
${commands.map((each) => `        ${each.path.at(-1)}) ${functionName(each.path)} ;;`).join('\n')}
      esac ;;
  esac`;
  return `${functionName(path)}() {
  local curcontext=$curcontext state line
  _arguments -s -C \\
${lines.map((line) => `    ${line}`).join(' \\\n')}${below}
}
`;
}

/** `'(-o --output)'{-o,--output}'[what to print]:format:(text json)'` */
function optionSpecs({ names, description, value, repeats }: TreeOption): string[] {
  const text = `[${escaped(description)}]${value ? `:value:${action(value)}` : ''}`;
  const excluded = repeats ? '*' : `(${names.join(' ')})`;
  return names.map((name) => single(`${excluded}${name}${text}`));
}

function argumentSpec({ name, values }: TreeCommand['arguments'][number], index: number): string {
  return single(`${index + 1}:${name}:${action(values)}`);
}

function action(values: CompletionValues): string {
  if (values.kind === 'choices') return `(${values.choices.join(' ')})`;
  if (values.kind === 'file') return '_files';
  if (values.kind === 'any') return ' ';
  // After a blank it is called as it is written, without options for compadd.
  return values.what === 'settings' ? ' _dmsa_settings' : ` _dmsa_ask ${values.what}`;
}

function functionName(path: string[]): string {
  return ['_dmsa', ...path].join('_').replaceAll('-', '_');
}

/** In an option's explanation brackets and colons have a meaning. */
function escaped(text: string): string {
  return text.replace(/[\\[\]:]/g, '\\$&');
}

function single(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
