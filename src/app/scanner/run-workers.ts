/** Workers of a host that has no server of its own: they take jobs from a database that others share. */
import { join } from 'node:path'
import type { Pool } from '../../model/scan-job.ts'
import { errorMessage } from '../../model/error-message.ts'
import { startWorkerHost } from '../../scanning/workers/host.ts'
import type { Reader } from '../../sources/reader.ts'
import type { Database } from '../../store/database/types.ts'
import { newPool } from '../../store/scanner/pools.ts'
import { hostIdentity } from '../fleet/host-identity.ts'
import { ownCase } from '../serve/cases-by-path.ts'
import { explainKill } from './explain-kill.ts'
import { workerProgram } from './worker-program.ts'

export interface RunWorkersOptions {
  reader: Reader
  database: Database
  dataFolder: string
  pool: Pick<Pool, 'name' | 'count'>
  /** One sentence. */
  onSays(says: string): void
}

export interface RunningWorkers {
  /** Jobs that are not done in time go to other workers. */
  stop(drainMs: number): Promise<void>
}

/** @throws StellaError (unreachable) where the database does not answer */
export async function runWorkers({
  reader,
  database,
  dataFolder,
  pool,
  onSays,
}: RunWorkersOptions): Promise<RunningWorkers> {
  const identity = hostIdentity(reader)
  const store = await database.scanner({ isSupervising: true, onTrouble: onSays })
  const pools = await store.pools.list()
  // The server has none of it, but jobs can be sent there.
  if (!pools.some(({ name }) => name === pool.name)) await store.pools.put(newPool(pool.name, 0))
  return startWorkerHost({
    reader,
    store,
    // Several may run on one host, and each tells of its own.
    host: `${identity.name}/${process.pid}`,
    program: workerProgram(),
    scratchFolder: join(dataFolder, 'scanner'),
    cacheFolder: join(dataFolder, 'layers'),
    only: [pool],
    explain: (path, since) =>
      explainKill(
        {
          reader,
          isWatched: false,
          watchedCase: () => null,
          onCase: (group, found) => {
            const entry = ownCase(group, found, reader.now())
            database.take(identity, [entry]).catch((error: unknown) => onSays(errorMessage(error)))
          },
        },
        path,
        since,
      ),
    onSays,
  })
}
