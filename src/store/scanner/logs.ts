/** What the scanner has to say, line by line. */
import type { Kysely } from 'kysely'
import { LOG_LEVELS } from '../../model/scan-job.ts'
import type { LogLevel, LogLine } from '../../model/scan-job.ts'
import type { Instant } from '../../model/time.ts'
import { clean } from '../database/clean.ts'
import type { ScannerTables } from './tables.ts'

export interface LogQuery {
  /** At most 10,000. */
  limit: number
  /** A part of a line, in any case of letters. */
  filter?: string | undefined
  /** And what is more serious. */
  level?: LogLevel | undefined
  since?: Instant | undefined
  /** Lines behind this one. */
  after?: number | undefined
  job?: string | undefined
}

export interface KeptLine extends LogLine {
  /** Grows with each line. */
  id: number
}

export interface LogStore {
  write(lines: readonly LogLine[]): Promise<void>
  /** The newest that fit, oldest first. */
  read(query: LogQuery): Promise<readonly KeptLine[]>
  /** Drops all but the newest lines. */
  tidy(most: number): Promise<void>
}

const MOST_LINES = 10_000
const LONGEST = 4_000
/** A statement takes 65,535 values. */
const MOST_AT_ONCE = 1_000

export function logsOn(db: Kysely<ScannerTables>): LogStore {
  return {
    async write(lines) {
      const rows = lines.map(({ at, level, pool, worker, job, says }) => ({
        at: new Date(at),
        level: LOG_LEVELS.indexOf(level),
        pool,
        worker,
        job,
        says: clean(says.slice(0, LONGEST)),
      }))
      for (let from = 0; from < rows.length; from += MOST_AT_ONCE) {
        const part = rows.slice(from, from + MOST_AT_ONCE)
        await db.insertInto('scanner_logs').values(part).execute()
      }
    },
    async read({ limit, filter, level = 'debug', since, after, job }) {
      let select = db
        .selectFrom('scanner_logs')
        .selectAll()
        .where('level', '>=', LOG_LEVELS.indexOf(level))
      if (filter !== undefined && filter !== '') {
        const part = clean(filter).replaceAll(/[\\%_]/g, String.raw`\$&`)
        select = select.where('says', 'ilike', `%${part}%`)
      }
      if (since !== undefined) select = select.where('at', '>=', new Date(since))
      if (after !== undefined) select = select.where('id', '>', after)
      if (job !== undefined) select = select.where('job', '=', job)
      const rows = await select.orderBy('id', 'desc').limit(Math.min(MOST_LINES, limit)).execute()
      return rows
        .map((row) => ({
          id: Number(row.id),
          at: row.at.getTime(),
          level: LOG_LEVELS[row.level] ?? 'error',
          pool: row.pool,
          worker: row.worker,
          job: row.job,
          says: row.says,
        }))
        .toReversed()
    },
    async tidy(most) {
      const newest = await db
        .selectFrom('scanner_logs')
        .select('id')
        .orderBy('id', 'desc')
        .offset(most)
        .limit(1)
        .executeTakeFirst()
      if (newest === undefined) return
      await db.deleteFrom('scanner_logs').where('id', '<=', newest.id).execute()
    },
  }
}
