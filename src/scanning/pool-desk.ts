/** Pools grow, shrink, and have their workers started again. */
import { formatBytes } from '../model/bytes.ts'
import { usageError } from '../model/errors.ts'
import type { Pool } from '../model/scan-job.ts'
import { newPool } from '../store/scanner/pools.ts'
import type { ScannerDesk, WorkersWanted } from './desk.ts'
import { poolName } from './settings/kinds.ts'
import { workerMemoryLimit } from './settings/index.ts'
import type { SetTexts } from './settings/setting.ts'
import type { DeskOptions } from './desk-options.ts'

const MOST_WORKERS = 64
/** Hosts tell of themselves every second. */
export const SILENT_MS = 15_000

type PoolDesk = Pick<
  ScannerDesk,
  'pools' | 'workers' | 'addWorkers' | 'removeWorkers' | 'restartWorkers' | 'restarts'
>

/** What a worker of a pool may have. */
export function poolBytes(pool: Pick<Pool, 'memory'>, set: SetTexts): number {
  const own = pool.memory === null ? null : workerMemoryLimit.check(pool.memory)
  if (own === null || !own.ok) return workerMemoryLimit.in(set)
  return workerMemoryLimit.in(new Map([[workerMemoryLimit.key, pool.memory ?? '']]))
}

export function poolDesk({
  store: { pools, jobs, settings },
  now,
  hostBytes,
  onWork,
}: DeskOptions & { onWork(): void }): PoolDesk {
  async function poolOf(name: string): Promise<Pool | null> {
    return (await pools.list()).find((pool) => pool.name === name) ?? null
  }

  /** @throws StellaError (usage) */
  async function checked({ pool: name, count, memory }: WorkersWanted): Promise<Pool> {
    const read = poolName.read(name)
    if (!read.ok) throw usageError(read.problem, '--pool', read.todo)
    if (memory !== null) {
      const size = workerMemoryLimit.check(memory)
      if (!size.ok) throw usageError(size.problem, '--memory', size.todo)
    }
    mustBePositive(count)
    const before = (await poolOf(name)) ?? newPool(name, 0)
    const total = before.count + count
    if (total > MOST_WORKERS) {
      throw usageError(
        `${total} workers are more than a pool can have`,
        '--count',
        `stay at ${MOST_WORKERS} or below`,
      )
    }
    return { ...before, count: total, memory: memory ?? before.memory }
  }

  return {
    pools: () => pools.list(),
    workers: () => pools.workers(now() - SILENT_MS),
    restarts: () => pools.restarts(),
    async addWorkers(wanted) {
      const pool = await checked(wanted)
      const bytes = poolBytes(pool, await settings.all())
      if (hostBytes !== null && bytes > hostBytes) {
        throw usageError(
          `a worker of ${pool.name} would have ${formatBytes(bytes)}, and the host has ${formatBytes(hostBytes)}`,
          '--memory',
          'give less, or run the pool on a larger host: stella scanner workers run --pool NAME --database URL',
        )
      }
      await pools.put(pool)
      onWork()
      const together = bytes * pool.count
      const isOver = hostBytes !== null && together > hostBytes
      return {
        pool,
        notes: isOver
          ? [
              `${pool.count} workers with ${formatBytes(bytes)} each could take ${formatBytes(together)} together, and the host has ${formatBytes(hostBytes)}`,
            ]
          : [],
      }
    },
    async removeWorkers({ pool: name, count, evenIfJobsWait }) {
      mustBePositive(count)
      const before = await poolOf(name)
      if (before === null || before.count === 0) {
        throw usageError(
          `there are no workers in '${name.slice(0, 60)}'`,
          '--pool',
          'see: stella scanner workers list',
        )
      }
      const left = Math.max(0, before.count - count)
      const depth = (await jobs.depths()).get(name) ?? 0
      if (left === 0 && depth > 0 && !evenIfJobsWait) {
        throw usageError(
          `${depth} ${depth === 1 ? 'job waits' : 'jobs wait'} in ${name}, and nobody would be left to do them`,
          '--count',
          'leave one worker, or say --force',
        )
      }
      const pool = { ...before, count: left }
      await pools.put(pool)
      onWork()
      const notes = left === 0 ? [`${name} has no workers now: its jobs wait`] : []
      return { pool, notes }
    },
    async restartWorkers({ pool: name, drainMs }) {
      const all = await pools.list()
      const meant = name === null ? all : all.filter((pool) => pool.name === name)
      if (meant.length === 0) {
        throw usageError(
          `there is no pool '${name?.slice(0, 60)}'`,
          '--pool',
          'see: stella scanner workers list',
        )
      }
      const changed = meant.map((pool) => ({ ...pool, drainMs, generation: pool.generation + 1 }))
      for (const pool of changed) await pools.put(pool)
      onWork()
      return changed
    },
  }
}

/** @throws StellaError (usage) */
function mustBePositive(count: number): void {
  if (Number.isInteger(count) && count >= 1) return
  throw usageError(`${count} is no number of workers`, '--count', 'give 1 or more')
}
