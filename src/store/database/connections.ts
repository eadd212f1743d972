/** Connections to a PostgreSQL server. */
import pg from 'pg'

/** A page, a delivery and the own watch at a time. */
const MAX_CONNECTIONS = 8
const CONNECT_MS = 5_000
const STATEMENT_MS = 30_000

/**
 * A server that ends breaks its connections at any time. That is no reason to end with it: whoever uses one is told by the next
 * statement, and one that is idle is replaced.
 *
 * @param url `postgres://…`; it may hold a password
 */
export function connectionsTo(url: string): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: MAX_CONNECTIONS,
    connectionTimeoutMillis: CONNECT_MS,
    statement_timeout: STATEMENT_MS,
    application_name: 'stella',
  })
  pool.on('error', () => undefined)
  // The pool listens while one is idle; between two statements of a transaction nobody else does, and Node would end.
  pool.on('connect', (client) => client.on('error', () => undefined))
  return pool
}
