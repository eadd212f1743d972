/** `stella serve`: the watch of this machine, what other hosts send, one database, and HTTP over all of it. */
import { errorMessage } from '../../model/error-message.ts'
import type { CaseJournal, JournalEntry } from '../../store/cases.ts'
import { openCaseJournal } from '../../store/cases.ts'
import type { Database, Retention } from '../../store/database/types.ts'
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
import { openLabs } from '../labs/lab-desk.ts'
import { liveBench } from '../labs/live-bench.ts'
import { createCaseRuns } from '../runbooks/case-runs.ts'
import { openTriggers } from '../runbooks/open-triggers.ts'
import { openRunbooks } from '../runbooks/runbook-desk.ts'
import { catchUp, takeAgain } from './catch-up.ts'
import { keepCounts } from './counts-keeper.ts'
import { createExamination } from './examination.ts'
import { createIntake } from './intake.ts'
import { listen } from './listening.ts'
import { createCasesByPath, ownCase } from './cases-by-path.ts'
import { createLiveView } from './live.ts'
import { keepPlace } from './place.ts'
import type { Place } from './place.ts'
import { openScannerCounts } from './scanner-counts.ts'
import { withOwnToken } from './own-token.ts'
import { scannerFigures } from './scanner-figures.ts'
import { createScannerService } from './scanner-service.ts'

export interface ServeOptions {
  reader: Reader
  version: string
  dataFolder: string
  /** With runbooks of one's own; null: those that come along are all. */
  runbookFolder: string | null
  /** For the programs that runs start. */
  env: Readonly<Record<string, string | undefined>>
  database: Database
  /** Where the page was built. */
  pageFolder: string
  listen: { host: string; port: number }
  access: Access
  /** Nobody else has this database open. */
  isDatabaseOurs: boolean
  /** False: nothing opens a runbook but somebody who asks for it. */
  opensRunbooks: boolean
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
 * @throws StellaError (unreachable) where the port is taken, the journal is another's, or the groups or the runbooks cannot be read
 */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { reader, database, onSays } = options
  const startedAt = reader.now()
  const host = hostIdentity(reader)
  const live = createLiveView(host)
  const { access, token } = withOwnToken(options.access)
  const runbooks = openRunbooks({
    dataFolder: options.dataFolder,
    folder: options.runbookFolder,
    now: reader.now,
    env: token === null ? options.env : { ...options.env, STELLA_TOKEN: token },
    secrets: access.kind === 'token' ? access.tokens.map((each) => each.token) : [],
    onEvent: (run, event) => live.takeRun(run, 'step' in event ? event.step : null),
    onSays,
  })
  const triggers = options.opensRunbooks
    ? openTriggers({ ...options, host, now: reader.now, runbooks })
    : null
  const onFault = (error: unknown): void => onSays(`a fault: ${String(error)}`)
  const labs = openLabs({ bench: () => liveBench(options.dataFolder, options.env), onFault })
  const caseRuns = createCaseRuns(options.dataFolder)
  const counts = createKillCounts({ now: reader.now, kept: readCounts(options.dataFolder) })
  const keeper = keepCounts({
    counts,
    dataFolder: options.dataFolder,
    onTrouble: (why) => onSays(why ?? 'the counters of /metrics are written again'),
  })
  const scannerCounts = openScannerCounts({ dataFolder: options.dataFolder, onTrouble: onSays })
  const metrics = createMetrics({
    host: host.name,
    snapshot: live.snapshot,
    counts,
    keepCounts: keeper.write,
    scanner: scannerFigures({
      reader,
      host: host.name,
      counts: scannerCounts,
      running: () => scanner.running(),
    }),
  })
  const books = { database, host, dataFolder: options.dataFolder }
  const intake = createIntake({
    take: async (entries) => void (await database.take(host, entries)),
    takeAgain: (since) => takeAgain(books, since),
    onTrouble: (why) =>
      onSays(why === null ? 'the database answers again' : `the database does not answer: ${why}`),
  })

  /** The latest case of each group in which something was killed lately. */
  const lately = createCasesByPath()

  function takeOwn(entry: JournalEntry): void {
    intake.put(entry)
    if (entry.kind === 'case') {
      counts.take(host, entry)
      lately.take(entry.case)
      triggers?.takeCase(entry)
      const { at } = entry.case
      if (entry.revision === 1 && at !== null && at >= startedAt)
        metrics.detected(Math.max(0, entry.at - at) / 1_000)
    }
    live.takeEntry(host, entry)
    options.onEntry(entry)
  }

  let place: Place | null = null
  let hasScanner = false
  const scanner = await createScannerService({
    reader,
    database,
    dataFolder: options.dataFolder,
    host: host.name,
    isAlone: options.isDatabaseOurs,
    isWatched: options.watches,
    watchedCase: lately.find,
    onCase: (path, found) => takeOwn(ownCase(path, found, reader.now())),
    counts: scannerCounts,
    onSays,
    onBegin: () => {
      hasScanner = true
      place?.scannerBegan()
    },
  })
  const app = createApp({
    services: {
      version: options.version,
      now: reader.now,
      database,
      live,
      scanner: scanner.desk,
      labs: labs.desk,
      runbooks: runbooks.desk,
      runsOf: ({ id, at }) => caseRuns.of(id, at),
      triggered: () => triggers?.lately() ?? [],
      examine: createExamination({
        ...{ reader, database, dataFolder: options.dataFolder },
        scanner: () => (scanner.running() === null ? null : scanner.desk()),
      }),
      async deliver(sender, entries) {
        const taken = await database.take(sender, entries)
        for (const entry of taken) {
          if (entry.kind === 'case') counts.take(sender, entry)
          if (sender.id !== host.id) live.takeEntry(sender, entry)
          // An agent of its own beside a server that does not watch.
          else if (entry.kind === 'case') triggers?.takeCase(entry)
        }
        return taken.length
      },
      async takeAlerts(alerts) {
        const news = await database.takeAlerts(alerts, reader.now())
        for (const alert of news) live.takeAlert(alert)
        void triggers?.takeAlerts(news)
        return news.length
      },
    },
    access,
    metrics,
    page: openPage(options.pageFolder),
    onFault,
  })
  const server = await listen(app.fetch, options.listen).catch(async (error: unknown) => {
    await scanner.stop()
    throw error
  })
  place = keepPlace(options.dataFolder, server.url)
  if (hasScanner) place.scannerBegan()
  let watch: Watch | null = null
  let journal: CaseJournal | null = null
  try {
    if (options.watches) journal = openCaseJournal(options.dataFolder, { now: reader.now })
    keeper.start()
    if (journal !== null) {
      await catchUp(books, (entry) => counts.take(host, entry))
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
    place?.forget()
    triggers?.stop()
    await server.close()
    await runbooks.service.close()
    await scanner.stop()
    keeper.stop()
    journal?.close()
    throw error
  }
  const tidy = (): void =>
    void database.tidy(reader.now(), options.retention).catch((error: unknown) => {
      onSays(`old cases could not be dropped: ${errorMessage(error)}`)
    })
  const timer = setInterval(tidy, TIDY_MS)

  return {
    url: server.url,
    async stop() {
      clearInterval(timer)
      place?.forget()
      triggers?.stop()
      await Promise.all([runbooks.service.close(), labs.close()])
      await scanner.stop()
      await watch?.stop()
      keeper.stop()
      journal?.close()
      await intake.flush(FLUSH_MS)
      await server.close()
    },
  }
}
