import { readFileSync } from 'node:fs'
import { readKey } from './entry-json.ts'
import { checkedRest, endedLines } from './line.ts'
import { type Lane, segmentsIn } from './places.ts'

/** The incidents that are recorded, so that nothing is recorded twice. */
export interface KnownIncidents {
  /** The latest revision of each, those that were written last at the end. */
  readonly revisions: ReadonlyMap<string, number>
  note(incident: string, revision: number): void
}

const MOST = 10_000

/**
 * What a lane holds. The oldest are forgotten beyond a number, so that a daemon of years needs no more memory and no more time
 * to start than a new one.
 */
export function knownIncidents(folder: string, lane: Lane, most = MOST): KnownIncidents {
  const revisions = new Map([...newestFirst(folder, lane, most)].toReversed())
  return {
    revisions,
    note(incident, revision) {
      revisions.delete(incident)
      revisions.set(incident, revision)
      const [oldest] = revisions.keys()
      if (revisions.size > most && oldest !== undefined) revisions.delete(oldest)
    },
  }
}

function newestFirst(folder: string, lane: Lane, most: number): Map<string, number> {
  const revisions = new Map<string, number>()
  const segments = segmentsIn(folder).filter((segment) => segment.lane === lane)
  for (const { path } of segments.toReversed()) {
    const keys = [...endedLines(readFileSync(path))].flatMap(({ line }) => {
      const rest = checkedRest(line)
      return rest === null ? [] : (readKey(rest) ?? [])
    })
    for (const { incident, revision } of keys.toReversed()) {
      if (revisions.size >= most) return revisions
      if (!revisions.has(incident)) revisions.set(incident, revision)
    }
  }
  return revisions
}
