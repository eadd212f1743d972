import type { StreamReader } from '../../parsers/format.ts'
import { problemOf } from '../reader.ts'
import type { Reader, ReadProblem } from '../reader.ts'
import { openKmsg } from './kmsg-device.ts'
import type { KmsgDevice } from './kmsg-device.ts'

export type KmsgRead =
  | {
      ok: true
      /** Seconds since boot of the oldest record; null where it cannot be told. */
      firstBootSeconds: number | null
      /** Older records were pushed out of the ring buffer, before or while we read. */
      wrapped: boolean
    }
  | { ok: false; problem: ReadProblem }

/** The largest log_buf_len that is allowed, 2 GiB, holds fewer. */
const MAX_READS = 1_000_000
/**
 * A task that cannot be killed at its limit floods the log faster than anybody reads it. What was written this long after
 * we began is left for the next reader; printk's clock may be off ours by milliseconds.
 */
const LATER_SECONDS = 1

/** Reads what the ring buffer holds now, until the kernel says that there is no more. */
export function readKmsg(reader: Reader, into: StreamReader): KmsgRead {
  let device: KmsgDevice
  try {
    device = openKmsg(reader)
  } catch (error) {
    return { ok: false, problem: problemOf(error) }
  }
  try {
    return drain(device, into, reader.monotonicSeconds() + LATER_SECONDS)
  } catch (error) {
    return { ok: false, problem: problemOf(error) }
  } finally {
    device.close()
  }
}

function drain(device: KmsgDevice, into: StreamReader, untilSeconds: number): KmsgRead {
  let records = 0
  let wrapped = false
  let firstBootSeconds: number | null = null
  for (let reads = 0; reads < MAX_READS; reads++) {
    const record = device.next()
    if (record === 'end') break
    if (record === 'overwritten') {
      wrapped = true
      continue
    }
    const head = /^\d+,(\d+),(\d+)/.exec(record.toString('latin1', 0, 64))
    const seconds = head?.[2] === undefined ? null : Number(head[2]) / 1e6
    if (records === 0) {
      wrapped = head?.[1] !== undefined && head[1] !== '0'
      firstBootSeconds = seconds
    } else if (seconds !== null && seconds > untilSeconds) {
      break
    }
    records++
    into.push(record)
  }
  // A kernel has always logged something: this is another device, as containers put in its place (/dev/null, /dev/console).
  if (records === 0) return { ok: false, problem: { kind: 'missing', code: 'EMPTY' } }
  return { ok: true, firstBootSeconds, wrapped }
}
