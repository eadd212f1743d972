/** Alerts as rows: each is kept once, with its last word, and is shown with the case that it is about. */
import type { Kysely, Selectable, Transaction } from 'kysely'
import { sql } from 'kysely'
import type { Instant } from '../../model/time.ts'
import { subjectOf } from './alert-subject.ts'
import { clean } from './clean.ts'
import { SUMMARY_COLUMNS, summaryOf } from './rows.ts'
import type { SummaryRow } from './rows.ts'
import type { Tables } from './schema.ts'
import type { Alert, AlertQuery, CaseSummary, KeptAlert, Retention } from './types.ts'

const MOST_IN_A_PAGE = 500
/** Alertmanager repeats what fires, by its default every four hours: of one that is not repeated, nobody knows. */
const HEARD_WITHIN_MS = 86_400_000
/** A case this long before an alert may be what it is about: a kill is seen at once, and an alert waits. */
const CASE_BEFORE_MS = 3_600_000
/** A case is recorded a moment after its alert has ended. */
const CASE_AFTER_MS = 60_000
/** Alerts may take this part of the room that cases have. */
const SHARE_OF_ROOM = 1 / 8

/** Takes alerts; gives those that are new, or whose state changed. */
export async function takeAlerts(
  work: Transaction<Tables>,
  alerts: readonly Alert[],
  now: Instant,
): Promise<readonly KeptAlert[]> {
  // A statement may touch a row only once; of one alert the last word counts.
  const latest = new Map(alerts.map(cleaned).map((alert) => [keyOf(alert), alert]))
  const told = [...latest.values()]
  if (told.length === 0) return []
  const known = await work
    .selectFrom('alerts')
    .select(['fingerprint', 'starts_at', 'ends_at'])
    .where(
      'fingerprint',
      'in',
      told.map(({ fingerprint }) => fingerprint),
    )
    .execute()
  const before = new Map(
    known.map((row) => [
      keyOf({ fingerprint: row.fingerprint, startsAt: row.starts_at.getTime() }),
      row.ends_at,
    ]),
  )
  await work
    .insertInto('alerts')
    .values(told.map((alert) => alertRow(alert, now)))
    .onConflict((conflict) =>
      conflict.columns(['fingerprint', 'starts_at']).doUpdateSet((write) => ({
        ends_at: write.ref('excluded.ends_at'),
        heard_at: write.ref('excluded.heard_at'),
        annotations: write.ref('excluded.annotations'),
        generator_url: write.ref('excluded.generator_url'),
        bytes: write.ref('excluded.bytes'),
      })),
    )
    .execute()
  const news = told.filter((alert) => {
    const ended = before.get(keyOf(alert))
    return ended === undefined || (ended === null) !== (alert.endsAt === null)
  })
  return withCases(
    work,
    news.map((alert) => ({ ...alert, heardAt: now, state: stateOf(alert, now, now) })),
  )
}

/** Those that fire first, and of them the newest. */
export async function alerts(
  db: Kysely<Tables>,
  { limit, state, now }: AlertQuery,
): Promise<readonly KeptAlert[]> {
  let select = db.selectFrom('alerts').selectAll()
  if (state === 'firing') select = select.where(isFiring(now))
  if (state === 'resolved') select = select.where('ends_at', 'is not', null)
  if (state === 'lost')
    select = select.where('ends_at', 'is', null).where(sql<boolean>`not ${isFiring(now)}`)
  const rows = await select
    .orderBy(isFiring(now), 'desc')
    .orderBy('starts_at', 'desc')
    .orderBy('fingerprint')
    .limit(Math.min(MOST_IN_A_PAGE, limit))
    .execute()
  return withCases(
    db,
    rows.map((row) => alertOf(row, now)),
  )
}

