import { GIB, KIB, MIB } from '../../../../model/bytes.ts'
import { usageError } from '../../../../model/errors.ts'
import type { ByteRate } from '../../../../parsers/quantity/own.ts'
import { PAGE_BYTES, type SnapshotSetting } from '../../../../simulate/snapshot/forecast.ts'
import type { SnapshotKnown } from '../../../../simulate/snapshot/from-world.ts'
import { kernelNumber, type KernelNumber } from './numbers.ts'

export interface SnapshotNumbers {
  data?: number
  limit?: number
  current?: number
  writeRate?: ByteRate
  writes?: number
  valueSize?: number
  /** Milliseconds. */
  duration?: number
  saveRate?: ByteRate
  buffers?: number
  swap?: number
  commitLeft?: number
  hugePages?: boolean
  kernel?: KernelNumber
}

const HUGE_PAGE_BYTES = 2 * MIB

/**
 * What is given, completed by what was found.
 *
 * @throws StellaError (usage) where the two leave too little, or flags exclude each other
 */
export function settingOf(numbers: SnapshotNumbers, known: SnapshotKnown | null): SnapshotSetting {
  excludes(numbers)
  const dataBytes = numbers.data ?? known?.dataBytes ?? null
  if (dataBytes === null || dataBytes === 0) {
    throw usageError(
      'the size of the data is not known',
      '--data',
      'give it, or name the process or container that forks',
    )
  }
  const limitBytes = numbers.limit ?? known?.limit?.limitBytes ?? null
  const hostAvailableBytes = known?.hostAvailableBytes ?? null
  if (limitBytes === null && hostAvailableBytes === null) {
    throw usageError('no limit is known', '--limit', 'give it, or name a target of this machine')
  }
  return {
    dataBytes,
    currentBytes: numbers.current ?? currentOf(known, numbers.data) ?? dataBytes,
    limitBytes,
    swapBytes: numbers.swap ?? known?.swapBytes ?? 0,
    hostAvailableBytes,
    pageTableBytes: numbers.data === undefined ? (known?.pageTableBytes ?? null) : null,
    bufferBytes: numbers.buffers ?? 0,
    load: {
      pagesPerSecond: pagesPerSecond(numbers, known),
      seconds: secondsOf(numbers, known, dataBytes),
      copiedPageBytes: copiedPageBytes(numbers, known),
      lastCopiedBytes: isLoadGiven(numbers) ? null : (known?.redis?.lastCopiedBytes ?? null),
    },
    mappedBytes: numbers.data === undefined ? (known?.mappedBytes ?? null) : null,
    commitLeftBytes: numbers.commitLeft ?? known?.commitLeftBytes ?? null,
    isRunning: known?.isRunning ?? false,
  }
}

const VALUE_BYTES = KIB

/** A write touches its value and, most often in another page, the entry that points to it. */
function pagesPerSecond(numbers: SnapshotNumbers, known: SnapshotKnown | null): number | null {
  const { writeRate, writes, valueSize = VALUE_BYTES } = numbers
  if (writeRate !== undefined) return writeRate.bytes / writeRate.seconds / PAGE_BYTES
  const perWrite = Math.max(1, Math.ceil(valueSize / PAGE_BYTES)) + 1
  if (writes !== undefined) return writes * perWrite
  const commands = known?.redis?.commandsPerSecond ?? null
  // Not every command writes: this is the most it can be.
  return commands === null ? null : commands * perWrite
}

function secondsOf(
  { duration, saveRate }: SnapshotNumbers,
  known: SnapshotKnown | null,
  dataBytes: number,
): number | null {
  if (duration !== undefined) return duration / 1_000
  if (saveRate !== undefined) return (dataBytes * saveRate.seconds) / saveRate.bytes
  return known?.redis?.lastSeconds ?? null
}

/** Since 5.8 a write to a shared huge page splits it and copies 4 KiB (mm/huge_memory.c, do_huge_pmd_wp_page). */
function copiedPageBytes(
  { hugePages, kernel }: SnapshotNumbers,
  known: SnapshotKnown | null,
): number {
  const isHuge = hugePages ?? known?.hasHugePages ?? false
  const version = kernel ?? kernelNumber(known?.kernelVersion ?? '')
  const splits =
    version !== null && (version.major > 5 || (version.major === 5 && version.minor >= 8))
  return isHuge && !splits ? HUGE_PAGE_BYTES : PAGE_BYTES
}

/** Data that are given stand for another process than the one that was found. */
function currentOf(known: SnapshotKnown | null, data: number | undefined): number | null {
  return data === undefined ? (known?.limit?.currentBytes ?? null) : null
}

export function isLoadGiven({ writeRate, writes }: SnapshotNumbers): boolean {
  return writeRate !== undefined || writes !== undefined
}

function excludes(numbers: SnapshotNumbers): void {
  if (numbers.writeRate !== undefined && numbers.writes !== undefined) {
    throw usageError('--write-rate and --writes exclude each other', null, 'give one of them')
  }
  if (numbers.duration !== undefined && numbers.saveRate !== undefined) {
    throw usageError('--duration and --save-rate exclude each other', null, 'give one of them')
  }
  if (numbers.valueSize !== undefined && numbers.writes === undefined) {
    throw usageError('has a meaning with --writes alone', '--value-size', 'add --writes')
  }
  if (numbers.valueSize !== undefined && numbers.valueSize > GIB) {
    throw usageError('is larger than any value', '--value-size', 'stay below 1Gi')
  }
  if (numbers.writeRate !== undefined && numbers.writeRate.bytes < 0) {
    throw usageError('cannot be negative', '--write-rate', 'write 0/s where nothing is written')
  }
  if (numbers.saveRate !== undefined && numbers.saveRate.bytes <= 0) {
    throw usageError('must be above 0', '--save-rate', 'write it as 100Mi/s')
  }
}
