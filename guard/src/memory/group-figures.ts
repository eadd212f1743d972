/** What a memory group says of itself. */
export interface GroupFigures {
  /** The charge: everything, page cache too. */
  usageBytes: number
  /** What reclaim cannot give back: the charge without page cache that is clean. */
  unreclaimableBytes: number
  /** The lowest limit that the group itself tells of; null: it has none. */
  limitBytes: number | null
}

/** Raw texts of its files; null where one is missing or cannot be read. */
export interface GroupTexts {
  usage: string | null
  /** `memory.limit_in_bytes` or `memory.max`. */
  limit: string | null
  /** `memory.high`, where the kernel holds whoever passes it back until nearly nothing moves. */
  high: string | null
  stat: string | null
}

/** cgroup v1 writes "no limit" as the largest multiple of the page size. */
const NO_LIMIT = 2 ** 62

/** Null: there is no charge to be read, as in the root of cgroup v2. */
export function groupFigures(version: 1 | 2, texts: GroupTexts): GroupFigures | null {
  const usageBytes = bytesOf(texts.usage)
  if (usageBytes === null) return null
  const stat = texts.stat ?? ''
  const reclaimable = version === 1 ? reclaimableV1(stat) : reclaimableV2(stat)
  // The limit of ancestors that cannot be seen; cgroup v2 has no such figure.
  const above = version === 1 ? field(stat, 'hierarchical_memory_limit') : null
  const limits = [...limitsOf(texts), ...(isLimit(above) ? [above] : [])]
  return {
    usageBytes,
    unreclaimableBytes: Math.max(0, usageBytes - Math.max(0, reclaimable)),
    limitBytes: limits.length === 0 ? null : Math.min(...limits),
  }
}

/** The limits that a group's own files tell, in bytes. */
export function limitsOf({ limit, high }: Pick<GroupTexts, 'limit' | 'high'>): number[] {
  return [bytesOf(limit), bytesOf(high)].filter(isLimit)
}

function isLimit(bytes: number | null): bytes is number {
  return bytes !== null && bytes < NO_LIMIT
}

/** What is dirty or being written cannot go before it is on the disk. Kernel memory that could be reclaimed is not told apart here. */
function reclaimableV1(stat: string): number {
  return (
    (field(stat, 'total_inactive_file') ?? 0) +
    (field(stat, 'total_active_file') ?? 0) -
    (field(stat, 'total_dirty') ?? 0) -
    (field(stat, 'total_writeback') ?? 0)
  )
}

function reclaimableV2(stat: string): number {
  return (
    (field(stat, 'inactive_file') ?? 0) +
    (field(stat, 'active_file') ?? 0) +
    (field(stat, 'slab_reclaimable') ?? 0) -
    (field(stat, 'file_dirty') ?? 0) -
    (field(stat, 'file_writeback') ?? 0)
  )
}

/** A field of `memory.stat`, without splitting all of its lines: this runs up to two hundred times a second. */
function field(stat: string, name: string): number | null {
  const at = stat.startsWith(`${name} `) ? 0 : stat.indexOf(`\n${name} `) + 1
  if (at === 0 && !stat.startsWith(`${name} `)) return null
  const end = stat.indexOf('\n', at)
  return bytesOf(stat.slice(at + name.length + 1, end === -1 ? undefined : end))
}

/** Null: it is no number, as `max`. */
export function bytesOf(text: string | null): number | null {
  const trimmed = text?.trim() ?? ''
  return /^\d+$/.test(trimmed) ? Number(trimmed) : null
}
