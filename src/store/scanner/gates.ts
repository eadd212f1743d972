/** Images that may, or may not, be released. */
import type { Kysely } from 'kysely'
import type { Gate, GateState } from '../../model/scan-job.ts'
import type { ScannerTables } from './tables.ts'

export async function gates(db: Kysely<ScannerTables>): Promise<readonly Gate[]> {
  const rows = await db.selectFrom('scanner_gates').selectAll().orderBy('since', 'desc').execute()
  return rows.map(({ image, reason, job_id: job, since }) => ({
    image,
    reason,
    job,
    since: since.getTime(),
  }))
}

export async function gateOf(db: Kysely<ScannerTables>, image: string): Promise<GateState> {
  const blocked = await db
    .selectFrom('scanner_gates')
    .selectAll()
    .where('image', '=', image)
    .executeTakeFirst()
  if (blocked !== undefined) {
    const { reason, job_id: job, since } = blocked
    return { image, state: 'blocked', reason, job, since: since.getTime() }
  }
  const done = await db
    .selectFrom('scanner_jobs')
    .select(['id', 'ended_at'])
    .where('image', '=', image)
    .where('state', '=', 'done')
    .orderBy('ended_at', 'desc')
    .limit(1)
    .executeTakeFirst()
  return {
    image,
    state: done === undefined ? 'unknown' : 'open',
    reason: null,
    job: done?.id ?? null,
    since: done?.ended_at?.getTime() ?? null,
  }
}
