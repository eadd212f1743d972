import type { WorkerView } from '../../../model/scan-job.ts'
import { localTime } from '../../../report/time.ts'
import type { ScannerDesk } from '../../../scanning/desk.ts'
import type { CliContext, CliIo } from '../../context.ts'
import { fitted } from '../../render/screen-text.ts'
import { withDesk } from '../../scanner-desk.ts'
import { pauseUntil, untilSignal } from '../../until-signal.ts'
import type { ScannerFlags } from './flags.ts'
import { shareOf, statsTable } from './workers-text.ts'

export interface StatsFlags extends ScannerFlags {
  watch?: boolean
  /** Milliseconds. */
  interval: number
}

/** `stella scanner workers stats`. */
export async function showStats(this: CliContext, flags: StatsFlags): Promise<void> {
  const { io } = this
  await withDesk(io, flags, async (desk) => {
    if (flags.watch !== true) printRound(io, flags, await desk.workers())
    else if (isScreen(io, flags)) await onScreen(io, flags, desk)
    else await untilSignal((stopped) => inRounds(io, flags, desk, stopped))
  })
}

function isScreen({ terminal, env }: CliIo, { json }: StatsFlags): boolean {
  return terminal !== null && json !== true && process.stdin.isTTY && env['TERM'] !== 'dumb'
}

async function inRounds(
  io: CliIo,
  flags: StatsFlags,
  desk: ScannerDesk,
  stopped: AbortSignal,
): Promise<void> {
  for (let round = 1; !stopped.aborted; round++) {
    if (round > 1 && flags.json !== true && flags.quiet !== true) io.out('\n')
    printRound(io, flags, await desk.workers())
    await pauseUntil(flags.interval, stopped)
  }
}

function printRound(io: CliIo, flags: StatsFlags, workers: readonly WorkerView[]): void {
  if (flags.json === true) {
    io.out(`${JSON.stringify(statsDocument(io, workers))}\n`)
    return
  }
  for (const line of roundLines(workers, flags.quiet !== true)) io.out(`${line}\n`)
}

function roundLines(workers: readonly WorkerView[], head: boolean): string[] {
  if (workers.length > 0) return statsTable(workers, head)
  return head ? ["No workers run; 'stella serve' starts those of its host."] : []
}

function statsDocument(io: CliIo, workers: readonly WorkerView[]) {
  return {
    /** What `stella scanner workers stats --json` prints: the workers, and what they have in memory. */
    schema: 'stella.scanner-stats/1',
    at: new Date(io.now()).toISOString(),
    workers: workers.map((worker) => {
      const { name, pool, host, state, job, usageBytes, limitBytes, peakBytes, restarts } = worker
      const share = shareOf(worker)
      const percent = share === null ? null : Math.round(share * 1_000) / 10
      return {
        ...{ name, pool, host, state, job, usageBytes, limitBytes },
        ...{ percent, peakBytes, restarts },
      }
    }),
  }
}

async function onScreen(io: CliIo, flags: StatsFlags, desk: ScannerDesk): Promise<void> {
  const { openScreen } = await import('../../render/screen.ts')
  await untilSignal(
    async (stopped) => {
      const first = await desk.workers()
      const screen = openScreen(process.stdin, process.stdout)
      const left = new AbortController()
      screen.onKey(({ name, ctrl }) => {
        if (name === 'q' || name === 'escape' || (ctrl === true && name === 'c')) left.abort()
      })
      screen.onEnd(() => left.abort())
      const ended = AbortSignal.any([stopped, left.signal])
      let workers = first
      const draw = (): void => {
        const { columns, rows } = screen.size()
        const title = `Workers, ${localTime(io.now())}; q leaves`
        const lines = [title, '', ...roundLines(workers, true)].slice(0, rows)
        screen.draw(lines.map((line) => fitted(line, columns)))
      }
      screen.onResize(draw)
      try {
        while (!ended.aborted) {
          draw()
          await pauseUntil(flags.interval, ended)
          if (!ended.aborted) workers = await desk.workers()
        }
      } finally {
        screen.close()
      }
    },
    { second: 'waits' },
  )
}
