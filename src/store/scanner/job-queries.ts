/** What is known of jobs. */
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import { JOB_STATES } from '../../model/scan-job.ts'
import type { Job } from '../../model/scan-job.ts'
import { clean } from '../database/clean.ts'
import { figuresIn } from './figures.ts'
import { gateOf, gates } from './gates.ts'
import { jobOf } from './job-rows.ts'
import { readDocument } from './documents.ts'
import { readLayers, readMemory } from './profiles.ts'
import type { JobQueries, JobQuery } from './job-types.ts'
import type { ScannerTables } from './tables.ts'

const MOST_IN_A_PAGE = 1_000
const NOTHING = '00000000-0000-0000-0000-000000000000'
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/

export function jobQueries(db: Kysely<ScannerTables>): JobQueries {
  return {
    list: (query) => list(db, query),
    find: (id) => find(db, id),
    async counts() {
      const rows = await db
        .selectFrom('scanner_jobs')
        .select(['state', sql<string>`count(*)`.as('count')])
        .groupBy('state')
        .execute()
      const counted = new Map(rows.map(({ state, count }) => [state, Number(count)]))
      return new Map(JOB_STATES.map((state) => [state, counted.get(state) ?? 0]))
    },
    async depths() {
      const rows = await db
        .selectFrom('scanner_jobs')
        .select(['pool', sql<string>`count(*)`.as('count')])
        .where('state', '=', 'queued')
        .groupBy('pool')
        .execute()
      return new Map(rows.map(({ pool, count }) => [pool, Number(count)]))
    },
    gates: () => gates(db),
    gate: (image) => gateOf(db, clean(image)),
    figures: (since) => figuresIn(db, since),
    memory: (id) => readMemory(db, id),
    layers: (id) => readLayers(db, id),
    document: (id) => readDocument(db, id),
  }
}

async function list(
  db: Kysely<ScannerTables>,
  { limit, after, states, image, since }: JobQuery,
): Promise<{ jobs: readonly Job[]; next: string | null }> {
  const most = Math.min(MOST_IN_A_PAGE, limit)
  let select = db.selectFrom('scanner_jobs').selectAll()
  if (states !== undefined && states.length > 0) select = select.where('state', 'in', states)
  if (image !== undefined && image !== '') {
    select = select.where(
      'image',
      'ilike',
      `%${clean(image).replaceAll(/[\\%_]/g, String.raw`\$&`)}%`,
    )
  }
  if (since !== undefined) {
    const from = new Date(since)
    select = select.where((where) =>
      where.or([where('created_at', '>=', from), where('ended_at', '>=', from)]),
    )
  }
  const [, at, id] = /^(\d{1,15})-(.{36})$/.exec(after ?? '') ?? []
  if (at !== undefined && id !== undefined && UUID.test(id)) {
    const place = new Date(Number(at))
    select = select.where(sql<boolean>`(created_at, id) < (${place}, ${id}::uuid)`)
  }
  const rows = await select
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(most + 1)
    .execute()
  const page = rows.slice(0, most)
  const last = rows.length > most ? page.at(-1) : undefined
  return {
    jobs: page.map(jobOf),
    next: last === undefined ? null : `${last.created_at.getTime()}-${last.id}`,
  }
}

async function find(db: Kysely<ScannerTables>, id: string): Promise<Job | null> {
  if (id === '') return null
  // Between these are all that begin so.
  const [first, last] = ['0', 'f'].map(
    (digit) => id + NOTHING.replaceAll('0', digit).slice(id.length),
  )
  if (!UUID.test(first ?? '')) return null
  const rows = await db
    .selectFrom('scanner_jobs')
    .selectAll()
    .where(sql<boolean>`id between ${first}::uuid and ${last}::uuid`)
    .limit(2)
    .execute()
  const [only] = rows
  return only !== undefined && rows.length === 1 ? jobOf(only) : null
}
