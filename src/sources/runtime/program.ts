import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import { problemOf } from '../reader.ts'
import type { Reader } from '../reader.ts'
import type { Reply } from './reply.ts'

/**
 * Bytes of the program that a process runs, as Latin-1 text, one character a byte. It is only read: a program of a container
 * must never be started outside of it.
 */
export function readProgram(
  reader: Reader,
  pid: number,
  { offset, maxBytes }: { offset: number; maxBytes: number },
): Reply {
  const path = `/proc/${pid}/exe`
  let descriptor: number
  try {
    descriptor = openSync(join(reader.root, path), 'r')
  } catch (error) {
    const { kind, code } = problemOf(error)
    const why = kind === 'denied' ? 'it needs root or CAP_SYS_PTRACE' : code
    return { ok: false, why: `${path} may not be read: ${why}` }
  }
  try {
    const bytes = Buffer.allocUnsafe(maxBytes)
    const count = readSync(descriptor, bytes, 0, maxBytes, offset)
    const text = bytes.subarray(0, count).toString('latin1')
    return { ok: true, text, truncated: count === maxBytes }
  } catch (error) {
    return { ok: false, why: `${path} could not be read: ${problemOf(error).code}` }
  } finally {
    closeSync(descriptor)
  }
}
