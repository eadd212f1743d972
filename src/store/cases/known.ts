import { readFileSync } from 'node:fs'
import { readHead } from './entry-json.ts'
import { checkedRest, endedLines } from './line.ts'
import { type Lane, segmentsIn } from './places.ts'

/** The incidents that are recorded, so that nothing is recorded twice. */
export interface KnownIncidents {
  /** The latest revision of each, those that were written last at the end. */
  readonly revisions: ReadonlyMap<string, number>
  note(incident: string, revision: number): void
}

const MOST = 20_000

/** What a lane holds; the oldest are forgotten beyond a number, so that a daemon of years needs no more memory than a new one. */
export function knownIncidents(folder: string, lane: Lane, most = MOST): KnownIncidents {
  const revisions = new Map<string, number>()
  function note(incident: string, revision: number): void {
    const before = revisions.get(incident) ?? revision
    revisions.delete(incident)
    revisions.set(incident, Math.max(before, revision))
    if (revisions.size <= most) return
    for (const oldest of revisions.keys()) {
      revisions.delete(oldest)
      return
    }
  }
  for (const segment of segmentsIn(folder)) {
    if (segment.lane !== lane) continue
    for (const { line } of endedLines(readFileSync(segment.path))) {
      const rest = checkedRest(line)
      const head = rest === null ? null : readHead(rest)
      if (head?.kind === 'case') note(head.incident, head.revision)
    }
  }
  return { revisions, note }
}
