/** How the scanner is, in a few figures and sentences. */
import { JOB_STATES } from '../model/scan-job.ts'
import type { Pool, WorkerView } from '../model/scan-job.ts'
import type { Instant } from '../model/time.ts'
import type { ScannerStore } from '../store/scanner/open.ts'
import type { ScannerStatus } from './desk.ts'
import { SILENT_MS } from './pool-desk.ts'

/** A line that is longer is a problem. */
const LONG_LINE = 100

export async function statusOf(
  { pools, jobs, retention }: ScannerStore,
  now: Instant,
): Promise<ScannerStatus> {
  const [all, workers, counts, depths, kept] = await Promise.all([
    pools.list(),
    pools.workers(now - SILENT_MS),
    jobs.counts(),
    jobs.depths(),
    retention.kept(),
  ])
  const names = [...new Set([...all.map(({ name }) => name), ...depths.keys()])].toSorted()
  const queues = names.map((pool) => {
    const alive = workers.filter((worker) => worker.pool === pool)
    const depth = depths.get(pool) ?? 0
    return { pool, depth, workers: alive.length, waitsFor: waitsFor({ pool, depth, alive, all }) }
  })
  const notes = queues.flatMap(({ waitsFor: reason }) => reason ?? [])
  const busy = workers.filter(({ state }) => state === 'busy').length
  return {
    state: workers.length === 0 ? 'stopped' : notes.length > 0 ? 'degraded' : 'ready',
    notes:
      workers.length === 0 ? ['no workers run: start them with stella serve', ...notes] : notes,
    workers: {
      total: workers.length,
      busy,
      idle: workers.filter(({ state }) => state === 'idle').length,
    },
    jobs: Object.fromEntries(JOB_STATES.map((state) => [state, counts.get(state) ?? 0])),
    queues,
    kept,
  }
}

interface Line {
  pool: string
  depth: number
  alive: readonly WorkerView[]
  all: readonly Pool[]
}

/** Why jobs of a pool wait for more than their turn; null: they do not. */
function waitsFor({ pool, depth, alive, all }: Line): string | null {
  if (depth === 0) return null
  const wanted = all.find(({ name }) => name === pool)?.count ?? 0
  if (alive.length > 0 && alive.every(({ state }) => state === 'waiting')) {
    return `every worker of ${pool} ended too often, and begins again a little later: stella scanner logs`
  }
  if (alive.length > 0) return depth > LONG_LINE ? `${depth} jobs wait in ${pool}` : null
  return wanted === 0
    ? `${pool} has no workers: stella scanner workers add --pool ${pool}`
    : `no worker of ${pool} runs: start stella serve`
}
