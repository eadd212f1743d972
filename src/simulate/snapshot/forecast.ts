import { KIB, MIB } from '../../model/bytes.ts'
import { type CopyEstimate, estimateCopies, secondsUntilCopied, type WriteLoad } from './copies.ts'

/** A process that is about to fork, and what it may use. Null is "not known". */
export interface SnapshotSetting {
  /** Memory of the process that forks. */
  dataBytes: number
  /** Of the group, without page cache that can be given back. */
  currentBytes: number
  /** Null: nothing limits it. */
  limitBytes: number | null
  /** Swap it may use beyond the limit. */
  swapBytes: number
  /** What the machine has left. */
  hostAvailableBytes: number | null
  /** Of the process; the child gets the same again. */
  pageTableBytes: number | null
  /** Replication and log-rewrite buffers that grow meanwhile. */
  bufferBytes: number
  load: WriteLoad
  /** What a machine with vm.overcommit_memory=2 still promises; null where it refuses nothing for that reason. */
  commitLeftBytes: number | null
  /** All that the process maps: a fork needs a promise for the private part of it. */
  mappedBytes: number | null
  /** A snapshot of the same process is being written already. */
  isRunning: boolean
}

/**
 * `fork-may-fail`: what may be promised is more than the data and less than all that is mapped. `close`: it fits if writes hit the same pages again and again, and does not if they never do. `load-unknown`: it does not
 * fit if everything is written to, and nothing tells how much is.
 */
export type SnapshotReason =
  | 'fits'
  | 'fits-with-swap'
  | 'running'
  | 'fork-fails'
  | 'fork-may-fail'
  | 'over-limit'
  | 'over-host'
  | 'close'
  | 'load-unknown'

export interface SnapshotForecast {
  decision: 'go' | 'defer'
  reason: SnapshotReason
  copies: CopyEstimate
  /** Page tables and the child's own memory. */
  forkBytes: number
  /** What the group comes to. Expected is null where nothing tells how much is written. */
  peak: { leastBytes: number; expectedBytes: number | null; mostBytes: number }
  /** Limit and swap, or what the machine has; null: not known. */
  roomBytes: number | null
  /** When the room is used up at the expected pace; null where it is not, or nothing tells. */
  fullAfterSeconds: number | null
  /** The pace of writes up to which it surely fits, in bytes of written pages; null where the duration is not known. */
  fitsUpToBytesPerSecond: number | null
}

/** The child's stack and buffers: a Redis child without writers came to 0.4 to 0.9 MiB. */
const CHILD_BYTES = MIB
/** A page-table entry of 8 bytes for each 4 KiB. */
const BYTES_PER_TABLE_BYTE = 512
export const PAGE_BYTES = 4 * KIB

/** What a snapshot by fork and copy-on-write comes to, and whether it should be made now. */
export function forecastSnapshot(setting: SnapshotSetting): SnapshotForecast {
  const { currentBytes, load, bufferBytes, dataBytes } = setting
  const tables = setting.pageTableBytes ?? Math.ceil(dataBytes / BYTES_PER_TABLE_BYTE)
  const forkBytes = tables + CHILD_BYTES
  const base = currentBytes + forkBytes + bufferBytes
  const copies = estimateCopies(dataBytes, load)
  const { expectedBytes } = copies
  const peak = {
    leastBytes: currentBytes,
    expectedBytes: expectedBytes === null ? null : base + expectedBytes,
    mostBytes: base + copies.mostBytes,
  }
  const roomBytes = roomOf(setting)
  const free = roomBytes === null ? null : roomBytes - base
  const reason = reasonOf(setting, peak, roomBytes)
  return {
    decision: reason === 'fits' || reason === 'fits-with-swap' ? 'go' : 'defer',
    reason,
    copies,
    forkBytes,
    peak,
    roomBytes,
    fullAfterSeconds: free === null ? null : secondsUntilCopied(dataBytes, load, free),
    fitsUpToBytesPerSecond:
      free === null || load.seconds === null || load.seconds === 0
        ? null
        : Math.max(0, Math.floor((free * PAGE_BYTES) / load.copiedPageBytes / load.seconds)),
  }
}

/** The smaller one of what the limit and what the machine leaves. */
function roomOf({ limitBytes, swapBytes, currentBytes, hostAvailableBytes }: SnapshotSetting) {
  const rooms = [
    limitBytes === null ? null : limitBytes + swapBytes,
    hostAvailableBytes === null ? null : currentBytes + hostAvailableBytes + swapBytes,
  ].filter((room) => room !== null)
  return rooms.length === 0 ? null : Math.min(...rooms)
}

function reasonOf(
  setting: SnapshotSetting,
  { expectedBytes, mostBytes }: SnapshotForecast['peak'],
  roomBytes: number | null,
): SnapshotReason {
  if (setting.isRunning) return 'running'
  const { commitLeftBytes, dataBytes, limitBytes } = setting
  if (commitLeftBytes !== null) {
    if (dataBytes > commitLeftBytes) return 'fork-fails'
    if ((setting.mappedBytes ?? 0) > commitLeftBytes) return 'fork-may-fail'
  }
  if (roomBytes === null) return 'fits'
  if (mostBytes <= roomBytes) return usesSwap(setting, mostBytes) ? 'fits-with-swap' : 'fits'
  if (expectedBytes === null) return 'load-unknown'
  if (expectedBytes <= roomBytes) return 'close'
  return limitBytes !== null && roomBytes === limitBytes + setting.swapBytes
    ? 'over-limit'
    : 'over-host'
}

function usesSwap({ limitBytes, swapBytes }: SnapshotSetting, mostBytes: number): boolean {
  return swapBytes > 0 && limitBytes !== null && mostBytes > limitBytes
}
