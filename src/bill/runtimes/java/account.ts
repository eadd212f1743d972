import type { RuntimeItem } from '../../../model/bill.ts'
import type { NativeArea, NativeMemory } from '../../../parsers/samples/native-memory.ts'
import type { JvmFigures } from './figures.ts'
import {
  archiveItem,
  codeItem,
  collectorItem,
  COMPILER,
  DIRECT,
  directItem,
  fileItems,
  givenMetaspaceItem,
  heapItem,
  item,
  METASPACE,
  metaspaceItem,
  OTHERS,
  plainItem,
  sumOf,
  SYMBOLS,
  threadsItem,
} from './items.ts'
import type { Residence } from './residence.ts'

/** What the memory of a JVM consists of; `unattributedBytes` is what is left of what is resident. */
export interface JvmAccount {
  items: readonly RuntimeItem[]
  unattributedBytes: number | null
}

/** Items of a JVM that tracks its native memory, each with what of it is resident as far as the regions tell. */
export function accountByCategory(figures: JvmFigures, native: NativeMemory): JvmAccount {
  const { residence } = figures
  const area = areasOf(native)
  const direct = native.isJava8 ? 'Internal' : 'Other'
  const others = native.areas.filter(({ name }) => !NAMED.has(name) && name !== direct)
  const items = [
    heapItem(figures, area('Java Heap')),
    metaspaceItem(figures, [area('Class'), area('Metaspace')]),
    codeItem(figures, area('Code')),
    threadsItem(figures, area('Thread')),
    directItem(figures, direct, area(direct)),
    collectorItem(figures, [area('GC'), area('GCCardSet')]),
    plainItem(COMPILER, [area('Compiler')]),
    plainItem(SYMBOLS, [area('Symbol')]),
    plainItem('native memory tracking', [area('Native Memory Tracking')]),
    plainItem(OTHERS, others),
    archiveItem(residence, area('Shared class space')),
    ...fileItems(residence),
  ].filter((item) => item !== null)
  if (residence === null) return { items, unattributedBytes: null }
  return settled(items, native, direct, residence)
}

/** The same without tracking: what the regions alone tell. GC structures, direct buffers and native code are not told apart. */
export function accountByRegion(figures: JvmFigures): JvmAccount {
  const { residence } = figures
  const items = [
    heapItem(figures, null),
    givenMetaspaceItem(figures),
    codeItem(figures, null),
    threadsItem(figures, null),
    archiveItem(residence, null),
    ...fileItems(residence),
    residence === null
      ? null
      : item(
          'malloc arenas',
          residence.arenas.bytes,
          `smaps ${residence.measure} of [heap] and of arenas of 64 MiB`,
        ),
  ].filter((one) => one !== null)
  if (residence === null) return { items, unattributedBytes: null }
  return { items, unattributedBytes: residence.totalBytes - sumOf(items) }
}

/** Categories with an item of their own. */
const NAMED: ReadonlySet<string> = new Set([
  'Java Heap',
  'Class',
  'Metaspace',
  'Code',
  'Thread',
  'GC',
  'GCCardSet',
  'Compiler',
  'Symbol',
  'Native Memory Tracking',
  'Shared class space',
])

/** What is left is first of all malloc's own: free blocks that it keeps, and the blocks of libraries that the JVM does not know of. */
function settled(
  items: readonly RuntimeItem[],
  native: NativeMemory,
  direct: string,
  residence: Residence,
): JvmAccount {
  const left = residence.totalBytes - sumOf(items)
  if (left < 0) return lessUntouched(items, native, direct, residence, left)
  // Direct buffers are so large that malloc maps them by themselves; all the rest of its blocks lie in its arenas.
  const inArenas = native.areas
    .filter(({ name }) => name !== direct)
    .reduce((sum, { mallocBytes, arenaBytes }) => sum + mallocBytes + arenaBytes, 0)
  const beyond = Math.min(left, Math.max(0, residence.arenas.bytes - inArenas))
  if (beyond === 0) return { items, unattributedBytes: left }
  const arenas = item(
    'malloc beyond the JVM',
    beyond,
    `smaps ${residence.measure} of ${residence.arenas.count} malloc arenas, less NMT malloc`,
  )
  return { items: [...items, arenas], unattributedBytes: left - beyond }
}

/**
 * A JVM counts memory that it asked malloc for and never touched, as Netty's pools and tables of the JVM itself. Whose it is nothing
 * tells: it is taken from each area by what malloc gave it.
 */
function lessUntouched(
  items: readonly RuntimeItem[],
  native: NativeMemory,
  direct: string,
  { measure, mappings }: Residence,
  left: number,
): JvmAccount {
  const blocks = (item: RuntimeItem): number => {
    const given = native.areas
      .filter(({ name }) => itemOf(name, direct) === item.name)
      .reduce((sum, { mallocBytes }) => sum + mallocBytes, 0)
    return Math.min(given, item.bytes ?? 0)
  }
  const all = items.reduce((sum, item) => sum + blocks(item), 0)
  const untouched = Math.min(-left, all, mappings.untouchedBytes)
  if (untouched <= 0) return { items, unattributedBytes: left }
  const corrected = items.map((item) => {
    const less = Math.round((untouched * blocks(item)) / all)
    if (less === 0) return item
    const source = `${item.source}, less what smaps ${measure} shows untouched`
    return { ...item, bytes: (item.bytes ?? 0) - less, source }
  })
  return { items: corrected, unattributedBytes: left + sumOf(items) - sumOf(corrected) }
}

/** The item that takes a category's blocks whole; null for those that are measured, or corrected already. */
function itemOf(category: string, direct: string): string | null {
  if (category === direct) return DIRECT
  if (category === 'Class' || category === 'Metaspace') return METASPACE
  if (category === 'Compiler') return COMPILER
  if (category === 'Symbol') return SYMBOLS
  return NAMED.has(category) ? null : OTHERS
}

function areasOf(native: NativeMemory): (name: string) => NativeArea | null {
  const byName = new Map(native.areas.map((area) => [area.name, area]))
  return (name) => byName.get(name) ?? null
}
