/** Pools grow, shrink, and have their workers started again. */
import { formatBytes } from '../model/bytes.ts'
import { usageError } from '../model/errors.ts'
import type { Pool } from '../model/scan-job.ts'
import type { PoolChanged, ScannerDesk } from './desk.ts'
import { poolName } from './settings/kinds.ts'
import { workerMemoryLimit } from './settings/index.ts'
import { poolBytes } from './pool-bytes.ts'
import type { DeskOptions } from './desk-options.ts'

const MOST_WORKERS = 64
/** Hosts tell of themselves every second. */
export const SILENT_MS = 15_000

type PoolDesk = Pick<
  ScannerDesk,
  | 'pools'
  | 'workers'
  | 'addWorkers'
  | 'setWorkers'
  | 'removeWorkers'
  | 'restartWorkers'
  | 'restarts'
>

/** Instead of a size: that of `worker.memory_limit`. */
const SHARED_MEMORY = 'default'

export function poolDesk({
  store: { pools, jobs, settings },
  now,
  hostBytes,
  onWork,
}: DeskOptions & { onWork(): void }): PoolDesk {
  async function exists(name: string): Promise<boolean> {
    return (await pools.list()).some((pool) => pool.name === name)
  }

  /** What is changed, and what there is to know of it. @throws StellaError (usage) where the host has no such memory */
  async function change(name: string, to: (pool: Pool) => Pool): Promise<PoolChanged> {
    const set = await settings.all()
    let hadBytes: number | null = null
    const pool = await pools.change(name, (held) => {
      const next = to(held)
      const [had, bytes] = [poolBytes(held, set), poolBytes(next, set)]
      if (next.count > held.count || bytes > had) mustFit(next, bytes, hostBytes)
      hadBytes = held.count === 0 ? null : had
      return next
    })
    onWork()
    return { pool, notes: notesOn(pool, { hadBytes, bytes: poolBytes(pool, set), hostBytes }) }
  }

  /** @throws StellaError (usage) where jobs would wait for ever */
  async function mayBeEmpty(name: string): Promise<void> {
    const depth = (await jobs.depths()).get(name) ?? 0
    if (depth === 0) return
    throw usageError(
      `${depth} ${depth === 1 ? 'job waits' : 'jobs wait'} in ${name}, and nobody would be left to do them`,
      '--count',
      'leave one worker, or say --force',
    )
  }

  return {
    pools: () => pools.list(),
    workers: () => pools.workers(now() - SILENT_MS),
    restarts: () => pools.restarts(),
    async addWorkers({ pool: name, count, memory }) {
      const read = poolName.read(name)
      if (!read.ok) throw usageError(read.problem, '--pool', read.todo)
      if (memory !== null) mustBeSize(memory)
      mustBePositive(count)
      return change(name, (pool) => ({
        ...pool,
        count: mostOf(pool.count + count),
        memory: memory ?? pool.memory,
      }))
    },
    async setWorkers({ pool: name, count, memory, evenIfJobsWait }) {
      if (!(await exists(name))) throw noPool(name)
      if (memory !== null && memory !== SHARED_MEMORY) mustBeSize(memory)
      if (count === 0 && !evenIfJobsWait) await mayBeEmpty(name)
      return change(name, (pool) => ({
        ...pool,
        count: mostOf(count ?? pool.count),
        memory: memory === SHARED_MEMORY ? null : (memory ?? pool.memory),
      }))
    },
    async removeWorkers({ pool: name, count, evenIfJobsWait }) {
      mustBePositive(count)
      const held = (await pools.list()).find((pool) => pool.name === name)
      if (held === undefined || held.count === 0) {
        throw usageError(
          `there are no workers in '${name.slice(0, 60)}'`,
          '--pool',
          'see: stella scanner workers list',
        )
      }
      if (held.count <= count && !evenIfJobsWait) await mayBeEmpty(name)
      return change(name, (pool) => ({ ...pool, count: Math.max(0, pool.count - count) }))
    },
    async restartWorkers({ pool: name, drainMs }) {
      const all = (await pools.list()).map((pool) => pool.name)
      const meant = name === null ? all : all.filter((each) => each === name)
      if (name !== null && meant.length === 0) throw noPool(name)
      const changed: Pool[] = []
      for (const each of meant) {
        changed.push(
          await pools.change(each, (pool) => ({
            ...pool,
            drainMs,
            generation: pool.generation + 1,
          })),
        )
      }
      onWork()
      return changed
    },
  }
}

interface Memory {
  /** Of each worker; null: there was none. */
  hadBytes: number | null
  bytes: number
  hostBytes: number | null
}

function notesOn({ name, count }: Pool, { hadBytes, bytes, hostBytes }: Memory): string[] {
  if (count === 0) return [`${name} has no workers now: its jobs wait`]
  const notes: string[] = []
  if (hostBytes !== null && bytes * count > hostBytes) {
    notes.push(
      `${count} workers with ${formatBytes(bytes)} each could take ${formatBytes(bytes * count)} together, and the host has ${formatBytes(hostBytes)}`,
    )
  }
  if (hadBytes !== null && hadBytes !== bytes) {
    const restart = `stella scanner workers restart --pool ${name}`
    notes.push(`workers that run keep ${formatBytes(hadBytes)} until: ${restart}`)
  }
  return notes
}

/** @throws StellaError (usage) */
function mustFit({ name, count }: Pool, bytes: number, hostBytes: number | null): void {
  if (hostBytes === null || bytes <= hostBytes || count === 0) return
  throw usageError(
    `a worker of ${name} would have ${formatBytes(bytes)}, and the host has ${formatBytes(hostBytes)}`,
    '--memory',
    'give less, or run the pool on a larger host: stella scanner workers run --pool NAME --database URL',
  )
}

/** @throws StellaError (usage) */
function mustBeSize(memory: string): void {
  const size = workerMemoryLimit.check(memory)
  if (!size.ok) throw usageError(size.problem, '--memory', size.todo)
}

/** @throws StellaError (usage) where there are more than a pool can have */
function mostOf(count: number): number {
  if (count <= MOST_WORKERS) return count
  throw usageError(
    `${count} workers are more than a pool can have`,
    '--count',
    `stay at ${MOST_WORKERS} or below`,
  )
}

/** @throws StellaError (usage) */
function mustBePositive(count: number): void {
  if (Number.isInteger(count) && count >= 1) return
  throw usageError(`${count} is no number of workers`, '--count', 'give 1 or more')
}

function noPool(name: string): Error {
  return usageError(
    `there is no pool '${name.slice(0, 60)}'`,
    '--pool',
    'see: stella scanner workers list',
  )
}
