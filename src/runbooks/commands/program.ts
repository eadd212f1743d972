export type Effect = 'looks' | 'changes' | 'unknown'

/** What is known of a program. */
export interface ProgramRule {
  names: readonly string[]
  /** @param effectOf of a program with its words that this one starts */
  effect(args: readonly string[], effectOf: (words: readonly string[]) => Effect): Effect
}

/** Words of a command that are no options: `['get', 'pods']`. */
export function subjects(args: readonly string[]): readonly string[] {
  return args.filter((arg) => !arg.startsWith('-'))
}

/** Whether one of the options stands there, alone or with its value: `-o`, `--output=x`. */
export function hasOption(args: readonly string[], ...names: readonly string[]): boolean {
  return args.some((arg) => names.some((name) => arg === name || arg.startsWith(`${name}=`)))
}

/** By the first words of a command; where several fit, the longest says it. */
export function bySubcommand(
  effects: Readonly<Record<string, Effect>>,
): (args: readonly string[]) => Effect {
  const known = Object.entries(effects)
    .map(([words, effect]) => ({ words: words.split(' '), effect }))
    .toSorted((a, b) => b.words.length - a.words.length)
  return (args) => {
    const given = subjects(args)
    const found = known.find(({ words }) => words.every((word, at) => given[at] === word))
    return found?.effect ?? 'unknown'
  }
}

/** The same for each. */
export function each(effect: Effect, names: readonly string[]): Readonly<Record<string, Effect>> {
  return Object.fromEntries(names.map((name) => [name, effect]))
}
