import { usageError } from '../../../model/errors.ts'
import { poolName } from '../../../scanning/settings/kinds.ts'
import { hostReader } from '../../../sources/reader.ts'
import { dataFolder } from '../../../store/data-folder.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { CliContext } from '../../context.ts'
import { databaseAddress } from '../../database-address.ts'
import { aborted, untilSignal } from '../../until-signal.ts'

export interface RunWorkersFlags extends CommonFlags {
  pool: string
  count: number
  database?: string
  data?: string
}

/** A job may go on for so long when it is told to end. */
const DRAIN_MS = 5_000

/** `stella scanner workers run`. */
export async function runWorkersHere(this: CliContext, flags: RunWorkersFlags): Promise<void> {
  const { io } = this
  const url = databaseAddress(flags.database, io.env)
  if (url === '') {
    throw usageError(
      "an embedded database is its server's alone",
      '--database',
      'name the PostgreSQL server of the scanner; beside an embedded one, stella serve runs the workers',
    )
  }
  const read = poolName.read(flags.pool)
  if (!read.ok) throw usageError(read.problem, '--pool', read.todo)
  await untilSignal(async (asked) => {
    const [{ openServer }, { runWorkers }] = await Promise.all([
      import('../../../store/database/open.ts'),
      import('../../../app/scanner/run-workers.ts'),
    ])
    const database = await openServer(url)
    try {
      const workers = await runWorkers({
        reader: hostReader(),
        database,
        dataFolder: dataFolder(flags.data, io.env, process.getuid?.() === 0),
        pool: { name: read.value, count: flags.count },
        onSays: (says) => io.err(`stella: ${says}\n`),
      })
      io.err(
        `${flags.count} ${flags.count === 1 ? 'worker takes' : 'workers take'} jobs of ${read.value}\n`,
      )
      await aborted(asked)
      await workers.stop(DRAIN_MS)
    } finally {
      await database.close()
    }
  })
}
