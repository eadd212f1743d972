import { MIB } from '../../model/bytes.ts'
import type { Case } from '../../model/case.ts'

const MOST_CHARACTERS = MIB
const MOST_PROCESSES = 200
const MOST_EXCERPT = 2_000

/**
 * A case that does not crowd out the others: where its JSON is longer than a megabyte, the largest processes of the task table
 * and the beginnings of the excerpts are kept, and the case says so.
 */
export function fitted(found: Case): Case {
  if (JSON.stringify(found).length <= MOST_CHARACTERS) return found
  const { processes, evidence, unknown } = found
  const largest = processes
    .toSorted((a, b) => (b.rssBytes ?? 0) - (a.rssBytes ?? 0))
    .slice(0, MOST_PROCESSES)
  const kept = new Set(largest)
  return {
    ...found,
    processes: processes.filter((process) => kept.has(process)),
    evidence: evidence.map((seen) => ({ ...seen, excerpt: seen.excerpt.slice(0, MOST_EXCERPT) })),
    unknown: [
      ...unknown,
      `the journal keeps the ${kept.size} largest of ${processes.length} processes of this case, and the first ${MOST_EXCERPT} characters of each excerpt`,
    ],
  }
}
