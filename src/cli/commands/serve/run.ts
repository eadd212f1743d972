import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openShelf } from '../../../app/runbooks/shelf.ts'
import { serve as startServer } from '../../../app/serve/serve.ts'
import { GIB } from '../../../model/bytes.ts'
import { usageError } from '../../../model/errors.ts'
import { isLoopback } from '../../../model/loopback.ts'
import type { Access } from '../../../server/guard.ts'
import { hostReader } from '../../../sources/reader.ts'
import { dataFolder } from '../../../store/data-folder.ts'
import { openEmbedded, openServer } from '../../../store/database/open.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { WatchingFlags } from '../../watch-flags.ts'
import type { CliContext, CliIo } from '../../context.ts'
import { databaseAddress } from '../../database-address.ts'
import { readTokens } from '../../token.ts'
import { aborted, untilSignal } from '../../until-signal.ts'
import { VERSION } from '../../../app/version.ts'
import { teller } from '../watch/teller.ts'
import type { ListenAddress } from './parse.ts'

export interface ServeFlags extends CommonFlags, WatchingFlags {
  listen: ListenAddress
  tokenFile?: string
  database?: string
  noWatch?: boolean
  noTriggers?: boolean
  runbooks?: string
  /** Milliseconds. */
  keep: number
  data?: string
}

/** Of the database; the oldest cases go beyond it. */
const MAX_DATABASE_BYTES = GIB
/** Where the build puts the page, seen from the bundle and from the sources. */
const PAGE_FOLDERS = ['./web/', '../../../../dist/web/']

/** `stella serve`. */
export async function serve(this: CliContext, flags: ServeFlags): Promise<void> {
  const { io } = this
  const url = databaseAddress(flags.database, io.env)
  if (url === '') io.becomeLean()
  const access = accessFor(io, flags)
  const reader = hostReader()
  const folder = dataFolder(flags.data, io.env, process.getuid?.() === 0)
  // A database takes seconds to make, and stays: a folder that cannot be read is told before.
  openShelf(flags.runbooks ?? null)()
  await untilSignal(async (asked) => {
    const database = url === '' ? await openEmbedded(folder, reader.now()) : await openServer(url)
    const tell = teller(io, flags)
    const says = (sentence: string): void => io.err(`stella: ${sentence}\n`)
    try {
      const serving = await startServer({
        reader,
        version: VERSION,
        dataFolder: folder,
        runbookFolder: flags.runbooks ?? null,
        env: io.env,
        database,
        pageFolder: pageFolder(),
        listen: flags.listen,
        access,
        isDatabaseOurs: url === '',
        opensRunbooks: flags.noTriggers !== true,
        watches: flags.noWatch !== true,
        intervalMs: flags.interval,
        thresholds: { warning: flags.warn, critical: flags.critical },
        retention: { maxAgeMs: flags.keep, maxBytes: MAX_DATABASE_BYTES },
        onEntry: (entry) => {
          if (flags.quiet !== true) tell(entry)
        },
        onSays: says,
      })
      io.err(`listening on ${serving.url}\n`)
      await aborted(asked)
      await serving.stop()
    } finally {
      await database.close()
    }
  })
}

function accessFor(io: CliIo, flags: ServeFlags): Access {
  const tokens = readTokens(flags.tokenFile, io.env)
  if (tokens !== null) return { kind: 'token', tokens }
  if (isLoopback(flags.listen.host)) return { kind: 'loopback' }
  throw usageError(
    'everybody who reaches this address could read all cases',
    '--listen',
    'give a token with --token-file, or listen at 127.0.0.1',
  )
}

function pageFolder(): string {
  const folders = PAGE_FOLDERS.map((path) => fileURLToPath(new URL(path, import.meta.url)))
  return folders.find((folder) => existsSync(`${folder}index.html`)) ?? folders[0] ?? ''
}
