import { formatBytes } from '../../../model/bytes.ts'
import type { RuntimeItem } from '../../../model/bill.ts'
import { sumKnown } from '../../processes.ts'
import type { RedisFigures, RedisProcesses } from './figures.ts'

/** What a server and its forks have in memory, by kind. */
export interface RedisResidence {
  /** Σ PSS of the server and its forks; its RSS where no shares could be read. */
  residentBytes: number | null
  source: string
  /** Anonymous memory of the server alone. */
  anonBytes: number | null
  fileBytes: number | null
  /** Pages that only the forks hold: what was copied since, on either side. */
  copiedBytes: number | null
}

/**
 * Parent and fork share each page until one of them writes to it. So the fork alone holds what was copied, and the sum of
 * both shares less that is the server's own.
 */
export function redisResidence({ server, forks }: RedisProcesses): RedisResidence {
  const all = [server, ...forks]
  const copied = forks.length === 0 ? null : sumKnown(forks.map(({ ussBytes }) => ussBytes))
  if (all.some(({ pssBytes }) => pssBytes === null)) {
    return {
      residentBytes: server.rssBytes,
      source: 'status Rss',
      anonBytes: server.anonRssBytes,
      fileBytes: server.fileRssBytes,
      copiedBytes: null,
    }
  }
  const anon = sumKnown(all.map(({ pssAnonBytes }) => pssAnonBytes))
  return {
    residentBytes: sumKnown(all.map(({ pssBytes }) => pssBytes)),
    source: 'smaps_rollup Pss_',
    anonBytes: anon === null ? null : anon - (copied ?? 0),
    fileBytes: sumKnown(all.map(({ pssFileBytes }) => pssFileBytes)),
    copiedBytes: copied,
  }
}

/** What INFO's figures and the kernel's make of the memory; nothing is counted in two of them. */
export function redisItems(figures: RedisFigures, residence: RedisResidence): RuntimeItem[] {
  const { usedBytes } = figures
  const overheads = OVERHEADS.map(({ name, field }) =>
    item(name, figures.number(field), `INFO ${field}`),
  )
  const overhead = figures.number('used_memory_overhead')
  const dataset = figures.number('used_memory_dataset') ?? usedBytes - (overhead ?? 0)
  const named = sumKnown(overheads.map(({ bytes }) => bytes)) ?? 0
  const lua = figures.number('used_memory_vm_total') ?? figures.number('used_memory_lua')
  const maxmemory = figures.number('maxmemory')
  const items: RuntimeItem[] = [
    {
      name: 'dataset',
      bytes: dataset,
      reservedBytes: null,
      capBytes: maxmemory === 0 ? null : maxmemory,
      cap:
        maxmemory === null
          ? null
          : maxmemory === 0
            ? 'maxmemory 0: none'
            : `maxmemory ${formatBytes(maxmemory)}, ${figures.policy ?? 'policy not known'}`,
      source: 'INFO used_memory_dataset',
    },
    item(
      'tables of keys and expiry times',
      overhead === null ? null : overhead - named,
      'INFO used_memory_overhead, less those below',
    ),
    ...overheads,
    item(
      'Lua engines',
      lua,
      `INFO ${figures.number('used_memory_vm_total') === null ? 'used_memory_lua' : 'used_memory_vm_total'}`,
    ),
    ...allocatorItems(figures, residence.anonBytes, lua ?? 0),
    item(
      'copied for a snapshot that runs',
      residence.copiedBytes,
      'smaps_rollup Private_ of the fork',
    ),
    item('program and libraries', residence.fileBytes, `${residence.source}File`),
  ]
  return items.filter(({ bytes }) => bytes !== null && bytes > 0)
}

/** Parts of used_memory_overhead, as getMemoryOverheadData in object.c adds them up. */
const OVERHEADS: readonly { name: string; field: string }[] = [
  { name: 'clients', field: 'mem_clients_normal' },
  { name: "replicas' output buffers", field: 'mem_clients_slaves' },
  { name: 'replication backlog', field: 'mem_replication_backlog' },
  { name: 'AOF buffer', field: 'mem_aof_buffer' },
  { name: 'cluster links', field: 'mem_cluster_links' },
  { name: 'scripts and functions', field: 'used_memory_scripts' },
  { name: 'an empty server', field: 'used_memory_startup' },
]

/**
 * Between what Redis asked for and what is resident. allocator_resident is an upper bound (jemalloc counts pages of its own that
 * were never touched), and without jemalloc it is the whole process: anonymous memory bounds it.
 */
function allocatorItems(
  figures: RedisFigures,
  anonBytes: number | null,
  luaBytes: number,
): RuntimeItem[] {
  const allocated = figures.number('allocator_allocated')
  const active = figures.number('allocator_active')
  const resident = figures.number('allocator_resident')
  if (allocated === null || active === null || resident === null || anonBytes === null) return []
  const above = Math.min(resident, anonBytes) - figures.usedBytes - luaBytes
  if (above <= 0) return []
  const fragmented = Math.min(above, Math.max(0, active - allocated))
  return [
    item('fragmentation', fragmented, 'INFO allocator_active − allocator_allocated'),
    item(
      'freed and kept by the allocator, and its own tables',
      above - fragmented,
      'INFO allocator_resident (no more than Pss_Anon) − used_memory, less fragmentation and Lua',
    ),
  ]
}

function item(name: string, bytes: number | null, source: string): RuntimeItem {
  return { name, bytes, reservedBytes: null, capBytes: null, cap: null, source }
}
