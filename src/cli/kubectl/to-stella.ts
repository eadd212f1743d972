import { usageError } from '../../model/errors.ts'
import { takesTarget } from '../commands/completion/command-tree.ts'
import type { CommandNode } from '../commands/completion/command-tree.ts'
import { readWords } from '../commands/completion/read-words.ts'
import type { KubectlWords } from './flags.ts'
import { podWord } from './pod-word.ts'

/** What asks no cluster. */
const ELSEWHERE = /^(?:--(?:live|list|explain|help)(?:=|$)|-h$)/

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
  const looksAtMany = node.options.some(({ name }) => name === 'namespace')
  const word = argumentAt === null || !takesTarget(node) ? undefined : words[argumentAt]
  const pod = word === undefined ? null : podWord(word)
  if (said.allNamespaces && !looksAtMany) {
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
  const isOfCluster =
    said.namespace !== null ||
    said.allNamespaces ||
    (argumentAt === null && !words.some((each) => ELSEWHERE.test(each)))
  const options =
    looksAtMany && isOfCluster ? ['--cluster', ...(await oneNamespace(said, contextNamespace))] : []
  return [...words.slice(0, node.words.length), ...options, ...words.slice(node.words.length)]
}

/** As kubectl means it: the namespace of the context, unless another one is named, or all. */
async function oneNamespace(
  { allNamespaces, namespace }: KubectlWords,
  contextNamespace: () => Promise<string>,
): Promise<string[]> {
  if (allNamespaces) return []
  return ['--namespace', namespace ?? (await contextNamespace())]
}
