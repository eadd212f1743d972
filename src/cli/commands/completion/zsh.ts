import { TARGET_STARTS } from './bash.ts'
import { takesTarget } from './command-tree.ts'
import type { CommandNode } from './command-tree.ts'

/** The script for zsh 5 and newer, after compinit. */
export function zshScript(tree: readonly CommandNode[]): string {
  return [
    '#compdef stella',
    '# Completion of stella for zsh, made from its commands.',
    '_stella_targets() {',
    '  local -a known=(${(f)"$(stella targets 2>/dev/null)"})',
    '  local missing=1',
    `  compadd -S "" -- ${TARGET_STARTS.filter((start) => start !== 'host').join(' ')} && missing=0`,
    '  compadd -- host $known && missing=0',
    // A bare name is looked up by the program, too: it becomes what it names.
    '  (( missing )) && [[ -n $PREFIX ]] && compadd -U -- ${(M)known:#*:${(b)PREFIX}*}',
    '}',
    // Not `path`, which is PATH to zsh.
    '_stella() {',
    '  local route="" word at',
    '  for (( at = 2; at < CURRENT; at++ )); do',
    '    word="${words[at]}"',
    '    case "$route $word" in',
    ...tree
      .filter((node) => node.words.length > 0)
      .map((node) => `      "${pathOf(node)}") route="${pathOf(node)}" ;;`),
    '    esac',
    '  done',
    '  case "$route" in',
    ...tree.flatMap((node) => [`    "${pathOf(node)}")`, ...actions(node), '      ;;']),
    '  esac',
    '}',
    'compdef _stella stella',
    '',
  ].join('\n')
}

function actions(node: CommandNode): string[] {
  if (node.children.length > 0) {
    const list = node.children.map((child) => described(child.name, child.brief))
    return [`      local -a commands=(${list.join(' ')})`, "      _describe 'command' commands"]
  }
  const options = node.options.map((option) => {
    const value = option.takesPath
      ? ':path:_files'
      : option.takesValue
        ? `:value:${option.values.length > 0 ? `(${option.values.join(' ')})` : ''}`
        : ''
    const repeated = option.name === 'from' ? '*' : ''
    return quoted(`${repeated}--${option.name}[${bracketed(option.brief)}]${value}`)
  })
  const positional = takesTarget(node)
    ? [quoted(':target:_stella_targets')]
    : node.takesPath
      ? [quoted(':path:_files')]
      : []
  // The words of the command itself are shifted away, so that _arguments sees its options first.
  return [
    `      shift ${node.words.length} words; (( CURRENT -= ${node.words.length} ))`,
    `      _arguments ${[...options, ...positional].join(' ')}`,
  ]
}

function pathOf(node: CommandNode): string {
  return node.words.map((word) => ` ${word}`).join('')
}

function described(name: string, brief: string): string {
  return quoted(`${name}:${brief.replaceAll(':', '\\:')}`)
}

function bracketed(brief: string): string {
  return brief.replace(/[[\]:\\]/g, '\\$&')
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
