import { readDockerSize } from '../../parsers/quantity/docker.ts'
import type { EngineOption, MemoryMount, Size, Word } from '../workload.ts'
import { shortTmpfs } from './compose.ts'
import { placeWithin } from './place.ts'

/** Options of a command line of Docker or Podman, by their names without dashes. */
export interface Options {
  /** The last one counts. */
  last(this: void, ...names: readonly string[]): Word | null
  all(this: void, ...names: readonly string[]): readonly Word[]
}

/** Those that stand alone. */
const SWITCHES = new Set(['oom-kill-disable', 'init', 'rm', 'tty', 'interactive', 'privileged'])

/** The options among some words: `--memory=1g`, `--memory 1g`, `-m 1g`. */
export function optionsIn(words: readonly Word[]): Options {
  const found: { name: string; word: Word }[] = []
  for (const [at, word] of words.entries()) {
    const [, name = '', joined] = /^--?([a-z][a-z-]*)(?:=([^]*))?$/.exec(word.text) ?? []
    if (name === '') continue
    if (joined !== undefined) {
      found.push({ name, word: { text: joined, place: placeWithin(word.place, joined) } })
    } else if (SWITCHES.has(name)) found.push({ name, word: { ...word, text: 'true' } })
    else {
      const next = words[at + 1]
      if (next !== undefined) found.push({ name, word: next })
    }
  }
  return optionsOf(found)
}

export function optionsOf(found: readonly { name: string; word: Word }[]): Options {
  const all = (...names: readonly string[]): Word[] =>
    found.filter(({ name }) => names.includes(name)).map(({ word }) => word)
  return { all, last: (...names) => all(...names).at(-1) ?? null }
}

/** A size of an option; null where it is not set, for which 0 stands as well. */
export function engineSize(word: Word | null): Size | null {
  if (word === null) return null
  const reading = readDockerSize(word.text)
  if (!reading.ok) return { ...word, bytes: null }
  return reading.bytes === 0 ? null : { ...word, bytes: reading.bytes }
}

const MEMORY_OPTIONS = ['ipc', 'memory-swappiness', 'oom-kill-disable', 'oom-score-adj'] as const

export function memoryOptionsIn(options: Options): Map<EngineOption, Word> {
  return new Map(
    MEMORY_OPTIONS.flatMap((name): [EngineOption, Word][] => {
      const word = options.last(name)
      return word === null ? [] : [[name, word]]
    }),
  )
}

/** File systems in memory, of either option. */
export function memoryMountsIn(options: Options): MemoryMount[] {
  return [...options.all('tmpfs').map(shortTmpfs), ...options.all('mount').flatMap(tmpfsOfMount)]
}

/** `type=tmpfs,destination=/cache,tmpfs-size=64m`; none where it is of another type. */
function tmpfsOfMount({ text, place }: Word): MemoryMount[] {
  const parts = new Map(
    text.split(',').map((part): [string, string] => {
      const equals = part.indexOf('=')
      return equals === -1 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)]
    }),
  )
  if (parts.get('type') !== 'tmpfs') return []
  const path = ['destination', 'target', 'dst'].map((name) => parts.get(name)).find(Boolean) ?? null
  const size = parts.get('tmpfs-size') ?? parts.get('size')
  const reading = size === undefined ? null : readDockerSize(size)
  return [
    {
      path,
      size:
        size === undefined
          ? null
          : {
              text: size,
              place: placeWithin(place, size),
              bytes: reading?.ok ? reading.bytes : null,
            },
      place,
      isShared: false,
    },
  ]
}
