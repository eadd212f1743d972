import type { Excerpt } from '../documents/excerpt.ts'
import { fileAt } from '../documents/mounts.ts'
import { at, itemsAt, scalarAt, type Scalar, type Value } from '../documents/value.ts'
import { programWords, shellWords } from '../documents/words.ts'
import { oncePerContainer } from '../runtimes/once.ts'
import type { Container, Word } from '../workload.ts'
import { documentIn, wordIn } from './documents.ts'

/** A program that pm2 runs. */
export interface Pm2App {
  instances: Word | null
  maxMemoryRestart: Word | null
  nodeArguments: readonly Word[]
}

const FILE = /\.(?:json|ya?ml|c?js|mjs)$/

/**
 * The programs of a file for pm2; empty where pm2 is given none, null where it is not known: a module of JavaScript says what it
 * holds only when it runs.
 */
export const pm2Apps = oncePerContainer(readApps)

function readApps(container: Container): readonly Pm2App[] | null {
  const words = programWords(container.words, /^pm2(?:-runtime|-dev|-docker)?$/)
  const named = words.find(({ text }) => FILE.test(text))
  if (named === undefined) return []
  if (named.text.endsWith('js')) return isConfiguration(named.text) ? null : []
  const excerpt = fileAt(container, named.text)
  const document = excerpt === null ? null : documentIn(excerpt)
  if (excerpt === null || document === null) return null
  const apps = itemsAt(document, 'apps')
  return (apps.length > 0 ? apps : [document]).map((app) => appOf(app, excerpt))
}

/** What pm2 takes for a file of its own, and not for a program (pm2, lib/Common.js, isConfigFile). */
function isConfiguration(name: string): boolean {
  return /\.config\.(?:c?js|mjs)$/.test(name)
}

function appOf(app: Value, excerpt: Excerpt): Pm2App {
  const wordAt = (...names: readonly string[]): Word | null => {
    const scalar = names
      .map((name) => scalarAt(app, name))
      .find((found): found is Scalar => found !== null)
    return scalar === undefined ? null : wordIn(excerpt, scalar)
  }
  const options = wordAt('node_args', 'nodeArgs', 'interpreter_args', 'interpreterArgs')
  const list = at(app, 'node_args') ?? at(app, 'interpreter_args')
  return {
    instances: wordAt('instances'),
    maxMemoryRestart: wordAt('max_memory_restart', 'maxMemoryRestart'),
    nodeArguments:
      options === null
        ? itemsAt(list).flatMap((item) => (item.kind === 'scalar' ? [wordIn(excerpt, item)] : []))
        : shellWords(options),
  }
}
