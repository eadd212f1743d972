/** What a piece of the kernel log tells, with an identity for each report. */
import type { Observation } from '../../model/evidence.ts'
import type { OomReport } from '../../model/kernel.ts'
import { kernelLog } from '../../parsers/kernel-log/index.ts'
import { dateByBoot } from '../../sources/kernel/clock.ts'
import type { KmsgText } from '../../sources/kernel/follow-kmsg.ts'
import type { Instant } from '../../model/time.ts'

export interface ToldReport {
  /**
   * The same whenever this boot's log is read again: boot, and number of the record that tells of the kill. Where a report
   * begins does not serve: its first records are the first to be overwritten.
   */
  key: string
  report: Observation<OomReport>
}

export interface Told {
  reports: readonly ToldReport[]
  /** What else the piece tells, and which time it covers. */
  rest: readonly Observation[]
}

export interface BootClock {
  bootId: string
  /** The moment at which the kernel's log clock stood at 0. */
  epoch: Instant
  readAt: Instant
}

const PLACE = '/dev/kmsg:'
const KILLED = /Killed process (\d+)/

/** Reads a piece of the log. The place of each observation is the number of its record. */
export function toldBy(records: readonly KmsgText[], clock: BootClock): Told {
  const log = kernelLog.open({ from: '/dev/kmsg', readAt: clock.readAt, source: 'kmsg' })
  const encoder = new TextEncoder()
  const kills = new Map<number, number[]>()
  /** For each line the number of its record: a record may go on in further lines. */
  const sequences: number[] = []
  for (const { text, sequence } of records) {
    const lines = text.endsWith('\n') ? text : `${text}\n`
    for (const character of lines) if (character === '\n') sequences.push(sequence)
    log.push(encoder.encode(lines))
    const pid = Number(KILLED.exec(text)?.[1])
    if (!Number.isNaN(pid)) kills.set(pid, [...(kills.get(pid) ?? []), sequence])
  }
  const numbered = dateByBoot(log.finish(), clock.epoch).map((observation) => ({
    ...observation,
    from: `${PLACE}${sequenceOf(observation.from, sequences)}`,
  }))
  const reports: ToldReport[] = []
  const rest: Observation[] = []
  for (const observation of numbered) {
    const { fact, from } = observation
    if (fact.kind === 'kernel-oom') {
      const begins = Number(from.slice(PLACE.length))
      const told = kills.get(fact.kills[0]?.pid ?? -1)?.find((sequence) => sequence >= begins)
      const key = `${clock.bootId.slice(0, 8)}-${told ?? begins}`
      reports.push({ key, report: { ...observation, fact } })
    } else rest.push(observation)
  }
  return { reports, rest }
}

function sequenceOf(from: string, sequences: readonly number[]): number {
  const line = Number(/:(\d+)$/.exec(from)?.[1] ?? 1)
  return sequences[line - 1] ?? 0
}
