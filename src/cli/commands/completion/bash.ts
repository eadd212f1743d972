import { takesTarget } from './command-tree.ts'
import type { CommandNode } from './command-tree.ts'

/** What a target can begin with; containers of this machine are asked for when it comes to them. */
export const TARGET_STARTS = [
  'docker:',
  'podman:',
  'k8s:',
  'marathon:/',
  'cgroup:/',
  'pid:',
  'host',
]

/** The script for bash 4 and newer; needs no bash-completion package. */
export function bashScript(tree: readonly CommandNode[]): string {
  return [
    '# Completion of stella for bash, made from its commands.',
    '_stella() {',
    '  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"',
    '  local path="" word at words options paths targets known values="" before=""',
    // A colon and an equals sign are words of their own to readline: what is completed is what follows them.
    '  if [[ $previous == : && COMP_CWORD -gt 2 ]]; then',
    '    before="${COMP_WORDS[COMP_CWORD-2]}:" current="${COMP_WORDS[COMP_CWORD-2]}:$current"',
    '  elif [[ $current == : ]]; then before="$previous:" current="$previous:"',
    '  elif [[ $previous == = && COMP_CWORD -gt 2 ]]; then previous="${COMP_WORDS[COMP_CWORD-2]}"',
    '  elif [[ $current == = ]]; then current=""',
    '  fi',
    '  for (( at = 1; at < COMP_CWORD; at++ )); do',
    '    word="${COMP_WORDS[at]}"',
    '    case "$path $word" in',
    ...tree
      .filter((node) => node.words.length > 0)
      .map((node) => `      ${pattern(node)}) path="${pathOf(node)}" ;;`),
    '    esac',
    '  done',
    '  case "$path" in',
    ...tree.map(
      (node) =>
        `    "${pathOf(node)}") words="${node.children.map((child) => child.name).join(' ')}" ` +
        `options="${node.options.map((option) => `--${option.name}`).join(' ')}" ` +
        `paths="${optionsWithPath(node)}" targets="${takesTarget(node) ? TARGET_STARTS.join(' ') : ''}" ;;`,
    ),
    '  esac',
    '  COMPREPLY=()',
    '  case "$path $previous" in',
    ...tree.flatMap(valueLines),
    '  esac',
    '  if [[ -n $values ]]; then',
    '    mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")',
    '  elif [[ " $paths " == *" $previous "* ]]; then',
    '    mapfile -t COMPREPLY < <(compgen -f -- "$current")',
    '    compopt -o filenames',
    '  elif [[ $current == -* ]]; then',
    '    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")',
    '  elif [[ -n $words ]]; then',
    '    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")',
    '  elif [[ -n $targets ]]; then',
    // Behind a colon the beginning alone would be an empty word.
    '    [[ -n $before ]] && targets=""',
    '    known="$(stella targets 2>/dev/null)"',
    '    mapfile -t COMPREPLY < <(compgen -W "$targets $known" -- "$current")',
    // A bare name is looked up by the program, too: it becomes what it names.
    '    if [[ -n $current && ${#COMPREPLY[@]} == 0 ]]; then',
    '      for word in $known; do [[ ${word#*:} == "$current"* ]] && COMPREPLY+=("$word"); done',
    '    fi',
    '    [[ ${COMPREPLY[*]} == *[:/] ]] && compopt -o nospace',
    '    COMPREPLY=("${COMPREPLY[@]#"$before"}")',
    '  elif [[ " $paths " == *" . "* ]]; then',
    '    mapfile -t COMPREPLY < <(compgen -f -- "$current")',
    '    compopt -o filenames',
    '  fi',
    '}',
    'complete -F _stella stella',
    '',
  ].join('\n')
}

/** What follows an option whose values are counted out. */
function valueLines(node: CommandNode): string[] {
  return node.options
    .filter(({ values }) => values.length > 0)
    .map(({ name, values }) => `    "${pathOf(node)} --${name}") values="${values.join(' ')}" ;;`)
}

function pathOf(node: CommandNode): string {
  return node.words.map((word) => ` ${word}`).join('')
}

function pattern(node: CommandNode): string {
  return `"${pathOf(node)}"`
}

/** Options whose value is a path; a dot stands for the positional argument. */
function optionsWithPath(node: CommandNode): string {
  const options = node.options
    .filter((option) => option.takesPath)
    .map((option) => `--${option.name}`)
  return [...options, ...(node.takesPath ? ['.'] : [])].join(' ')
}
