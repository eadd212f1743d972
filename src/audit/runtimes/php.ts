import { filesIn, type SeenFile } from '../documents/mounts.ts'
import { assignmentsOf, INI } from '../settings/assignments.ts'
import type { Container, Word } from '../workload.ts'
import { oncePerContainer } from './once.ts'

/** A pool of php-fpm. */
export interface PhpPool {
  name: string
  maxChildren: Word | null
  maxRequests: Word | null
  /** Of its own; null where that of php.ini holds. */
  memoryLimit: Word | null
}

/** What is known of the settings of PHP. */
export interface Php {
  /** Of php.ini and what stands beside it, the last one. */
  ini: ReadonlyMap<string, Word>
  pools: readonly PhpPool[]
}

/** Where the official image keeps them, and Debian, Alpine and Red Hat. */
const INI_FOLDERS = ['/usr/local/etc/php', '/etc']
const POOL_FOLDERS = ['/usr/local/etc/php-fpm.d', '/etc/php-fpm.d']
const VERSIONED = /^\/etc\/php\/?[\d.]+(?:\/fpm)?(?=\/|$)/

/** The settings of PHP that a container sees; null where none is known. */
export const phpOf = oncePerContainer(readPhp)

function readPhp(container: Container): Php | null {
  const mounts = container.files?.mounts ?? []
  const versioned = new Set(mounts.flatMap(({ path }) => VERSIONED.exec(path)?.[0] ?? []))
  const ini = new Map<string, Word>()
  for (const folder of [...INI_FOLDERS, ...versioned]) {
    const files = [
      ...filesIn(container, folder, /^php(?:-fpm-fcgi)?\.ini$/),
      ...filesIn(container, `${folder}/conf.d`, /\.ini$/),
    ]
    for (const file of files) {
      for (const { name, value } of assignmentsOf(file.excerpt, INI)) ini.set(name, value)
    }
  }
  const folders = [...versioned].flatMap((folder) => [`${folder}/pool.d`, `${folder}/php-fpm.d`])
  const pools = poolsOf(
    [...POOL_FOLDERS, ...folders].flatMap((folder) => poolFiles(container, folder)),
  )
  return ini.size === 0 && pools.length === 0 ? null : { ini, pools }
}

function poolFiles(container: Container, folder: string): SeenFile[] {
  return filesIn(container, folder, /\.conf$/)
}

function poolsOf(files: readonly SeenFile[]): PhpPool[] {
  const pools = new Map<string, Map<string, Word>>()
  for (const { excerpt } of files) {
    for (const { name, value, section } of assignmentsOf(excerpt, INI)) {
      if (section === '' || section === 'global') continue
      const pool = pools.get(section) ?? new Map<string, Word>()
      pools.set(section, pool.set(name, value))
    }
  }
  return [...pools].map(([name, settings]) => ({
    name,
    maxChildren: settings.get('pm.max_children') ?? null,
    maxRequests: settings.get('pm.max_requests') ?? null,
    memoryLimit:
      settings.get('php_admin_value[memory_limit]') ??
      settings.get('php_value[memory_limit]') ??
      null,
  }))
}
