/** `stella serve`: the watch of this machine, what other hosts send, one database, and HTTP over all of it. */
import type { Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import { unreachableError } from '../../model/errors.ts'
import type { CaseEntry, CaseJournal, JournalEntry } from '../../store/cases.ts'
import { openCaseJournal, readJournal } from '../../store/cases.ts'
import type { Database, HostIdentity, Retention } from '../../store/database/types.ts'
import { readCounts } from '../../store/kill-counts.ts'
import { createApp } from '../../server/app.ts'
import type { Access } from '../../server/guard.ts'
import { createKillCounts } from '../../server/kill-counts.ts'
import { createMetrics } from '../../server/metrics.ts'
import { openPage } from '../../server/page.ts'
import type { Reader } from '../../sources/reader.ts'
import type { Thresholds } from '../../watch/warn/levels.ts'
import { startWatch } from '../watch/daemon.ts'
import type { Watch } from '../watch/daemon.ts'
import { hostIdentity } from '../fleet/host-identity.ts'
import { keepCounts } from './counts-keeper.ts'
import { createIntake } from './intake.ts'
import { createLiveView } from './live.ts'

export interface ServeOptions {
  reader: Reader
  version: string
  dataFolder: string
  database: Database
  /** Where the page was built. */
  pageFolder: string
  listen: { host: string; port: number }
  access: Access
  /** False: it takes what other hosts send, and watches nothing itself. */
  watches: boolean
  intervalMs: number
  thresholds: Thresholds
  retention: Retention
  onEntry(entry: JournalEntry): void
  /** One sentence for the log. */
  onSays(says: string): void
}

export interface Serving {
  /** Where it listens, as an address that a browser takes. */
  readonly url: string
  stop(): Promise<void>
}

const TIDY_MS = 10 * 60_000
const FLUSH_MS = 5_000

/**
 * Starts the server.
 *
 * @throws StellaError (unreachable) where the port is taken, the journal is another's, or the groups cannot be read
 */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { reader, database, onSays } = options
  const startedAt = reader.now()
  const host = hostIdentity(reader)
  const live = createLiveView(host)
  const counts = createKillCounts({ now: reader.now, kept: readCounts(options.dataFolder) })
  const keeper = keepCounts({
    counts,
    dataFolder: options.dataFolder,
    onTrouble: (why) => onSays(why ?? 'the counters of /metrics are written again'),
  })
  const metrics = createMetrics({
    host: host.name,
    snapshot: live.snapshot,
    counts,
    keepCounts: keeper.write,
  })
  const intake = createIntake({
    database,
    host,
    onTrouble: (why) =>
      onSays(why === null ? 'the database answers again' : `the database does not answer: ${why}`),
  })

  function takeOwn(entry: JournalEntry): void {
    intake.put(entry)
    if (entry.kind === 'case') {
      counts.take(host, entry)
      const { at } = entry.case
      if (entry.revision === 1 && at !== null && at >= startedAt)
        metrics.detected(Math.max(0, entry.at - at) / 1_000)
    }
    live.takeEntry(host, entry)
    options.onEntry(entry)
  }

  const app = createApp({
    services: {
      version: options.version,
      now: reader.now,
      database,
      live,
      async deliver(sender, entries) {
        const taken = await database.take(sender, entries)
        for (const entry of taken) {
          if (entry.kind === 'case') counts.take(sender, entry)
          if (sender.id !== host.id) live.takeEntry(sender, entry)
        }
        return taken.length
      },
      async takeAlerts(alerts) {
        const news = await database.takeAlerts(alerts, reader.now())
        for (const alert of news) live.takeAlert(alert)
        return news.length
      },
    },
    access: options.access,
    metrics,
    page: openPage(options.pageFolder),
    onFault: (error) => onSays(`a fault: ${String(error)}`),
  })
  const server = await listen(app.fetch, options.listen)
  let watch: Watch | null = null
  let journal: CaseJournal | null = null
  try {
    if (options.watches) journal = openCaseJournal(options.dataFolder, { now: reader.now })
    keeper.start()
    if (journal !== null) {
      await catchUp(options, host, (entry) => counts.take(host, entry))
      watch = startWatch({
        reader,
        journal,
        intervalMs: options.intervalMs,
        thresholds: options.thresholds,
        onEntry: takeOwn,
        onRound: live.takeRound,
      })
      live.courseFrom(watch.samplesOf)
    }
  } catch (error) {
    server.close()
    keeper.stop()
    journal?.close()
    throw error
  }
  const tidy = (): void =>
    void database.tidy(reader.now(), options.retention).catch((error: unknown) => {
      onSays(
        `old cases could not be dropped: ${error instanceof Error ? error.message : String(error)}`,
      )
    })
  const timer = setInterval(tidy, TIDY_MS)

  return {
    url: urlOf(server, options.listen.host),
    async stop() {
      clearInterval(timer)
      await watch?.stop()
      keeper.stop()
      journal?.close()
      await intake.flush(FLUSH_MS)
      await closed(server)
    },
  }
}

/** In one transaction. */
const MAX_AT_ONCE = 200
/** Clocks may be set back a little. */
const MARGIN_MS = 5 * 60_000

/** Takes what was written down while no server ran, while the database was away, or a moment before the end. */
async function catchUp(
  { database, dataFolder }: ServeOptions,
  host: HostIdentity,
  onCase: (entry: CaseEntry) => void,
): Promise<void> {
  const known = (await database.hosts()).find(({ id }) => id === host.id)
  const since = known === undefined ? Number.NEGATIVE_INFINITY : known.lastSeen - MARGIN_MS
  let piece: JournalEntry[] = []
  for await (const entry of readJournal(dataFolder)) {
    if (entry.at < since) continue
    if (entry.kind === 'case') onCase(entry)
    piece.push(entry)
    if (piece.length < MAX_AT_ONCE) continue
    await database.take(host, piece)
    piece = []
  }
  await database.take(host, piece)
}

function listen(
  fetch: (request: Request) => Response | Promise<Response>,
  { host, port }: ServeOptions['listen'],
): Promise<Server> {
  const server = createAdaptorServer({ fetch })
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      const taken = error.code === 'EADDRINUSE'
      reject(
        unreachableError(
          taken ? 'somebody listens there already' : `it cannot listen there (${error.code ?? ''})`,
          `${host}:${port}`,
          'choose another address with --listen',
          { cause: error },
        ),
      )
    })
    server.listen(port, host, () => {
      if ('closeAllConnections' in server) resolve(server)
      else reject(new Error('the server is of another kind'))
    })
  })
}

function urlOf(server: Server, host: string): string {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  const name = host.includes(':') ? `[${host}]` : host
  return `http://${name}:${port}/`
}

function closed(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
