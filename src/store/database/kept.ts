/** The database by its tables: the same statements on the embedded one and on a server. */
import type { Kysely } from 'kysely'
import { sql } from 'kysely'
import * as z from 'zod/mini'
import { VERDICT_CODES } from '../../model/case.ts'
import type { VerdictCode } from '../../model/case.ts'
import type { Instant } from '../../model/time.ts'
import { alerts, firingAlerts, takeAlerts, tidyAlerts } from './alerts.ts'
import { clean } from './clean.ts'
import { keptCaseOf, SUMMARY_COLUMNS, summaryOf, warningOf } from './rows.ts'
import type { Tables } from './schema.ts'
import { take } from './take.ts'
import type {
  CaseCounts,
  CaseQuery,
  CaseSummary,
  Database,
  KeptCase,
  KeptWarning,
  KnownHost,
  Retention,
} from './types.ts'

/** Statements that are carried out by either engine; opening and closing it is another's. */
export type Statements = Omit<Database, 'close' | 'ping' | 'scanner'>

export function statementsOn(db: Kysely<Tables>): Statements {
  return {
    take: (host, entries) => db.transaction().execute((work) => take(work, host, entries)),
    cases: (query) => cases(db, query),
    case: (id) => caseOf(db, id),
    warnings: (query) => warnings(db, query),
    takeAlerts: (given, now) => db.transaction().execute((work) => takeAlerts(work, given, now)),
    alerts: (query) => alerts(db, query),
    firing: (now) => firingAlerts(db, now),
    counts: () => counts(db),
    hosts: () => hosts(db),
    hasScannerWork: () => hasScannerWork(db),
    tidy: (now, retention) => tidy(db, now, retention),
  }
}

const MOST_IN_A_PAGE = 500

