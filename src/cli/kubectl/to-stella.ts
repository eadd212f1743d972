import { usageError } from '../../model/errors.ts'
import { takesTarget } from '../commands/completion/command-tree.ts'
import type { CommandNode } from '../commands/completion/command-tree.ts'
import type { KubectlWords } from './flags.ts'
import { podWord } from './pod-word.ts'

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

/**
 * The command line of stella for one of kubectl.
 *
 * @param contextNamespace asked where neither the word nor an option tells the namespace
 * @throws StellaError 2 where the command has no use for an option, or a word names what is no pod
 */
export async function toStella(
  said: KubectlWords,
  tree: readonly CommandNode[],
  contextNamespace: () => Promise<string>,
): Promise<string[]> {
  const words = [...said.words]
  const { node, argumentAt } = readWords(words, tree)
  const has = (name: string): boolean => node.options.some((option) => option.name === name)
  const word = argumentAt === null || !takesTarget(node) ? undefined : words[argumentAt]
  const pod = word === undefined ? null : podWord(word)
  if (said.allNamespaces && !has('all-namespaces')) {
    throw usageError(
      `'${node.words.join(' ')}' looks at one at a time`,
      '--all-namespaces',
      'name a pod, as in NAMESPACE/POD',
    )
  }
  if (pod !== null && argumentAt !== null) {
    if (pod.namespace !== null && said.namespace !== null && pod.namespace !== said.namespace) {
      throw usageError(
        `${words[argumentAt]} is in another namespace than ${said.namespace}`,
        '--namespace',
        'say one of them',
      )
    }
    const namespace = pod.namespace ?? said.namespace ?? (await contextNamespace())
    words[argumentAt] = `k8s:${namespace}/${pod.pod}`
  }
  const options = [
    ...(said.allNamespaces ? ['--all-namespaces'] : []),
    ...(said.namespace !== null && has('namespace') ? ['--namespace', said.namespace] : []),
  ]
  return [...words.slice(0, node.words.length), ...options, ...words.slice(node.words.length)]
}
