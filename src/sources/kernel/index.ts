import type { Observation } from '../../model/evidence.ts'
import type { Instant } from '../../model/time.ts'
import type { StreamFormat } from '../../parsers/format.ts'
import { textOrNull } from '../reader.ts'
import type { Reader, ReadProblem } from '../reader.ts'
import type { Reading } from '../reading.ts'
import { correctByBoot, dateByBoot, kernelLogEpoch } from './clock.ts'
import { readJournal } from './journal.ts'
import { readKmsg } from './kmsg.ts'
import { readLogFiles } from './log-files.ts'

export interface KernelLogOptions {
  /** How far back to look. Null: as far as the ring buffer reaches. */
  since: Instant | null
  /** From when on a gap is told, where looking further back is only a hope; left out, it is `since`. */
  neededSince?: Instant | null
  signal: AbortSignal
  maxBytes: number
}

/**
 * Reads the kernel log the best way this machine allows: /dev/kmsg, else dmesg, else the journal, else the syslog files.
 * Where the ring buffer does not reach back to `since`, the journal or the files add what came before it.
 */
export async function readKernelLog(
  reader: Reader,
  format: StreamFormat,
  options: KernelLogOptions,
): Promise<Reading> {
  const ring = await readRing(reader, format, options)
  const killers = readKillers(reader, format, options)
  const epoch = kernelLogEpoch(reader)
  const { since, neededSince = since } = options
  const observations = ring.ok ? ring.observations : []
  if (reachesBackTo(ring, since, epoch)) {
    return { observations: [...observations, ...(await killers)], unknown: [] }
  }

  const stored = await readStored(reader, format, options)
  const before = ring.ok ? ring.firstAt : null
  const older = stored.observations.filter((one) => isBefore(one, before))
  const unknown = reachesBackTo(ring, neededSince, epoch)
    ? []
    : missingSentences(ring, stored, epoch)
  return { observations: [...older, ...observations, ...(await killers)], unknown }
}

type Ring =
  | { ok: true; observations: Observation[]; firstAt: Instant | null; wrapped: boolean }
  | { ok: false; denied: string[] }

function reachesBackTo(ring: Ring, since: Instant | null, epoch: Instant): boolean {
  if (!ring.ok) return false
  if (since === null || (ring.firstAt !== null && ring.firstAt <= since)) return true
  return !ring.wrapped && epoch <= since
}

async function readRing(
  reader: Reader,
  format: StreamFormat,
  options: KernelLogOptions,
): Promise<Ring> {
  const epoch = kernelLogEpoch(reader)
  const sink = format.open({ from: '/dev/kmsg', readAt: reader.now(), source: 'kmsg' })
  const kmsg = readKmsg(reader, sink)
  if (kmsg.ok) {
    const { firstBootSeconds, wrapped } = kmsg
    const firstAt = firstBootSeconds === null ? null : epoch + firstBootSeconds * 1000
    return { ok: true, observations: dateByBoot(sink.finish(), epoch), firstAt, wrapped }
  }
  const dmesgSink = format.open({ from: 'dmesg', readAt: reader.now(), source: 'kmsg' })
  let length = 0
  const dmesg = await reader.run(['dmesg', '--raw'], {
    signal: options.signal,
    maxBytes: options.maxBytes,
    onChunk: (chunk) => {
      length += chunk.length
      dmesgSink.push(chunk)
    },
  })
  if (dmesg.outcome !== 'exited' || dmesg.exitCode !== 0 || length === 0) {
    return { ok: false, denied: [kmsgSentence(reader, kmsg.problem)] }
  }
  const observations = dateByBoot(dmesgSink.finish(), epoch)
  const firstAt = coverageStart(observations)
  // dmesg does not number its lines; a ring that does not begin in the first second after boot has lost its start.
  const wrapped = firstAt === null || firstAt - epoch > 1000
  return { ok: true, observations, firstAt, wrapped }
}

