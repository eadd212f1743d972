/** Opens the database: the embedded one in a folder, or a PostgreSQL server by its address. */
import { join } from 'node:path'
import { Kysely, PGliteDialect, PostgresDialect, sql } from 'kysely'
import type { Dialect } from 'kysely'
import type { Pool, QueryResult } from 'pg'
import { Migrator } from 'kysely/migration'
import { StellaError, unreachableError } from '../../model/errors.ts'
import type { Instant } from '../../model/time.ts'
import { privateFolder } from '../durable.ts'
import { takeLock } from '../lock.ts'
import { prepareFolder } from './prepare.ts'
import { statementsOn } from './kept.ts'
import { MIGRATIONS } from './schema.ts'
import type { Tables } from './schema.ts'
import { EMBEDDED_SETTINGS } from './settings.ts'
import type { QueueBackend } from '../scanner/queue.ts'
import type { ScannerStore } from '../scanner/open.ts'
import type { Database } from './types.ts'

/**
 * Opens the embedded database of a data folder, and makes it where there is none.
 *
 * @throws StellaError (unreachable) where another process has it, or the folder cannot be written
 */
export async function openEmbedded(dataFolder: string, now: Instant): Promise<Database> {
  const folder = join(privateFolder(dataFolder), 'database')
  // The lock stands beside the folder: two owners of one folder lose what is committed, without a word.
  const lock = takeLock(folder, { purpose: 'the database', at: now })
  if (!lock.ok) {
    throw unreachableError(
      `process ${lock.owner.pid} has the database open`,
      folder,
      'let that one go on, or end it first',
    )
  }
  try {
    await prepareFolder(folder)
    const { PGlite } = await import('@electric-sql/pglite')
    const lite = await PGlite.create({ dataDir: folder, postgresqlconf: [...EMBEDDED_SETTINGS] })
    return await ready(new PGliteDialect({ pglite: lite }), {
      where: folder,
      backend: async () => {
        const { fromPglite } = await import('pg-boss')
        return { backend: 'pglite', db: fromPglite(lite) }
      },
      release: () => lock.release(),
    })
  } catch (error) {
    lock.release()
    if (error instanceof StellaError) throw error
    throw unreachableError(
      `the database cannot be opened: ${messageOf(error)}`,
      folder,
      'see that there is room and that it may be written; a damaged one can be moved away, for the journal of cases is read again',
      { cause: error },
    )
  }
}

/**
 * Opens a database on a PostgreSQL server.
 *
 * @param url `postgres://…`; it may hold a password and is told nowhere
 * @throws StellaError (unreachable) where nobody answers, or it does not let us in
 */
export async function openServer(url: string): Promise<Database> {
  const { connectionsTo } = await import('./connections.ts')
  const pool = connectionsTo(url)
  const where = placeOf(url)
  try {
    return await ready(new PostgresDialect({ pool }), {
      where,
      backend: () => Promise.resolve({ backend: 'postgres', db: queueConnection(pool) }),
      release: () => undefined,
    })
  } catch (error) {
    await pool.end()
    throw asUnreachable(error, where)
  }
}

/** Of many statements at once, as the queue makes its tables, the rows of all. */
function queueConnection(pool: Pool): QueueBackend['db'] {
  return {
    async executeSql(text, values) {
      const answer: QueryResult | QueryResult[] = await pool.query(text, values)
      return { rows: [answer].flat().flatMap(({ rows }) => rows) }
    },
  }
}

interface Opened {
  where: string
  backend(): Promise<QueueBackend>
  release(): void
}

async function ready(dialect: Dialect, { where, backend, release }: Opened): Promise<Database> {
  const db = new Kysely<Tables>({ dialect })
  const provider = { getMigrations: () => Promise.resolve({ ...MIGRATIONS }) }
  const { error } = await new Migrator({ db, provider }).migrateToLatest()
  if (error !== undefined) throw error
  const statements = statementsOn(db)
  const told = <Arguments extends unknown[], Answer>(
    call: (...given: Arguments) => Promise<Answer>,
  ) => {
    return async (...given: Arguments): Promise<Answer> => {
      try {
        return await call(...given)
      } catch (problem) {
        throw asUnreachable(problem, where)
      }
    }
  }
  let scanner: Promise<ScannerStore> | null = null
  return {
    scanner(options) {
      const opening = async (): Promise<ScannerStore> => {
        const { scannerOn } = await import('../scanner/open.ts')
        return scannerOn(db, await backend(), options)
      }
      scanner ??= told(opening)()
      return scanner
    },
    take: told(statements.take),
    cases: told(statements.cases),
    case: told(statements.case),
    warnings: told(statements.warnings),
    takeAlerts: told(statements.takeAlerts),
    alerts: told(statements.alerts),
    firing: told(statements.firing),
    counts: told(statements.counts),
    hosts: told(statements.hosts),
    hasScannerWork: told(statements.hasScannerWork),
    tidy: told(statements.tidy),
    async ping() {
      try {
        await sql`select 1`.execute(db)
        return true
      } catch {
        return false
      }
    },
    async close() {
      await (await scanner?.catch(() => null))?.close()
      await db.destroy()
      release()
    },
  }
}

/** Without user and password. */
function placeOf(url: string): string {
  if (!URL.canParse(url)) return 'the database'
  const { hostname, port, pathname } = new URL(url)
  return `postgres://${hostname}${port === '' ? '' : `:${port}`}${pathname}`
}

/** What a database says when it goes, as it is told; another error is what it was. */
export function databaseTrouble(error: unknown, where: string): unknown {
  const hasCode = error instanceof Error && 'code' in error
  return hasCode || /\b(?:connection|terminat|closed)/i.test(messageOf(error))
    ? asUnreachable(error, where)
    : error
}

function asUnreachable(error: unknown, where: string): StellaError {
  if (error instanceof StellaError) return error
  const says = messageOf(error)
  const todo = /password|authentication|role|permission/i.test(says)
    ? 'check its user, password and rights'
    : 'see that it runs and has room'
  return unreachableError(`the database does not do it: ${says}`, where, todo, { cause: error })
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const text = error.message === '' ? code : error.message
  return text.replaceAll(/\s+/g, ' ').slice(0, 200)
}
