import type { RuntimeItem, RuntimeView } from '../../../model/bill.ts'
import type { ProcessState } from '../../../model/facts.ts'
import { sumKnown } from '../../processes.ts'
import type { RuntimeContext } from '../runtime.ts'
import { treeFindings } from './findings.ts'
import type { TreeMemory, WorkerTree } from './worker-tree.ts'

/** Whether this one is no child of another like it: workers often have the command line of their master. */
export function isMaster(
  process: ProcessState,
  processes: readonly ProcessState[],
  isOne: (process: ProcessState) => boolean,
): boolean {
  return (
    isOne(process) && !processes.some((other) => other.pid === process.parentPid && isOne(other))
  )
}

export function childrenOf(
  master: ProcessState,
  processes: readonly ProcessState[],
): ProcessState[] {
  return processes.filter(({ parentPid }) => parentPid === master.pid)
}

/** The whole tree in one view: PSS of all its processes, what each has alone, and what they share. */
export function treeView(tree: WorkerTree, context: RuntimeContext): RuntimeView {
  const memory = treeMemory(tree)
  return {
    runtime: tree.runtime,
    pid: tree.master.pid,
    version: tree.version,
    items: memory === null ? [] : itemsOf(tree, memory),
    residentBytes: memory?.residentBytes ?? null,
    unattributedBytes: memory === null ? null : 0,
    findings: treeFindings(tree, memory, context),
  }
}

function treeMemory({ master, workers, helpers }: WorkerTree): TreeMemory | null {
  const all = [master, ...workers, ...helpers]
  const resident = sumOrNull(all.map(({ pssBytes }) => pssBytes))
  const own = sumOrNull(all.map(({ ussBytes }) => ussBytes))
  if (resident === null || own === null) return null
  return {
    residentBytes: resident,
    workers: workers
      .map((process) => ({ process, ownBytes: process.ussBytes ?? 0 }))
      .toSorted((a, b) => b.ownBytes - a.ownBytes),
    masterBytes: master.ussBytes ?? 0,
    helperBytes: sumKnown(helpers.map(({ ussBytes }) => ussBytes)) ?? 0,
    // The kernel rounds each down to a kilobyte: what is shared is never less than nothing.
    sharedBytes: Math.max(0, resident - own),
  }
}

function itemsOf(tree: WorkerTree, memory: TreeMemory): RuntimeItem[] {
  const { most, eachCap } = tree
  const capped = most !== null && eachCap !== null
  const own = memory.workers.reduce((sum, { ownBytes }) => sum + ownBytes, 0)
  const items: RuntimeItem[] = [
    {
      name: `workers (${memory.workers.length}), what each has alone`,
      bytes: own,
      reservedBytes: null,
      capBytes: capped ? most.count * eachCap.bytes : null,
      cap: capped ? `${most.setting} × ${eachCap.setting}` : (most?.setting ?? null),
      source: 'smaps_rollup Private_Clean + Private_Dirty of each',
    },
    item('master, what it has alone', memory.masterBytes),
    item('helpers, what each has alone', memory.helperBytes),
    {
      ...item('shared by several: program, libraries, what they inherited', memory.sharedBytes),
      source: 'smaps_rollup: Σ Pss − Σ Private_',
    },
  ]
  return items.filter(({ bytes }) => bytes !== null && bytes > 0)
}

function item(name: string, bytes: number): RuntimeItem {
  return {
    name,
    bytes,
    reservedBytes: null,
    capBytes: null,
    cap: null,
    source: 'smaps_rollup Private_Clean + Private_Dirty',
  }
}

/** Null where one of them is not known. */
function sumOrNull(values: readonly (number | null)[]): number | null {
  return values.includes(null) ? null : sumKnown(values)
}
