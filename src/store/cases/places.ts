/** Where the journal lies: `DATA/cases/LANE-NUMBER.jsonl`. */
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** What the watch writes and what is imported lie side by side, so that neither waits for the other. */
export const LANES = ['watch', 'import'] as const
export type Lane = (typeof LANES)[number]

/** One file of the journal. */
export interface Segment {
  path: string
  lane: Lane
  /** Counts up in each lane: clocks may be set back, numbers are not. */
  number: number
  bytes: number
}

const SEGMENT = /^(\w{5,6})-(\d{8,15})\.jsonl$/

export function casesFolder(dataFolder: string): string {
  return join(dataFolder, 'cases')
}

/** The segments in the folder of a journal, each lane's in the order in which they were written; empty where there is none. */
export function segmentsIn(folder: string): Segment[] {
  if (!existsSync(folder)) return []
  const segments = readdirSync(folder).flatMap((name) => {
    const match = SEGMENT.exec(name)
    const lane = LANES.find((known) => known === match?.[1])
    const path = join(folder, name)
    const stats = lane === undefined ? undefined : statSync(path, { throwIfNoEntry: false })
    if (lane === undefined || stats?.isFile() !== true) return []
    return [{ path, lane, number: Number(match?.[2]), bytes: stats.size }]
  })
  return segments.toSorted(
    (a, b) => LANES.indexOf(a.lane) - LANES.indexOf(b.lane) || a.number - b.number,
  )
}

export function segmentPath(folder: string, lane: Lane, number: number): string {
  return join(folder, `${lane}-${String(number).padStart(8, '0')}.jsonl`)
}

/** The lock of the one who writes a lane. */
export function lockOf(folder: string, lane: Lane): string {
  return join(folder, lane)
}
