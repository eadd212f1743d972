import { isRecord, listField, textField } from '../../parsers/json-fields.ts'
import type { Reader } from '../../sources/reader.ts'
import { takesTarget } from '../commands/completion/command-tree.ts'
import type { CommandNode } from '../commands/completion/command-tree.ts'
import type { KubectlWords } from './flags.ts'
import { readWords } from '../commands/completion/read-words.ts'

/** How a shell goes on, as cobra numbers it (ShellCompDirective). */
const DIRECTIVE = { default: 0, noFiles: 4 } as const

export interface Candidates {
  /** A word, and after a tab what it is for. */
  lines: readonly string[]
  directive: number
}

interface Scene {
  /** The words before the one at the cursor. */
  said: KubectlWords
  tree: readonly CommandNode[]
  reader: Reader
}

/** A shell waits for the answer. */
const PATIENCE_MS = 2_000
const MAX_PODS = 500

/** What the word at the cursor can become. */
export async function candidates(
  start: string,
  { said, tree, reader }: Scene,
): Promise<Candidates> {
  const { node, argumentAt, inOption } = readWords(said.words, tree)
  if (inOption) return ofOption(start, said.words.at(-1) ?? '', node)
  if (start.startsWith('-')) {
    const options = node.options.map(({ name, brief }) => `--${name}\t${brief}`)
    return fitting(options, start)
  }
  if (node.children.length > 0) {
    return fitting(
      node.children.map(({ name, brief }) => `${name}\t${brief}`),
      start,
    )
  }
  if (argumentAt === null && takesTarget(node)) {
    return fitting(await podsOf(said.namespace, reader), start)
  }
  return { lines: [], directive: node.takesPath ? DIRECTIVE.default : DIRECTIVE.noFiles }
}

function ofOption(start: string, word: string, node: CommandNode): Candidates {
  const option = node.options.find(
    ({ name, letter }) => word === `--${name}` || word === `-${letter ?? ''}`,
  )
  if (option?.takesPath === true) return { lines: [], directive: DIRECTIVE.default }
  return fitting(option?.values ?? [], start)
}

function fitting(lines: readonly string[], start: string): Candidates {
  return { lines: lines.filter((line) => line.startsWith(start)), directive: DIRECTIVE.noFiles }
}

/** None where the cluster does not tell: a completion has nothing to complain about. */
async function podsOf(namespace: string | null, reader: Reader): Promise<string[]> {
  const { kubernetesApi } = await import('../../sources/kubernetes/index.ts')
  try {
    const api = await kubernetesApi(reader)
    const list = await api.get({
      path: `/api/v1/namespaces/${encodeURIComponent(namespace ?? api.access.namespace)}/pods`,
      query: { limit: MAX_PODS },
      signal: AbortSignal.timeout(PATIENCE_MS),
    })
    return listField(list, MAX_PODS, 'items').flatMap((item) =>
      isRecord(item) ? (textField(item, 'metadata', 'name') ?? []) : [],
    )
  } catch {
    return []
  }
}
