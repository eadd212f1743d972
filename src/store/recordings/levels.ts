import { MIB, GIB } from '../../model/bytes.ts'

/** How closely memory is kept, and for how long. */
export interface Level {
  name: string
  /** Of each such stretch the lowest, the highest and the last sample are kept; 0: every one. */
  stretchMs: number
  keepMs: number
  /** A file holds no more time than this, and goes as a whole. */
  segmentMs: number
  /** The largest processes of a stretch that are kept. */
  processes: number
}

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** The closest first. */
export const LEVELS: readonly Level[] = [
  { name: '1s', stretchMs: 0, keepMs: HOUR, segmentMs: 10 * MINUTE, processes: 32 },
  { name: '10s', stretchMs: 10 * SECOND, keepMs: DAY, segmentMs: 2 * HOUR, processes: 16 },
  { name: '1m', stretchMs: MINUTE, keepMs: 7 * DAY, segmentMs: 12 * HOUR, processes: 8 },
  { name: '10m', stretchMs: 10 * MINUTE, keepMs: 90 * DAY, segmentMs: 7 * DAY, processes: 8 },
]

/** Bytes on disk: of one subject, and of all together. */
export interface Caps {
  subjectBytes: number
  totalBytes: number
}

export const CAPS: Caps = { subjectBytes: 64 * MIB, totalBytes: GIB }
/** A segment that is larger is ended early. */
export const SEGMENT_BYTES = 4 * MIB
