import { closeSync, constants, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { readText, type Reader } from '../../../sources/reader.ts'
import { unreachableError } from '../../../model/errors.ts'
import { accessError } from '../../text-edit/file.ts'

/** @throws StellaError where it is not there or may not be read */
export function readControl(reader: Reader, file: string): string {
  const read = readText(reader, file)
  if (read.ok) return read.text.trim()
  throw unreachableError(
    `cannot be read (${read.problem.code})`,
    file,
    read.problem.kind === 'missing'
      ? 'this kernel does not have it, or what it belongs to is gone'
      : 'run stella as root',
  )
}

/**
 * Writes one value to a file of the kernel, and reads it back.
 *
 * @returns what it holds then: limits are rounded down to pages
 * @throws what node:fs throws where the kernel refuses it
 */
export function writeControl(reader: Reader, file: string, value: string): string {
  // Never made: a folder in the wrong place is no group, and a file in it limits nothing.
  const descriptor = openSync(join(reader.root, file), constants.O_WRONLY | constants.O_TRUNC)
  try {
    writeSync(descriptor, value)
  } finally {
    closeSync(descriptor)
  }
  return readControl(reader, file)
}

/** As {@link writeControl}, where every refusal is an error for people. */
export function setControl(reader: Reader, file: string, value: string): string {
  try {
    return writeControl(reader, file, value)
  } catch (error) {
    throw accessError(error, 'write', file)
  }
}
