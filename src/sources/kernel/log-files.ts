import { createReadStream, statSync } from 'node:fs'
import { join } from 'node:path'
import { createGunzip, createZstdDecompress } from 'node:zlib'
import { pipeline } from 'node:stream/promises'
import type { Observation } from '../../model/evidence.ts'
import type { Instant } from '../../model/time.ts'
import type { StreamFormat, StreamReader } from '../../parsers/format.ts'
import { listFolder, problemOf } from '../reader.ts'
import type { Reader } from '../reader.ts'

export interface LogFilesRead {
  /** Paths that were read, oldest first. */
  read: readonly string[]
  observations: Observation[]
  /** What could not be read or was cut, one sentence each. */
  unknown: string[]
}

/** What syslog daemons keep the kernel's lines in. The first family that is there counts: the others repeat its lines. */
const FAMILIES = ['messages', 'syslog', 'kern.log'] as const
const FOLDER = '/var/log'

export interface LogFilesOptions {
  since: Instant | null
  signal: AbortSignal
  /** Bytes of log text over all files, after decompression. */
  maxBytes: number
}

/** Reads the newest part of the syslog files, rotated and compressed ones too, as far back as `since`. */
export async function readLogFiles(
  reader: Reader,
  format: StreamFormat,
  options: LogFilesOptions,
): Promise<LogFilesRead> {
  const listed = listFolder(reader, FOLDER)
  const answer: LogFilesRead = { read: [], observations: [], unknown: [] }
  if (!listed.ok) return answer
  for (const family of FAMILIES) {
    const files = filesOf(reader, family, listed.names, options.since)
    if (files.length === 0) continue
    await readFamily(reader, format, files, options, answer)
    if (answer.read.length > 0) break
  }
  return answer
}

interface LogFile {
  path: string
  sizeBytes: number
  modifiedAt: Instant
}

/** Oldest first. `messages`, `messages.1`, `messages-20261101.gz`, …: rotation order is the order of last change. */
function filesOf(
  reader: Reader,
  family: string,
  names: readonly string[],
  since: Instant | null,
): LogFile[] {
  const rotated = /^(?:[.-]\d{1,8}(?:-\d+)?)?(?:\.gz|\.zst)?$/
  return names
    .filter((name) => name.startsWith(family) && rotated.test(name.slice(family.length)))
    .map((name) => fileAt(reader, `${FOLDER}/${name}`))
    .filter((file) => file !== null)
    .filter((file) => file.sizeBytes > 0 && (since === null || file.modifiedAt >= since))
    .toSorted((a, b) => a.modifiedAt - b.modifiedAt || a.path.length - b.path.length)
}

function fileAt(reader: Reader, path: string): LogFile | null {
  try {
    const stat = statSync(join(reader.root, path))
    return stat.isFile() ? { path, sizeBytes: stat.size, modifiedAt: stat.mtimeMs } : null
  } catch {
    return null
  }
}

async function readFamily(
  reader: Reader,
  format: StreamFormat,
  files: readonly LogFile[],
  options: LogFilesOptions,
  answer: LogFilesRead,
): Promise<void> {
  const read: string[] = []
  const newestFirst: Observation[][] = []
  let room = options.maxBytes
  for (const file of files.toReversed()) {
    if (room <= 0 || options.signal.aborted) {
      answer.unknown.push(`${file.path} was not read: the byte or time budget was used up before`)
      continue
    }
    // Nothing in a file is younger than its last change: that tells the year, which syslog leaves out.
    const sink = format.open({ from: file.path, readAt: file.modifiedAt, source: 'syslog' })
    try {
      const taken = await streamFile(
        join(reader.root, file.path),
        file.sizeBytes,
        sink,
        room,
        options,
      )
      room -= taken.bytes
      if (taken.cut) answer.unknown.push(`only a part of ${file.path} was read: it is too large`)
      const observations = sink.finish()
      newestFirst.push(taken.localTime ? observations.map(inLocalTime) : observations)
      read.unshift(file.path)
    } catch (error) {
      answer.unknown.push(problemSentence(file.path, error))
    }
  }
  answer.read = read
  answer.observations = [...answer.observations, ...newestFirst.toReversed().flat()]
}

function problemSentence(path: string, error: unknown): string {
  const problem = problemOf(error)
  return problem.kind === 'denied'
    ? `${path} could not be read: it needs root or the group adm`
    : `${path} could not be read: ${problem.code}`
}

/** A plain file that does not fit is read from its end; of a compressed one, whose end cannot be sought, the start is read. */
async function streamFile(
  path: string,
  sizeBytes: number,
  sink: StreamReader,
  room: number,
  options: LogFilesOptions,
): Promise<{ bytes: number; cut: boolean; localTime: boolean }> {
  const { signal } = options
  const unpack = path.endsWith('.gz')
    ? createGunzip()
    : path.endsWith('.zst')
      ? createZstdDecompress()
      : null
  const start = unpack === null ? Math.max(0, sizeBytes - room) : 0
  const taken = { bytes: 0, cut: start > 0, localTime: false }
  const take = async (source: AsyncIterable<unknown>): Promise<void> => {
    for await (const chunk of source) {
      if (!(chunk instanceof Uint8Array)) continue
      if (taken.bytes === 0) taken.localTime = hasNoZone(chunk)
      const piece = chunk.subarray(0, room - taken.bytes)
      taken.bytes += piece.length
      sink.push(piece)
      if (piece.length < chunk.length) {
        taken.cut = true
        return
      }
    }
  }
  const file = createReadStream(path, { start })
  if (unpack === null) await pipeline(file, take, { signal })
  else await pipeline(file, unpack, take, { signal })
  return taken
}

/** `Nov 21 05:46:51 host kernel: …`, after a line that may be cut: traditional syslog writes the machine's local time. */
function hasNoZone(head: Uint8Array): boolean {
  const text = new TextDecoder().decode(head.subarray(0, 4096))
  return /^(?:<\d+>)?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d /m.test(text)
}

/** The parser, which knows no zone, took local time for UTC. */
function inLocalTime(observation: Observation): Observation {
  const { fact } = observation
  const at = fromLocal(observation.at)
  if (fact.kind !== 'kernel-log-coverage') return { ...observation, at }
  const span = { firstAt: fromLocal(fact.firstAt), lastAt: fromLocal(fact.lastAt) }
  return { ...observation, at, fact: { ...fact, ...span } }
}

function fromLocal(at: Instant | null): Instant | null {
  if (at === null) return null
  const zone = new Date(at).getTimezoneOffset()
  // The offset is that of the true instant, which differs from the one an offset earlier on two nights of a year.
  return at + new Date(at + zone * 60_000).getTimezoneOffset() * 60_000
}
