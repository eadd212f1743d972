/** The processes that a soak looks at, and what they stand on: an engine, a PostgreSQL server, a webhook. */
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { remoteDesk } from '../../src/app/scanner/remote-desk.ts'
import { createGroup } from '../../test/support/cgroups.ts'
import { runPostgres, startPostgres } from '../../test/support/server-starters.ts'
import { testbedFolder } from '../../test/support/testbed.ts'
import { figuresOf } from './figures.ts'
import { workersOf } from './jobs.ts'
import { startProgram, urlOf } from './program.ts'
import type { Program, Wanted } from './program.ts'
import type { Sample } from './table.ts'

export interface Cast {
  readonly serveUrl: string
  /** Another one after each restart; null: it is away. */
  scannerUrl(): string | null
  /** Where the journal of the watch is. */
  readonly watchData: string
  /** As they are now. */
  samples(): Sample[]
  /** Ends a process that one of them has started to scan, and says whether there was one. */
  killWorker(round: number): boolean
  restartScanner(): Promise<void>
  restartDatabase(awayMs: number): Promise<void>
  /** What did not end as it should. */
  end(): Promise<readonly string[]>
}

export interface CastOptions {
  /** For all that is kept. */
  folder: string
  engineSocket: string
  webhook: string
  /** A worker of the scanner has so much. */
  workerLimit: string
}

/** Few, so that some are dropped. */
const JOBS_KEPT = '200'
const TRIES = 5
const LISTEN = ['--listen', '127.0.0.1:0']

export async function openCast(options: CastOptions): Promise<Cast> {
  const { folder } = options
  const began = Date.now()
  const running = new Map<
    string,
    { program: Program; stores: readonly string[]; startedAt: number }
  >()
  const faults: string[] = []
  const storeOf = (name: string): string => mkdtempSync(join(folder, `${name}-`))

  async function start(wanted: Wanted, stores: readonly string[]): Promise<Program> {
    const program = await startProgram(folder, wanted)
    running.set(wanted.name, { program, stores, startedAt: Date.now() })
    return program
  }
  async function stop(name: string): Promise<void> {
    const known = running.get(name)
    if (known === undefined) return
    running.delete(name)
    const died = !known.program.isAlive()
    const code = await known.program.stop()
    if (died || code !== 0) faults.push(`${name} ended ${died ? 'by itself ' : ''}with ${code}`)
  }

  const postgresFolder = mkdtempSync(join(testbedFolder('databases'), 'soak-'))
  const group = createGroup('soak-postgres')
  async function end(): Promise<readonly string[]> {
    for (const name of running.keys()) await stop(name)
    await group.remove()
    rmSync(postgresFolder, { recursive: true, force: true })
    return faults
  }

  try {
    let postgres = await startPostgres(group, postgresFolder, 'shared_buffers = 32MB\n')
    const database = `postgres:///postgres?host=${encodeURIComponent(postgresFolder)}&user=postgres`
    const [watchData, serveData, scannerData, workersData] = [
      storeOf('watch'),
      storeOf('serve'),
      storeOf('scanner'),
      storeOf('workers'),
    ]
    const hears = {
      DOCKER_HOST: `unix://${options.engineSocket}`,
      STELLA_WEBHOOK: options.webhook,
    }
    const serve = await start(
      {
        name: 'serve',
        args: ['serve', ...LISTEN, '--keep', '1h', '--quiet', '--data', serveData],
        env: hears,
        ready: /listening on http/,
      },
      [serveData],
    )
    const serveUrl = urlOf(serve)
    await start(
      {
        name: 'watch',
        args: ['watch', '--json', '--to', serveUrl, '--data', watchData],
        env: hears,
        ready: /^watching/m,
      },
      [watchData],
    )
    const startScanner = (): Promise<Program> =>
      start(
        {
          name: 'scanner',
          args: ['serve', '--no-watch', ...LISTEN, '--data', scannerData],
          env: { STELLA_DATABASE: database, STELLA_HOST: 'soak-server' },
          ready: /listening on http/,
        },
        [scannerData, postgresFolder],
      )
    let scanner: Program | null = await startScanner()
    await settle(serveUrl, { ...limits(options), 'retention.jobs_count': JOBS_KEPT })
    await settle(urlOf(scanner), limits(options))
    await start(
      {
        name: 'workers',
        args: [
          ...['scanner', 'workers', 'run', '--pool', 'default', '--count', '2'],
          ...['--data', workersData],
        ],
        env: { STELLA_DATABASE: database, STELLA_HOST: 'soak-workers' },
        ready: /./,
      },
      [workersData],
    )
    return {
      serveUrl,
      watchData,
      scannerUrl: () => (scanner === null ? null : urlOf(scanner)),
      samples: () =>
        [...running].flatMap(([name, { program, stores, startedAt }]) => {
          const figures = figuresOf(program.pid, folder, stores)
          const now = Date.now()
          const times = { at: now - began, age: now - startedAt }
          return figures === null ? [] : [{ name, pid: program.pid, ...times, ...figures }]
        }),
      killWorker(round) {
        const hosts = ['workers', 'serve', 'scanner'].map((name) => running.get(name)?.program)
        const host = hosts[round % hosts.length]
        const [worker] = host === undefined ? [] : workersOf(host.pid)
        return worker !== undefined && process.kill(worker, 'SIGKILL')
      },
      async restartScanner() {
        scanner = null
        await stop('scanner')
        // As a service manager does it: the database may be away just now.
        for (let tries = 1; scanner === null; tries++) {
          scanner = await startScanner().catch((error: unknown) => {
            if (tries === TRIES) throw error
            return null
          })
          if (scanner === null) await pause(3_000)
        }
      },
      async restartDatabase(awayMs) {
        await postgres.stop()
        await pause(awayMs)
        postgres = await runPostgres(group, postgresFolder)
      },
      end,
    }
  } catch (error) {
    await end()
    throw error
  }
}

/** Small images are taken into memory first, and a large one is more than a worker has. */
function limits({ workerLimit }: CastOptions): Readonly<Record<string, string>> {
  return { 'sbom.streaming_threshold': '8Gi', 'worker.memory_limit': workerLimit }
}

async function settle(url: string, settings: Readonly<Record<string, string>>): Promise<void> {
  const desk = remoteDesk({ url: new URL(url), token: null })
  for (const [key, value] of Object.entries(settings)) await desk.set(key, value, 'the soak')
  await desk.restartWorkers({ pool: null, drainMs: 1_000 })
}
