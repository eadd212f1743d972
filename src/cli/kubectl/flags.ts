import { usageError } from '../../model/errors.ts'
import type { Variables } from '../context.ts'

/** A command line of kubectl, taken apart. */
export interface KubectlWords {
  /** What is left for stella, in its order. */
  words: readonly string[]
  namespace: string | null
  allNamespaces: boolean
  /** What the other options stand for. */
  variables: Variables
}

const NAMESPACE = ['-n', '--namespace'] as const
const VARIABLES: Readonly<Record<string, string>> = {
  '--kubeconfig': 'KUBECONFIG',
  '--context': 'STELLA_KUBE_CONTEXT',
}
const ALL: ReadonlySet<string> = new Set(['-A', '--all-namespaces', '--all-namespaces=true'])

/**
 * Takes out the options that every command of kubectl has, wherever they stand before a `--`.
 *
 * @throws StellaError 2 where one has no value
 */
export function kubectlWords(args: readonly string[]): KubectlWords {
  const words: string[] = []
  const variables: Record<string, string> = {}
  let namespace: string | null = null
  let allNamespaces = false
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? ''
    if (word === '--') {
      words.push(...args.slice(at))
      break
    }
    if (ALL.has(word)) {
      allNamespaces = true
      continue
    }
    const option = optionIn(word)
    if (option === null) {
      words.push(word)
      continue
    }
    const value = option.value ?? args[++at]
    if (value === undefined || value === '') {
      throw usageError('needs a value', option.name, `give one, as in ${option.name} shop`)
    }
    const variable = VARIABLES[option.name]
    if (variable === undefined) namespace = value
    else variables[variable] = value
  }
  return { words, namespace, allNamespaces, variables }
}

/** As pflag reads them: `-n shop`, `-nshop`, `-n=shop`, `--namespace shop`, `--namespace=shop`. */
function optionIn(word: string): { name: string; value: string | null } | null {
  for (const name of [...NAMESPACE, ...Object.keys(VARIABLES)]) {
    if (word === name) return { name, value: null }
    if (word.startsWith(`${name}=`)) return { name, value: word.slice(name.length + 1) }
  }
  const attached = /^-n(?!o-)(.+)$/.exec(word)?.[1]
  return attached === undefined ? null : { name: '-n', value: attached }
}
