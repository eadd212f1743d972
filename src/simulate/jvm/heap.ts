import { MIB } from '../../model/bytes.ts'
import type { Collector, JvmFlags } from './flags.ts'

/** Heaps grow in whole steps of this size: what a page of the card table covers, 512 · 4096 bytes. */
const ALIGNMENT = 2 * MIB
/** MaxHeapSize of a 64-bit JVM before it looks at the machine: 96 MiB · 1.3. */
const BUILT_IN_BYTES = 124.8 * MIB
/** From here on, with two processors, the JVM takes itself for a server (is_server_class_machine). */
const SERVER_BYTES = 1792 * MIB

/** What of the container bears on the JVM's own choices. */
export interface JvmMachine {
  limitBytes: number
  /** Null: not known; two and more are assumed. */
  processors: number | null
}

/**
 * The largest heap the JVM gives itself, in bytes: what is set, or HotSpot's own choice from the memory it sees
 * (arguments.cpp, set_heap_size; the same from JDK 11 to 25). Null where it does not see the container.
 */
export function maxHeapBytes(flags: JvmFlags, { limitBytes }: JvmMachine): number | null {
  if (flags.maxHeapBytes !== null) return aligned(flags.maxHeapBytes)
  if (!flags.containerSupport && flags.maxRamBytes === null) return null
  const physical = flags.maxRamBytes ?? limitBytes
  const share = flags.maxRamPercentage ?? 100 / (flags.maxRamFraction ?? 4)
  const large = (physical * share) / 100
  const small = (physical * (flags.minRamPercentage ?? 50)) / 100
  const chosen = small < BUILT_IN_BYTES ? small : Math.max(large, BUILT_IN_BYTES)
  return aligned(Math.max(chosen, flags.initialHeapBytes ?? 0))
}

/** The collector that is set, or the one the JVM picks. */
export function collectorOf(flags: JvmFlags, { limitBytes, processors }: JvmMachine): Collector {
  if (flags.collector !== null) return flags.collector
  return limitBytes >= SERVER_BYTES && (processors ?? 2) >= 2 ? 'g1' : 'serial'
}

function aligned(bytes: number): number {
  return Math.ceil(Math.floor(bytes) / ALIGNMENT) * ALIGNMENT
}
