import { unreachableError } from '../../../model/errors.ts'
import type { LogLevel } from '../../../model/scan-job.ts'
import { printable } from '../../../report/printable.ts'
import { localTime } from '../../../report/time.ts'
import type { LogRow, LogsAsked, ScannerDesk } from '../../../scanning/desk.ts'
import { writeAnswer } from '../../../server/answer.ts'
import { LogsAnswer } from '../../../server/scanner-contract.ts'
import type { CliContext, CliIo } from '../../context.ts'
import { withDesk } from '../../scanner-desk.ts'
import { pauseUntil, untilSignal } from '../../until-signal.ts'
import type { ScannerFlags, SinceFlags } from './flags.ts'
import { noJob } from './jobs.ts'
import { print } from './print.ts'

export interface LogsFlags extends ScannerFlags, SinceFlags {
  filter?: string
  level?: LogLevel
  tail: number
  job?: string
  follow?: boolean
}

const MOST_LINES = 10_000
const LOOK_MS = 1_000

/** `stella scanner logs`. */
export async function showLogs(this: CliContext, flags: LogsFlags): Promise<void> {
  const { io } = this
  await withDesk(io, flags, async (desk, { isAlone }) => {
    const query = {
      filter: flags.filter,
      level: flags.level,
      since: (flags.since ?? flags.last)?.(io.now()),
      job: flags.job === undefined ? undefined : await wholeId(desk, flags.job),
      limit: flags.tail,
    }
    if (flags.follow === true) {
      if (isAlone) throw nobodyWrites()
      await untilSignal((stopped) => follow(io, flags, { desk, query, stopped }))
      return
    }
    const lines = await desk.logs(query)
    const none = 'The log has no such lines.'
    print(io, flags, {
      document: writeAnswer(LogsAnswer, { lines }),
      lines: lines.length === 0 ? [none] : lines.map(lineText),
      quiet: lines.map(({ says }) => printable(says)),
    })
  })
}

async function wholeId(desk: ScannerDesk, id: string): Promise<string> {
  const job = await desk.job(id)
  if (job === null) throw noJob(id)
  return job.id
}

interface Followed {
  desk: ScannerDesk
  query: LogsAsked
  stopped: AbortSignal
}

async function follow(
  io: CliIo,
  flags: LogsFlags,
  { desk, query, stopped }: Followed,
): Promise<void> {
  let after: number | undefined
  while (!stopped.aborted) {
    const limit = after === undefined ? query.limit : MOST_LINES
    const lines = await desk.logs({ ...query, limit, after })
    for (const line of lines) io.out(`${formOf(line, flags)}\n`)
    await io.drained()
    after = lines.at(-1)?.id ?? after
    await pauseUntil(LOOK_MS, stopped)
  }
}

/** With --json a document a line. */
function formOf(line: LogRow, { json, quiet }: LogsFlags): string {
  if (json === true) {
    const { at, ...rest } = line
    const document = {
      /** A line of the scanner's log: what `stella scanner logs --follow --json` prints, one for each. */
      schema: 'stella.scanner-log-line/1',
      at: new Date(at).toISOString(),
      ...rest,
    }
    return JSON.stringify(document)
  }
  return quiet === true ? printable(line.says) : lineText(line)
}

function lineText({ at, level, pool, worker, job, says }: LogRow): string {
  const who = worker ?? pool
  const about = [who, job?.slice(0, 8)].filter((word) => word !== null && word !== undefined)
  const place = about.length === 0 ? '' : `${about.join(' ')}: `
  return `${localTime(at)}  ${level.padEnd(5)}  ${printable(`${place}${says}`)}`
}

function nobodyWrites(): Error {
  return unreachableError(
    "no 'stella serve' runs on this data folder, and nobody else writes lines",
    '--follow',
    'start it first, or leave --follow out',
  )
}
