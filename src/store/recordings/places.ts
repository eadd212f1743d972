/** Where recordings lie: `DATA/recordings/SUBJECT/LEVEL-TIME.jsonl`. */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Subject } from '../../model/subject.ts'
import type { Instant } from '../../model/time.ts'
import { LEVELS } from './levels.ts'
import type { Level } from './levels.ts'

export interface Segment {
  path: string
  level: Level
  /** Of its first line. */
  startsAt: Instant
  bytes: number
}

const MAX_NAME = 80
const SEGMENT = /^(\w{2,3})-(\d{1,15})\.jsonl$/

/** The folder of all subjects. */
export function recordingsFolder(dataFolder: string): string {
  return join(dataFolder, 'recordings')
}

/** The folder of one subject: its platform and name as they can stand in a path, made unique where something was left out. */
export function subjectFolder(dataFolder: string, subject: Subject): string {
  const name = (subject.platform === 'process' ? subject.id : subject.name) ?? subject.id ?? ''
  const plain = name.replaceAll(/[^\w.-]+/g, '_').slice(0, MAX_NAME)
  const unique =
    plain === name ? '' : `~${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
  return join(recordingsFolder(dataFolder), `${subject.platform}-${plain}${unique}`)
}

/** The segments in a subject's folder, oldest first; empty where there is none. */
export function segmentsIn(folder: string): Segment[] {
  if (!existsSync(folder)) return []
  const segments = readdirSync(folder).flatMap((name) => {
    const match = SEGMENT.exec(name)
    const level = LEVELS.find((known) => known.name === match?.[1])
    const path = join(folder, name)
    const stat = level === undefined ? undefined : statSync(path, { throwIfNoEntry: false })
    if (level === undefined || stat === undefined) return []
    return [{ path, level, startsAt: Number(match?.[2]), bytes: stat.size }]
  })
  return segments.toSorted((a, b) => a.startsAt - b.startsAt)
}

export function segmentPath(folder: string, level: Level, startsAt: Instant): string {
  return join(folder, `${level.name}-${Math.floor(startsAt)}.jsonl`)
}

/** The lock of the one who records a subject. */
export function lockOf(folder: string): string {
  return join(folder, 'writer')
}
