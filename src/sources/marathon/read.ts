/** One GET of a server of the cluster, with what came of it in words. */
import type { Observation } from '../../model/evidence.ts'
import type { TextFormat } from '../../parsers/format.ts'
import type { Reader } from '../reader.ts'
import { emptyReading } from '../reading.ts'
import type { Reading } from '../reading.ts'
import { callCluster } from './ask.ts'
import type { ClusterAnswer } from './ask.ts'
import type { ClusterServer } from './endpoint.ts'

export interface ClusterRead {
  reader: Reader
  server: ClusterServer
  path: string
  signal: AbortSignal
}

export type ClusterText =
  | { ok: true; text: string; from: string }
  /** `missing`: 404. `says` is the rest of a sentence. */
  | { ok: false; missing: boolean; says: string }

/** The state of an agent with hundreds of tasks, and the tasks of a master, are some MiB. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024
/** Below the deadline of a source: what did not come in this time is told, and the rest is kept. */
const CALL_MS = 4_000

export async function readCluster({ server, path, signal }: ClusterRead): Promise<ClusterText> {
  const answer = await callCluster(server, {
    path,
    signal: AbortSignal.any([signal, AbortSignal.timeout(CALL_MS)]),
    maxBytes: MAX_ANSWER_BYTES,
  })
  if (answer.outcome === 'answered' && answer.status === 200 && !answer.truncated) {
    return { ok: true, text: answer.text, from: `${server.url}${path.split('?', 1)[0]}` }
  }
  const missing = answer.outcome === 'answered' && answer.status === 404
  return { ok: false, missing, says: problemOf(answer) }
}

function problemOf(answer: ClusterAnswer): string {
  if (answer.outcome === 'away') return answer.says
  if (answer.outcome === 'elsewhere') {
    return `it leads to ${answer.origin}, which is not asked: name that address`
  }
  const { status, truncated } = answer
  if (truncated) return 'its answer is larger than 16 MiB, which is not read'
  if (status === 401 || status === 403) return `it refuses access (status ${status})`
  return `it answers with status ${status}`
}

/** What a format reads out of an answer; a sentence where there is none, or where it is not what the format knows. */
export async function readAs(
  format: TextFormat,
  what: string,
  read: ClusterRead,
  isMeant: (observation: Observation) => boolean,
): Promise<Reading> {
  const reading = emptyReading()
  const answer = await readCluster(read)
  if (!answer.ok) {
    reading.unknown.push(`${what} at ${read.server.url}: ${answer.says}`)
    return reading
  }
  const origin = { from: answer.from, readAt: read.reader.now(), source: null }
  if (!isJson(answer.text)) {
    reading.unknown.push(`${what} at ${read.server.url}: what answers is no ${format.id}`)
  }
  reading.observations.push(...format.parse(answer.text, origin).filter(isMeant))
  return reading
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
