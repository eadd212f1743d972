import { usageError } from '../model/errors.ts'
import { didYouMean } from '../parsers/nearest-word.ts'
import type { Check } from './check.ts'
import { CHECKS } from './checks/index.ts'

const PREFIX = 'check.'

/**
 * The check of that id, or of that other name, or all that begin so: `check.scanner`. `check.` may be left out.
 *
 * @throws StellaError (usage) where there is none
 */
export function checksNamed(text: string): readonly Check[] {
  const wanted = text.startsWith(PREFIX) ? text : PREFIX + text
  const found = CHECKS.find(({ id, aliases = [] }) => [id, ...aliases].includes(wanted))
  if (found !== undefined) return [found]
  const below = CHECKS.filter(({ id }) => id.startsWith(`${wanted}.`))
  if (below.length > 0) return below
  const near = nearest(wanted)
  const todo =
    near.length > 0 ? didYouMean(near) : "'stella doctor' lists all of them with their ids"
  throw usageError(`there is no check '${text.slice(0, 60)}'`, '--check', todo)
}

/** Those that have the most words in common: `check.scanner.memory`, `worker-health`, `check.queue`. */
function nearest(text: string): readonly string[] {
  const shared = CHECKS.map(({ id }) => ({ id, words: sharedWords(id, text) }))
  const most = Math.max(...shared.map(({ words }) => words))
  return most === 0 ? [] : shared.filter(({ words }) => words === most).map(({ id }) => id)
}

/** What a check is about; a whole group alone says too little. */
const GROUPS = new Set(['scanner', 'host', 'stella'])
const SHORTEST = 4

function sharedWords(id: string, text: string): number {
  const known = wordsOf(id)
  const same = wordsOf(text).filter((word) =>
    known.some((other) => word === other || startsLike(word, other)),
  )
  return same.every((word) => GROUPS.has(word)) ? 0 : same.length
}

function startsLike(word: string, other: string): boolean {
  const shorter = Math.min(word.length, other.length)
  return shorter >= SHORTEST && word.slice(0, shorter) === other.slice(0, shorter)
}

function wordsOf(id: string): readonly string[] {
  return id
    .slice(PREFIX.length)
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '')
}
