import type { CommandNode } from './command-tree.ts'

/** Where the words of a command line stand. */
export interface Reading {
  /** The command that they reach; the root where they reach none. */
  node: CommandNode
  /** Where its first argument stands; null: there is none yet. */
  argumentAt: number | null
  /** The last word is an option that waits for its value. */
  inOption: boolean
}

/** Follows the words down to a command, and over its options to its first argument. */
export function readWords(words: readonly string[], tree: readonly CommandNode[]): Reading {
  let node = tree.find((each) => each.words.length === 0)
  if (node === undefined) throw new Error('a tree of commands has a root')
  let argumentAt: number | null = null
  let inOption = false
  let optionsEnd = false
  for (const [at, word] of words.entries()) {
    if (inOption) inOption = false
    else if (!optionsEnd && word === '--') optionsEnd = true
    else if (!optionsEnd && /^-./.test(word)) inOption = waitsForValue(word, node)
    else {
      const path: string = [...node.words, word].join(' ')
      const below: CommandNode | undefined = tree.find((each) => each.words.join(' ') === path)
      if (argumentAt === null && below !== undefined) node = below
      else argumentAt ??= at
    }
  }
  return { node, argumentAt, inOption }
}

function waitsForValue(word: string, node: CommandNode): boolean {
  const option = node.options.find(
    ({ name, letter }) => word === `--${name}` || (letter !== null && word === `-${letter}`),
  )
  return option?.takesValue ?? false
}
