import { problemOf } from '../reader.ts'
import type { Reader, ReadProblem } from '../reader.ts'
import { openKmsg } from './kmsg-device.ts'
import type { KmsgDevice } from './kmsg-device.ts'

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

/** A storm must not keep the caller from everything else. */
const MAX_RECORDS_AT_ONCE = 5_000

/** Follows /dev/kmsg from the oldest record that the ring buffer holds. Reading never waits. */
export function followKmsg(reader: Reader): FollowedKmsg {
  try {
    return { ok: true, follower: followerOf(openKmsg(reader)) }
  } catch (error) {
    return { ok: false, problem: problemOf(error) }
  }
}

function followerOf(device: KmsgDevice): KmsgFollower {
  let next: number | null = null
  return {
    take() {
      const records: KmsgText[] = []
      let lost = 0
      while (records.length < MAX_RECORDS_AT_ONCE) {
        const record = device.next()
        if (record === 'end') break
        if (record === 'overwritten') continue
        const text = record.toString()
        const sequence = Number(/^\d+,(\d+),/.exec(text)?.[1] ?? Number.NaN)
        if (Number.isNaN(sequence)) continue
        if (next !== null && sequence > next) lost += sequence - next
        next = sequence + 1
        records.push({ sequence, text })
      }
      return { records, lost }
    },
    close: () => device.close(),
  }
}
