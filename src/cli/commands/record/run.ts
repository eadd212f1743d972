import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { formatBytes } from '../../../model/bytes.ts'
import { usageError } from '../../../model/errors.ts'
import type { Subject, Target } from '../../../model/subject.ts'
import { dataFolder } from '../../../store/data-folder.ts'
import type { Recorder, RecordSummary } from '../../../watch/record/recorder.ts'
import type { CommonFlags } from '../../common-flags.ts'
import type { CliContext, CliIo } from '../../context.ts'
import { untilSignal } from '../../until-signal.ts'
import { printable } from '../../../report/printable.ts'
import { exportRecording } from './export.ts'
import { printRecordings } from './list.ts'

export interface RecordFlags extends CommonFlags {
  /** Milliseconds. */
  every: number
  /** Milliseconds. */
  for?: number
  data?: string
  list?: boolean
  export?: string
}

/** What a round leaves behind is dead by the next one: a larger space for it only costs memory. */
const KEEP_YOUNG_SPACE_SMALL = '--semi-space-growth-factor=1'

/** `stella record`. */
export async function record(this: CliContext, flags: RecordFlags, target?: Target): Promise<void> {
  const folder = dataFolder(flags.data, this.io.env, process.getuid?.() === 0)
  const desk = (await this.engine()).recordings(folder)
  if (flags.list === true) {
    printRecordings(this.io, { folder, recorded: desk.list() }, flags)
    return
  }
  if (flags.export !== undefined) {
    exportRecording(this.io, desk, { folder, target, file: flags.export })
    return
  }
  if (target === undefined) {
    throw usageError(
      'there is no target to record',
      null,
      "name one, as in 'stella record docker:web'",
    )
  }
  setFlagsFromString(KEEP_YOUNG_SPACE_SMALL)
  await untilSignal(async (asked) => recordUntil(this.io, await desk.open(target), flags, asked))
}

async function recordUntil(
  io: CliIo,
  recorder: Recorder,
  flags: RecordFlags,
  stop: AbortSignal,
): Promise<void> {
  let summary: RecordSummary
  try {
    if (flags.quiet !== true) {
      io.err(`recording ${nameOf(recorder.subject)} into ${printable(recorder.folder)}\n`)
    }
    await rounds(recorder, flags, stop)
  } finally {
    summary = recorder.close()
  }
  print(io, recorder, summary, flags)
}

/** Round after round at even distances; one that took too long is not made up for. */
async function rounds(recorder: Recorder, flags: RecordFlags, stop: AbortSignal): Promise<void> {
  const started = performance.now()
  const until = flags.for === undefined ? Number.POSITIVE_INFINITY : started + flags.for
  for (let due = started; due <= until && !stop.aborted;) {
    if ((await recorder.round()) === 'ended') return
    const now = performance.now()
    due += flags.every * Math.max(1, Math.ceil((now - due) / flags.every))
    await rest(Math.min(due, until) - now, stop)
  }
}

async function rest(milliseconds: number, stop: AbortSignal): Promise<void> {
  try {
    await pause(Math.max(0, milliseconds), undefined, { signal: stop })
  } catch (error) {
    if (!stop.aborted) throw error
  }
}

function print(
  io: CliIo,
  { subject, folder }: Recorder,
  summary: RecordSummary,
  flags: RecordFlags,
): void {
  if (flags.json === true) {
    const document = {
      /** What `stella record TARGET --json` prints at its end. */
      schema: 'stella.record/1',
      subject,
      folder,
      ...summary,
      from: timeOf(summary.from),
      to: timeOf(summary.to),
    }
    io.out(`${JSON.stringify(document, null, 2)}\n`)
    return
  }
  if (flags.quiet === true) return
  const { samples, lowestBytes, highestBytes, starts, kills } = summary
  if (samples === 0 || lowestBytes === null || highestBytes === null) {
    io.out(`nothing recorded: ${nameOf(subject)} did not run\n`)
    return
  }
  const range = `from ${formatBytes(lowestBytes)} to ${formatBytes(highestBytes)}`
  const events = [counted(starts, 'restart'), counted(kills, 'kill')].filter(
    (each) => each !== null,
  )
  io.out(
    `${[`${counted(samples, 'sample')} of ${nameOf(subject)}`, range, ...events].join(', ')}\n`,
  )
}

function counted(count: number, what: string): string | null {
  return count === 0 ? null : `${count} ${what}${count === 1 ? '' : 's'}`
}

function nameOf({ platform, name, id }: Subject): string {
  return printable(`${platform} ${name ?? id ?? ''}`)
}

function timeOf(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString()
}
