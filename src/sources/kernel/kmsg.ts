import { closeSync, constants, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { StreamReader } from '../../parsers/format.ts'
import { errorCode, problemOf } from '../reader.ts'
import type { Reader, ReadProblem } from '../reader.ts'

export type KmsgRead =
  | {
      ok: true
      /** Seconds since boot of the oldest record; null where it cannot be told. */
      firstBootSeconds: number | null
      /** Older records were pushed out of the ring buffer, before or while we read. */
      wrapped: boolean
    }
  | { ok: false; problem: ReadProblem }

/** One record is at most PRINTK_MESSAGE_MAX, 2048 bytes, after its escapes up to 8192 (CONSOLE_EXT_LOG_MAX). */
const RECORD_BYTES = 8192
/** The largest log_buf_len that is allowed, 2 GiB, holds fewer. */
const MAX_READS = 1_000_000
/**
 * A task that cannot be killed at its limit floods the log faster than anybody reads it. What was written this long after
 * we began is left for the next reader; printk's clock may be off ours by milliseconds.
 */
const LATER_SECONDS = 1

/**
 * Reads what the ring buffer holds now, one record per read(2), until the kernel says that there is no more (EAGAIN).
 * EPIPE says that records were overwritten under us and the next read goes on with the oldest left.
 */
export function readKmsg(reader: Reader, into: StreamReader): KmsgRead {
  let descriptor: number
  try {
    descriptor = openSync(join(reader.root, 'dev/kmsg'), constants.O_RDONLY | constants.O_NONBLOCK)
  } catch (error) {
    return { ok: false, problem: problemOf(error) }
  }
  try {
    return drain(descriptor, into, reader.monotonicSeconds() + LATER_SECONDS)
  } catch (error) {
    return { ok: false, problem: problemOf(error) }
  } finally {
    closeSync(descriptor)
  }
}

function drain(descriptor: number, into: StreamReader, untilSeconds: number): KmsgRead {
  const record = Buffer.alloc(RECORD_BYTES)
  let records = 0
  let wrapped = false
  let firstBootSeconds: number | null = null
  for (let reads = 0; reads < MAX_READS; reads++) {
    let length: number
    try {
      length = readSync(descriptor, record)
    } catch (error) {
      const code = errorCode(error)
      if (code === 'EAGAIN') break
      if (code !== 'EPIPE') throw error
      wrapped = true
      continue
    }
    if (length === 0) break
    const head = /^\d+,(\d+),(\d+)/.exec(record.toString('latin1', 0, 64))
    const seconds = head?.[2] === undefined ? null : Number(head[2]) / 1e6
    if (records === 0) {
      wrapped = head?.[1] !== undefined && head[1] !== '0'
      firstBootSeconds = seconds
    } else if (seconds !== null && seconds > untilSeconds) {
      break
    }
    records++
    into.push(record.subarray(0, length))
  }
  // A kernel has always logged something: this is another device, as containers put in its place (/dev/null, /dev/console).
  if (records === 0) return { ok: false, problem: { kind: 'missing', code: 'EMPTY' } }
  return { ok: true, firstBootSeconds, wrapped }
}
