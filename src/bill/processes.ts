import type { ProcessShare } from '../model/bill.ts'
import type { ProcessState } from '../model/facts.ts'
import type { ProcessMemory } from '../model/memory.ts'
import type { ProcessTotals } from './items.ts'

/** What each process has, the largest first. */
export function sharesOf(processes: readonly ProcessState[]): ProcessShare[] {
  return processes.map(shareOf).toSorted((a, b) => sizeOf(b) - sizeOf(a) || a.pid - b.pid)
}

export function shareOf(process: ProcessState): ProcessShare {
  const inner = process.nsPids.at(-1) ?? null
  return {
    pid: process.pid,
    innerPid: inner === process.pid ? null : inner,
    parentPid: process.parentPid,
    name: process.name ?? 'a process',
    command: process.command,
    pssBytes: process.pssBytes,
    pssAnonBytes: process.pssAnonBytes,
    pssFileBytes: process.pssFileBytes,
    pssShmemBytes: process.pssShmemBytes,
    rssBytes: process.rssBytes,
    swapBytes: process.swapBytes,
    pageTableBytes: process.pageTableBytes,
    threads: process.threads,
    oomScoreAdj: process.oomScoreAdj,
  }
}

/** The same from the kernel's task table, which knows no shares. */
export function sharesOfTable(tasks: readonly ProcessMemory[]): ProcessShare[] {
  const shares = tasks.map((task): ProcessShare => ({
    pid: task.pid,
    innerPid: null,
    parentPid: null,
    name: task.name,
    command: [],
    pssBytes: null,
    pssAnonBytes: null,
    pssFileBytes: null,
    pssShmemBytes: null,
    rssBytes: task.rssBytes,
    swapBytes: task.swapBytes,
    pageTableBytes: task.pageTableBytes,
    threads: null,
    oomScoreAdj: task.oomScoreAdj,
  }))
  return shares.toSorted((a, b) => sizeOf(b) - sizeOf(a) || a.pid - b.pid)
}

/** A process and all that descend from it, as far as they are among these. */
export function familyOf(
  process: ProcessState,
  among: readonly ProcessState[],
): readonly ProcessState[] {
  const family = [process]
  for (const parent of family) {
    family.push(
      ...among.filter(
        (one) => one.parentPid === parent.pid && !family.includes(one) && one.pid !== process.pid,
      ),
    )
  }
  return family
}

export function totalsOf(
  processes: readonly Pick<ProcessShare, 'pageTableBytes' | 'threads'>[],
): ProcessTotals {
  return {
    pageTableBytes: sumKnown(processes.map(({ pageTableBytes }) => pageTableBytes)),
    threads: sumKnown(processes.map(({ threads }) => threads)),
  }
}

/** Null where none is known. */
export function sumKnown(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0)
}

function sizeOf({ pssBytes, rssBytes }: ProcessShare): number {
  return pssBytes ?? rssBytes ?? 0
}
