import { formatBytes } from '../../../model/bytes.ts'
import { unreachableError, usageError } from '../../../model/errors.ts'
import type { Pool } from '../../../model/scan-job.ts'
import { printable } from '../../../report/printable.ts'
import type { PoolChanged } from '../../../scanning/desk.ts'
import { readSize } from '../../../parsers/quantity/own.ts'
import { writeAnswer } from '../../../server/answer.ts'
import { PoolAnswer, PoolsAnswer, WorkersAnswer } from '../../../server/scanner-contract.ts'
import type { CliContext } from '../../context.ts'
import { textTable } from '../../../report/table.ts'
import { withDesk } from '../../scanner-desk.ts'
import type { ScannerFlags } from './flags.ts'
import { print } from './print.ts'
import { inspected, RESTART_MEANINGS, STATE_WORDS, workerTable } from './workers-text.ts'

/** `stella scanner workers list`. */
export async function listWorkers(this: CliContext, flags: ScannerFlags): Promise<void> {
  const [workers, pools] = await withDesk(this.io, flags, async (desk) => [
    await desk.workers(),
    await desk.pools(),
  ])
  const wanted = pools.map((pool) => [
    printable(pool.name),
    String(pool.count),
    memoryOf(pool),
    String(workers.filter((worker) => worker.pool === pool.name).length),
  ])
  print(this.io, flags, {
    document: {
      ...writeAnswer(WorkersAnswer, { workers }),
      /** The workers with their pools: what `stella scanner workers list --json` prints. */
      schema: 'stella.scanner-workers/1' as const,
      /** How many workers of which memory are wanted. */
      pools,
    },
    lines: [
      ...(workers.length === 0
        ? ["No workers run; 'stella serve' starts those of its host."]
        : workerTable(workers)),
      '',
      ...textTable(['Pool', 'Wanted', 'Memory', 'Running'], wanted, [1, 3]),
    ],
    quiet: workers.map(({ name, state }) => `${printable(name)} ${state}`),
  })
}

export interface AddFlags extends ScannerFlags {
  pool: string
  count: number
  memory?: string
}

/** `stella scanner workers add`. */
export async function addWorkers(this: CliContext, flags: AddFlags): Promise<void> {
  const { pool, count, memory = null } = flags
  const changed = await withDesk(this.io, flags, (desk) => desk.addWorkers({ pool, count, memory }))
  printChange(this, flags, changed)
}

export interface SetFlags extends ScannerFlags {
  pool: string
  count?: number
  memory?: string
  force?: boolean
}

/** `stella scanner workers set`. */
export async function setWorkers(this: CliContext, flags: SetFlags): Promise<void> {
  const { pool, count = null, memory = null, force = false } = flags
  if (count === null && memory === null) {
    throw usageError('nothing is to be changed', null, 'give --memory SIZE, --count N, or both')
  }
  const changed = await withDesk(this.io, flags, (desk) =>
    desk.setWorkers({ pool, count, memory, evenIfJobsWait: force }),
  )
  printChange(this, flags, changed)
}

export interface RemoveFlags extends ScannerFlags {
  pool: string
  count?: number
  force?: boolean
}

/** More than a pool can have. */
const ALL = 1_000

/** `stella scanner workers remove`. */
export async function removeWorkers(this: CliContext, flags: RemoveFlags): Promise<void> {
  const { pool, count = ALL, force = false } = flags
  const changed = await withDesk(this.io, flags, (desk) =>
    desk.removeWorkers({ pool, count, evenIfJobsWait: force }),
  )
  printChange(this, flags, changed)
}

function printChange({ io }: CliContext, flags: ScannerFlags, changed: PoolChanged): void {
  const { pool, notes } = changed
  const workers = pool.count === 1 ? '1 worker' : `${pool.count} workers`
  const has = `${printable(pool.name)} has ${workers} now, with ${memoryOf(pool)} each.`
  print(io, flags, {
    document: writeAnswer(PoolAnswer, changed),
    // Of none, the notes say all there is.
    lines: [...(pool.count === 0 ? [] : [has]), ...notes.map(printable)],
    quiet: [`${printable(pool.name)} ${pool.count}`],
  })
}

function memoryOf({ memory }: Pool): string {
  if (memory === null) return 'worker.memory_limit'
  const read = readSize(memory)
  return read.ok ? formatBytes(read.bytes) : printable(memory)
}

export interface RestartFlags extends ScannerFlags {
  pool?: string
  /** Milliseconds. */
  timeout: number
}

/** `stella scanner workers restart`. */
export async function restartWorkers(this: CliContext, flags: RestartFlags): Promise<void> {
  const { pool = null, timeout: drainMs } = flags
  const pools = await withDesk(this.io, flags, (desk) => desk.restartWorkers({ pool, drainMs }))
  const names = pools.map(({ name }) => printable(name))
  print(this.io, flags, {
    document: writeAnswer(PoolsAnswer, { pools }),
    lines: [
      `The workers of ${names.join(', ')} start again; a job that runs has ${drainMs / 1_000}s to end first.`,
    ],
    quiet: names,
  })
}

/** `stella scanner workers inspect`. */
export async function inspectWorkers(
  this: CliContext,
  flags: ScannerFlags,
  name?: string,
): Promise<void> {
  const [all, restarts] = await withDesk(this.io, flags, async (desk) => [
    await desk.workers(),
    await desk.restarts(),
  ])
  const workers = name === undefined ? all : all.filter((worker) => worker.name === name)
  if (name !== undefined && workers.length === 0) {
    throw unreachableError(
      `there is no worker ${name.slice(0, 60)}`,
      null,
      "see those that run with 'stella scanner workers list'",
    )
  }
  const pools = new Set(workers.map(({ pool }) => pool))
  const told = restarts
    .filter(({ pool }) => name === undefined || pools.has(pool))
    .map((restart) => ({ ...restart, ...RESTART_MEANINGS[restart.reason] }))
  const rows = told.map(({ pool, reason, count, exitCode, means }) => [
    printable(pool),
    reason,
    String(count),
    exitCode === null ? 'any' : String(exitCode),
    means,
  ])
  print(this.io, flags, {
    document: {
      /** What `stella scanner workers inspect --json` prints: workers, and why they were started again. */
      schema: 'stella.scanner-inspection/1',
      workers: workers.map(documentOf),
      restarts: told,
    },
    lines: [
      ...(workers.length === 0 ? ["No workers run; 'stella serve' starts those of its host."] : []),
      ...workers.flatMap((worker, at) => [...(at === 0 ? [] : ['']), ...inspected(worker)]),
      '',
      ...(rows.length === 0
        ? ['No worker was started again yet.']
        : textTable(['Pool', 'Restarts for', 'Count', 'Exit code', 'Which means'], rows, [2, 3])),
    ],
    quiet: workers.map(({ name: each, state }) => `${printable(each)} ${state}`),
  })
}

function documentOf(worker: Parameters<typeof inspected>[0]) {
  const { lastEnd } = worker
  return {
    ...worker,
    lastEnd: lastEnd === null ? null : { ...lastEnd, at: new Date(lastEnd.at).toISOString() },
    seenAt: new Date(worker.seenAt).toISOString(),
    means: STATE_WORDS[worker.state],
  }
}