async function cases(
  db: Kysely<Tables>,
  query: CaseQuery,
): Promise<{ cases: readonly CaseSummary[]; next: string | null }> {
  const limit = Math.min(MOST_IN_A_PAGE, query.limit)
  let select = db
    .selectFrom('cases')
    .innerJoin('hosts', 'hosts.id', 'cases.host_id')
    .select(SUMMARY_COLUMNS)
    .select('hosts.name as host_name')
  if (query.verdict !== undefined) select = select.where('verdict', '=', query.verdict)
  if (query.host !== undefined) select = select.where('host_id', '=', query.host)
  if (query.since !== undefined) select = select.where('sort_at', '>=', new Date(query.since))
  if (query.search !== undefined && query.search !== '') {
    const part = `%${query.search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
    select = select.where((where) =>
      where.or([
        where('cases.name', 'ilike', part),
        where('subject_id', 'ilike', part),
        where('image', 'ilike', part),
        where('case_id', 'ilike', part),
        where('victim_name', 'ilike', part),
      ]),
    )
  }
  const after = query.after === undefined ? null : readCursor(query.after)
  if (after !== null) {
    select = select.where(
      sql<boolean>`(sort_at, host_id, incident) < (${new Date(after[0])}, ${after[1]}, ${after[2]})`,
    )
  }
  const rows = await select
    .orderBy('sort_at', 'desc')
    .orderBy('host_id', 'desc')
    .orderBy('incident', 'desc')
    .limit(limit + 1)
    .execute()
  const page = rows.slice(0, limit)
  const last = rows.length > limit ? page.at(-1) : undefined
  return {
    cases: page.flatMap((row) => summaryOf(row) ?? []),
    next: last === undefined ? null : cursor([last.sort_at.getTime(), last.host_id, last.incident]),
  }
}

type Place = readonly [sortAt: number, hostId: string, incident: string]
const place = z.tuple([z.number(), z.string(), z.string()])

function cursor(at: Place): string {
  return Buffer.from(JSON.stringify(at)).toString('base64url')
}

/** A cursor that nobody gave out begins at the beginning. */
function readCursor(text: string): Place | null {
  try {
    const read = z.safeParse(place, JSON.parse(Buffer.from(text, 'base64url').toString()))
    return read.success && Math.abs(read.data[0]) < 8.64e15 ? read.data : null
  } catch {
    return null
  }
}

async function caseOf(db: Kysely<Tables>, id: string): Promise<KeptCase | null> {
  if (!/^[\w-]{1,64}$/.test(id)) return null
  const rows = await db
    .selectFrom('cases')
    .innerJoin('hosts', 'hosts.id', 'cases.host_id')
    .select(SUMMARY_COLUMNS)
    .select(['document', 'hosts.name as host_name'])
    .where('case_id', 'like', `${id.replaceAll('_', String.raw`\_`)}%`)
    .orderBy('sort_at', 'desc')
    .limit(2)
    .execute()
  const exact = rows.find((row) => row.case_id === id)
  const only = rows.length === 1 ? rows[0] : undefined
  const row = exact ?? only
  return row === undefined ? null : keptCaseOf(row)
}

async function warnings(
  db: Kysely<Tables>,
  query: Parameters<Database['warnings']>[0],
): Promise<readonly KeptWarning[]> {
  let select = db
    .selectFrom('warnings')
    .innerJoin('hosts', 'hosts.id', 'warnings.host_id')
    .selectAll('warnings')
    .select('hosts.name as host_name')
  if (query.host !== undefined) select = select.where('host_id', '=', query.host)
  if (query.path !== undefined) select = select.where('path', '=', clean(query.path))
  if (query.since !== undefined) select = select.where('at', '>=', new Date(query.since))
  const rows = await select
    .orderBy('at', 'desc')
    .limit(Math.min(MOST_IN_A_PAGE, query.limit))
    .execute()
  return rows.flatMap((row) => warningOf(row) ?? [])
}

async function counts(db: Kysely<Tables>): Promise<CaseCounts> {
  const rows = await db
    .selectFrom('cases')
    .select(['verdict', sql<string>`count(*)`.as('count')])
    .groupBy('verdict')
    .execute()
  const found = new Map<VerdictCode, number>()
  for (const code of VERDICT_CODES) {
    const row = rows.find(({ verdict }) => verdict === code)
    if (row !== undefined) found.set(code, Number(row.count))
  }
  return found
}

async function hosts(db: Kysely<Tables>): Promise<readonly KnownHost[]> {
  const [rows, sights] = await Promise.all([
    db.selectFrom('hosts').selectAll().orderBy('name').orderBy('id').execute(),
    db.selectFrom('sights').selectAll().where('what', '=', 'blind').orderBy('source').execute(),
  ])
  return rows.map(({ id, name, first_seen: first, last_seen: last }) => {
    const blind = sights.filter((sight) => sight.host_id === id).map(({ says }) => says)
    return {
      id,
      name,
      firstSeen: first.getTime(),
      lastSeen: last.getTime(),
      blind: blind.length === 0 ? null : blind.join('; '),
    }
  })
}

async function hasScannerWork(db: Kysely<Tables>): Promise<boolean> {
  const found = await sql<{ has: boolean }>`
    select exists (select from scanner_jobs) or exists (select from scanner_pools)
      or exists (select from scanner_setting_changes) or exists (select from scanner_restarts) as has
  `.execute(db)
  return found.rows[0]?.has === true
}

async function tidy(db: Kysely<Tables>, now: Instant, retention: Retention): Promise<number> {
  const oldest = new Date(now - retention.maxAgeMs)
  await db.deleteFrom('warnings').where('at', '<', oldest).execute()
  await tidyAlerts(db, now, retention)
  const aged = await db.deleteFrom('cases').where('sort_at', '<', oldest).executeTakeFirst()
  const over = await sql`
    delete from cases using (
      select host_id, incident, sum(bytes) over (order by sort_at desc, host_id desc, incident desc) as upto
      from cases
    ) as sized
    where cases.host_id = sized.host_id and cases.incident = sized.incident and upto > ${retention.maxBytes}
  `.execute(db)
  const dropped = Number(aged.numDeletedRows) + Number(over.numAffectedRows ?? 0)
  // The embedded engine has nobody who does it by and by.
  if (dropped > 0) await sql`vacuum cases, warnings, alerts`.execute(db)
  return dropped
}
