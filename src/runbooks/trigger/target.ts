/** What a run that was opened by itself is about: the same for each kill of the same container. */
import type { Case } from '../../model/case.ts'

/** These differ from one time to the next. */
const OF_ONE_TIME: ReadonlySet<string> = new Set(['case', 'pid', 'process'])

/** These say more of what others name; a case knows them, and an alert seldom does. */
const ASIDE: ReadonlySet<string> = new Set(['engine', 'image', 'limit_cgroup', 'node', 'host'])

/**
 * By the values of its parameters, so that it is known again from its journal; where they tell nothing, by the subject of its case.
 *
 * @returns null where nobody has said what it is about
 */
export function targetOf(given: ReadonlyMap<string, string>, found: Case | null): string | null {
  const told = [...given]
    .filter(([name]) => !OF_ONE_TIME.has(name))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  const naming = told.filter(([name]) => !ASIDE.has(name))
  if (told.length > 0) return JSON.stringify(naming.length > 0 ? naming : told)
  if (found === null) return null
  const { platform, id, name } = found.subject
  return `${platform}:${id ?? name ?? ''}`
}
