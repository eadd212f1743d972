import type { Command, RouteMap } from '@stricli/core'
import type { CliContext } from '../../context.ts'

export interface CommandNode {
  /** The words that lead here, without `stella`; an alias makes a node of its own. */
  words: readonly string[]
  brief: string
  /** Names of the commands below, with what they do; empty for a command. */
  children: readonly { name: string; brief: string }[]
  options: readonly CommandOption[]
  /** The positional argument is a path. */
  takesPath: boolean
  /** What the help calls the first positional argument; null: there is none. */
  argument: string | null
}

interface CommandOption {
  name: string
  /** The letter that stands for it; null: there is none. */
  letter: string | null
  brief: string
  takesValue: boolean
  takesPath: boolean
  /** All that it takes; empty where they are not counted out. */
  values: readonly string[]
}

type Routing = Command<CliContext> | RouteMap<CliContext>

/** All commands as flat nodes, root first. */
export function commandTree(root: Routing, words: readonly string[] = []): CommandNode[] {
  if (!('getAllEntries' in root)) return [leaf(root, words)]
  const entries = root
    .getAllEntries()
    .filter((entry) => !entry.hidden)
    .flatMap((entry) =>
      [entry.name['convert-camel-to-kebab'], ...entry.aliases].map((name) => ({
        name,
        target: entry.target,
      })),
    )
  const node: CommandNode = {
    words,
    brief: root.brief,
    children: entries.map(({ name, target }) => ({ name, brief: target.brief })),
    options: [HELP],
    takesPath: false,
    argument: null,
  }
  return [node, ...entries.flatMap(({ name, target }) => commandTree(target, [...words, name]))]
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
}

const PATHS = /\b(?:PATH|FILE|DIR)\b/

function leaf(command: Command<CliContext>, words: readonly string[]): CommandNode {
  const { flags = {}, aliases = {}, positional } = command.parameters
  const letters = new Map(Object.entries(aliases).map(([letter, name]) => [name, letter]))
  const options = Object.entries(flags).map(([name, flag]) => ({
    name: name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    letter: letters.get(name) ?? null,
    brief: flag.brief,
    takesValue: flag.kind !== 'boolean',
    takesPath: PATHS.test(flag.placeholder ?? ''),
    values: flag.kind === 'enum' ? flag.values : [],
  }))
  const places = positional?.kind === 'array' ? [positional.parameter] : positional?.parameters
  const takesPath = places?.some(({ placeholder = '' }) => PATHS.test(placeholder)) ?? false
  const argument = places?.[0]?.placeholder ?? null
  return {
    words,
    brief: command.brief,
    children: [],
    options: [...options, HELP],
    takesPath,
    argument,
  }
}
