import type { Command, RouteMap } from '@stricli/core'
import { buildStella } from '../../src/cli/app.ts'
import type { CliContext } from '../../src/cli/context.ts'
import { partsOf } from '../../src/cli/help-parts.ts'
import { VERSION } from '../../src/app/version.ts'
import {
  asTyped,
  bold,
  italic,
  literal,
  paragraphs,
  section,
  subsection,
  tagged,
  title,
} from './roff.ts'

type Routing = Command<CliContext> | RouteMap<CliContext>

/** The pages of the manual by the names of their files: one for stella, and one for each of its commands. */
export function manual(): ReadonlyMap<string, string> {
  const { root } = buildStella({})
  const commands = entriesOf(root)
  const pages = commands.map(({ name, target }): [string, string] => [
    `stella-${name}.1`,
    pageOf(`stella-${name}`, target.brief, [
      ...commandLines([name], target),
      ...seeAlso(['stella', 'stella-doctor'].filter((other) => other !== `stella-${name}`)),
    ]),
  ])
  const about = partsOf(root.fullDescription ?? root.brief)
  const first = pageOf('stella', root.brief, [
    section('SYNOPSIS'),
    ...synopses([
      { words: [], usage: '' },
      { words: [], usage: 'COMMAND [OPTION]... [ARGUMENT]...' },
    ]),
    section('DESCRIPTION'),
    ...paragraphs([
      ...about.text,
      'Without a command it says what to do next, by what this machine shows.',
    ]),
    section('COMMANDS'),
    ...commands.flatMap(({ name, target }) =>
      tagged(`\\fBstella\\-${literal(name)}\\fR(1)`, target.brief),
    ),
    section('EXAMPLES'),
    ...asTyped(about.examples),
    section('EXIT STATUS'),
    ...EXIT_STATUS.flatMap(([code, means]) => tagged(bold(code), means)),
    section('ENVIRONMENT'),
    ...ENVIRONMENT.flatMap(([name, means]) => tagged(bold(name), means)),
    ...seeAlso(commands.map(({ name }) => `stella-${name}`)),
  ])
  return new Map([['stella.1', first], ...pages])
}

/** Of every command; the page of each says what it means there. */
const EXIT_STATUS = [
  ['0', 'Done; for a check, everything holds.'],
  [
    '1',
    'Done, and the answer is bad: findings, a failed check, a failed verification, a failed job.',
  ],
  ['2', 'The call or its input is wrong.'],
  ['3', 'The target does not exist, or its source cannot be reached or read.'],
  ['4', 'Inconclusive: there was something to judge, and the evidence does not decide.'],
  ['70', 'A fault of stella.'],
] as const

const ENVIRONMENT = [
  [
    'NO_COLOR',
    'Where it is set and not empty, nothing is coloured. Colours stand on terminals alone.',
  ],
  [
    'STELLA_DATA',
    'Folder of what is recorded and of what was changed (default: /var/lib/stella for root).',
  ],
  ['STELLA_SERVER', "Address of the 'stella serve' that commands of the scanner ask."],
  ['STELLA_TOKEN', 'The token of that server.'],
  ['STELLA_DATABASE', 'postgres://… of a server that keeps cases and jobs.'],
  ['STELLA_DEBUG', '1: a complaint is followed by where it comes from.'],
  [
    'DOCKER_HOST, CONTAINER_HOST, KUBECONFIG, MARATHON_URL',
    'Where engines and clusters answer, as their own programs read them.',
  ],
] as const

function pageOf(name: string, brief: string, lines: readonly string[]): string {
  const head = [
    '.\\" This page is made from the program: node scripts/docs.ts writes it.',
    title(name.toUpperCase(), `stella ${VERSION}`),
    section('NAME'),
    `${literal(name)} \\- ${literal(brief)}`,
  ]
  return `${[...head, ...lines].join('\n')}\n`
}

