/** /dev/kmsg as the kernel gives it: one record per read(2). Documentation/ABI/testing/dev-kmsg */
import { closeSync, constants, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode } from '../../model/error-code.ts'
import type { Reader } from '../reader.ts'

export interface KmsgDevice {
  /**
   * The next record, valid until the next call. `end`: there is none at the moment. `overwritten`: records were lost under
   * us, and the next call goes on with the oldest that is left.
   *
   * @throws the system's error
   */
  next(): Buffer | 'end' | 'overwritten'
  close(): void
}

/** CONSOLE_EXT_LOG_MAX: a record of at most 2048 bytes (PRINTK_MESSAGE_MAX) after its escapes. */
const RECORD_BYTES = 8192

/**
 * Opens it at the oldest record that the ring buffer holds. Reading never waits.
 *
 * @throws the system's error
 */
export function openKmsg(reader: Reader): KmsgDevice {
  const flags = constants.O_RDONLY | constants.O_NONBLOCK
  const descriptor = openSync(join(reader.root, 'dev/kmsg'), flags)
  const buffer = Buffer.alloc(RECORD_BYTES)
  return {
    next() {
      try {
        const length = readSync(descriptor, buffer)
        return length === 0 ? 'end' : buffer.subarray(0, length)
      } catch (error) {
        const code = errorCode(error)
        if (code === 'EAGAIN') return 'end'
        if (code === 'EPIPE') return 'overwritten'
        throw error
      }
    },
    close: () => closeSync(descriptor),
  }
}
