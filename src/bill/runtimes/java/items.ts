import type { RuntimeItem } from '../../../model/bill.ts'
import type { NativeArea } from '../../../parsers/samples/native-memory.ts'
import type { JvmFigures } from './figures.ts'
import type { MetaspaceInfo } from './heap-info.ts'
import type { Residence } from './residence.ts'

export const DIRECT = 'direct buffers'
export const METASPACE = 'metaspace'
export const COMPILER = 'compiler'
export const SYMBOLS = 'symbols'
export const OTHERS = 'other structures of the JVM'

export function heapItem(
  { settings, residence }: JvmFigures,
  area: NativeArea | null,
): RuntimeItem {
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

export function metaspaceItem(
  { settings, metaspace }: JvmFigures,
  areas: readonly (NativeArea | null)[],
): RuntimeItem | null {
  const committed = plainItem(METASPACE, areas, capOf(settings.metaspace))
  if (committed === null || committed.bytes === null || metaspace === null) return committed
  const untouched = untouchedMetaspace(metaspace)
  if (untouched === 0) return committed
  const source = `${committed.source}, less what no class has`
  return { ...committed, bytes: Math.max(0, committed.bytes - untouched), source }
}

/** Of a JVM that does not track its memory. */
export function givenMetaspaceItem({ settings, metaspace }: JvmFigures): RuntimeItem | null {
  if (metaspace === null) return null
  const { capacityBytes, committedBytes, reservedBytes } = metaspace
  const bounds = { reservedBytes, ...capOf(settings.metaspace) }
  return item(METASPACE, capacityBytes ?? committedBytes, 'VM.metaspace or GC.heap_info', bounds)
}

/** Metaspace that is committed and handed to no class loader. */
function untouchedMetaspace(metaspace: MetaspaceInfo | null): number {
  if (metaspace === null || metaspace.capacityBytes === null) return 0
  return Math.max(0, metaspace.committedBytes - metaspace.capacityBytes)
}

export function codeItem(
  { settings, residence }: JvmFigures,
  area: NativeArea | null,
): RuntimeItem | null {
  const bounds = { reservedBytes: area?.reservedBytes ?? null, ...capOf(settings.code) }
  if (residence === null) return plainItem('code cache', [area], capOf(settings.code))
  const source = `smaps ${residence.measure} of rwxp${area === null ? '' : ' + NMT Code malloc'}`
  return item('code cache', residence.codeBytes + heapBlocks(area), source, bounds)
}

/** Address space is reserved for each stack; what counts is the part that was ever used. */
export function threadsItem(
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

export function directItem(
  { settings }: JvmFigures,
  category: string,
  area: NativeArea | null,
): RuntimeItem | null {
  // JDK 8 has no category for them (JDK-8190729).
  const source = category === 'Internal' ? 'NMT Internal, which holds more than them' : 'NMT Other'
  return area === null ? null : item(DIRECT, area.committedBytes, source, capOf(settings.direct))
}

/** Card tables and mark bitmaps grow with the heap's maximum, and are touched as they are used. */
export function collectorItem(
  { residence, metaspace }: JvmFigures,
  areas: readonly (NativeArea | null)[],
): RuntimeItem | null {
  const committed = plainItem('garbage collector', areas)
  if (residence === null || committed === null || committed.bytes === null) return committed
  const untouched = residence.mappings.untouchedBytes - untouchedMetaspace(metaspace)
  const bytes = committed.bytes - Math.min(committed.bytes, Math.max(0, untouched))
  return { ...committed, bytes, source: `${committed.source}, less what smaps shows untouched` }
}

export function archiveItem(
  residence: Residence | null,
  area: NativeArea | null,
): RuntimeItem | null {
  const name = 'shared classes (CDS)'
  const reservedBytes = area?.reservedBytes ?? null
  if (residence === null) return plainItem(name, [area])
  if (residence.archiveBytes === 0 && area === null) return null
  return item(name, residence.archiveBytes, `smaps ${residence.measure} of *.jsa`, {
    reservedBytes,
  })
}

export function fileItems(residence: Residence | null): RuntimeItem[] {
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

export function plainItem(
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

export function item(
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

export function sumOf(items: readonly RuntimeItem[]): number {
  return items.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
}
