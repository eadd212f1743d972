import { codeCacheBytes, metaspaceBytes, STACK_BYTES } from './defaults.ts'
import type { FlagsReading } from './flags.ts'
import { collectorOf, maxHeapBytes } from './heap.ts'
import { nativeParts } from './native.ts'

/** What a JVM is started with, and what is known of its program. Null is "not given". */
export interface BudgetRequest {
  limitBytes: number
  reading: FlagsReading
  threads: number | null
  classes: number | null
  /** What the program is known to use; stands before the flags. */
  metaspaceBytes: number | null
  codeCacheBytes: number | null
  directBytes: number | null
  processors: number | null
}

export interface BudgetItem {
  name: string
  /** What is set or told; null where neither is. */
  bytes: number | null
  /** What it can grow to; null where nothing bounds it, or the bound is not known. */
  mostBytes: number | null
  state: ItemState
  /** The flag, option or rule it comes from. */
  by: string
}

/** `default`: neither set nor told, the JVM's own bound holds, or none. `unknown`: nothing can be said beforehand. */
export type ItemState = 'set' | 'told' | 'default' | 'estimated' | 'unknown'

/**
 * `over`: what is set and told is above the limit. `tight`: it leaves less than a JVM takes beside it. `open`: it fits, and
 * something that is not bounded can still grow past the limit. `fits`: whatever happens, within what can be estimated.
 */
export type BudgetVerdict = 'over' | 'tight' | 'open' | 'fits'

export interface JvmBudget {
  verdict: BudgetVerdict
  heapBytes: number | null
  items: readonly BudgetItem[]
  /** Sum of what is set and told. */
  budgetBytes: number
  headroomBytes: number
  /** Of the limit; negative where the budget is above it. */
  headroomPercent: number
  /** Sum of what everything can grow to; null where something has no bound. */
  mostBytes: number | null
  /** How many threads more would fill the limit. */
  roomForThreads: number
}

/** What garbage collector, compiler and malloc take beside the flags: less headroom than this is too little. */
export const LEAST_HEADROOM_PERCENT = 12

/** Adds up what a JVM can take, flag by flag, and holds it against the limit of its container. */
export function budgetOf(request: BudgetRequest): JvmBudget {
  const { limitBytes, reading } = request
  const machine = { limitBytes, processors: request.processors }
  const heapBytes = maxHeapBytes(reading.flags, machine)
  const items = [
    heapItem(reading, heapBytes),
    threadsItem(request),
    metaspaceItem(request),
    codeCacheItem(request),
    directItem(request, heapBytes),
    ...nativeParts(collectorOf(reading.flags, machine), heapBytes ?? 0).map(
      ({ name, bytes, says }) => nativeItem(name, bytes, says),
    ),
  ]
  const budgetBytes = items.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
  const mostBytes = sumOrNull(items.slice(0, -1).map((item) => item.mostBytes))
  const headroomBytes = limitBytes - budgetBytes
  const headroomPercent = (headroomBytes / limitBytes) * 100
  return {
    verdict: verdictOf(headroomPercent, mostBytes !== null && mostBytes <= limitBytes),
    heapBytes,
    items,
    budgetBytes,
    headroomBytes,
    headroomPercent,
    mostBytes,
    roomForThreads: Math.max(
      0,
      Math.floor(headroomBytes / (reading.flags.stackBytes ?? STACK_BYTES)),
    ),
  }
}

function verdictOf(headroomPercent: number, isBounded: boolean): BudgetVerdict {
  if (headroomPercent < 0) return 'over'
  if (headroomPercent < LEAST_HEADROOM_PERCENT) return 'tight'
  return isBounded ? 'fits' : 'open'
}

function nativeItem(name: string, mostBytes: number | null, by: string): BudgetItem {
  return { name, bytes: null, mostBytes, state: mostBytes === null ? 'unknown' : 'estimated', by }
}

function heapItem({ setBy }: FlagsReading, bytes: number | null): BudgetItem {
  const item = { name: 'heap', bytes, mostBytes: bytes }
  const size = setBy.get('maxHeapBytes')
  if (size !== undefined) return { ...item, state: 'set', by: size }
  if (bytes === null) {
    const by = "the JVM does not see the container's limit, and takes a share of the machine"
    return { ...item, state: 'unknown', by }
  }
  const share = setBy.get('maxRamPercentage') ?? setBy.get('maxRamFraction')
  if (share !== undefined) return { ...item, state: 'set', by: share }
  return { ...item, state: 'default', by: "the JVM's own choice from the limit" }
}

function threadsItem({ threads, reading }: BudgetRequest): BudgetItem {
  const stack = reading.setBy.get('stackBytes') ?? 'the default stack of 1 MiB'
  const bytes = threads === null ? null : threads * (reading.flags.stackBytes ?? STACK_BYTES)
  const count = threads === null ? 'how many threads is not known' : `${threads} threads`
  return {
    name: 'thread stacks',
    bytes,
    mostBytes: bytes,
    state: threads === null ? 'unknown' : 'told',
    by: `${count}, ${stack}`,
  }
}

function metaspaceItem({ metaspaceBytes: told, classes, reading }: BudgetRequest): BudgetItem {
  const cap = reading.flags.maxMetaspaceBytes
  const name = 'metaspace'
  if (told !== null) {
    return { name, bytes: told, mostBytes: cap ?? told, state: 'told', by: '--metaspace' }
  }
  if (classes !== null) {
    const bytes = metaspaceBytes(classes)
    return { name, bytes, mostBytes: cap, state: 'estimated', by: `${classes} classes` }
  }
  return cappedItem({ name, flag: 'maxMetaspaceBytes', otherwise: null, says: 'not set' }, reading)
}

function codeCacheItem({ codeCacheBytes: told, reading }: BudgetRequest): BudgetItem {
  const name = 'code cache'
  const otherwise = codeCacheBytes(reading.flags)
  if (told !== null) {
    const mostBytes = reading.flags.codeCacheBytes ?? told
    return { name, bytes: told, mostBytes, state: 'told', by: '--code-cache' }
  }
  const says = "not set: the JVM's own bound"
  return cappedItem({ name, flag: 'codeCacheBytes', otherwise, says }, reading)
}

/** Without a flag, the bound is the largest heap once more (java.nio.Bits, VM.maxDirectMemory). */
function directItem(
  { directBytes: told, reading }: BudgetRequest,
  heapBytes: number | null,
): BudgetItem {
  const name = 'direct buffers'
  if (told !== null) {
    const mostBytes = Math.max(told, reading.flags.directBytes ?? told)
    return { name, bytes: told, mostBytes, state: 'told', by: '--direct' }
  }
  const says = 'not set: bounded by the largest heap once more'
  return cappedItem({ name, flag: 'directBytes', otherwise: heapBytes, says }, reading)
}

/** An item whose bound is a flag, or else the JVM's own. */
function cappedItem(
  item: {
    name: string
    flag: 'maxMetaspaceBytes' | 'codeCacheBytes' | 'directBytes'
    otherwise: number | null
    says: string
  },
  { flags, setBy }: FlagsReading,
): BudgetItem {
  const { name, flag, otherwise, says } = item
  const cap = flags[flag]
  return cap === null
    ? { name, bytes: null, mostBytes: otherwise, state: 'default', by: says }
    : { name, bytes: cap, mostBytes: cap, state: 'set', by: setBy.get(flag) ?? flag }
}

function sumOrNull(values: readonly (number | null)[]): number | null {
  return values.reduce<number | null>(
    (sum, value) => (sum === null || value === null ? null : sum + value),
    0,
  )
}
