import { MIB } from '../../model/bytes.ts'
import { writeJvmSize } from '../../parsers/quantity/jvm.ts'
import { codeCacheBytes, metaspaceBytes, STACK_BYTES } from './defaults.ts'
import { collectorOf } from './heap.ts'
import { NO_FLAGS } from './flags.ts'
import { estimatedBytes, nativeParts, type NativePart } from './native.ts'

/** What a container's JVM needs beside its heap. Null is "not given". */
export interface PlanRequest {
  limitBytes: number
  threads: number
  /** Loaded classes; either these or the metaspace. */
  classes: number
  metaspaceBytes: number | null
  codeCacheBytes: number | null
  directBytes: number | null
  /** Of one thread. */
  stackBytes: number | null
  /** Percent of the limit that stay free. */
  headroomPercent: number
  processors: number | null
}

export interface PlanItem {
  name: string
  bytes: number
}

export interface JvmPlan {
  /** What is left for the heap; null where nothing is. */
  heapBytes: number | null
  /** They add up to the limit, unless nothing is left. */
  items: readonly PlanItem[]
  /** What the items leave out. */
  omitted: readonly NativePart[]
  /** By how much everything, with what can be estimated of the omitted, is above the limit; negative: what is left. */
  beyondBytes: number
  flags: readonly string[]
}

/** What Netty and NIO get where nothing is said: the calculators' default, not the JVM's. */
const DIRECT_BYTES = 10 * MIB

/**
 * Divides a limit as the memory calculators of Paketo (libjvm) and Cloud Foundry do: everything else first, and what is left
 * becomes the heap. heap = limit − headroom − direct − metaspace − code cache − threads · stack.
 */
export function planJvm(request: PlanRequest): JvmPlan {
  const { limitBytes, threads } = request
  const stackBytes = request.stackBytes ?? STACK_BYTES
  const direct = request.directBytes ?? DIRECT_BYTES
  const metaspace = request.metaspaceBytes ?? metaspaceBytes(request.classes)
  const code = request.codeCacheBytes ?? codeCacheBytes(NO_FLAGS)
  const headroom = Math.floor((request.headroomPercent / 100) * limitBytes)
  const beside: PlanItem[] = [
    { name: 'metaspace', bytes: metaspace },
    { name: 'code cache', bytes: code },
    { name: 'direct buffers', bytes: direct },
    { name: `thread stacks (${threads})`, bytes: threads * stackBytes },
    { name: 'headroom', bytes: headroom },
  ]
  const sum = beside.reduce((total, { bytes }) => total + bytes, 0)
  const left = limitBytes - sum
  const heapBytes = left > 0 ? left : null
  const heap: PlanItem[] = heapBytes === null ? [] : [{ name: 'heap', bytes: heapBytes }]
  const machine = { limitBytes, processors: request.processors }
  const omitted = nativeParts(collectorOf(NO_FLAGS, machine), heapBytes ?? 0)
  return {
    heapBytes,
    items: [...heap, ...beside.filter(({ bytes }) => bytes > 0)],
    omitted,
    beyondBytes: Math.max(0, -left) + estimatedBytes(omitted) - headroom,
    flags:
      heapBytes === null
        ? []
        : [
            `-Xmx${writeJvmSize(heapBytes)}`,
            `-XX:MaxMetaspaceSize=${writeJvmSize(metaspace)}`,
            `-XX:ReservedCodeCacheSize=${writeJvmSize(code)}`,
            `-XX:MaxDirectMemorySize=${writeJvmSize(direct)}`,
            `-Xss${writeJvmSize(stackBytes)}`,
          ],
  }
}
