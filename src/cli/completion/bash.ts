import { type CompletionValues, flattened, type TreeCommand } from './tree.ts';

/** A script for bash 3.2 and later; it needs no bash-completion. */
export function bashScript(tree: TreeCommand): string {
  const nodes = flattened(tree);
  const key = (path: string[]) => JSON.stringify(path.join(' '));
  const paths = nodes.slice(1).map(({ path }) => key(path));
  const words = nodes.map(({ path, commands, options }) => {
    const below = commands.map((command) => command.path.at(-1)!);
    const names = options.flatMap(({ names }) => names);
    return `    ${key(path)}) commands=${quoted(below)} options=${quoted(names)} ;;`;
  });
  const values = nodes.flatMap(({ path, options }) =>
    options.flatMap(({ names, value }) =>
      value
        ? [`    ${names.map((name) => key([...path, name])).join('|')}) values=${valuesText(value)} ;;`]
        : [],
    ),
  );
  const positions = nodes.flatMap(({ path, arguments: all }) =>
    all.map(({ values }, index) => `    ${key([...path, String(index)])}) values=${valuesText(values)} ;;`),
  );
  return `# Completion of dmsa for bash. Put this into ~/.bashrc:  source <(dmsa completion bash)

# Sets "values" to what may follow an option: "" for nothing that is known, null for an option without a value.
_dmsa_option() {
  values=
  case "$1 $2" in
${values.map((line) => line.replace('    "', '    "')).join('\n')}
    *) values=null ;;
  esac
}

_dmsa_reply() {
  local word
  case "$1" in
    @file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$2")) ;;
    @*) COMPREPLY=($(compgen -W "$(dmsa complete "\${1#@}" 2>/dev/null)" -- "$2")) ;;
    *) COMPREPLY=($(compgen -W "$1" -- "$2")) ;;
  esac
}

_dmsa() {
  local IFS=$' \\t\\n' current="\${COMP_WORDS[COMP_CWORD]}" path= count=0 values word commands options awaits=
  local index
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index += 1)); do
    word="\${COMP_WORDS[index]}"
    if [ -n "$awaits" ]; then awaits=; continue; fi
    case "$word" in
      -*) _dmsa_option "$path" "$word"; [ "$values" = null ] || awaits="$word"; continue ;;
    esac
    case "\${path:+$path }$word" in
      ${paths.join('|')}) path="\${path:+$path }$word" ;;
      *) count=$((count + 1)) ;;
    esac
  done
  if [ -n "$awaits" ]; then
    _dmsa_option "$path" "$awaits"
    _dmsa_reply "$values" "$current"
    return
  fi
  commands= options=
  case "$path" in
${words.join('\n')}
  esac
  case "$current" in
    -*) _dmsa_reply "$options" "$current"; return ;;
  esac
  values="$commands"
  case "\${path:+$path }$count" in
${positions.join('\n')}
  esac
  _dmsa_reply "$values" "$current"
}

complete -F _dmsa dmsa
`;
}

/** Words for `compgen`, or after an `@` where they come from. */
function valuesText(values: CompletionValues): string {
  if (values.kind === 'choices') return quoted(values.choices);
  if (values.kind === 'any') return '""';
  return values.kind === 'file' ? '@file' : `@${values.what}`;
}

function quoted(words: string[]): string {
  return `'${words.join(' ')}'`;
}
