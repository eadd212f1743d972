import { usageError } from '../../model/errors.ts'

/**
 * Of several containers in one file, none is the subject and their sum is nobody's memory.
 *
 * @throws StellaError (usage) that names them, where there are two or more
 */
export function onlyOne(names: Iterable<string>, from: string, todo: string): void {
  const known = [...new Set(names)]
  if (known.length < 2) return
  const shown = known.slice(0, 5).join(', ')
  const more = known.length > 5 ? ` and ${known.length - 5} more` : ''
  throw usageError(
    `it tells of ${known.length} containers (${shown}${more}), and their sum is the memory of none`,
    from,
    todo,
  )
}
