import { readDockerSize } from '../../parsers/quantity/docker.ts'
import type { MemoryMount, Word } from '../workload.ts'
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
  const all = (...names: readonly string[]): Word[] =>
    found.filter(({ name }) => names.includes(name)).map(({ word }) => word)
  return { all, last: (...names) => all(...names).at(-1) ?? null }
}

/** `type=tmpfs,destination=/cache,tmpfs-size=64m`; none where it is of another type. */
export function tmpfsOfMount({ text, place }: Word): MemoryMount[] {
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
