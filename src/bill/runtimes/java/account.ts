import type { RuntimeItem } from '../../../model/bill.ts'
import type { NativeArea, NativeMemory } from '../../../parsers/samples/native-memory.ts'
import type { JvmFigures } from './figures.ts'
import type { MetaspaceInfo } from './heap-info.ts'
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
    plainItem('compiler', [area('Compiler')]),
    plainItem('symbols', [area('Symbol')]),
    plainItem('native memory tracking', [area('Native Memory Tracking')]),
    plainItem('other structures of the JVM', others),
    archiveItem(residence, area('Shared class space')),
    ...fileItems(residence),
  ].filter((item) => item !== null)
  if (residence === null) return { items, unattributedBytes: null }
  return settled(items, native, direct, residence)
}

/** The same without tracking: what the regions alone tell. GC structures, direct buffers and native code are not told apart. */
export function accountByRegion(figures: JvmFigures): JvmAccount {
  const { residence, metaspace } = figures
  const items = [
    heapItem(figures, null),
    metaspace === null
      ? null
      : item('metaspace', metaspace.capacityBytes ?? metaspace.committedBytes, METASPACE_SOURCE, {
          reservedBytes: metaspace.reservedBytes,
          ...capOf(figures.settings.metaspace),
        }),
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

const METASPACE_SOURCE = 'VM.metaspace or GC.heap_info'

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
  if (left < 0) return lessUntouched(items, residence, left)
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

/** The JVM counts memory that it asked malloc for and never touched, as Netty's pools do. */
function lessUntouched(
  items: readonly RuntimeItem[],
  { measure, mappings }: Residence,
  left: number,
): JvmAccount {
  const buffers = items.find(({ name }) => name === DIRECT)
  const untouched = Math.min(-left, buffers?.bytes ?? 0, mappings.untouchedBytes)
  if (buffers === undefined || untouched <= 0) return { items, unattributedBytes: left }
  const corrected = {
    ...buffers,
    bytes: (buffers.bytes ?? 0) - untouched,
    source: `${buffers.source}, less what smaps ${measure} shows untouched`,
  }
  return {
    items: items.map((one) => (one === buffers ? corrected : one)),
    unattributedBytes: left + untouched,
  }
}

const DIRECT = 'direct buffers'

function heapItem({ settings, residence }: JvmFigures, area: NativeArea | null): RuntimeItem {
  const bounds = { reservedBytes: area?.reservedBytes ?? null, ...capOf(settings.heap) }
  if (residence !== null && residence.heapBytes !== null) {
    return item(
      'heap',
      residence.heapBytes,
      `smaps ${residence.measure} of the heap's range`,
      bounds,
    )
  }
  return area === null
    ? item('heap', null, 'not known: the JVM could not be asked where it is', bounds)
    : item('heap', area.committedBytes, 'NMT Java Heap, committed', bounds)
}

function metaspaceItem(
  { settings, metaspace }: JvmFigures,
  areas: readonly (NativeArea | null)[],
): RuntimeItem | null {
  const committed = plainItem('metaspace', areas, capOf(settings.metaspace))
  if (committed === null || committed.bytes === null || metaspace === null) return committed
  const untouched = untouchedMetaspace(metaspace)
  if (untouched === 0) return committed
  const source = `${committed.source}, less what no class has`
  return { ...committed, bytes: Math.max(0, committed.bytes - untouched), source }
}

/** Metaspace that is committed and handed to no class loader. */
function untouchedMetaspace(metaspace: MetaspaceInfo | null): number {
  if (metaspace === null || metaspace.capacityBytes === null) return 0
  return Math.max(0, metaspace.committedBytes - metaspace.capacityBytes)
}

function codeItem(
  { settings, residence }: JvmFigures,
  area: NativeArea | null,
): RuntimeItem | null {
  const bounds = { reservedBytes: area?.reservedBytes ?? null, ...capOf(settings.code) }
  if (residence === null) return plainItem('code cache', [area], capOf(settings.code))
  const source = `smaps ${residence.measure} of rwxp${area === null ? '' : ' + NMT Code malloc'}`
  return item('code cache', residence.codeBytes + heapBlocks(area), source, bounds)
}

/** Address space is reserved for each stack; what counts is the part that was ever used. */
function threadsItem(
  { settings, residence, threads }: JvmFigures,
  area: NativeArea | null,
): RuntimeItem | null {
  const { stackBytes, stackBy } = settings
  const reserved =
    area?.stack?.reservedBytes ??
    (stackBytes === null || threads === null ? null : stackBytes * threads)
  const cap = stackBytes === null ? null : `${stackBy} for each of ${threads ?? 'its'} threads`
  const bounds = { reservedBytes: reserved, capBytes: reserved, cap }
  if (residence === null) return plainItem('threads', [area], bounds)
  const source = `smaps ${residence.measure} of stacks${area === null ? '' : ' + NMT Thread malloc'}`
  return item('threads', residence.stacks.bytes + heapBlocks(area), source, bounds)
}

function directItem(
  { settings }: JvmFigures,
  category: string,
  area: NativeArea | null,
): RuntimeItem | null {
  // JDK 8 has no category for them (JDK-8190729).
  const source = category === 'Internal' ? 'NMT Internal, which holds more than them' : 'NMT Other'
  return area === null ? null : item(DIRECT, area.committedBytes, source, capOf(settings.direct))
}

/** Card tables and mark bitmaps grow with the heap's maximum, and are touched as they are used. */
function collectorItem(
  { residence, metaspace }: JvmFigures,
  areas: readonly (NativeArea | null)[],
): RuntimeItem | null {
  const committed = plainItem('garbage collector', areas)
  if (residence === null || committed === null || committed.bytes === null) return committed
  const untouched = residence.mappings.untouchedBytes - untouchedMetaspace(metaspace)
  const bytes = committed.bytes - Math.min(committed.bytes, Math.max(0, untouched))
  return { ...committed, bytes, source: `${committed.source}, less what smaps shows untouched` }
}

function archiveItem(residence: Residence | null, area: NativeArea | null): RuntimeItem | null {
  const name = 'shared classes (CDS)'
  const reservedBytes = area?.reservedBytes ?? null
  if (residence === null) return plainItem(name, [area])
  if (residence.archiveBytes === 0 && area === null) return null
  return item(name, residence.archiveBytes, `smaps ${residence.measure} of *.jsa`, {
    reservedBytes,
  })
}

function fileItems(residence: Residence | null): RuntimeItem[] {
  if (residence === null) return []
  const { libraryBytes, fileBytes, measure } = residence
  return [
    item('programs and libraries', libraryBytes, `smaps ${measure} of what is executed, .bss too`),
    item('mapped files', fileBytes, `smaps ${measure} of other files: jars, data, shared memory`),
  ]
}

/** Malloc and arenas without what is mapped. */
function heapBlocks(area: NativeArea | null): number {
  return area === null ? 0 : area.mallocBytes + area.arenaBytes
}

function plainItem(
  name: string,
  areas: readonly (NativeArea | null)[],
  bounds: Bounds = {},
): RuntimeItem | null {
  const known = areas.filter((area) => area !== null)
  if (known.length === 0) return null
  const sum = known.reduce((all, { committedBytes }) => all + committedBytes, 0)
  const reservedBytes = known.reduce((all, area) => all + area.reservedBytes, 0)
  const names =
    known.length > 3 ? 'its other categories' : known.map((area) => area.name).join(' + ')
  return item(name, sum, `NMT ${names}, committed`, {
    reservedBytes: reservedBytes > sum ? reservedBytes : null,
    ...bounds,
  })
}

type Bounds = Partial<Pick<RuntimeItem, 'reservedBytes' | 'capBytes' | 'cap'>>

function item(
  name: string,
  bytes: number | null,
  source: string,
  bounds: Bounds = {},
): RuntimeItem {
  return { name, bytes, reservedBytes: null, capBytes: null, cap: null, ...bounds, source }
}

function capOf(cap: { bytes: number | null; by: string } | null): Bounds {
  return cap === null ? {} : { capBytes: cap.bytes, cap: cap.by }
}

function areasOf(native: NativeMemory): (name: string) => NativeArea | null {
  const byName = new Map(native.areas.map((area) => [area.name, area]))
  return (name) => byName.get(name) ?? null
}

function sumOf(items: readonly RuntimeItem[]): number {
  return items.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
}
