import type { ProcessState } from '../../model/facts.ts'

/** One figure of all processes together. */
export interface Sum {
  bytes: number
  /** Processes that did not tell theirs. */
  missing: number
  of: number
}

/** A zombie has no memory any more, and its files say nothing of it. */
export function sumOver(
  processes: readonly ProcessState[],
  pick: (process: ProcessState) => number | null,
): Sum {
  let bytes = 0
  let missing = 0
  for (const process of processes) {
    const own = process.state === 'Z' ? 0 : pick(process)
    if (own === null) missing++
    else bytes += own
  }
  return { bytes, missing, of: processes.length }
}

/** Null where one of them is not known: a part of a sum is no sum. */
export function wholeSum(sum: Sum): number | null {
  return sum.missing === 0 ? sum.bytes : null
}

/** The process that the container ends with; null where nothing tells which one it is. */
export function mainProcess(
  processes: readonly ProcessState[],
  containerPid: number | null,
): ProcessState | null {
  const known = processes.find(({ pid }) => pid === containerPid)
  if (known !== undefined) return known
  const inner = processes.filter(({ nsPids }) => nsPids.length > 1 && nsPids.at(-1) === 1)
  if (inner.length === 1) return inner[0] ?? null
  return processes.length === 1 ? (processes[0] ?? null) : null
}
