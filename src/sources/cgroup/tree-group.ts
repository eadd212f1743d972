import { NO_LIMIT_BYTES } from '../../model/bytes.ts'
import type { CgroupState } from '../../model/facts.ts'
import { hitsOfVersionOne } from '../../model/limit-hits.ts'
import { limit } from '../../parsers/cgroup/values.ts'
import { decimalAfterEquals, keyedReader, nextLine, numberAt } from './tree-counters.ts'
import type { KeyedReader } from './tree-counters.ts'
import type { FilePool, SmallFile } from './tree-files.ts'

/** The memory of one group at one time. Null is not known. */
export interface GroupMemory {
  /** Everything that is charged: memory.current, memory.usage_in_bytes. */
  chargeBytes: number | null
  inactiveFileBytes: number | null
  /** What the kernel cannot take back without killing: not the page cache. */
  unreclaimableBytes: number | null
  /** Written to files and not on the disk yet, with what is on its way there. */
  dirtyBytes: number | null
  limit: number | 'none' | null
  /** memory.high, above which a group of v2 is held back. */
  high: number | 'none' | null
  /** How often the limit was reached, since the group was made: memory.failcnt, as far as v1 counts it, or `max` of memory.events. */
  limitHits: number | null
  /** In v2 with the groups below, in v1 without. */
  oomKills: number | null
  /** Pressure stall information, percent of the last ten seconds; v1 has none for a group. */
  someAvg10: number | null
  fullAvg10: number | null
}

export interface GroupFiles {
  /** Usage, counters and pressure. False: the group has no memory files. */
  readOften(into: GroupMemory, problems: Set<string>): boolean
  /** Limits; and files that were not there are looked for again. */
  readRarely(into: GroupMemory, problems: Set<string>): void
  close(): void
}

/** Opens the memory files of groups of one hierarchy; what was learned about their layout is shared. */
export function groupFilesOf(pool: FilePool, version: 1 | 2): (folder: string) => GroupFiles {
  const kind = version === 1 ? V1 : V2
  const stat = keyedReader(kind.stat)
  const kills = keyedReader(['oom_kill', 'max'])
  return (folder) => groupFiles(pool, { folder, kind, stat, kills })
}

export function unknownMemory(): GroupMemory {
  return {
    chargeBytes: null,
    inactiveFileBytes: null,
    unreclaimableBytes: null,
    dirtyBytes: null,
    limit: null,
    high: null,
    limitHits: null,
    oomKills: null,
    someAvg10: null,
    fullAvg10: null,
  }
}

interface Kind {
  charge: string
  limit: string
  high: string | null
  /** A file of its own, or null: it stands in `kills`. */
  hits: string | null
  /** The limit of memory and swap together, where there is one such. */
  total: string | null
  kills: string
  pressure: string | null
  /** First the page cache that docker stats takes off, then what `cache` means, then what cannot be reclaimed. */
  stat: readonly string[]
}

/** A v1 kernel does not tell its own part; it is what is charged and neither anonymous nor cache. */
const V1: Kind = {
  charge: 'memory.usage_in_bytes',
  limit: 'memory.limit_in_bytes',
  high: null,
  hits: 'memory.failcnt',
  total: 'memory.memsw.limit_in_bytes',
  kills: 'memory.oom_control',
  pressure: null,
  stat: [
    'total_inactive_file',
    'total_cache',
    'total_rss',
    'total_shmem',
    'total_dirty',
    'total_writeback',
  ],
}

/** `unevictable` is left out: locked memory is part of anon and shmem already. */
const V2: Kind = {
  charge: 'memory.current',
  limit: 'memory.max',
  high: 'memory.high',
  hits: null,
  total: null,
  kills: 'memory.events',
  pressure: 'memory.pressure',
  stat: [
    'inactive_file',
    'file',
    'anon',
    'shmem',
    'file_dirty',
    'file_writeback',
    'kernel_stack',
    'pagetables',
    'sec_pagetables',
    'percpu',
    'sock',
    'vmalloc',
    'slab_unreclaimable',
  ],
}

/** Where the parts of `stat` stand that need no name of their own. */
const [INACTIVE_FILE, CACHE, ANON, UNRECLAIMABLE_FROM, DIRTY, WRITEBACK] = [0, 1, 2, 2, 4, 5]

interface Setting {
  folder: string
  kind: Kind
  stat: KeyedReader
  kills: KeyedReader
}

