/** Takes lines that cannot be read out of the journal, and puts them back. */
import { closeSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { errorCode } from '../../model/error-code.ts'
import { storeProblem } from '../problems.ts'
import { BLANK, isBlank } from './line.ts'
import { casesFolder } from './places.ts'
import { readSegments } from './read-lines.ts'

/** A line whose checksum does not fit, with all that is needed to put it back. */
export interface DamagedLine {
  /** `watch-00000003.jsonl`. */
  file: string
  offset: number
  base64: string
}

export interface Damage {
  lines: readonly DamagedLine[]
  /** Lines that are too long to be kept elsewhere, and files that are too long to be read. */
  left: number
}

/** Together: they are kept in the record of the fix. */
const MOST_BYTES = 4 * 1024 * 1024

/** @throws StellaError (unreachable) where the journal may not be read */
export async function damagedLines(dataFolder: string): Promise<Damage> {
  const folder = casesFolder(dataFolder)
  const lines: DamagedLine[] = []
  let room = MOST_BYTES
  let left = 0
  try {
    for await (const scanned of readSegments(folder)) {
      for (const { place, rest } of scanned) {
        if (rest !== null) continue
        const { segment, offset, length } = place
        if (length === 0 || length > room) {
          left += 1
          continue
        }
        room -= length
        const file = segment.path.slice(folder.length + 1)
        lines.push({ file, offset, base64: readAt(segment.path, place).toString('base64') })
      }
    }
  } catch (error) {
    throw storeProblem(error, folder, 'the journal of cases')
  }
  return { lines, left }
}

export type LineState = 'damaged' | 'blank' | 'other'

/** What stands there now. What was dropped with its file meanwhile is blank for good. */
export function stateOf(dataFolder: string, { file, offset, base64 }: DamagedLine): LineState {
  const kept = Buffer.from(base64, 'base64')
  try {
    const now = readAt(join(casesFolder(dataFolder), file), { offset, length: kept.length })
    if (now.equals(kept)) return 'damaged'
    return isBlank(now) ? 'blank' : 'other'
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return 'blank'
    throw storeProblem(error, file, 'the journal of cases')
  }
}

/**
 * Blanks a line, byte for byte: whoever has read up to a place in the file, or writes at its end, is not disturbed.
 *
 * @throws StellaError (unreachable) where it may not be written
 */
export function blankLine(dataFolder: string, { file, offset, base64 }: DamagedLine): void {
  writeAt(dataFolder, file, { offset, bytes: Buffer.alloc(lengthOf(base64), BLANK) })
}

/** @throws StellaError (unreachable) where it may not be written */
export function putLineBack(dataFolder: string, { file, offset, base64 }: DamagedLine): void {
  writeAt(dataFolder, file, { offset, bytes: Buffer.from(base64, 'base64') })
}

function lengthOf(base64: string): number {
  return Buffer.from(base64, 'base64').length
}

function readAt(path: string, { offset, length }: { offset: number; length: number }): Buffer {
  const descriptor = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(length)
    return bytes.subarray(0, readSync(descriptor, bytes, 0, length, offset))
  } finally {
    closeSync(descriptor)
  }
}

function writeAt(
  dataFolder: string,
  file: string,
  { offset, bytes }: { offset: number; bytes: Buffer },
): void {
  const path = join(casesFolder(dataFolder), file)
  try {
    const descriptor = openSync(path, 'r+')
    try {
      writeSync(descriptor, bytes, 0, bytes.length, offset)
      fsyncSync(descriptor)
    } finally {
      closeSync(descriptor)
    }
  } catch (error) {
    throw storeProblem(error, path, 'the journal of cases')
  }
}
