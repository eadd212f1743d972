import type { Command, RouteMap } from '@stricli/core'
import type { CliContext } from '../../context.ts'

export interface CommandNode {
  /** The words that lead here, without `stella`; an alias makes a node of its own. */
  words: readonly string[]
  brief: string
  /** What its help says beyond its words: paragraphs, examples, exit codes. */
  about: string
  /** The last of its words could also be one of these. */
  otherNames: readonly string[]
  /** Names of the commands below, with what they do; empty for a command. */
  children: readonly { name: string; brief: string; isAlias: boolean }[]
  options: readonly CommandOption[]
  /** Of a command, or of what a group does without one. */
  arguments: readonly CommandArgument[]
  /** The positional argument is a path. */
  takesPath: boolean
  /** What the help calls the first positional argument; null: there is none. */
  argument: string | null
}

export interface CommandArgument {
  name: string
  brief: string
  isOptional: boolean
  repeats: boolean
}

export interface CommandOption {
  name: string
  /** The letter that stands for it; null: there is none. */
  letter: string | null
  brief: string
  takesValue: boolean
  takesPath: boolean
  /** All that it takes; empty where they are not counted out. */
  values: readonly string[]
  /** What the help calls its value; empty where it takes none. */
  placeholder: string
  /** What is taken where it is not given; null: nothing, or the brief says it. */
  fallback: string | null
  isRequired: boolean
  repeats: boolean
}

type Routing = Command<CliContext> | RouteMap<CliContext>

/** All commands as flat nodes, root first. */
export function commandTree(
  root: Routing,
  words: readonly string[] = [],
  otherNames: readonly string[] = [],
): CommandNode[] {
  if (!('getAllEntries' in root)) return [leaf(root, words, otherNames)]
  const entries = root
    .getAllEntries()
    .filter((entry) => !entry.hidden)
    .flatMap((entry) => {
      const names = [entry.name['convert-camel-to-kebab'], ...entry.aliases]
      return names.map((name) => ({
        name,
        target: entry.target,
        others: names.filter((other) => other !== name),
        isAlias: name !== names[0],
      }))
    })
  const usual = root.getDefaultCommand()
  const node: CommandNode = {
    words,
    brief: root.brief,
    about: root.fullDescription ?? root.brief,
    otherNames,
    children: entries.map(({ name, target, isAlias }) => ({ name, brief: target.brief, isAlias })),
    options: words.length === 0 ? [HELP, VERSION] : [HELP],
    arguments: usual === undefined ? [] : argumentsOf(usual),
    takesPath: false,
    argument: null,
  }
  return [
    node,
    ...entries.flatMap(({ name, target, others }) => commandTree(target, [...words, name], others)),
  ]
}

/** Commands say in their help whether they take a target. */
export function takesTarget({ argument }: CommandNode): boolean {
  return argument?.includes('TARGET') ?? false
}

const HELP = {
  name: 'help',
  letter: 'h',
  brief: 'Print this help and leave',
  takesValue: false,
  takesPath: false,
  values: [],
  placeholder: '',
  fallback: null,
  isRequired: false,
  repeats: false,
}

const VERSION = {
  ...HELP,
  name: 'version',
  letter: 'v',
  brief: 'Print the version and leave',
}

const PATHS = /\b(?:PATH|FILE|DIR)\b/

function leaf(
  command: Command<CliContext>,
  words: readonly string[],
  otherNames: readonly string[],
): CommandNode {
  const { flags = {}, aliases = {} } = command.parameters
  const letters = new Map(Object.entries(aliases).map(([letter, name]) => [name, letter]))
  const shown = Object.entries(flags).filter(([, flag]) => !('hidden' in flag && flag.hidden))
  const options = shown.map(([name, flag]) => ({
    name: name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    letter: letters.get(name) ?? null,
    brief: flag.brief,
    takesValue: flag.kind !== 'boolean',
    takesPath: PATHS.test(flag.placeholder ?? ''),
    values: flag.kind === 'enum' ? flag.values : [],
    placeholder: flag.kind === 'boolean' ? '' : (flag.placeholder ?? 'VALUE'),
    fallback: 'default' in flag && typeof flag.default === 'string' ? flag.default : null,
    isRequired: isNeeded(flag),
    repeats: 'variadic' in flag && flag.variadic !== undefined && flag.variadic !== false,
  }))
  const places = argumentsOf(command)
  return {
    words,
    brief: command.brief,
    about: command.fullDescription ?? command.brief,
    otherNames,
    children: [],
    options: [...options, HELP],
    arguments: places,
    takesPath: places.some(({ name }) => PATHS.test(name)),
    argument: places[0]?.name ?? null,
  }
}

type Flag = NonNullable<Command<CliContext>['parameters']['flags']>[string]

function isNeeded(flag: Flag): boolean {
  if (flag.kind === 'boolean' || flag.kind === 'counter' || flag.optional === true) return false
  return flag.default === undefined
}

function argumentsOf({ parameters: { positional } }: Command<CliContext>): CommandArgument[] {
  if (positional === undefined) return []
  const repeats = positional.kind === 'array'
  const places = repeats ? [positional.parameter] : positional.parameters
  return places.map(({ placeholder, brief, optional }) => ({
    name: placeholder ?? 'ARGUMENT',
    brief,
    isOptional: optional === true || (repeats && (positional.minimum ?? 0) === 0),
    repeats,
  }))
}
