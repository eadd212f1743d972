/** What the scanner keeps: in the database of `stella serve`, embedded or on a PostgreSQL server. */
import type { Kysely } from 'kysely'
import { jobAttempts } from './job-attempts.ts'
import { jobQueries } from './job-queries.ts'
import { jobRequests } from './job-requests.ts'
import type { JobsStore } from './job-types.ts'
import { logsOn } from './logs.ts'
import type { LogStore } from './logs.ts'
import { poolsOn } from './pools.ts'
import type { PoolsStore } from './pools.ts'
import { openQueue } from './queue.ts'
import type { QueueBackend, QueueOptions } from './queue.ts'
import { retentionOn } from './retention.ts'
import type { RetentionStore } from './retention.ts'
import { settingsOn } from './settings.ts'
import type { SettingsStore } from './settings.ts'
import type { ScannerTables } from './tables.ts'

export interface ScannerStore {
  settings: SettingsStore
  pools: PoolsStore
  jobs: JobsStore
  logs: LogStore
  retention: RetentionStore
  /** The database stays open. */
  close(): Promise<void>
}

export async function scannerOn(
  db: Kysely<ScannerTables>,
  backend: QueueBackend,
  options: QueueOptions,
): Promise<ScannerStore> {
  const queue = await openQueue(backend, options)
  return {
    settings: settingsOn(db),
    pools: poolsOn(db),
    jobs: { ...jobRequests(db, queue), ...jobAttempts(db, queue), ...jobQueries(db) },
    logs: logsOn(db),
    retention: retentionOn(db, { vacuums: backend.backend === 'pglite' }),
    close: () => queue.stop(),
  }
}
