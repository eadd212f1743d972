/** What a Mesos agent tells of the tasks of one app. */
import type { Observation } from '../../model/evidence.ts'
import { appLog } from '../../parsers/app-log/index.ts'
import { enforcesMemory, executorsIn, mesosTasks } from '../../parsers/mesos/cluster-tasks.ts'
import type { MesosExecutor } from '../../parsers/mesos/cluster-tasks.ts'
import { mesosContainers } from '../../parsers/mesos/containers.ts'
import * as z from 'zod/mini'
import type { Reader } from '../reader.ts'
import { emptyReading } from '../reading.ts'
import type { Reading } from '../reading.ts'
import type { TaskPlace } from './app.ts'
import { serverAt } from './endpoint.ts'
import type { ClusterServer, MarathonEndpoint } from './endpoint.ts'
import { readAs, readCluster } from './read.ts'
import type { ClusterRead } from './read.ts'

/** The default port of an agent (src/slave/flags.cpp). */
const AGENT_PORT = 5051

/**
 * Where the agent of a task answers: STELLA_MESOS_AGENT_URL, the Admin Router of DC/OS, else the task's host. A host that Marathon
 * names gets no credentials.
 *
 * @returns null where nothing tells
 * @throws StellaError (unreachable) where the variable holds no address
 */
export function agentOf(
  { router, authorization }: MarathonEndpoint,
  { env }: Reader,
  { host, slaveId }: TaskPlace,
): ClusterServer | null {
  const named = env['STELLA_MESOS_AGENT_URL'] ?? ''
  if (named !== '') return serverAt(named, 'STELLA_MESOS_AGENT_URL')
  if (router !== null && slaveId !== null && /^[\w-]{1,200}$/.test(slaveId)) {
    return { url: `${router}/agent/${slaveId}`, authorization }
  }
  if (host === null || !/^[\w.-]{1,253}$/.test(host)) return null
  return { url: `http://${host}:${AGENT_PORT}`, authorization: null }
}

export interface AgentQuestion {
  reader: Reader
  server: ClusterServer
  signal: AbortSignal
  /** Whether an observation is about the app. */
  isMeant(observation: Observation): boolean
}

/** What the containers of the app hold now. */
export async function readContainers(question: AgentQuestion): Promise<Reading> {
  const read = { ...question, path: '/containers' }
  const all = await readAs(mesosContainers, 'the Mesos agent', read, () => true)
  const own = new Set(
    all.observations.flatMap((observation) =>
      observation.fact.kind === 'mesos-task' && question.isMeant(observation)
        ? [observation.fact.containerId]
        : [],
    ),
  )
  const observations = all.observations.filter(({ fact }) => {
    if (fact.kind === 'mesos-task') return own.has(fact.containerId)
    return fact.kind === 'cgroup-state' && fact.container !== undefined && own.has(fact.container)
  })
  return { ...all, observations }
}

/** The tasks of the app that the agent remembers, and the last words of one of them. */
export async function readHistory(
  question: AgentQuestion,
  lastWordsOf: string | null,
): Promise<Reading> {
  const reading = emptyReading()
  const read = { ...question, path: '/state' }
  const state = await readCluster(read)
  if (!state.ok) {
    reading.unknown.push(`the Mesos agent at ${question.server.url}: ${state.says}`)
    return reading
  }
  const origin = { from: state.from, readAt: question.reader.now(), source: null }
  reading.observations.push(...mesosTasks.parse(state.text, origin).filter(question.isMeant))
  if (enforcesMemory(state.text) === false) {
    reading.unknown.push(
      `which limit held a task on ${question.server.url}: its isolation has no cgroups/mem, so outside of Docker nothing enforces mem`,
    )
  }
  if (lastWordsOf === null) return reading
  const executor = executorsIn(state.text).find(({ id }) => id === lastWordsOf)
  if (executor === undefined || executor.directory === null) {
    reading.unknown.push(
      `the log of task ${lastWordsOf}: its agent at ${question.server.url} does not remember its sandbox`,
    )
    return reading
  }
  const logs = await Promise.all(
    ['stderr', 'stdout'].map((name) => readLastWords(question, executor, name)),
  )
  for (const { observations, unknown } of logs) {
    reading.observations.push(...observations)
    reading.unknown.push(...unknown)
  }
  return reading
}

/** The agent gives no more at once: 16 pages (src/files/files.cpp). */
const TAIL_BYTES = 64 * 1024
const FileAnswer = z.object({ data: z.string(), offset: z.number() })

async function readLastWords(
  question: AgentQuestion,
  { directory }: MesosExecutor,
  name: string,
): Promise<Reading> {
  const reading = emptyReading()
  const file = `${directory}/${name}`
  const ask = (offset: number): Promise<Piece> => {
    const query = new URLSearchParams({
      path: file,
      offset: String(offset),
      length: String(TAIL_BYTES),
    })
    return readPiece({ ...question, path: `/files/read?${query.toString()}` })
  }
  // An offset of -1 asks for the size alone.
  const size = await ask(-1)
  const piece = size.ok ? await ask(Math.max(0, size.offset - TAIL_BYTES)) : size
  if (!piece.ok) {
    reading.unknown.push(`the log ${name} of its sandbox: ${piece.says}`)
    return reading
  }
  const origin = { from: `${question.server.url}${file}`, readAt: null, source: 'log' as const }
  const log = appLog.open(origin)
  log.push(new TextEncoder().encode(piece.data))
  reading.observations.push(...log.finish())
  return reading
}

type Piece = { ok: true; data: string; offset: number } | { ok: false; says: string }

async function readPiece(read: ClusterRead): Promise<Piece> {
  const answer = await readCluster(read)
  if (!answer.ok) {
    return {
      ok: false,
      says: answer.missing ? 'it is gone: sandboxes are kept for a while' : answer.says,
    }
  }
  try {
    const parsed = FileAnswer.safeParse(JSON.parse(answer.text))
    if (parsed.success) return { ok: true, ...parsed.data }
  } catch {
    // Told below.
  }
  return { ok: false, says: 'the agent gave no piece of a file' }
}
