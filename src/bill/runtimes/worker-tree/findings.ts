import { counted } from '../../../model/counted.ts'
import { formatBytes, MIB } from '../../../model/bytes.ts'
import type { ProcessState } from '../../../model/facts.ts'
import { sumKnown } from '../../processes.ts'
import type { RuntimeContext } from '../runtime.ts'
import type { TreeMemory, WorkerTree } from './worker-tree.ts'

/** A worker that has so many times the median, and so much more, is no ordinary one. */
const FAR_ABOVE = 2
const FAR_ABOVE_BYTES = 16 * MIB
const MAX_NAMED = 3
/** Room that stays free for requests to come, for kernel memory and page cache. */
const USABLE = 0.9

/** What stands out in a tree of workers, the gravest first. */
export function treeFindings(
  tree: WorkerTree,
  memory: TreeMemory | null,
  context: RuntimeContext,
): string[] {
  if (tree.workers.length === 0) return ['None of its workers is seen here.', ...tree.remarks]
  if (memory === null) {
    return [
      `${counted(tree.workers.length, 'worker')}: what each has alone and what they share could not be read: it needs root or CAP_SYS_PTRACE.`,
      ...tree.remarks,
    ]
  }
  const excess = tooMany(tree, memory, context)
  return [
    ...farAbove(tree, memory),
    ...excess,
    ...summary(tree, memory),
    ...room(tree, memory, context, excess.length === 0),
    ...tree.remarks,
  ]
}

function summary(tree: WorkerTree, memory: TreeMemory): string[] {
  const rss = sumKnown([tree.master, ...tree.workers, ...tree.helpers].map((one) => one.rssBytes))
  const { median, largest } = sizes(memory)
  const ps =
    rss !== null && rss > memory.residentBytes
      ? ` ps adds them up to ${formatBytes(rss)}, for RSS counts a shared page in each process that maps it.`
      : ''
  return [
    `${counted(memory.workers.length, 'worker')}: ${formatBytes(median)} alone in the median, ${formatBytes(largest)} the largest, and ${formatBytes(memory.sharedBytes)} shared, counted once.${ps}`,
  ]
}

/** Those that are far above the others, by name. */
function farAbove({ recycleSetting }: WorkerTree, memory: TreeMemory): string[] {
  const { median } = sizes(memory)
  const above = memory.workers.filter(
    ({ ownBytes }) => ownBytes > FAR_ABOVE * median && ownBytes > median + FAR_ABOVE_BYTES,
  )
  if (above.length === 0 || memory.workers.length < 3) return []
  const named = above
    .slice(0, MAX_NAMED)
    .map(({ process, ownBytes }) => `${pidsOf(process)} with ${formatBytes(ownBytes)}`)
  const more = above.length > MAX_NAMED ? ` and ${above.length - MAX_NAMED} more` : ''
  const one = above.length === 1 ? 'Worker' : 'Workers'
  const recycle = recycleSetting === null ? '' : `; ${recycleSetting} ends workers before they grow`
  return [
    `${one} ${named.join(', ')}${more} stand${above.length === 1 ? 's' : ''} far above the others (median ${formatBytes(median)}): one heavy request, or a leak that not every worker has met yet${recycle}.`,
  ]
}

/** More workers may start than fit at the size of the largest one now. */
function tooMany(tree: WorkerTree, memory: TreeMemory, context: RuntimeContext): string[] {
  const { limitBytes } = context
  if (tree.most === null || limitBytes === null) return []
  const findings: string[] = []
  const { most, eachCap } = tree
  const { largest } = sizes(memory)
  const base = baseBytes(tree, memory, context)
  const need = base + most.count * largest
  if (need > limitBytes) {
    const fit = fitting(tree, memory, context, limitBytes)
    const cure =
      fit < 1 ? 'not even one fits safely' : `at most ${fit} fit: lower ${tree.countSetting}`
    findings.push(
      `${most.setting} lets ${most.count} workers run: at the size of the largest now (${formatBytes(largest)}) all take ${formatBytes(need)}, more than the limit of ${formatBytes(limitBytes)}; ${cure}.`,
    )
  }
  const bound = eachCap === null ? 0 : most.count * eachCap.bytes
  if (eachCap !== null && bound > limitBytes) {
    findings.push(
      `${most.setting} × ${eachCap.setting} = ${formatBytes(bound)} is what their scripts alone may take, more than the limit of ${formatBytes(limitBytes)}.`,
    )
  }
  return findings
}

function room(
  tree: WorkerTree,
  memory: TreeMemory,
  context: RuntimeContext,
  tellsHowMany: boolean,
): string[] {
  const { limitBytes } = context
  if (limitBytes === null) return []
  const running = memory.workers.length
  const left = limitBytes - memory.residentBytes - otherBytes(tree, context)
  if (left <= 0) return []
  const fit = fitting(tree, memory, context, limitBytes)
  // Where many times more would fit, the number says nothing.
  const many =
    !tellsHowMany || fit > 10 * running ? '' : ` At the size of the largest, ${fit} fit in all.`
  return [
    `The limit of ${formatBytes(limitBytes)} leaves ${formatBytes(left)}, page cache given back: ${formatBytes(left / running)} more for each worker.${many}`,
  ]
}

function fitting(
  tree: WorkerTree,
  memory: TreeMemory,
  context: RuntimeContext,
  limitBytes: number,
): number {
  const usable = USABLE * limitBytes - baseBytes(tree, memory, context)
  return Math.max(0, Math.floor(usable / Math.max(1, sizes(memory).largest)))
}

/** What is there however many workers run. */
function baseBytes(tree: WorkerTree, memory: TreeMemory, context: RuntimeContext): number {
  return memory.masterBytes + memory.helperBytes + memory.sharedBytes + otherBytes(tree, context)
}

function otherBytes(tree: WorkerTree, { processes }: RuntimeContext): number {
  const ours = new Set([tree.master, ...tree.workers, ...tree.helpers].map(({ pid }) => pid))
  const others = processes.filter(({ pid }) => !ours.has(pid))
  return sumKnown(others.map(({ pssBytes }) => pssBytes)) ?? 0
}

function sizes({ workers }: TreeMemory): { median: number; largest: number } {
  const own = workers.map(({ ownBytes }) => ownBytes)
  const middle = Math.floor((own.length - 1) / 2)
  const upper = own[middle] ?? 0
  const lower = own[own.length - 1 - middle] ?? 0
  return { median: (upper + lower) / 2, largest: own[0] ?? 0 }
}

function pidsOf({ pid, nsPids }: ProcessState): string {
  const inner = nsPids.at(-1)
  return inner === undefined || inner === pid ? `${pid}` : `${pid} (${inner} inside)`
}