/** A command as sections of its page; of a group, each command below as a section of its own. */
function commandLines(words: readonly string[], target: Routing): string[] {
  const leaves = leavesBelow(words, target)
  const [only] = leaves
  if (leaves.length === 1 && only !== undefined && only.words.length === words.length) {
    return bodyOf(only, section)
  }
  const { text, examples } = partsOf(target.fullDescription ?? target.brief)
  return [
    section('SYNOPSIS'),
    ...synopses(
      leaves.map(({ words: said, command }) => ({ words: said, usage: usageOf(command) })),
    ),
    section('DESCRIPTION'),
    ...paragraphs(text),
    ...(examples.length === 0 ? [] : ['.PP', ...asTyped(examples)]),
    ...leaves.flatMap((leaf) => [
      section(`STELLA ${leaf.words.join(' ').toUpperCase()}`),
      ...bodyOf(leaf, subsection),
    ]),
  ]
}

interface Leaf {
  words: readonly string[]
  command: Command<CliContext>
}

function leavesBelow(words: readonly string[], target: Routing): Leaf[] {
  if (!('getAllEntries' in target)) return [{ words, command: target }]
  return entriesOf(target).flatMap(({ name, target: below }) =>
    leavesBelow([...words, name], below),
  )
}

function entriesOf(routes: Routing): { name: string; target: Routing }[] {
  if (!('getAllEntries' in routes)) return []
  const shown = routes.getAllEntries().filter(({ hidden }) => !hidden)
  return shown.map(({ name, target }) => ({ name: name['convert-camel-to-kebab'], target }))
}

function bodyOf({ words, command }: Leaf, heading: (name: string) => string): string[] {
  const { text, examples, exit } = partsOf(command.fullDescription ?? command.brief)
  const isPage = heading === section
  return [
    ...(isPage ? [section('SYNOPSIS')] : []),
    ...synopses([{ words, usage: usageOf(command) }]),
    isPage ? section('DESCRIPTION') : '.PP',
    ...paragraphs(text),
    heading(isPage ? 'OPTIONS' : 'Options'),
    ...optionLines(command),
    ...(examples.length === 0
      ? []
      : [heading(isPage ? 'EXAMPLES' : 'Examples'), ...asTyped(examples)]),
    ...(exit === null
      ? []
      : [heading(isPage ? 'EXIT STATUS' : 'Exit status'), ...paragraphs([exit])]),
  ]
}

function synopses(calls: readonly { words: readonly string[]; usage: string }[]): string[] {
  return calls.flatMap(({ words, usage }, at) => {
    const call = [bold(['stella', ...words].join(' ')), italic(usage)]
    return [...(at === 0 ? [] : ['.br']), call.filter((part) => part !== '').join(' ')]
  })
}

/** The options of some commands fill half a page, so that only those that have to be given stand here. */
function usageOf({ parameters: { flags = {}, positional } }: Command<CliContext>): string {
  const needed = Object.entries(flags).flatMap(([name, flag]) =>
    flag.kind !== 'parsed' || flag.optional === true || flag.default !== undefined
      ? []
      : `${longName(name)} ${flag.placeholder ?? 'VALUE'}`,
  )
  const places =
    positional === undefined
      ? []
      : positional.kind === 'array'
        ? [`${positional.parameter.placeholder ?? 'ARGUMENT'}...`]
        : positional.parameters.map(({ placeholder = 'ARGUMENT', optional }) =>
            optional === true ? `[${placeholder}]` : placeholder,
          )
  return ['[OPTION]...', ...needed, ...places].join(' ')
}

function optionLines({ parameters: { flags = {}, aliases = {} } }: Command<CliContext>): string[] {
  const letters = new Map(Object.entries(aliases).map(([letter, name]) => [name, letter]))
  return Object.entries(flags).flatMap(([name, flag]) => {
    if ('hidden' in flag && flag.hidden) return []
    const long = longName(name)
    const letter = letters.get(name)
    const both = letter === undefined ? long : `-${letter}, ${long}`
    const value =
      flag.kind === 'boolean'
        ? ''
        : flag.kind === 'enum'
          ? flag.values.join('|')
          : (flag.placeholder ?? 'VALUE')
    const tag = value === '' ? bold(both) : `${bold(both)} ${italic(value)}`
    const fallback =
      'default' in flag && typeof flag.default === 'string' ? ` (default: ${flag.default})` : ''
    return tagged(tag, `${flag.brief}${fallback}`)
  })
}

function longName(name: string): string {
  return `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`
}

function seeAlso(names: readonly string[]): string[] {
  const pages = names.map((name) => `\\fB${literal(name)}\\fR(1)`)
  return [section('SEE ALSO'), pages.join(', ')]
}
