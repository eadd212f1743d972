import { formatBytes } from '../../model/bytes.ts'
import type { RuntimeItem } from '../../model/bill.ts'
import type { ProcessState } from '../../model/facts.ts'
import type { Question } from '../../model/question.ts'
import { MIB } from '../../model/bytes.ts'
import { parseSmaps } from '../../parsers/proc/smaps.ts'
import type { MemoryRegion } from '../../parsers/proc/smaps.ts'
import { isReserved, knownRegions, sizeOf, sumResident } from './regions.ts'
import type { KnownRegion, RegionKind } from './regions.ts'
import type { RuntimeContext } from './runtime.ts'

/** Some 45 000 regions: a V8 heap of 2.2 GiB has 6 600. */
const MAX_SMAPS_BYTES = 32 * MIB

export const SMAPS_QUESTION = {
  kind: 'file',
  id: 'smaps',
  path: 'smaps',
  maxBytes: MAX_SMAPS_BYTES,
} as const satisfies Question

/** The memory map of a process, each of its regions once. */
export interface MemoryMap {
  regions: readonly KnownRegion[]
  /** The file was longer than what is read of it. */
  cut: boolean
  /** PSS of the process at the moment of the map; else what was known before. */
  residentBytes: number | null
  /** Why there is no map. */
  refusal: string | null
}

/** The answer to {@link SMAPS_QUESTION}. */
export function memoryMap(process: ProcessState, { answers }: RuntimeContext): MemoryMap {
  const answer = answers.get(SMAPS_QUESTION.id)
  const before = process.pssBytes ?? process.rssBytes
  const nothing = { regions: [], cut: false, residentBytes: before }
  if (answer === undefined) return { ...nothing, refusal: 'its memory map was not read' }
  if (!answer.ok) return { ...nothing, refusal: answer.why }
  const { regions, truncated } = parseSmaps(answer.text)
  // Without sizes it is another file, or one of a kernel that does not tell them.
  if (!regions.some(({ rssBytes }) => rssBytes !== null)) {
    return { ...nothing, refusal: 'its memory map says no sizes' }
  }
  const cut = truncated || answer.truncated
  const resident = sumResident(regions)
  return {
    regions: knownRegions(regions),
    cut,
    residentBytes: cut ? Math.max(resident, before ?? 0) : resident,
    refusal: null,
  }
}

/** Resident bytes of some regions as an item, with what is reserved for them. */
export function regionItem(
  name: string,
  regions: readonly MemoryRegion[],
  source: string,
  rest: Partial<RuntimeItem> = {},
): RuntimeItem {
  const reserved = regions.filter(isReserved).reduce((sum, region) => sum + sizeOf(region), 0)
  return {
    name,
    bytes: sumResident(regions),
    reservedBytes: reserved === 0 ? null : reserved,
    capBytes: null,
    cap: null,
    source,
    ...rest,
  }
}

export function ofKinds(
  regions: readonly KnownRegion[],
  ...kinds: readonly RegionKind[]
): MemoryRegion[] {
  return regions.filter(({ kind }) => kinds.includes(kind)).map(({ region }) => region)
}

/** What every program has. Empty items are left out. */
export function commonItems(regions: readonly KnownRegion[]): RuntimeItem[] {
  return [
    regionItem(
      'thread stacks',
      ofKinds(regions, 'stack'),
      'smaps: [stack], and regions above a guard page',
      {
        reservedBytes: null,
      },
    ),
    regionItem(
      'program and libraries',
      ofKinds(regions, 'program'),
      'smaps: files that are executed, and their data',
    ),
    regionItem('mapped files', ofKinds(regions, 'file'), 'smaps: other files'),
    regionItem('shared memory', ofKinds(regions, 'shared'), 'smaps: /dev/shm, memfd, SysV'),
  ].filter(({ bytes }) => bytes !== 0)
}

/** What items do not account for. */
export function unattributedBytes(
  items: readonly RuntimeItem[],
  resident: number | null,
): number | null {
  if (resident === null || items.some(({ bytes }) => bytes === null)) return null
  return resident - items.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0)
}

/** What has to be said about the map itself. */
export function mapFindings({ cut, refusal, regions }: MemoryMap): string[] {
  if (refusal !== null) return [`Where its memory is could not be seen: ${refusal}.`]
  if (!cut) return []
  const seen = formatBytes(sumResident(regions.map(({ region }) => region)))
  return [
    `Its memory map is larger than what is read of it (${formatBytes(MAX_SMAPS_BYTES)}): the items hold the first ${seen}, and the rest is not attributed.`,
  ]
}
