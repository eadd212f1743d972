import { closeSync, constants, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode, problemOf } from '../reader.ts'
import type { Reader, ReadProblem } from '../reader.ts'

/** One record of the ring buffer, as /dev/kmsg gives it. */
export interface KmsgText {
  /** Counts from the start of the machine. */
  sequence: number
  text: string
}

/** The kernel's log as it grows. */
export interface KmsgFollower {
  /**
   * What came since the last call, at most some thousand records; the rest comes with the next call.
   *
   * `lost` counts the records that were overwritten before they were read.
   */
  take(): { records: readonly KmsgText[]; lost: number }
  close(): void
}

export type FollowedKmsg =
  | { ok: true; follower: KmsgFollower }
  | { ok: false; problem: ReadProblem }

/** CONSOLE_EXT_LOG_MAX: a record after its escapes. */
const RECORD_BYTES = 8192
/** A storm must not keep the caller from everything else. */
const MAX_RECORDS_AT_ONCE = 5_000

/** Follows /dev/kmsg from the oldest record that the ring buffer holds. Reading never waits. */
export function followKmsg(reader: Reader): FollowedKmsg {
  try {
    const flags = constants.O_RDONLY | constants.O_NONBLOCK
    const descriptor = openSync(join(reader.root, 'dev/kmsg'), flags)
    return { ok: true, follower: followerOf(descriptor) }
  } catch (error) {
    return { ok: false, problem: problemOf(error) }
  }
}

function followerOf(descriptor: number): KmsgFollower {
  const buffer = Buffer.allocUnsafe(RECORD_BYTES)
  let next: number | null = null
  return {
    take() {
      const records: KmsgText[] = []
      let lost = 0
      while (records.length < MAX_RECORDS_AT_ONCE) {
        const text = readRecord(descriptor, buffer)
        if (text === null) break
        const sequence = Number(/^\d+,(\d+),/.exec(text)?.[1] ?? Number.NaN)
        if (Number.isNaN(sequence)) continue
        if (next !== null && sequence > next) lost += sequence - next
        next = sequence + 1
        records.push({ sequence, text })
      }
      return { records, lost }
    },
    close: () => closeSync(descriptor),
  }
}

/** One record per read(2). Null: there is none at the moment. */
function readRecord(descriptor: number, buffer: Buffer): string | null {
  for (;;) {
    try {
      const length = readSync(descriptor, buffer)
      return length === 0 ? null : buffer.toString('utf8', 0, length)
    } catch (error) {
      const code = errorCode(error)
      if (code === 'EAGAIN') return null
      // Records were overwritten under us; the next read goes on with the oldest that is left.
      if (code !== 'EPIPE') throw error
    }
  }
}
