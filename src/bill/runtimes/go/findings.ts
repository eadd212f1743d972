import type { RuntimeItem } from '../../../model/bill.ts'
import { formatBytes, KIB, MIB } from '../../../model/bytes.ts'
import { totalOf } from '../../../parsers/proc/smaps.ts'
import type { ProcessState } from '../../../model/facts.ts'
import type { GoBuild } from './build.ts'
import { HEAP_ITEM, MALLOC_ITEM, OTHER_ITEM } from './items.ts'
import type { GoMap } from './map.ts'
import type { GoSettings } from './settings.ts'
import { heldByOthers } from '../relatives.ts'
import { answerText } from '../runtime.ts'
import type { RuntimeContext } from '../runtime.ts'

export interface GoInsight {
  process: ProcessState
  context: RuntimeContext
  build: GoBuild | null
  memory: GoMap
  settings: GoSettings
  items: readonly RuntimeItem[]
}

/** What Go's own guide leaves for memory that its runtime does not know of: 5 to 10 %. */
const SHARE_OF_LIMIT = 0.9
const LEAST_HEADROOM = 0.95
const WORTH_BYTES = 16 * MIB

/** What stands out in a Go process, the gravest first. */
export function goFindings(insight: GoInsight): string[] {
  return [
    limitAboveLimit(insight),
    noLimit(insight),
    neverCollected(insight),
    atItsLimit(insight),
    outside(insight),
    lazilyFreed(insight),
    addressSpace(insight),
  ].filter((finding) => finding !== null)
}

const AUTOMATIC = 'github.com/KimMachineGun/automemlimit'

function noLimit(insight: GoInsight): string | null {
  const { context, settings, build } = insight
  const { limitBytes } = context
  if (settings.limitBytes !== null || limitBytes === null) return null
  if (build?.modules.has(AUTOMATIC) === true && settings.automatic !== 'off') {
    return `It is built with automemlimit, which sets a limit by itself (90 % of the group's, or AUTOMEMLIMIT): GOMEMLIMIT need not be set.`
  }
  const growth =
    settings.collect === 'off'
      ? 'GOGC=off: the heap is never collected'
      : `the heap may grow to ${1 + (settings.collect ?? 100) / 100} times what is alive`
  return `GOMEMLIMIT is not set: ${growth}, whatever the limit of ${formatBytes(limitBytes)}. ${advice(limitBytes, insight)} A program can set it itself (debug.SetMemoryLimit), which cannot be seen from outside.`
}

function limitAboveLimit(insight: GoInsight): string | null {
  const { context, settings } = insight
  const { limitBytes } = context
  const { limitBytes: goal, limitWords } = settings
  if (goal === null || limitBytes === null) return null
  const beside = besideGo(insight)
  if (goal + beside <= LEAST_HEADROOM * limitBytes) return null
  const above =
    goal >= limitBytes
      ? `is no less than the limit of ${formatBytes(limitBytes)}: the kernel kills before the collector makes an effort`
      : `and ${formatBytes(beside)} beside it leave less than 5 % of the limit of ${formatBytes(limitBytes)}: it is a goal that the collector may miss for a moment`
  return `${limitWords} ${above}. ${advice(limitBytes, insight)}`
}

function advice(limitBytes: number, insight: GoInsight): string {
  const goal = Math.floor((SHARE_OF_LIMIT * limitBytes - besideGo(insight)) / MIB)
  return goal < 8
    ? 'What C code and other processes hold leaves no room for a heap: raise the limit.'
    : `Set GOMEMLIMIT=${goal}MiB: nine tenths of the limit, without what C code and other processes hold.`
}

/** What counts against the limit of the group and not against GOMEMLIMIT, and cannot be given back. */
function besideGo({ process, context, items }: GoInsight): number {
  const own = [MALLOC_ITEM, 'shared memory', 'thread stacks'].map((name) => bytesOf(items, name))
  return own.reduce((sum, bytes) => sum + bytes, heldByOthers(process, context.processes))
}

function neverCollected({ context, settings }: GoInsight): string | null {
  if (settings.collect !== 'off' || settings.limitBytes !== null) return null
  // With a limit it is said together with the advice.
  if (context.limitBytes !== null) return null
  return 'GOGC=off without GOMEMLIMIT: the heap is never collected.'
}

function atItsLimit({ settings, items }: GoInsight): string | null {
  const { limitBytes, limitWords } = settings
  const own = bytesOf(items, HEAP_ITEM) + bytesOf(items, OTHER_ITEM)
  if (limitBytes === null || own < LEAST_HEADROOM * limitBytes) return null
  return `Go's memory (${formatBytes(own)}) is at its goal, ${limitWords}: the collector runs more and more often, on up to half of the CPU time, and then lets it grow further.`
}

/** Structures of the runtime are a few percent of the heap: what is far more came past it. */
function outside({ items, build }: GoInsight): string | null {
  const heap = bytesOf(items, HEAP_ITEM)
  const other = bytesOf(items, OTHER_ITEM)
  const malloc = bytesOf(items, MALLOC_ITEM)
  const mapped = other > WORTH_BYTES + heap / 10 ? other : 0
  if (mapped + malloc < WORTH_BYTES) return null
  const who = build?.cgo === false ? 'mmap' : 'C code (cgo) or mmap'
  return `${formatBytes(mapped + malloc)} is not Go's heap: ${who} took it, and neither GOMEMLIMIT nor a heap profile counts it.`
}

function lazilyFreed({ memory, settings }: GoInsight): string | null {
  const bytes = totalOf(memory.heap, 'lazyFreeBytes') ?? 0
  if (bytes < WORTH_BYTES) return null
  const why = settings.freesAtOnce ? '' : ' (GODEBUG=madvdontneed=0)'
  return `${formatBytes(bytes)} of the heap is given back already${why}, and counts as resident until the kernel needs it.`
}

/** Where the address space is bounded the runtime gives up by itself, and the kernel kills nobody. */
function addressSpace({ context }: GoInsight): string | null {
  const limits = answerText(context, 'limits') ?? ''
  const bytes = /^Max address space +(\d{1,15}) /m.exec(limits)?.[1]
  if (bytes === undefined) return null
  return `Its address space is bounded (ulimit -v ${Number(bytes) / KIB}): where it ends, Go ends itself with "fatal error: out of memory" and exit code 2, and the kernel kills nobody.`
}

function bytesOf(items: readonly RuntimeItem[], wanted: string): number {
  return items.find(({ name }) => name === wanted)?.bytes ?? 0
}