export async function firingAlerts(db: Kysely<Tables>, now: Instant): Promise<number> {
  const row = await db
    .selectFrom('alerts')
    .select(sql<string>`count(*)`.as('count'))
    .where(isFiring(now))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

/** Drops what nobody told of for long, and the oldest where they are too large. */
export async function tidyAlerts(
  db: Kysely<Tables>,
  now: Instant,
  { maxAgeMs, maxBytes }: Retention,
): Promise<void> {
  await db
    .deleteFrom('alerts')
    .where('heard_at', '<', new Date(now - maxAgeMs))
    .execute()
  await sql`
    delete from alerts using (
      select fingerprint, starts_at, sum(bytes) over (order by heard_at desc, starts_at desc, fingerprint) as upto from alerts
    ) as sized
    where alerts.fingerprint = sized.fingerprint and alerts.starts_at = sized.starts_at
      and upto > ${Math.floor(maxBytes * SHARE_OF_ROOM)}
  `.execute(db)
}

function isFiring(now: Instant) {
  return sql<boolean>`(ends_at is null and heard_at > ${new Date(now - HEARD_WITHIN_MS)})`
}

function stateOf(
  { endsAt }: Pick<Alert, 'endsAt'>,
  heardAt: Instant,
  now: Instant,
): KeptAlert['state'] {
  if (endsAt !== null) return 'resolved'
  return now - heardAt < HEARD_WITHIN_MS ? 'firing' : 'lost'
}

function cleaned(alert: Alert): Alert {
  const texts = (given: Alert['labels']): Alert['labels'] =>
    Object.fromEntries(Object.entries(given).map(([name, value]) => [clean(name), clean(value)]))
  const { fingerprint, labels, annotations } = alert
  return {
    ...alert,
    fingerprint: clean(fingerprint),
    labels: texts(labels),
    annotations: texts(annotations),
  }
}

function alertRow(alert: Alert, now: Instant) {
  const labels = JSON.stringify(alert.labels)
  const annotations = JSON.stringify(alert.annotations)
  return {
    fingerprint: alert.fingerprint,
    starts_at: new Date(alert.startsAt),
    ends_at: alert.endsAt === null ? null : new Date(alert.endsAt),
    heard_at: new Date(now),
    generator_url: alert.generatorUrl,
    bytes: labels.length + annotations.length,
    labels,
    annotations,
  }
}

function alertOf(row: Selectable<Tables['alerts']>, now: Instant): Omit<KeptAlert, 'case'> {
  const endsAt = row.ends_at?.getTime() ?? null
  const heardAt = row.heard_at.getTime()
  return {
    fingerprint: row.fingerprint,
    startsAt: row.starts_at.getTime(),
    endsAt,
    heardAt,
    state: stateOf({ endsAt }, heardAt, now),
    labels: row.labels,
    annotations: row.annotations,
    generatorUrl: row.generator_url,
  }
}

function keyOf({ fingerprint, startsAt }: Pick<Alert, 'fingerprint' | 'startsAt'>): string {
  return `${fingerprint} ${startsAt}`
}

/** The case is looked for when it is asked: one that is recorded after the alert came is found, too. */
async function withCases(
  db: Kysely<Tables>,
  found: readonly Omit<KeptAlert, 'case'>[],
): Promise<readonly KeptAlert[]> {
  const wanted = found.flatMap(({ labels, startsAt, endsAt }, place) => {
    const subject = subjectOf(labels)
    if (subject === null) return []
    const since = new Date(startsAt - CASE_BEFORE_MS)
    const until = endsAt === null ? 'infinity' : new Date(endsAt + CASE_AFTER_MS)
    return [{ place, since, until, ...subject }]
  })
  const cases = new Map<number, CaseSummary | null>()
  if (wanted.length > 0) {
    const columns = sql.join(SUMMARY_COLUMNS.map((column) => sql.ref(column)))
    const { rows } = await sql<SummaryRow & { place: number }>`
      select wanted.place, found.*
      from json_to_recordset(${JSON.stringify(wanted)}::json) as wanted(
        place integer, since timestamptz, until timestamptz, host text, platform text, names text[], verdicts text[])
      cross join lateral (
        select ${columns}, hosts.name as host_name
        from cases join hosts on hosts.id = cases.host_id
        where sort_at between wanted.since and wanted.until
          and (wanted.host is null or hosts.name = wanted.host)
          and (wanted.platform is null or cases.platform = wanted.platform)
          and (cases.name like any(wanted.names) or subject_id like any(wanted.names) or verdict = any(wanted.verdicts))
        order by sort_at desc
        limit 1
      ) as found
    `.execute(db)
    for (const row of rows) cases.set(row.place, summaryOf(row))
  }
  return found.map((alert, place) => ({ ...alert, case: cases.get(place) ?? null }))
}
