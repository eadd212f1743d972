/** How far a limit goes up where a kill is all that is known: what was needed is not, only that it was more. */
import { MIB } from '../model/bytes.ts'

/** What a runtime needs beside its heap: JVM and Node live well with a quarter to a third of the limit. */
export const HEAP_SHARE = 0.7
/** A small program that was killed often needs this much more than it had, as the Kubernetes VPA holds, too (oom-min-bump-up). */
const LEAST_RAISE_BYTES = 100 * MIB

/** Share of the machine that one workload gets at most, so that a leak does not take the machine with it. */
export const MOST_OF_HOST = 0.8

/** Twice the limit, and 100 MiB more at least, to be corrected by what the next run really uses. */
export function firstStepBytes(limitBytes: number): number {
  return Math.max(2 * limitBytes, limitBytes + LEAST_RAISE_BYTES)
}

/** The limit in which a heap of so many bytes has room for what is beside it. */
export function limitForHeap(heapBytes: number): number {
  return Math.ceil(heapBytes / HEAP_SHARE)
}
