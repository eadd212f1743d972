import { TARGET_STARTS } from './bash.ts'
import { takesTarget } from './command-tree.ts'
import type { CommandNode } from './command-tree.ts'

/** The script for fish 3 and newer. */
export function fishScript(tree: readonly CommandNode[]): string {
  return [
    '# Completion of stella for fish, made from its commands.',
    'function __stella_at',
    '    set -l words (commandline -opc | string match --invert -- "-*")',
    '    set -e words[1]',
    '    string match --quiet -- "$argv *" "$words "',
    'end',
    'function __stella_is',
    '    set -l words (commandline -opc | string match --invert -- "-*")',
    '    set -e words[1]',
    '    test "$words" = "$argv"',
    'end',
    'complete -c stella -f',
    ...tree.flatMap(linesFor),
    '',
  ].join('\n')
}

function linesFor(node: CommandNode): string[] {
  const path = node.words.join(' ')
  const here = `-n ${quoted(`__stella_is ${path}`.trim())}`
  const within = path === '' ? here : `-n ${quoted(`__stella_at ${path}`)}`
  const children = node.children.map(
    (child) => `complete -c stella ${here} -a ${child.name} -d ${quoted(child.brief)}`,
  )
  const options = node.options.map((option) => {
    const value = option.takesPath
      ? ' -r -F'
      : option.values.length > 0
        ? ` -x -a ${quoted(option.values.join(' '))}`
        : option.takesValue
          ? ' -x'
          : ''
    return `complete -c stella ${within} -l ${option.name}${value} -d ${quoted(option.brief)}`
  })
  const targets = takesTarget(node)
    ? [
        `complete -c stella ${within} -a ${quoted(`${TARGET_STARTS.join(' ')} (stella targets 2>/dev/null)`)}`,
      ]
    : []
  const files = node.takesPath ? [`complete -c stella ${within} -F`] : []
  return [...children, ...options, ...targets, ...files]
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`
}
