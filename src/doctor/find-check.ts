import { usageError } from '../model/errors.ts'
import type { Check } from './check.ts'
import { CHECKS } from './checks/index.ts'

const PREFIX = 'check.'

/**
 * The check of that id, or of that other name; `check.` may be left out.
 *
 * @throws StellaError (usage) where there is none
 */
export function checkNamed(text: string): Check {
  const wanted = text.startsWith(PREFIX) ? text : PREFIX + text
  const found = CHECKS.find(({ id, aliases = [] }) => [id, ...aliases].includes(wanted))
  if (found !== undefined) return found
  const near = CHECKS.map(({ id }) => id).filter((id) => isNear(id, wanted))
  const todo =
    near.length > 0
      ? `did you mean ${near.join(', ')}?`
      : 'stella doctor --json lists all of them with their ids'
  throw usageError(`there is no check '${text.slice(0, 60)}'`, '--check', todo)
}

/** One has a word of the other: `check.scanner.memory`, `worker-health`, `check.queue`. */
function isNear(id: string, text: string): boolean {
  const known = wordsOf(id)
  return wordsOf(text).some((word) =>
    known.some((other) => word.length >= 4 && (other.startsWith(word) || word.startsWith(other))),
  )
}

/** `scanner` alone says little: most checks have it. */
function wordsOf(id: string): readonly string[] {
  return id
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => !['check', 'scanner', 'host', 'stella', ''].includes(word))
}
