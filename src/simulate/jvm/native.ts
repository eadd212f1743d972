import { MIB } from '../../model/bytes.ts'
import type { Collector } from './flags.ts'

/** Memory that no flag bounds and no calculator counts; null where nothing can be said. */
export interface NativePart {
  name: string
  bytes: number | null
  says: string
}

/**
 * A collector's own structures: so many bytes, and a share of the heap. Measured by Native Memory Tracking (committed) of
 * JDK 17 with heaps of 256, 512 and 1024 MiB, 60 % of them live, on two processors.
 */
const COLLECTOR: Readonly<Record<Collector, { name: string; fixed: number; share: number }>> = {
  serial: { name: 'Serial', fixed: 0.1 * MIB, share: 0.0033 },
  parallel: { name: 'Parallel', fixed: 9.5 * MIB, share: 0.0365 },
  g1: { name: 'G1', fixed: 38.5 * MIB, share: 0.041 },
  z: { name: 'ZGC', fixed: 65 * MIB, share: 0.032 },
  shenandoah: { name: 'Shenandoah', fixed: 1.5 * MIB, share: 0.0315 },
  epsilon: { name: 'Epsilon', fixed: 0.1 * MIB, share: 0.0033 },
}

/** The compilers' work areas came to 10.4 MiB at most, symbols and the JVM's own to 3 MiB, in the same runs. */
const COMPILER_AND_SYMBOLS = 14 * MIB

/** What comes beside heap, metaspace, code, stacks and direct buffers. */
export function nativeParts(collector: Collector, heapBytes: number): NativePart[] {
  const { name, fixed, share } = COLLECTOR[collector]
  return [
    {
      name: `garbage collector (${name})`,
      bytes: Math.round(fixed + share * heapBytes),
      says: 'estimated from measurements with JDK 17: card tables, remembered sets, marking',
    },
    {
      name: 'compiler, symbols, the JVM itself',
      bytes: COMPILER_AND_SYMBOLS,
      says: 'estimated from measurements with JDK 17 and a small program; grows with the classes',
    },
    {
      name: 'malloc arenas, JNI, agents, mapped files',
      bytes: null,
      says: 'not known beforehand: agents and native libraries take what they take',
    },
  ]
}

/** The sum of the parts that can be estimated. */
export function estimatedBytes(parts: readonly NativePart[]): number {
  return parts.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
}