function coverageStart(observations: readonly Observation[]): Instant | null {
  for (const { fact } of observations) {
    if (fact.kind === 'kernel-log-coverage') return fact.firstAt
  }
  return null
}

/** The right that is missing. check_syslog_permissions() in kernel/printk/printk.c answers EPERM. */
function kmsgSentence(reader: Reader, problem: ReadProblem): string {
  if (problem.kind === 'missing') {
    return '/dev/kmsg is not the kernel log or not there (in a container, pass it with --device /dev/kmsg), and dmesg could not read the kernel log: it needs CAP_SYSLOG'
  }
  if (problem.code === 'EACCES')
    return '/dev/kmsg could not be read: it needs read permission on it'
  if (problem.kind === 'failed') return `/dev/kmsg could not be read: ${problem.code}`
  const restricted = textOrNull(reader, '/proc/sys/kernel/dmesg_restrict')?.trim() === '1'
  return restricted
    ? '/dev/kmsg could not be read: it needs CAP_SYSLOG, because kernel.dmesg_restrict is 1'
    : '/dev/kmsg could not be read: it needs CAP_SYSLOG, or the device cgroup forbids it (--device /dev/kmsg)'
}

interface Stored {
  observations: Observation[]
  /** Something was read, even if it said nothing of interest. */
  found: boolean
  unknown: string[]
}

async function readStored(
  reader: Reader,
  format: StreamFormat,
  options: KernelLogOptions,
): Promise<Stored> {
  const sink = format.open({ from: 'journalctl', readAt: null, source: 'journal' })
  const journal = await readJournal(reader, sink, { ...options, what: 'kernel' })
  if (journal.outcome === 'read') {
    const cut = journal.truncated ? ['the journal was read in part only: it is too large'] : []
    const observations = correctByBoot(sink.finish(), kernelLogEpoch(reader))
    if (observations.length > 0) return { observations, found: true, unknown: cut }
  }
  const files = await readLogFiles(reader, format, options)
  const said = 'says' in journal ? [`the journal could not be read: ${journal.says}`] : []
  return {
    observations: files.observations,
    found: files.read.length > 0 || journal.outcome === 'read',
    unknown: [...said, ...files.unknown],
  }
}

async function readKillers(
  reader: Reader,
  format: StreamFormat,
  options: KernelLogOptions,
): Promise<Observation[]> {
  const sink = format.open({ from: 'journalctl', readAt: null, source: 'journal' })
  const journal = await readJournal(reader, sink, { ...options, what: 'killers' })
  if (journal.outcome !== 'read') return []
  // That the killers' lines were read says nothing about the kernel's.
  return sink.finish().filter(({ fact }) => fact.kind !== 'kernel-log-coverage')
}

/** Keeps what the ring buffer does not tell as well. */
function isBefore(observation: Observation, instant: Instant | null): boolean {
  if (instant === null) return true
  if (observation.fact.kind === 'kernel-log-coverage') {
    return observation.fact.firstAt !== null && observation.fact.firstAt < instant
  }
  return observation.at !== null && observation.at < instant
}

function missingSentences(ring: Ring, stored: Stored, epoch: Instant): string[] {
  if (!ring.ok) {
    if (stored.found) return stored.unknown
    return [
      ...ring.denied.map((sentence) => `kernel log: ${sentence}`),
      ...stored.unknown,
      ...(stored.unknown.length === 0
        ? ['kernel log: no journal and no /var/log/messages, syslog or kern.log was found']
        : []),
    ]
  }
  if (stored.found) return stored.unknown
  const from = new Date(ring.firstAt ?? epoch).toISOString()
  return [
    ...stored.unknown,
    ring.wrapped
      ? `kernel log before ${from}: the ring buffer has wrapped, and no journal or log file keeps what was there`
      : `kernel log before ${from}: this boot began then, and no journal or log file keeps earlier ones`,
  ]
}