function groupFiles(pool: FilePool, { folder, kind, stat, kills }: Setting): GroupFiles {
  const { buffer } = pool
  const file = (name: string): WatchedFile => ({
    name,
    path: `${folder}/${name}`,
    descriptor: null,
    absent: false,
  })
  const charge = file(kind.charge)
  const statFile = file('memory.stat')
  const killFile = file(kind.kills)
  const hits = kind.hits === null ? null : file(kind.hits)
  const pressure = kind.pressure === null ? null : file(kind.pressure)
  const held = [charge, statFile, killFile, hits, pressure].filter((each) => each !== null)

  let limits: Pick<CgroupState, 'limitBytes' | 'swapLimitBytes'> = {
    limitBytes: null,
    swapLimitBytes: null,
  }

  /** Bytes read; -1 where there are none, and then the reason is among the problems unless the kernel has no such file. */
  function take(source: WatchedFile, problems: Set<string>): number {
    if (source.absent) return -1
    const length = pool.read(source)
    if (length > 0) return length
    if (pool.problem?.kind === 'denied') problems.add(`${source.name} may not be read`)
    // Tried again when everything is read.
    else source.absent = true
    return -1
  }

  function sound(value: number, name: string, problems: Set<string>): number | null {
    if (value >= 0 && value < NO_LIMIT_BYTES) return value
    problems.add(`${name} is no possible number`)
    return null
  }

  function readStat(into: GroupMemory, problems: Set<string>): void {
    into.inactiveFileBytes = null
    into.unreclaimableBytes = null
    into.dirtyBytes = null
    const length = take(statFile, problems)
    if (length < 0) return
    const values = stat.read(buffer, length)
    const part = (at: number): number | null => {
      const value = values[at] ?? Number.NaN
      // Older kernels do not count everything; what they do not tell is no part.
      return Number.isNaN(value) ? null : sound(value, kind.stat[at] ?? 'memory.stat', problems)
    }
    into.inactiveFileBytes = part(INACTIVE_FILE)
    const dirty = part(DIRTY)
    into.dirtyBytes = dirty === null ? null : dirty + (part(WRITEBACK) ?? 0)
    const anon = part(ANON)
    if (anon === null) return
    let unreclaimable = 0
    for (let at = UNRECLAIMABLE_FROM; at < kind.stat.length; at++) unreclaimable += part(at) ?? 0
    const cache = part(CACHE)
    if (kind === V1 && into.chargeBytes !== null && cache !== null) {
      unreclaimable += Math.max(0, into.chargeBytes - anon - cache)
    }
    into.unreclaimableBytes = unreclaimable
  }

  function readEvents(into: GroupMemory, problems: Set<string>): void {
    into.oomKills = null
    into.limitHits = null
    const length = take(killFile, problems)
    if (length >= 0) {
      const [killed = Number.NaN, reached = Number.NaN] = kills.read(buffer, length)
      if (!Number.isNaN(killed)) into.oomKills = sound(killed, kind.kills, problems)
      if (!Number.isNaN(reached)) into.limitHits = sound(reached, kind.kills, problems)
    }
    if (hits === null) return
    const hitsLength = take(hits, problems)
    if (hitsLength >= 0) {
      const counted = sound(numberAt(buffer, 0, hitsLength), hits.name, problems)
      into.limitHits = hitsOfVersionOne(counted, limits)
    }
  }

  function readPressure(into: GroupMemory, problems: Set<string>): void {
    into.someAvg10 = null
    into.fullAvg10 = null
    if (pressure === null) return
    const length = take(pressure, problems)
    if (length < 0) return
    const some = decimalAfterEquals(buffer, 0, length)
    const full = decimalAfterEquals(buffer, nextLine(buffer, 0, length), length)
    if (some <= 100) into.someAvg10 = some
    if (full <= 100) into.fullAvg10 = full
  }

  function readLimit(name: string, problems: Set<string>): GroupMemory['limit'] {
    const length = pool.readOnce(`${folder}/${name}`)
    if (length <= 0) {
      if (pool.problem?.kind === 'denied') problems.add(`${name} may not be read`)
      return null
    }
    const read = limit(buffer.toString('latin1', 0, length))
    if (read.bytes === null && !read.unlimited) problems.add(`${name} is no possible number`)
    return read.unlimited ? 'none' : read.bytes
  }

  return {
    readOften(into, problems) {
      const length = take(charge, problems)
      if (charge.absent) return false
      into.chargeBytes =
        length < 0 ? null : sound(numberAt(buffer, 0, length), charge.name, problems)
      readStat(into, problems)
      readEvents(into, problems)
      readPressure(into, problems)
      return true
    },
    readRarely(into, problems) {
      for (const each of held) each.absent = false
      into.limit = readLimit(kind.limit, problems)
      limits = {
        limitBytes: bytesOf(into.limit),
        swapLimitBytes: kind.total === null ? null : bytesOf(readLimit(kind.total, problems)),
      }
      into.high = kind.high === null ? null : readLimit(kind.high, problems)
    },
    close() {
      for (const each of held) pool.close(each)
    },
  }
}

function bytesOf(read: GroupMemory['limit']): number | null {
  return typeof read === 'number' ? read : null
}

interface WatchedFile extends SmallFile {
  readonly name: string
  /** The last attempt found nothing to read. */
  absent: boolean
}
