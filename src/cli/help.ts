import type {
  CommandArgument,
  CommandNode,
  CommandOption,
} from './commands/completion/command-tree.ts'
import { partsOf } from './help-parts.ts'
import { wrap, wrapHanging } from './render/wrap.ts'

/** The help of a command, or of a group of them, in lines of at most `width` characters; examples stay as they are. */
export function helpText(node: CommandNode, width: number): string {
  const { text, examples, exit } = partsOf(node.about)
  const rows = (list: readonly Row[]): string[] => table(list, width)
  const chapters = [
    wrap(node.brief, width),
    usagesOf(node).flatMap((usage, at) =>
      wrapHanging(at === 0 ? 'Usage: ' : '       ', usage, width),
    ),
    ...text.filter((block) => block !== node.brief).map((block) => wrap(block, width)),
    examples.length === 0 ? [] : ['Examples:', ...examples.map((line) => `  ${line}`)],
    chapter('Commands:', rows(node.children.flatMap(commandRow))),
    chapter('Arguments:', rows(node.arguments.map(argumentRow))),
    chapter(
      'Options:',
      rows([...node.options.map((each) => optionRow(each, width)), ...endOfOptions(node)]),
    ),
    node.children.length === 0
      ? []
      : wrap(`'${nameOf(node)} COMMAND --help' tells more of a command.`, width),
    exit === null ? [] : wrap(`Exit code: ${exit}`, width),
  ]
  return `${chapters
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

type Row = readonly [name: string, says: string]

/** Before the name of an option: the margin, and a letter with its comma. */
const INDENT = '  -x, --'.length
/** Wider names have what they mean below them, so that one of them does not make all others narrow. */
const WIDEST_NAME = 28
/** An option with all that it takes may be wider than a name: `--format text|json|sarif`. */
const WIDEST_LIST = 60

function nameOf({ words }: CommandNode): string {
  return ['stella', ...words].join(' ')
}

function usagesOf(node: CommandNode): string[] {
  const places = node.arguments.map(placeText)
  const own = nameOf(node)
  const plain = [own, ...node.options.flatMap(requiredText), '[OPTION]...', ...places].join(' ')
  const others = node.otherNames.map(
    (name) => `${['stella', ...node.words.slice(0, -1), name].join(' ')} is the same`,
  )
  const group = `${own} COMMAND [OPTION]... [ARGUMENT]...`
  const calls = node.children.length === 0 ? [plain] : [group]
  return [...calls, ...(node.children.length > 0 && places.length > 0 ? [plain] : []), ...others]
}

function requiredText({ name, placeholder, isRequired }: CommandOption): string[] {
  return isRequired ? [`--${name} ${placeholder}`] : []
}

function placeText({ name, isOptional, repeats }: CommandArgument): string {
  const text = repeats ? `${name}...` : name
  return isOptional ? `[${text}]` : text
}

/** Another name of a command is told in its own help. */
function commandRow({ name, brief, isAlias }: CommandNode['children'][number]): Row[] {
  return isAlias ? [] : [[name, brief]]
}

function argumentRow(argument: CommandArgument): Row {
  return [argument.name, argument.brief]
}

function optionRow(option: CommandOption, width: number): Row {
  const { name, letter, placeholder, values, brief, fallback, isRequired, repeats } = option
  const listed = values.join('|')
  const room = Math.min(WIDEST_LIST, width) - INDENT
  const isListed = values.length > 0 && name.length + 1 + listed.length <= room
  const value = isListed ? listed : values.length > 0 ? valueName(name) : placeholder
  const notes = [
    ...(fallback === null ? [] : [`default: ${fallback}`]),
    ...(isRequired ? ['needed'] : []),
    ...(repeats && !/repeated|commas/.test(brief) ? ['may be repeated'] : []),
  ]
  const long = `--${name}${value === '' ? '' : ` ${value}`}`
  return [
    letter === null ? `    ${long}` : `-${letter}, ${long}`,
    `${isListed ? brief : withValues(brief, values)}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}`,
  ]
}

/** `--format FORMAT`; of an option of several words none says what it takes. */
function valueName(option: string): string {
  return option.includes('-') ? 'VALUE' : option.toUpperCase()
}

/** What is taken where it is not given stays at the end. */
function withValues(brief: string, values: readonly string[]): string {
  if (values.length === 0) return brief
  const [, says = brief, fallback = ''] = /^(.*?)( \(default: .*\))?$/.exec(brief) ?? []
  return `${says}: ${values.join(', ')}${fallback}`
}

/** Of use where an argument could begin with a dash. */
function endOfOptions({ children, arguments: places }: CommandNode): Row[] {
  return children.length === 0 && places.length > 0 ? [['    --', 'What follows is no option']] : []
}

function table(rows: readonly Row[], width: number): string[] {
  const most = Math.min(WIDEST_NAME, Math.floor(width / 2))
  const widths = rows.map(([name]) => name.length).filter((length) => length <= most)
  const column = Math.max(0, ...widths)
  return rows.flatMap(([name, says]) =>
    name.length <= column
      ? wrapHanging(`  ${name.padEnd(column)}  `, says, width)
      : [`  ${name}`, ...wrapHanging(' '.repeat(column + 4), says, width)],
  )
}

function chapter(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines]
}
