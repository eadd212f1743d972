/** The workers of this host: as many in each pool as are wanted, and no more. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import type { LogLevel, Pool, WorkerView } from '../../model/scan-job.ts'
import { errorMessage } from '../../model/error-message.ts'
import type { Reader } from '../../sources/reader.ts'
import { privateFolder } from '../../store/durable.ts'
import type { ScannerStore } from '../../store/scanner/open.ts'
import { poolBytes } from '../pool-bytes.ts'
import { workerMemoryLimit } from '../settings/index.ts'
import { openCageRoom } from './cages/index.ts'
import type { CarryOutOptions } from './carry-out.ts'
import { holdLines } from './held-lines.ts'
import { settleAttempt } from './settle.ts'
import type { SettleOptions } from './settle.ts'
import { openSlot } from './slot.ts'
import type { Slot } from './slot.ts'
import type { WorkerProgram } from './worker-process.ts'

export interface WorkerHostOptions {
  reader: Reader
  store: ScannerStore
  /** The name of this host. */
  host: string
  program: WorkerProgram
  /** For files of scans; it is emptied. */
  scratchFolder: string
  /** Where what is known of layers is kept; null: nowhere. */
  cacheFolder: string | null
  /** Workers of these pools; null: as the pools of the store say. */
  only: readonly Pick<Pool, 'name' | 'count'>[] | null
  explain: SettleOptions['explain']
  onLayers?: CarryOutOptions['onLayers']
  /** One sentence for the log of the server. */
  onSays(says: string): void
}

export interface WorkerHost {
  /** Its workers have begun, or it could not be found out how many there are to be. */
  begun: Promise<void>
  /** There may be something to do. */
  wake(): void
  views(): readonly WorkerView[]
  /** Jobs that are not done in time go to other workers. */
  stop(drainMs: number): Promise<void>
}

const ROUND_MS = 1_000
const MOST_LOG_LINES = 100_000

export function startWorkerHost(options: WorkerHostOptions): WorkerHost {
  const { reader, store, host, only, onSays } = options
  const { now } = reader
  const room = openCageRoom(reader)
  if (room.says !== null) onSays(`no worker has a limit of its own: ${room.says}`)
  const scratchFolder = privateFolder(join(options.scratchFolder, String(process.pid)))
  const slots = new Map<string, { slot: Slot; pool: string; generation: number }>()
  const leaving = new Set<Promise<void>>()
  const limits = new Map<string, number>()
  const lines = holdLines()
  let isStopped = false
  let rounds = 0

  function logFor(pool: string, worker: string) {
    return (level: LogLevel, says: string, job: string | null): void => {
      lines.add({ at: now(), level, pool, worker, job, says })
    }
  }

  function begin(pool: Pool, name: string): void {
    const log = logFor(pool.name, name)
    const shared = { store, now, log, explain: options.explain }
    const slot = openSlot({
      ...shared,
      name,
      pool: pool.name,
      host,
      program: options.program,
      room,
      scratchFolder,
      cacheFolder: options.cacheFolder,
      onLayers: options.onLayers,
      limitBytes: () => limits.get(pool.name) ?? workerMemoryLimit.in(new Map()),
      settle: (taken, end, living) => settleAttempt(taken, end, living, shared),
    })
    slots.set(name, { slot, pool: pool.name, generation: pool.generation })
  }

  function end(name: string, drainMs: number): void {
    const held = slots.get(name)
    if (held === undefined) return
    slots.delete(name)
    const going = held.slot.stop(drainMs).finally(() => leaving.delete(going))
    leaving.add(going)
  }

  async function reconcile(): Promise<void> {
    const [pools, set] = await Promise.all([store.pools.list(), store.settings.all()])
    const wanted = new Map<string, Pool>()
    for (const pool of pools) {
      limits.set(pool.name, poolBytes(pool, set))
      const count =
        only === null ? pool.count : (only.find(({ name }) => name === pool.name)?.count ?? 0)
      for (let at = 1; at <= count; at++) wanted.set(`${pool.name}-${at}`, pool)
    }
    for (const [name, { pool }] of slots) {
      if (!wanted.has(name)) end(name, pools.find((each) => each.name === pool)?.drainMs ?? 0)
    }
    for (const [name, pool] of wanted) {
      const held = slots.get(name)
      if (held === undefined) begin(pool, name)
      else if (held.generation !== pool.generation) {
        held.generation = pool.generation
        const isOther = held.slot.view().limitBytes !== limits.get(pool.name)
        held.slot.restart(isOther ? 'config' : 'manual', pool.drainMs)
      }
    }
  }

  async function tell(): Promise<void> {
    await store.pools.tell(
      host,
      [...slots.values()].map(({ slot }) => slot.view()),
    )
    await lines.write((held) => store.logs.write(held))
    if (rounds++ % 600 === 0) await store.logs.tidy(MOST_LOG_LINES)
  }

  /** It is said once that the database does not do it, and once that it does again. */
  let isAway = false

  async function round(): Promise<void> {
    try {
      if (!isStopped) await reconcile()
      await tell()
      if (isAway) onSays("the scanner's database answers again")
      isAway = false
    } catch (error) {
      const why = errorMessage(error)
      if (!isAway)
        onSays(`the scanner's database does not answer: ${why}; see that it runs and has room`)
      isAway = true
    }
  }

  let timer: NodeJS.Timeout | null = null
  let current: Promise<void> = Promise.resolve()
  function next(): void {
    // While a round runs, it is another's turn to begin the next.
    timer = null
    current = round().finally(() => {
      if (!isStopped) timer = setTimeout(next, ROUND_MS)
    })
  }
  next()

  return {
    begun: current,
    wake() {
      for (const { slot } of slots.values()) slot.wake()
      if (timer === null || isStopped) return
      clearTimeout(timer)
      next()
    },
    views: () => [...slots.values()].map(({ slot }) => slot.view()),
    async stop(drainMs) {
      isStopped = true
      if (timer !== null) clearTimeout(timer)
      await current
      for (const name of slots.keys()) end(name, drainMs)
      await Promise.all(leaving)
      await tell().catch(() => undefined)
      room.close()
      rmSync(scratchFolder, { recursive: true, force: true })
    },
  }
}
