/** What became of scans, in figures. */
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import * as z from 'zod/mini'
import type { ScanFigures } from '../../model/scan-job.ts'
import type { Instant } from '../../model/time.ts'
import type { ScannerTables } from './tables.ts'

/** Sums come as texts where they may be larger than a number. */
const figure = z.pipe(
  z.union([z.number(), z.string()]),
  z.transform((value) => Number(value)),
)

const Row = z.object({
  done: figure,
  complete: figure,
  packages: figure,
  median: z.nullable(figure),
  p95: z.nullable(figure),
})

/** Of jobs that ended since. */
export async function figuresIn(
  db: Kysely<ScannerTables>,
  since: Instant | undefined,
): Promise<ScanFigures> {
  const from = new Date(since ?? 0)
  const [{ rows }, failed] = await Promise.all([
    sql`
      select count(*) as done, count(*) filter (where problems = 0) as complete, coalesce(sum(packages), 0) as packages,
        percentile_cont(0.5) within group (order by lasted) as median,
        percentile_cont(0.95) within group (order by lasted) as p95
      from (
        select problems, packages,
          (attempts -> -1 ->> 'endedAt')::double precision - (attempts -> -1 ->> 'startedAt')::double precision as lasted
        from scanner_jobs where state = 'done' and ended_at >= ${from}
      ) as scans
    `.execute(db),
    sql<{ reason: string; count: string }>`
      select coalesce(attempts -> -1 ->> 'outcome', 'unknown') as reason, count(*) as count
      from scanner_jobs where state in ('failed', 'timeout') and ended_at >= ${from}
      group by 1 order by count(*) desc, 1
    `.execute(db),
  ])
  const { median, p95, ...counts } = Row.parse(rows[0])
  return {
    ...counts,
    failed: failed.rows.map(({ reason, count }) => ({ reason, count: Number(count) })),
    medianMs: median,
    p95Ms: p95,
  }
}
