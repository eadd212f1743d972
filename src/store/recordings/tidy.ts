/** What is recorded grows for ever, and the disk does not. */
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { KIB } from '../../model/bytes.ts'
import type { Instant } from '../../model/time.ts'
import { LEVELS } from './levels.ts'
import type { Caps } from './levels.ts'
import { recordingsFolder, segmentsIn } from './places.ts'
import type { Segment } from './places.ts'

/**
 * Removes segments that are older than their level is kept, and then, where a subject or all together take more room than
 * they may, the oldest segments: of one subject those of the level that takes most room, which spares the long history.
 *
 * @param inUse segments that are being written
 */
export function tidy(
  dataFolder: string,
  folder: string,
  now: Instant,
  caps: Caps,
  inUse: ReadonlySet<string>,
): void {
  let segments = segmentsIn(folder)
  for (const segment of segments) {
    const { level, startsAt, path } = segment
    if (startsAt + level.segmentMs + level.keepMs < now && !inUse.has(path)) remove(segment)
  }
  segments = segmentsIn(folder)
  while (sizeOf(segments) > caps.subjectBytes) {
    const oldest = oldestOfLargestLevel(segments.filter(({ path }) => !inUse.has(path)))
    if (oldest === undefined) break
    remove(oldest)
    segments = segments.filter((segment) => segment !== oldest)
  }
  keepWithin(dataFolder, caps.totalBytes, inUse)
}

/** All subjects together; a file that another process writes is the newest of its level, and goes last. */
function keepWithin(dataFolder: string, totalBytes: number, inUse: ReadonlySet<string>): void {
  const root = recordingsFolder(dataFolder)
  const subjects = readdirSync(root, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const segments = subjects.flatMap(({ name }) => segmentsIn(join(root, name)))
  let total = sizeOf(segments)
  for (const segment of segments.toSorted((a, b) => a.startsAt - b.startsAt)) {
    if (total <= totalBytes) return
    if (inUse.has(segment.path)) continue
    remove(segment)
    total -= roomOf(segment)
  }
}

function oldestOfLargestLevel(segments: readonly Segment[]): Segment | undefined {
  const [largest] = LEVELS.map((level) => segments.filter((segment) => segment.level === level))
    .filter((each) => each.length > 0)
    .toSorted((a, b) => sizeOf(b) - sizeOf(a))
  return largest?.[0]
}

function sizeOf(segments: readonly Segment[]): number {
  return segments.reduce((sum, segment) => sum + roomOf(segment), 0)
}

/** A file takes whole blocks: so many small ones, of a recorder that is started again and again, count too. */
function roomOf({ bytes }: Segment): number {
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES
}

const BLOCK_BYTES = 4 * KIB

function remove({ path }: Segment): void {
  rmSync(path, { force: true })
}
