import { closeSync, openSync, readSync } from 'node:fs'
import { keepNewest } from '../../model/newest.ts'
import { readKey } from './entry-json.ts'
import { checkedRest, endedLines } from './line.ts'
import { type Lane, segmentsIn } from './places.ts'

/** The incidents that are recorded, so that nothing is recorded twice. */
export interface KnownIncidents {
  /** The latest revision of each, by each of its names, those that were written last at the end. */
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
    note: (incident, revision) => keepNewest(revisions, incident, revision, most),
  }
}

function newestFirst(folder: string, lane: Lane, most: number): Map<string, number> {
  const revisions = new Map<string, number>()
  const segments = segmentsIn(folder).filter((segment) => segment.lane === lane)
  // One space for all of them: a daemon that starts should not need more memory than one that runs.
  const space = Buffer.alloc(Math.max(0, ...segments.map(({ bytes }) => bytes)))
  for (const { path } of segments.toReversed()) {
    for (const { incident, also = [], revision } of keysIn(path, space).toReversed()) {
      if (revisions.size >= most) return revisions
      for (const name of [incident, ...also]) {
        if (!revisions.has(name)) revisions.set(name, revision)
      }
    }
  }
  return revisions
}

function keysIn(path: string, space: Buffer): NonNullable<ReturnType<typeof readKey>>[] {
  const keys: NonNullable<ReturnType<typeof readKey>>[] = []
  for (const { line } of endedLines(readInto(space, path))) {
    const rest = checkedRest(line)
    const key = rest === null ? null : readKey(rest)
    if (key !== null) keys.push(key)
  }
  return keys
}

function readInto(space: Buffer, path: string): Buffer {
  const descriptor = openSync(path, 'r')
  try {
    return space.subarray(0, readSync(descriptor, space))
  } finally {
    closeSync(descriptor)
  }
}
