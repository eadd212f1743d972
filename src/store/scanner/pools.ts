/** Pools, the workers that hosts tell of, and how often and why workers were started again. */
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import * as z from 'zod/mini'
import {
  DEFAULT_POOL,
  RESTART_REASONS,
  WORKER_ENDERS,
  WORKER_STATES,
} from '../../model/scan-job.ts'
import type { Pool, RestartReason, WorkerView } from '../../model/scan-job.ts'
import type { Instant } from '../../model/time.ts'
import type { ScannerTables } from './tables.ts'

export interface PoolsStore {
  /** By name; the default one is always there. */
  list(): Promise<readonly Pool[]>
  put(pool: Pool): Promise<void>
  /**
   * Changes a pool, which is made where there is none, whatever others do to it at the same time.
   *
   * @param to what becomes of it; where it throws, nothing is changed
   */
  change(name: string, to: (pool: Pool) => Pool): Promise<Pool>
  remove(name: string): Promise<void>
  /** What a host tells of its workers, all of them. */
  tell(host: string, workers: readonly WorkerView[]): Promise<void>
  /** Of all hosts that told within the time, by pool and name. */
  workers(since: Instant): Promise<readonly WorkerView[]>
  restarted(pool: string, reason: RestartReason): Promise<void>
  restarts(): Promise<readonly { pool: string; reason: RestartReason; count: number }[]>
}

const DRAIN_MS = 30_000

/** A pool that nobody has changed. */
export function newPool(name: string, count: number): Pool {
  return { name, memory: null, count, generation: 0, drainMs: DRAIN_MS }
}

/** What a pool is before anybody has changed it: only the default one has a worker. */
function untouched(name: string): Pool {
  return newPool(name, name === DEFAULT_POOL ? 1 : 0)
}

function rowOf({ drainMs, ...pool }: Pool): ScannerTables['scanner_pools'] {
  return { ...pool, drain_ms: drainMs }
}

function poolOf({ drain_ms: drainMs, ...pool }: ScannerTables['scanner_pools']): Pool {
  return { ...pool, drainMs }
}

const View = z.object({
  name: z.string(),
  pool: z.string(),
  host: z.string(),
  pid: z.nullable(z.number()),
  state: z.enum(WORKER_STATES),
  job: z.nullable(z.string()),
  enforcedBy: z.nullable(z.string()),
  limitBytes: z.number(),
  usageBytes: z.nullable(z.number()),
  peakBytes: z.nullable(z.number()),
  restarts: z.number(),
  lastEnd: z._default(
    z.nullable(
      z.object({
        at: z.number(),
        exitCode: z.nullable(z.number()),
        signal: z.nullable(z.string()),
        by: z.enum(WORKER_ENDERS),
        says: z.string(),
      }),
    ),
    null,
  ),
  seenAt: z.number(),
})

export function poolsOn(db: Kysely<ScannerTables>): PoolsStore {
  return {
    async list() {
      const rows = await db.selectFrom('scanner_pools').selectAll().execute()
      const pools = rows.map(poolOf)
      const hasDefault = pools.some(({ name }) => name === DEFAULT_POOL)
      const all = hasDefault ? pools : [untouched(DEFAULT_POOL), ...pools]
      return all.toSorted((one, other) => (one.name < other.name ? -1 : 1))
    },
    async put(pool) {
      const row = rowOf(pool)
      await db
        .insertInto('scanner_pools')
        .values(row)
        .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
        .execute()
    },
    change: (name, to) =>
      db.transaction().execute(async (work) => {
        // A row that is not there yet cannot be locked.
        await work
          .insertInto('scanner_pools')
          .values(rowOf(untouched(name)))
          .onConflict((conflict) => conflict.column('name').doNothing())
          .execute()
        const held = await work
          .selectFrom('scanner_pools')
          .selectAll()
          .where('name', '=', name)
          .forUpdate()
          .executeTakeFirstOrThrow()
        const next = to(poolOf(held))
        await work.updateTable('scanner_pools').set(rowOf(next)).where('name', '=', name).execute()
        return next
      }),
    async remove(name) {
      await db.deleteFrom('scanner_pools').where('name', '=', name).execute()
    },
    tell: (host, workers) =>
      db.transaction().execute(async (work) => {
        await work.deleteFrom('scanner_workers').where('host', '=', host).execute()
        if (workers.length === 0) return
        await work
          .insertInto('scanner_workers')
          .values(
            workers.map((each) => ({
              host,
              name: each.name,
              pool: each.pool,
              seen_at: new Date(each.seenAt),
              view: JSON.stringify(each),
            })),
          )
          .execute()
      }),
    async workers(since) {
      const rows = await db
        .selectFrom('scanner_workers')
        .select('view')
        .where('seen_at', '>=', new Date(since))
        .orderBy('pool')
        .orderBy('name')
        .orderBy('host')
        .execute()
      return rows.flatMap(({ view }) => {
        const read = z.safeParse(View, view)
        return read.success ? [read.data] : []
      })
    },
    async restarted(pool, reason) {
      await db
        .insertInto('scanner_restarts')
        .values({ pool, reason, count: 1 })
        .onConflict((conflict) =>
          conflict
            .columns(['pool', 'reason'])
            .doUpdateSet({ count: sql`scanner_restarts.count + 1` }),
        )
        .execute()
    },
    async restarts() {
      const rows = await db.selectFrom('scanner_restarts').selectAll().execute()
      return rows.flatMap(({ pool, reason: text, count }) => {
        const reason = RESTART_REASONS.find((each) => each === text)
        return reason === undefined ? [] : [{ pool, reason, count }]
      })
    },
  }
}
