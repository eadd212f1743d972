/** The queue of jobs: one line for each pool, kept by pg-boss in the same database. */
import { fromKysely, PgBoss } from 'pg-boss'
import type { BackendProfile, Db } from 'pg-boss'
import type { Work } from './job-rows.ts'

/** What the queue speaks to the database through. */
export interface QueueBackend {
  backend: BackendProfile
  db: Db
}

/** A message that was taken: it stays ours while it is touched. */
export interface TakenMessage {
  queue: string
  id: string
  /** Which claim of it this is: it is another's as soon as that one is higher. */
  retryCount: number
  job: string
}

/** The line of a pool. It is looked up outside of transactions: the embedded engine carries out one at a time. */
export interface Line {
  queue: string
}

export interface JobQueue {
  line(pool: string): Promise<Line>
  take(line: Line, work: Work): Promise<TakenMessage | null>
  /** In the same transaction as what is written about the job; gives the id of the message. */
  send(work: Work, line: Line, message: NewMessage): Promise<string>
  /** It is done with, whatever became of the job. */
  settle(message: TakenMessage, work: Work): Promise<void>
  /** Nobody is to take it any more. */
  drop(line: Line, id: string, work: Work): Promise<void>
  /** Somebody else may take it now. */
  giveBack(line: Line, id: string, work: Work): Promise<void>
  /** It is worked on. */
  touch(message: TakenMessage): Promise<void>
  stop(): Promise<void>
}

export interface NewMessage {
  job: string
  priority: number
  delayMs: number
}

/** Whoever is silent for so long has lost its jobs. */
const HEARTBEAT_SECONDS = 30
const SUPERVISE_SECONDS = 10
/** A scan is ended by its own timeout; the queue's is only the last resort. */
const EXPIRE_SECONDS = 24 * 3_600 - 1
/** Waiting is no reason to lose a job. */
const RETENTION_SECONDS = 365 * 24 * 3_600
const KEPT_SECONDS = 3_600
/** Our own count of attempts ends a job; a message comes back only where its taker is gone. */
const RETRIES = 1_000
const NOBODY = '00000000-0000-0000-0000-000000000000'

export interface QueueOptions {
  /** Looks after messages whose takers are gone; a command that only asks leaves that to others. */
  isSupervising: boolean
  onTrouble(says: string): void
}

export async function openQueue(
  { backend, db }: QueueBackend,
  { isSupervising, onTrouble }: QueueOptions,
): Promise<JobQueue> {
  const boss = new PgBoss({
    backend,
    db,
    schema: 'scanner_queue',
    schedule: false,
    supervise: isSupervising,
    superviseIntervalSeconds: SUPERVISE_SECONDS,
    monitorIntervalSeconds: SUPERVISE_SECONDS,
    reindex: false,
    monitorVacuum: false,
  })
  boss.on('error', (error) => onTrouble(error.message))
  await boss.start()
  const lines = new Map<string, Promise<Line>>()

  async function makeLine(queue: string): Promise<Line> {
    await boss.createQueue(queue, {
      retryLimit: RETRIES,
      retryDelay: 0,
      heartbeatSeconds: HEARTBEAT_SECONDS,
      expireInSeconds: EXPIRE_SECONDS,
      retentionSeconds: RETENTION_SECONDS,
      deleteAfterSeconds: KEPT_SECONDS,
    })
    // What it knows of a queue it asks for at the first call about it.
    await boss.findJobs(queue, { id: NOBODY })
    return { queue }
  }

  return {
    line(pool) {
      const queue = `scan.${pool}`
      const line = lines.get(queue) ?? makeLine(queue)
      lines.set(queue, line)
      line.catch(() => lines.delete(queue))
      return line
    },
    async take({ queue }, work) {
      const options = { db: fromKysely(work) }
      const [message] = await boss.fetch<{ job: string }>(queue, options)
      if (message === undefined) return null
      return { queue, id: message.id, retryCount: message.retryCount, job: message.data.job }
    },
    async send(work, { queue }, { job, priority, delayMs }) {
      const startAfter = Math.ceil(delayMs / 1_000)
      const options = { priority, db: fromKysely(work), ...(startAfter > 0 ? { startAfter } : {}) }
      const id = await boss.send(queue, { job }, options)
      if (id === null) throw new Error('the queue did not take the job')
      return id
    },
    async settle({ queue, id }, work) {
      await boss.complete(queue, id, null, { db: fromKysely(work) })
    },
    async drop({ queue }, id, work) {
      await boss.deleteJob(queue, id, { db: fromKysely(work) })
    },
    async giveBack({ queue }, id, work) {
      await boss.fail(queue, id, null, { db: fromKysely(work) })
    },
    async touch({ queue, id, retryCount }) {
      await boss.touch(queue, { id, retryCount })
    },
    stop: () => boss.stop({ graceful: false, close: false }),
  }
}
